// `nezuban channel delete`: deletes the version that is there now; one that changes meanwhile is left alone.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('CHANNEL');
  const api = await context.api();
  const { revision } = await api.call('getChannel', { params: { name } });
  await api.call('deleteChannel', { params: { name }, ifMatch: `"${revision}"` });
  await context.out.result({ deleted: name }, () => `Channel ${name} is deleted.`);
};
