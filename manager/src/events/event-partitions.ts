// Makes the months of the event table ahead of time.
// Responsible for the partitions of the months around now. Not responsible for dropping old ones (retention is a later part).
// Called at start and once a day by the events domain.
import type { Database } from '../database/database.ts';

/** The month before, for a clock that is set back a little; two ahead, so that a stopped timer or a leap of weeks does no harm. */
const MONTHS_BEFORE = 1;
const MONTHS_AHEAD = 2;

type Month = { readonly name: string; readonly from: string; readonly to: string };

/** The months that must exist now. Pure. */
export const planPartitions = (nowMs: number): readonly Month[] => {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO('UTC').toPlainDate();
  const first = now.toPlainYearMonth().subtract({ months: MONTHS_BEFORE });
  return Array.from({ length: MONTHS_BEFORE + 1 + MONTHS_AHEAD }, (_, index) => {
    const month = first.add({ months: index });
    return {
      name: `event_${month.toString().replace('-', '_')}`,
      from: `${month.toString()}-01 00:00:00+00`,
      to: `${month.add({ months: 1 }).toString()}-01 00:00:00+00`,
    };
  });
};

export const ensurePartitions = async (database: Database, nowMs: number): Promise<void> => {
  const months = planPartitions(nowMs);
  const there = await database.query<{ name: string }>({
    text: `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'event'::regclass`,
  });
  const known = new Set(there.map(({ name }) => name));
  for (const month of months.filter(({ name }) => !known.has(name))) {
    await database.query({
      text: `CREATE TABLE IF NOT EXISTS ${month.name} PARTITION OF event FOR VALUES FROM ('${month.from}') TO ('${month.to}')`,
    });
  }
};
