// Events in the database.
// Responsible for writing many at once, for the newest-first list with its filters, and for confirming.
// Not responsible for notifications and live streams (`event-sink.ts`).
import type { EventView } from '@nezuban/protocol/events/event';
import type { Database } from '../database/database.ts';
import type { EventDraft, Transaction } from '../ports.ts';

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
};

const COLUMNS = 'id, at, priority, code, node, message, details, confirmed_at, confirmed_by, comment';

/** Writes all drafts by one statement and gives them as they are now stored, in order. */
export const insertEvents = async (
  transaction: Transaction,
  drafts: readonly EventDraft[],
): Promise<readonly EventView[]> => {
  const { rows } = await transaction.query<{ id: number }>({
    name: 'insert_events',
    // The identity is drawn after the sort, so ids rise in the order of the drafts.
    text: `INSERT INTO event (at, priority, code, node, session_id, message, details)
           SELECT at, priority, code, node, session_id, message, details
           FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::jsonb[])
                WITH ORDINALITY AS draft (at, priority, code, node, session_id, message, details, position)
           ORDER BY position RETURNING id`,
    values: [
      drafts.map(({ at }) => at),
      drafts.map(({ priority }) => priority),
      drafts.map(({ code }) => code),
      drafts.map(({ node }) => node),
      drafts.map(({ details }) => sessionOf(details)),
      drafts.map(({ message }) => withoutNul(message)),
      drafts.map(({ details }) => withoutEscapedNul(JSON.stringify(details))),
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

export const listEvents = async (database: Database, filter: EventFilter): Promise<EventView[]> => {
  const { text, values } = buildList(filter);
  return (await database.query<EventRow>({ text, values })).map(toView);
};

/** Conditions are added only when asked for: each form of the list gets the plan (and index) that fits it. Pure. */
const buildList = (filter: EventFilter): { text: string; values: unknown[] } => {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const add = (condition: (place: string) => string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  add((place) => `id < ${place}`, filter.beforeId);
  add((place) => `priority = ANY(${place}::text[])`, filter.priority);
  add((place) => `code = ANY(${place}::text[])`, filter.code);
  add((place) => `node = ${place}`, filter.node);
  add((place) => `session_id = ${place}`, filter.session);
  add((place) => `at >= ${place}`, filter.from);
  add((place) => `at < ${place}`, filter.to);
  add(
    (place) => `(message ILIKE ${place} OR comment ILIKE ${place} OR node ILIKE ${place})`,
    filter.q === undefined || filter.q === '' ? undefined : likePattern(filter.q),
  );
  if (filter.confirm !== undefined)
    conditions.push(filter.confirm === 'confirmed' ? 'confirmed_at IS NOT NULL' : 'confirmed_at IS NULL');
  values.push(filter.limit);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return { text: `SELECT ${COLUMNS} FROM event ${where} ORDER BY id DESC LIMIT $${values.length}`, values };
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
       comment = coalesce($4, comment)
     WHERE id = ANY($1::bigint[]) RETURNING ${COLUMNS}`,
    [ids, confirmed, by, comment ?? null],
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

/** The text as it is: its `%` and `_` are no wild cards. */
const likePattern = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
