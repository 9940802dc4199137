// The outbox in the database. Responsible for rows alone; the loop decides.
import type { DeliveryView } from '@nezuban/protocol/api/events-operations';
import type { EventView } from '@nezuban/protocol/events/event';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

export type DeliveryDraft = {
  readonly event: EventView;
  readonly rule: string;
  readonly channel: string;
  /** The maintenance window that keeps it back: it is never sent. Null: it is. */
  readonly suppressedBy: string | null;
};
export type ClaimedDelivery = {
  readonly id: number;
  readonly event_id: number;
  readonly rule: string;
  readonly payload: EventView;
  readonly tries: number;
  readonly maybe_delivered: boolean;
};

type DeliveryRow = {
  readonly id: number;
  readonly event_id: number;
  readonly rule: string;
  readonly channel: string;
  readonly state: DeliveryView['state'];
  readonly tries: number;
  readonly next_try_at: Date | null;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly sent_at: Date | null;
  readonly suppressed_by: string | null;
};
const VIEW_COLUMNS =
  'id, event_id, rule, channel, state, tries, next_try_at, last_error, created_at, sent_at, suppressed_by';

export const insertDeliveries = async (
  transaction: Transaction,
  drafts: readonly DeliveryDraft[],
): Promise<void> => {
  await transaction.query({
    name: 'insert_deliveries',
    text: `INSERT INTO delivery (event_id, rule, channel, payload, suppressed_by, state, next_try_at)
           SELECT event_id, rule, channel, payload, suppressed_by,
                  CASE WHEN suppressed_by IS NULL THEN 'pending' ELSE 'suppressed' END, CASE WHEN suppressed_by IS NULL THEN now() END
           FROM unnest($1::bigint[], $2::text[], $3::text[], $4::jsonb[], $5::text[])
                  WITH ORDINALITY AS draft (event_id, rule, channel, payload, suppressed_by, position) ORDER BY position`,
    values: [
      drafts.map(({ event }) => event.id),
      drafts.map(({ rule }) => rule),
      drafts.map(({ channel }) => channel),
      // As in the event itself: jsonb holds no NUL.
      drafts.map(({ event }) => JSON.stringify(event).replaceAll(/(?<!\\)((?:\\\\)*)\\u0000/g, '$1\u{fffd}')),
      drafts.map(({ suppressedBy }) => suppressedBy),
    ],
  });
};

export type ClaimOptions = {
  readonly startId: string;
  readonly limit: number;
  readonly busyRules: readonly string[];
};

/**
 * Takes due deliveries, the longest due first, and counts the try before it is made. One that another start of the manager was sending
 * may have arrived: that manager ended before it could write the answer.
 */
export const claimDeliveries = async (
  database: Database,
  { startId, limit, busyRules }: ClaimOptions,
): Promise<ClaimedDelivery[]> => {
  const rows = await database.query<ClaimedDelivery>({
    name: 'claim_deliveries',
    text: `WITH due AS (
             SELECT id FROM delivery
             WHERE state = 'pending' AND next_try_at <= now() AND sending_by IS DISTINCT FROM $1 AND NOT rule = ANY($3::text[])
             ORDER BY next_try_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
           UPDATE delivery d SET sending_by = $1, tries = d.tries + 1, maybe_delivered = d.maybe_delivered OR d.sending_by IS NOT NULL
           FROM due WHERE d.id = due.id
           RETURNING d.id, d.event_id, d.rule, d.payload, d.tries, d.maybe_delivered`,
    values: [startId, limit, busyRules],
  });
  return rows.sort((a, b) => a.id - b.id);
};

/** Milliseconds until the next delivery is due, 0 or less if one is; null if none waits. */
export const nextDueInMs = async (database: Database, startId: string): Promise<number | null> => {
  const [row] = await database.query<{ wait: number | null }>({
    text: `SELECT (extract(epoch FROM min(next_try_at) - now()) * 1000)::float8 AS wait FROM delivery
           WHERE state = 'pending' AND sending_by IS DISTINCT FROM $1`,
    values: [startId],
  });
  return row?.wait ?? null;
};

export type Finish =
  | { readonly state: 'sent'; readonly note: string | null }
  | {
      readonly state: 'pending';
      readonly retryInMs: number;
      readonly error: string;
      readonly maybeDelivered: boolean;
    }
  | { readonly state: 'failed'; readonly error: string };

/** Writes the outcome of a try. Safe to repeat. */
export const finishDelivery = async (transaction: Transaction, id: number, finish: Finish): Promise<void> => {
  switch (finish.state) {
    case 'sent':
      await transaction.query(
        `UPDATE delivery SET state = 'sent', next_try_at = NULL, sending_by = NULL, sent_at = now(), last_error = $2 WHERE id = $1 AND state = 'pending'`,
        [id, finish.note],
      );
      return;
    case 'pending':
      await transaction.query(
        `UPDATE delivery SET sending_by = NULL, next_try_at = now() + $2 * interval '1 ms', last_error = $3, maybe_delivered = maybe_delivered OR $4
         WHERE id = $1 AND state = 'pending'`,
        [id, finish.retryInMs, finish.error, finish.maybeDelivered],
      );
      return;
    case 'failed':
      await transaction.query(
        `UPDATE delivery SET state = 'failed', next_try_at = NULL, sending_by = NULL, last_error = $2 WHERE id = $1 AND state = 'pending'`,
        [id, finish.error],
      );
  }
};

export const listDeliveries = async (
  database: Database,
  filter: {
    readonly beforeId: number | undefined;
    readonly states: readonly string[] | undefined;
    readonly limit: number;
  },
): Promise<DeliveryView[]> => {
  const rows = await database.query<DeliveryRow>({
    text: `SELECT ${VIEW_COLUMNS} FROM delivery WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text[] IS NULL OR state = ANY($2))
           ORDER BY id DESC LIMIT $3`,
    values: [filter.beforeId ?? null, filter.states ?? null, filter.limit],
  });
  return rows.map(toView);
};

export type RetryResult =
  | { readonly type: 'retried'; readonly delivery: DeliveryView }
  | { readonly type: 'absent' }
  | { readonly type: 'notFailed'; readonly state: string };

/** Puts a failed delivery back, with its tries counted anew. */
export const retryDelivery = async (transaction: Transaction, id: number): Promise<RetryResult> => {
  const { rows } = await transaction.query<DeliveryRow>(
    `UPDATE delivery SET state = 'pending', next_try_at = now(), tries = 0 WHERE id = $1 AND state = 'failed' RETURNING ${VIEW_COLUMNS}`,
    [id],
  );
  if (rows[0] !== undefined) return { type: 'retried', delivery: toView(rows[0]) };
  const there = await transaction.query<{ state: string }>('SELECT state FROM delivery WHERE id = $1', [id]);
  return there.rows[0] === undefined ? { type: 'absent' } : { type: 'notFailed', state: there.rows[0].state };
};

const toView = (row: DeliveryRow): DeliveryView => ({
  id: row.id,
  eventId: row.event_id,
  rule: row.rule,
  channel: row.channel,
  state: row.state,
  tries: row.tries,
  nextTryAt: row.next_try_at?.toISOString() ?? null,
  lastError: row.last_error,
  createdAt: row.created_at.toISOString(),
  sentAt: row.sent_at?.toISOString() ?? null,
  suppressedBy: row.suppressed_by,
});
