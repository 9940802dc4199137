// `nezuban user delete`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('USER');
  await (await context.api()).call('deleteUser', { params: { name } });
  await context.out.result(
    { deleted: name },
    () => `User ${name} is deleted, with sign-ins and tokens. What the user did stays in the audit log.`,
  );
};
