// `nezuban sign-in revoke`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const id = Number(context.args.positional('SIGN-IN'));
  await (await context.api()).call('revokeSignIn', { params: { id } });
  await context.out.result({ revoked: id }, () => `Sign-in ${id} has ended.`);
};
