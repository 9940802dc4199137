// `nezuban events export`: all events, or what fits, as they come.
import { saveStream } from '../../api/save-stream.ts';
import type { CommandRun } from '../command.ts';
import { eventFilterOf } from './event-filter.ts';

export const run: CommandRun = async (context) => {
  const { args, out, signal } = context;
  const to = args.text('file');
  const format = out.json || args.text('format') === 'ndjson' ? 'ndjson' : 'csv';
  const api = await context.api();
  const stream = await api.open('exportEvents', { query: { format, ...eventFilterOf(context) } }, signal);
  const bytes = await saveStream(stream, to, context);
  if (to !== undefined) await out.result({ file: to, format, bytes }, () => `${bytes} bytes in ${to}.`);
};
