// `nezuban calendar delete`: deletes the version that is there now; one that changes meanwhile, or is in use, is left alone.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('CALENDAR');
  const api = await context.api();
  const { etag } = await api.reply('getCalendar', { params: { name } });
  await api.call('deleteCalendar', { params: { name }, ...(etag !== undefined && { ifMatch: etag }) });
  await context.out.result({ deleted: name }, () => `Calendar ${name} is deleted.`);
};
