// `nezuban trap monitor delete`: deletes the version that is there now; one that changes meanwhile is left alone.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('MONITOR');
  const api = await context.api();
  const { etag } = await api.reply('getTrapMonitor', { params: { name } });
  await api.call('deleteTrapMonitor', { params: { name }, ...(etag !== undefined && { ifMatch: etag }) });
  await context.out.result({ deleted: name }, () => `Trap monitor ${name} is deleted.`);
};
