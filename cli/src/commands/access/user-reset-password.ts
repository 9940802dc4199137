// `nezuban user reset-password`: the one-time password alone on stdout.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('USER');
  const result = await (await context.api()).call('resetUserPassword', { params: { name } });
  await context.out.result({ user: name, ...result }, () => result.oneTimePassword);
  context.out.note(
    `This one-time password of ${name} is shown this once. All sign-ins of ${name} have ended.`,
  );
};
