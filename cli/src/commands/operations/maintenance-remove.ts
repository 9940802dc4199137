// `nezuban maintenance remove`: the window is gone; one that is open ends.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('NAME');
  const api = await context.api();
  const { etag } = await api.reply('getMaintenanceWindow', { params: { name } });
  await api.call('deleteMaintenanceWindow', {
    params: { name },
    ...(etag !== undefined && { ifMatch: etag }),
  });
  await context.out.result({ removed: name }, () => `Maintenance window ${name} is removed.`);
};
