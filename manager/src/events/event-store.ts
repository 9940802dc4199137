// Events in the database.
// Responsible for writing many at once, and for the newest-first list with its filters.
// Not responsible for what people change on them (`event-changes.ts`), notifications and live streams (`event-sink.ts`).
import { say } from '@nezuban/protocol/sentences/sentence';
import type { EventView } from '@nezuban/protocol/events/event';
import { CodedError } from '@nezuban/protocol/errors';
import { sqlState } from '../database/database-errors.ts';
import { createWhere } from '../database/where.ts';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import { createSlots } from '../slots.ts';
import { canCopy, copyIn } from '../database/copy-in.ts';
import {
  COPY_EVENTS,
  createCopyLine,
  EVENT_COLUMNS,
  insertStatement,
  toEventView,
  type EventRow,
  type NewEvent,
} from './event-rows.ts';
import { addEventConditions, readsAll, type EventConditions } from './event-conditions.ts';

export type EventFilter = EventConditions & {
  readonly beforeId: number | undefined;
  readonly limit: number;
};

/**
 * A search that reads this long has a table behind it that is far larger than what it is made for; it would hold a core that others need,
 * and whoever asked has given up.
 */
const SEARCH_TIMEOUT_MS = 8_000;

/** The manager has eight connections for all that is asked of it: searches leave most of them to the others, and few wait for their turn. */
const searches = createSlots({ atOnce: 2, waitingMax: 6, what: 'searches' });

/**
 * Ids for so many events, rising. The transaction has its own number before it draws them: whoever follows events by number relies on that
 * (event-position.ts).
 */
export const drawIds = async (transaction: Transaction, count: number): Promise<readonly number[]> => {
  const { rows } = await transaction.query<{ ids: string }>({
    name: 'draw_event_ids',
    text: `WITH self AS MATERIALIZED (SELECT pg_current_xact_id() AS id)
           SELECT array_agg(nextval(pg_get_serial_sequence('event', 'id')))::text AS ids, count(self.id) FROM self, generate_series(1, $1)`,
    values: [count],
  });
  return (rows[0]?.ids ?? '{}')
    .slice(1, -1)
    .split(',')
    .map(Number)
    .sort((a, b) => a - b);
};

/** From here on COPY is the cheaper one, although it takes one more answer of the server. */
const COPIED_MIN = 100;

export const writeEvents = async (transaction: Transaction, events: readonly NewEvent[]): Promise<void> => {
  if (events.length === 0) return;
  if (events.length >= COPIED_MIN && canCopy(transaction))
    await copyIn(transaction, COPY_EVENTS, { rows: events, line: createCopyLine() });
  else await transaction.query(insertStatement(events));
};

/** Throws `search_too_slow`. */
export const listEvents = async (database: Database, filter: EventFilter): Promise<EventView[]> => {
  const statement = buildList(filter);
  const rows = readsAll(filter)
    ? await withinSearchTime(database, async (transaction) => await select(transaction, statement))
    : await database.query<EventRow>(statement);
  return rows.map(toEventView);
};

export const findEvent = async (database: Database, id: number): Promise<EventView | null> => {
  const [row] = await database.query<EventRow>({
    text: `SELECT ${EVENT_COLUMNS} FROM event WHERE id = $1`,
    values: [id],
  });
  return row === undefined ? null : toEventView(row);
};

const select = async (
  transaction: Transaction,
  { text, values }: ReturnType<typeof buildList>,
): Promise<EventRow[]> => (await transaction.query<EventRow>(text, values)).rows;

/** For statements that may read all events. Throws `search_too_slow`. */
export const withinSearchTime = async <Result>(
  database: Database,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> =>
  await searches.run(
    async () =>
      await database.inTransaction(async (transaction) => {
        await transaction.query(`SET LOCAL statement_timeout = ${SEARCH_TIMEOUT_MS}`);
        try {
          return await work(transaction);
        } catch (error) {
          if (sqlState(error) !== STATEMENT_TOOK_TOO_LONG) throw error;
          throw new CodedError(
            'search_too_slow',
            say('problem_the_search_for_text_took_longer_than', { value: SEARCH_TIMEOUT_MS / 1000 }),
            { cause: error },
          );
        }
      }),
  );
const STATEMENT_TOOK_TOO_LONG = '57014';

const buildList = (filter: EventFilter): { text: string; values: unknown[] } => {
  const where = createWhere();
  where.addIf(filter.beforeId, (id, place) => `id < ${place(id)}`);
  addEventConditions(where, filter);
  return {
    text: `SELECT ${EVENT_COLUMNS} FROM event ${where.sql()} ORDER BY id DESC LIMIT ${where.place(filter.limit)}`,
    values: [...where.values],
  };
};
