// Tables in months: events and traps by when they were recorded, the audit log by when it was written.
// Responsible for making the months around now ahead of time, each by itself, and for naming those that are there. Called by the retention
// domain at start and then daily, and by test harnesses.
import type { Logger } from '@nezuban/platform/logger';
import { sqlState } from '../database/database-errors.ts';
import type { Database } from '../database/database.ts';
import type { Month } from './plan-removal.ts';

export const monthTables = ['event', 'trap', 'audit'] as const;
export type MonthTable = (typeof monthTables)[number];

/** The month before, for a clock that is set back a little; two ahead, so that a stopped timer or a leap of weeks does no harm. */
const MONTHS_BEFORE = 1;
const MONTHS_AHEAD = 2;

type PlannedMonth = { readonly name: string; readonly from: string; readonly to: string };

/** The months that must exist now. Pure. */
export const planMonths = (table: MonthTable, nowMs: number): readonly PlannedMonth[] => {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO('UTC').toPlainDate();
  const first = now.toPlainYearMonth().subtract({ months: MONTHS_BEFORE });
  return Array.from({ length: MONTHS_BEFORE + 1 + MONTHS_AHEAD }, (_, index) => {
    const month = first.add({ months: index });
    return {
      name: `${table}_${month.toString().replace('-', '_')}`,
      from: `${month.toString()}-01 00:00:00+00`,
      to: `${month.add({ months: 1 }).toString()}-01 00:00:00+00`,
    };
  });
};

/** The months that are there, by their names; partitions for "other" are none. */
export const readMonths = async (database: Database, table: MonthTable): Promise<readonly Month[]> => {
  const rows = await database.query<{ name: string }>({
    text: 'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass',
    values: [table],
  });
  return rows.flatMap(({ name }) => {
    const [, year, month] = /_(\d{4})_(\d{2})$/.exec(name) ?? [];
    if (year === undefined || month === undefined) return [];
    return [{ name, fromMs: Date.UTC(+year, +month - 1), toMs: Date.UTC(+year, +month) }];
  });
};

/** Rows of that month lie in the partition for "other" already: they stay there, and so do those that follow. */
const HELD_ELSEWHERE = '23514';

export const ensureMonths = async (
  database: Database,
  { nowMs, logger }: { readonly nowMs: number; readonly logger?: Logger },
): Promise<void> => {
  for (const table of monthTables) {
    const known = new Set((await readMonths(database, table)).map(({ name }) => name));
    for (const month of planMonths(table, nowMs).filter(({ name }) => !known.has(name)))
      await makeMonth(database, table, month).catch((error: unknown) =>
        // Nothing is lost: rows go to the partition for "other", and tomorrow is another day.
        logger?.warn({ err: error, month: month.name }, 'A month of a table could not be made'),
      );
  }
};

const makeMonth = async (
  database: Database,
  table: MonthTable,
  { name, from, to }: PlannedMonth,
): Promise<void> => {
  try {
    await database.query({
      text: `CREATE TABLE IF NOT EXISTS ${name} PARTITION OF ${table} FOR VALUES FROM ('${from}') TO ('${to}')`,
    });
  } catch (error) {
    if (sqlState(error) !== HELD_ELSEWHERE) throw error;
  }
};
