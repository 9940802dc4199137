// `nezuban audit export`: the whole audit log, or what fits, as it comes.
import { saveStream } from '../../api/save-stream.ts';
import type { CommandRun } from '../command.ts';
import { auditFilterOf } from './audit-filter.ts';

export const run: CommandRun = async (context) => {
  const { args, out, signal } = context;
  const to = args.text('file');
  const format = out.json || args.text('format') === 'ndjson' ? 'ndjson' : 'csv';
  const api = await context.api();
  const stream = await api.open('exportAudit', { query: { format, ...auditFilterOf(context) } }, signal);
  const bytes = await saveStream(stream, to, context);
  if (to !== undefined) await out.result({ file: to, format, bytes }, () => `${bytes} bytes in ${to}.`);
};
