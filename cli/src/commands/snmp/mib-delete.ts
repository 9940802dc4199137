// `nezuban mib delete`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('MODULE');
  await (await context.api()).call('deleteMib', { params: { name } });
  await context.out.result({ deleted: name }, () => `MIB module ${name} is deleted.`);
};
