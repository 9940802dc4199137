// `nezuban user unlock`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('USER');
  const user = await (await context.api()).call('unlockUser', { params: { name } });
  await context.out.result(user, () => `User ${name} may sign in again.`);
};
