// `nezuban net delete`: deletes the version that is there now; one that changes meanwhile is left alone.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('NET');
  const api = await context.api();
  const { etag } = await api.reply('getNet', { params: { name } });
  const reason = context.args.text('reason');
  await api.call('deleteNet', {
    params: { name },
    ...(reason !== undefined && { query: { reason } }),
    ...(etag !== undefined && { ifMatch: etag }),
  });
  await context.out.result(
    { deleted: name },
    () => `Job net ${name} is deleted. Its sessions and its history stay.`,
  );
};
