// Events in the database.
// Responsible for writing many at once, for the newest-first list with its filters, and for confirming.
// Not responsible for notifications and live streams (`event-sink.ts`).
import type { ConfirmState, EventView } from '@nezuban/protocol/events/event';
import { CodedError } from '@nezuban/protocol/errors';
import { sqlState } from '../database/database-errors.ts';
import { createWhere, foldText, type Condition } from '../database/where.ts';
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
import { COMMENT_MARK, eventTextConditions } from './search-text.ts';

export type EventFilter = {
  readonly beforeId: number | undefined;
  readonly limit: number;
  readonly priority?: readonly string[] | undefined;
  readonly code?: readonly string[] | undefined;
  readonly node?: string | undefined;
  readonly confirm?: ConfirmState | undefined;
  readonly q?: string | undefined;
  readonly session?: number | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** What the caller may see, on the columns of the table event; undefined: everything. */
  readonly visible?: Condition | undefined;
};

/**
 * A search that reads this long has a table behind it that is far larger than what it is made for; it would hold a core that others need,
 * and whoever asked has given up.
 */
const SEARCH_TIMEOUT_MS = 8_000;

/** The manager has eight connections for all that is asked of it: searches leave most of them to the others, and few wait for their turn. */
const searches = createSlots({ atOnce: 2, waitingMax: 6, what: 'searches' });

/** Ids for so many events, rising. */
export const drawIds = async (transaction: Transaction, count: number): Promise<readonly number[]> => {
  const { rows } = await transaction.query<{ ids: string }>({
    name: 'draw_event_ids',
    text: `SELECT array_agg(nextval(pg_get_serial_sequence('event', 'id')))::text AS ids FROM generate_series(1, $1)`,
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
  const hasText = filter.q !== undefined && filter.q.trim() !== '';
  const rows = hasText
    ? await searches.run(() => searchWithinTime(database, statement))
    : await database.query<EventRow>(statement);
  return rows.map(toEventView);
};

const searchWithinTime = async (
  database: Database,
  { text, values }: ReturnType<typeof buildList>,
): Promise<EventRow[]> =>
  await database.inTransaction(async (transaction) => {
    await transaction.query(`SET LOCAL statement_timeout = ${SEARCH_TIMEOUT_MS}`);
    try {
      return (await transaction.query<EventRow>(text, values)).rows;
    } catch (error) {
      if (sqlState(error) !== STATEMENT_TOOK_TOO_LONG) throw error;
      throw new CodedError(
        'search_too_slow',
        `The search for text took longer than ${SEARCH_TIMEOUT_MS / 1000} s and was given up; add a time range, a node, a code or a priority.`,
        { cause: error },
      );
    }
  });
const STATEMENT_TOOK_TOO_LONG = '57014';

const CONFIRM_CONDITIONS: Readonly<Record<ConfirmState, string>> = {
  unconfirmed: 'confirmed_at IS NULL AND confirming_at IS NULL',
  confirming: 'confirmed_at IS NULL AND confirming_at IS NOT NULL',
  confirmed: 'confirmed_at IS NOT NULL',
};

const buildList = (filter: EventFilter): { text: string; values: unknown[] } => {
  const where = createWhere();
  where.addIf(filter.beforeId, (id, place) => `id < ${place(id)}`);
  where.addIf(filter.priority, (priorities, place) => `priority = ANY(${place(priorities)}::text[])`);
  where.addIf(filter.code, (codes, place) => `code = ANY(${place(codes)}::text[])`);
  where.addIf(filter.node, (node, place) => `node = ${place(node)}`);
  where.addIf(filter.session, (session, place) => `session_id = ${place(session)}`);
  where.addIf(filter.from, (from, place) => `at >= ${place(from)}`);
  where.addIf(filter.to, (to, place) => `at < ${place(to)}`);
  where.addIf(filter.confirm, (state) => CONFIRM_CONDITIONS[state]);
  for (const condition of eventTextConditions(filter.q ?? '')) where.add(condition);
  where.add(filter.visible);
  return {
    text: `SELECT ${EVENT_COLUMNS} FROM event ${where.sql()} ORDER BY id DESC LIMIT ${where.place(filter.limit)}`,
    values: [...where.values],
  };
};

export type Confirmation = {
  readonly ids: readonly number[];
  readonly confirmed: boolean;
  readonly comment: string | undefined;
  readonly by: string;
};

/** Confirms events or takes that back; gives those that exist, as they are afterwards. A comment that is not given stays. */
export const confirmEvents = async (
  transaction: Transaction,
  { ids, confirmed, comment, by }: Confirmation,
): Promise<EventView[]> => {
  const { rows } = await transaction.query<EventRow>(
    `UPDATE event SET
       confirmed_at = CASE WHEN $2 THEN coalesce(confirmed_at, now()) END,
       confirmed_by = CASE WHEN $2 THEN coalesce(confirmed_by, $3) END,
       comment = coalesce($4, comment),
       search = CASE WHEN $5::text IS NULL THEN search ELSE split_part(search, $6, 1) || $6 || $5 END
     WHERE id = ANY($1::bigint[]) RETURNING ${EVENT_COLUMNS}`,
    [ids, confirmed, by, comment ?? null, comment === undefined ? null : foldText(comment), COMMENT_MARK],
  );
  return rows.map(toEventView);
};
