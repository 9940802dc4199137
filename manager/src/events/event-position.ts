// Where the stream of events stands: which numbers are taken, and up to which nothing can come any more.
// Numbers are drawn before an event is written and become visible at its commit, so they do not become visible in their order: whoever follows
// events by number must know below which number nobody writes any more. Responsible for both answers. Called by the event sink, the engine
// and `event-watch.ts`.
import type { Clock } from '@nezuban/platform/clock';
import type { Database } from '../database/database.ts';

/**
 * A transaction that has written events and has not ended after this long has been rolled back: statements are cut off far earlier. Nobody
 * says so of a rollback.
 */
const FORGOTTEN_AFTER_MS = 30_000;

export type EventPosition = {
  /** Before the first event of this manager is written. */
  readonly load: () => Promise<void>;
  /** Events are about to get their numbers; to be called after the commit with the highest of them. */
  readonly writing: () => (highestId: number) => void;
  /** Every event that is committed from now on has a higher number. */
  readonly last: () => number;
};

export const createEventPosition = ({
  database,
  clock,
}: {
  readonly database: Pick<Database, 'query'>;
  readonly clock: Clock;
}): EventPosition => {
  /** Of the events that are known to be committed. */
  let highest = 0;
  /** By transaction: what was known when it drew its numbers, all of which are higher. */
  const underWay = new Map<object, { readonly above: number; readonly sinceMs: number }>();
  return {
    async load() {
      highest = Math.max(highest, await drawnUpTo(database));
    },
    writing() {
      const key = {};
      underWay.set(key, { above: highest, sinceMs: clock.monotonicMs() });
      return (highestId) => {
        highest = Math.max(highest, highestId);
        underWay.delete(key);
      };
    },
    last() {
      let last = highest;
      const tooOld = clock.monotonicMs() - FORGOTTEN_AFTER_MS;
      for (const [key, { above, sinceMs }] of underWay) {
        if (sinceMs < tooOld) underWay.delete(key);
        else last = Math.min(last, above);
      }
      return last;
    },
  };
};

/** The highest number that anybody has drawn. */
const drawnUpTo = async (database: Pick<Database, 'query'>): Promise<number> => {
  const [row] = await database.query<{ id: number | null }>({
    name: 'event_numbers_drawn',
    text: `SELECT pg_sequence_last_value(pg_get_serial_sequence('event', 'id')::regclass) AS id`,
  });
  return row?.id ?? 0;
};

/** A number, and a transaction that began after it had been drawn: all that have drawn one up to it are older. */
type Mark = { readonly id: number; readonly after: bigint };

export type SettledEvents = {
  /** Up to this number no event can come any more. Never falls. `waits`: more have been drawn by transactions that are under way. */
  readonly look: () => Promise<{ readonly upTo: number; readonly waits: boolean }>;
};

/**
 * Whoever draws numbers has its transaction's number before (`drawIds`). So the numbers up to a mark belong to transactions that had begun
 * before the mark was made, and once all of these are through, nothing comes below it any more. Never waits and locks nothing.
 */
export const createSettledEvents = (database: Pick<Database, 'query'>): SettledEvents => {
  let upTo = 0;
  let marks: readonly Mark[] = [];
  return {
    async look() {
      const id = await drawnUpTo(database);
      if (id > (marks.at(-1)?.id ?? upTo)) {
        // A transaction of its own: the upper end of a snapshot would not do, for it says which is the newest that has ended, and not which have
        // begun since.
        const [began] = await database.query<{ xid: string }>({
          name: 'begin_after_events',
          text: 'SELECT pg_current_xact_id()::text AS xid',
        });
        if (began === undefined) throw new Error('PostgreSQL gave no transaction');
        marks = [...marks, { id, after: BigInt(began.xid) }];
      }
      const [row] = await database.query<{ xmin: string }>({
        name: 'oldest_under_way',
        text: 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin',
      });
      if (row === undefined) throw new Error('PostgreSQL gave no snapshot');
      // All transactions below it have ended.
      const oldest = BigInt(row.xmin);
      const through = marks.findLastIndex(({ after }) => after <= oldest);
      if (through >= 0) {
        upTo = marks[through]?.id ?? upTo;
        marks = marks.slice(through + 1);
      }
      // Between the oldest and the newest nothing is lost by leaving marks out.
      if (marks.length > MARKS_MAX) marks = [...marks.slice(0, MARKS_MAX - 1), ...marks.slice(-1)];
      return { upTo, waits: marks.length > 0 };
    },
  };
};

/** Marks that wait for a long transaction; each is a step in which what it holds back becomes known. */
const MARKS_MAX = 100;
