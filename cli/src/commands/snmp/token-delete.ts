// `nezuban trap token delete`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('TOKEN-NAME');
  await (await context.api()).call('deleteTrapToken', { params: { name } });
  await context.out.result({ deleted: name }, () => `Trap token ${name} is revoked.`);
};
