// All events that fit a filter, as CSV or as one JSON object a line.
// Responsible for reading page by page, so that a million events take the memory of one page, and for the form of a line. The first page is
// read before the answer begins: what is refused is refused with a sentence. Called by the route.
import { Readable } from 'node:stream';
import type { EventView } from '@nezuban/protocol/events/event';
import type { Database } from '../database/database.ts';
import { csvLine, CSV_START } from '../http/csv.ts';
import type { EventConditions } from './event-conditions.ts';
import { listEvents } from './event-store.ts';

export type ExportFormat = 'csv' | 'ndjson';

/** Rows read at once: less than a megabyte in memory, and the reader waits for its client between two. */
const PAGE_ROWS = 1_000;

const COLUMNS = [
  'id',
  'at',
  'priority',
  'code',
  'node',
  'message',
  'confirm',
  'confirmedBy',
  'confirmedAt',
  'comment',
  'details',
  'monitor',
  'key',
  'count',
  'lastAt',
  'clearedAt',
  'clearedBy',
  'confirmingBy',
  'confirmingAt',
  'commentBy',
  'commentAt',
  'trapId',
  'fields',
] as const satisfies readonly (keyof EventView)[];

export const exportEvents = async (
  database: Database,
  filter: EventConditions,
  format: ExportFormat,
): Promise<Readable> => {
  const readPage = async (beforeId: number | undefined): Promise<EventView[]> =>
    await listEvents(database, { ...filter, beforeId, limit: PAGE_ROWS });
  const first = await readPage(undefined);
  const lines = async function* () {
    if (format === 'csv') yield CSV_START + csvLine(COLUMNS);
    for (let page = first; page.length > 0; page = await readPage(page.at(-1)?.id)) {
      yield page.map((event) => (format === 'csv' ? toCsv(event) : `${JSON.stringify(event)}\n`)).join('');
      if (page.length < PAGE_ROWS) return;
    }
  };
  return Readable.from(lines(), { objectMode: false });
};

const toCsv = (event: EventView): string =>
  csvLine(
    COLUMNS.map((column) => {
      const value = event[column];
      return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
    }),
  );
