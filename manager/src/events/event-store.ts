// Events in the database.
// Responsible for writing many at once, for the newest-first list with its filters, and for confirming.
// Not responsible for notifications and live streams (`event-sink.ts`).
import type { EventView } from '@nezuban/protocol/events/event';
import { CodedError } from '@nezuban/protocol/errors';
import { sqlState } from '../database/database-errors.ts';
import { createWhere, foldText, type Condition } from '../database/where.ts';
import type { Database } from '../database/database.ts';
import type { EventDraft, Transaction } from '../ports.ts';
import { createSlots } from '../slots.ts';
import { COMMENT_MARK, eventTextConditions, searchTextOf } from './search-text.ts';

type EventRow = {
  readonly id: number;
  readonly at: Date;
  readonly priority: EventView['priority'];
  readonly code: EventView['code'];
  readonly node: string | null;
  readonly message: string;
  readonly details: EventView['details'];
  readonly confirmed_at: Date | null;
  readonly confirmed_by: string | null;
  readonly comment: string | null;
};

export type EventFilter = {
  readonly beforeId: number | undefined;
  readonly limit: number;
  readonly priority?: readonly string[] | undefined;
  readonly code?: readonly string[] | undefined;
  readonly node?: string | undefined;
  readonly confirm?: 'unconfirmed' | 'confirmed' | undefined;
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

const COLUMNS = 'id, at, priority, code, node, message, details, confirmed_at, confirmed_by, comment';

/** Writes all drafts by one statement and gives them as they are now stored, in order. */
export const insertEvents = async (
  transaction: Transaction,
  drafts: readonly EventDraft[],
): Promise<readonly EventView[]> => {
  const { rows } = await transaction.query<{ id: number }>({
    name: 'insert_events',
    // The identity is drawn after the sort, so ids rise in the order of the drafts.
    text: `INSERT INTO event (at, priority, code, node, session_id, message, details, search)
           SELECT at, priority, code, node, session_id, message, details, search
           FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::jsonb[], $8::text[])
                WITH ORDINALITY AS draft (at, priority, code, node, session_id, message, details, search, position)
           ORDER BY position RETURNING id`,
    values: [
      drafts.map(({ at }) => at),
      drafts.map(({ priority }) => priority),
      drafts.map(({ code }) => code),
      drafts.map(({ node }) => node),
      drafts.map(({ details }) => sessionOf(details)),
      drafts.map(({ message }) => withoutNul(message)),
      drafts.map(({ details }) => withoutEscapedNul(JSON.stringify(details))),
      drafts.map((draft) => withoutNul(searchTextOf(draft))),
    ],
  });
  const ids = rows.map(({ id }) => id).sort((a, b) => a - b);
  return drafts.map((draft, index) => ({
    id: ids[index] ?? 0,
    at: draft.at.toISOString(),
    priority: draft.priority,
    code: draft.code,
    node: draft.node,
    message: withoutNul(draft.message),
    details: draft.details,
    confirm: 'unconfirmed',
    confirmedBy: null,
    confirmedAt: null,
    comment: null,
  }));
};

/** Throws `search_too_slow`. */
export const listEvents = async (database: Database, filter: EventFilter): Promise<EventView[]> => {
  const statement = buildList(filter);
  const hasText = filter.q !== undefined && filter.q.trim() !== '';
  const rows = hasText
    ? await searches.run(() => searchWithinTime(database, statement))
    : await database.query<EventRow>(statement);
  return rows.map(toView);
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

const buildList = (filter: EventFilter): { text: string; values: unknown[] } => {
  const where = createWhere();
  where.addIf(filter.beforeId, (id, place) => `id < ${place(id)}`);
  where.addIf(filter.priority, (priorities, place) => `priority = ANY(${place(priorities)}::text[])`);
  where.addIf(filter.code, (codes, place) => `code = ANY(${place(codes)}::text[])`);
  where.addIf(filter.node, (node, place) => `node = ${place(node)}`);
  where.addIf(filter.session, (session, place) => `session_id = ${place(session)}`);
  where.addIf(filter.from, (from, place) => `at >= ${place(from)}`);
  where.addIf(filter.to, (to, place) => `at < ${place(to)}`);
  if (filter.confirm !== undefined)
    where.add(() => (filter.confirm === 'confirmed' ? 'confirmed_at IS NOT NULL' : 'confirmed_at IS NULL'));
  for (const condition of eventTextConditions(filter.q ?? '')) where.add(condition);
  where.add(filter.visible);
  return {
    text: `SELECT ${COLUMNS} FROM event ${where.sql()} ORDER BY id DESC LIMIT ${where.place(filter.limit)}`,
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
     WHERE id = ANY($1::bigint[]) RETURNING ${COLUMNS}`,
    [ids, confirmed, by, comment ?? null, comment === undefined ? null : foldText(comment), COMMENT_MARK],
  );
  return rows.map(toView);
};

const toView = (row: EventRow): EventView => ({
  id: row.id,
  at: row.at.toISOString(),
  priority: row.priority,
  code: row.code,
  node: row.node,
  message: row.message,
  details: row.details,
  confirm: row.confirmed_at === null ? 'unconfirmed' : 'confirmed',
  confirmedBy: row.confirmed_by,
  confirmedAt: row.confirmed_at?.toISOString() ?? null,
  comment: row.comment,
});

const sessionOf = (details: EventDraft['details']): number | null => {
  const session = Number(details['session']);
  return Number.isSafeInteger(session) && session > 0 ? session : null;
};

/** PostgreSQL stores no NUL, neither in text nor in jsonb; what comes from commands and devices may hold one. */
const withoutNul = (text: string): string => text.replaceAll('\0', '\u{fffd}');
const withoutEscapedNul = (json: string): string =>
  json.replaceAll(/(?<!\\)((?:\\\\)*)\\u0000/g, '$1\u{fffd}');
