// The outbox in the database. Responsible for rows alone; the loops decide.
import type { MessageBody } from '@nezuban/core/notifications/effects';
import type { DeliveryView } from '@nezuban/protocol/api/events-operations';
import { newEvent, type EventView } from '@nezuban/protocol/events/event';
import type { Database } from '../database/database.ts';
import { toStorableJson } from '../database/storable-text.ts';
import { createWhere } from '../database/where.ts';
import type { Transaction } from '../ports.ts';
import type { OrderedMail } from './channels/channel.ts';
import { messageOfEvent } from './channels/message-text.ts';

export type Suppression = {
  readonly kind: 'maintenance' | 'silence' | 'inhibition';
  /** Name of the window or inhibition, number of the silence. */
  readonly by: string;
};

export type DeliveryDraft = {
  readonly rule: string;
  /** The named channel; null: the rule's own. */
  readonly target: string | null;
  /** Where it goes, for lists. */
  readonly channel: string;
  readonly body: MessageBody;
  /** What keeps it back: it is never sent. Null: it is. */
  readonly suppression: Suppression | null;
};
export type ClaimedDelivery = {
  readonly id: number;
  readonly event_id: number;
  readonly rule: string;
  readonly target: string | null;
  readonly payload: EventView;
  readonly body: MessageBody | null;
  readonly tries: number;
  readonly maybe_delivered: boolean;
  /** Of a mail that a unit sends; `unit_*`: which run of which unit. */
  readonly mail: OrderedMail | null;
  readonly unit_session: number | null;
  readonly unit_index: number | null;
  readonly unit_run: number | null;
};

type DeliveryRow = {
  readonly id: number;
  readonly event_id: number;
  readonly event_ids: readonly number[] | null;
  readonly event_count: number;
  readonly rule: string;
  readonly target: string | null;
  readonly channel: string;
  readonly state: DeliveryView['state'];
  readonly tries: number;
  readonly next_try_at: Date | null;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly sent_at: Date | null;
  readonly suppressed_by: string | null;
  readonly suppressed_kind: Suppression['kind'] | null;
  readonly maybe_delivered: boolean;
  readonly session_id: number | null;
  readonly body: Pick<MessageBody, 'recovered' | 'reminder' | 'escalation'> | null;
};
// As JSON: arrays of bigint come as text otherwise.
const VIEW_COLUMNS = `id, event_id, to_json(event_ids) AS event_ids, event_count, rule, target, channel, state, tries, next_try_at, last_error, created_at, sent_at,
  suppressed_by, suppressed_kind, maybe_delivered, session_id,
  CASE WHEN body IS NULL THEN NULL ELSE jsonb_build_object('recovered', body->'recovered', 'reminder', body->'reminder', 'escalation', body->'escalation') END AS body`;

/** By which a receiver is told from others: one that hangs holds up only itself. */
export const targetKeyOf = ({ rule, target }: Pick<ClaimedDelivery, 'rule' | 'target'>): string =>
  target === null ? `rule ${rule}` : `channel ${target}`;
const TARGET_KEY = `CASE WHEN target IS NULL THEN 'rule ' || rule ELSE 'channel ' || target END`;

export const insertDeliveries = async (
  transaction: Transaction,
  drafts: readonly DeliveryDraft[],
): Promise<void> => {
  const firsts = drafts.map(({ body: { events } }) => {
    const [first] = events;
    if (first === undefined) throw new Error('A message speaks of no event');
    return first;
  });
  await transaction.query({
    name: 'insert_deliveries',
    text: `INSERT INTO delivery (event_id, rule, target, channel, payload, body, event_ids, event_count, suppressed_by, suppressed_kind, state, next_try_at)
           SELECT event_id, rule, target, channel, payload, body, event_ids::bigint[], event_count, suppressed_by, suppressed_kind,
                  CASE WHEN suppressed_by IS NULL THEN 'pending' ELSE 'suppressed' END, CASE WHEN suppressed_by IS NULL THEN now() END
           FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::jsonb[], $7::text[], $8::int[], $9::text[], $10::text[])
                  WITH ORDINALITY AS draft (event_id, rule, target, channel, payload, body, event_ids, event_count, suppressed_by, suppressed_kind, position)
           ORDER BY position`,
    values: [
      firsts.map(({ id }) => id),
      drafts.map(({ rule }) => rule),
      drafts.map(({ target }) => target),
      drafts.map(({ channel }) => channel),
      firsts.map(toStorableJson),
      // What is kept back is never sent, so only its events are needed.
      drafts.map(({ body, suppression }) => (suppression === null ? toStorableJson(body) : null)),
      drafts.map(({ body }) => `{${body.events.map(({ id }) => id).join(',')}}`),
      drafts.map(({ body }) => body.events.length + body.more),
      drafts.map(({ suppression }) => suppression?.by ?? null),
      drafts.map(({ suppression }) => suppression?.kind ?? null),
    ],
  });
};

export type ClaimOptions = {
  readonly startId: string;
  readonly limit: number;
  /** Of receivers that have enough to do, or must not be asked yet. */
  readonly busyTargets: readonly string[];
};

/**
 * Takes due deliveries, the longest due first, and counts the try before it is made. One that another start of the manager was sending
 * may have arrived: that manager ended before it could write the answer.
 */
export const claimDeliveries = async (
  database: Database,
  { startId, limit, busyTargets }: ClaimOptions,
): Promise<ClaimedDelivery[]> => {
  const rows = await database.query<ClaimedDelivery>({
    name: 'claim_deliveries',
    text: `WITH due AS (
             SELECT id FROM delivery
             WHERE state = 'pending' AND next_try_at <= now() AND sending_by IS DISTINCT FROM $1 AND NOT (${TARGET_KEY}) = ANY($3::text[])
             ORDER BY next_try_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
           UPDATE delivery d SET sending_by = $1, tries = d.tries + 1, maybe_delivered = d.maybe_delivered OR d.sending_by IS NOT NULL
           FROM due WHERE d.id = due.id
           RETURNING d.id, d.event_id, d.rule, d.target, d.payload, d.body, d.tries, d.maybe_delivered, d.mail, d.unit_session, d.unit_index, d.unit_run`,
    values: [startId, limit, busyTargets],
  });
  return rows.sort((a, b) => a.id - b.id);
};

/** Gives back what this start has taken without hearing of it: the answer of the database was lost. `sending`: those that it knows of. */
export const giveBackClaims = async (
  database: Database,
  { startId, sending }: { readonly startId: string; readonly sending: readonly number[] },
): Promise<void> => {
  await database.query({
    name: 'give_back_deliveries',
    text: `UPDATE delivery SET sending_by = NULL, tries = greatest(tries - 1, 0) WHERE state = 'pending' AND sending_by = $1 AND id <> ALL ($2::bigint[])`,
    values: [startId, sending],
  });
};

/** What a claimed one says; one that an older release has written speaks of its event alone. */
export const messageOfDelivery = ({
  payload,
  body,
  mail,
}: Pick<ClaimedDelivery, 'payload' | 'body' | 'mail'>) => {
  const event: EventView = { ...newEvent, ...payload };
  const message = { ...messageOfEvent(event), mail };
  return body === null ? message : { ...message, ...body };
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
  | { readonly state: 'sent'; readonly note: string | null; readonly session: number | null }
  | {
      readonly state: 'pending';
      readonly retryInMs: number;
      readonly error: string;
      readonly maybeDelivered: boolean;
    }
  | { readonly state: 'failed'; readonly error: string };

/** Writes the outcome of a try. Safe to repeat; resolves to whether it was not written before. */
export const finishDelivery = async (
  transaction: Transaction,
  id: number,
  finish: Finish,
): Promise<boolean> => {
  const write = async (text: string, values: readonly unknown[]): Promise<boolean> =>
    ((await transaction.query(text, [...values])).rowCount ?? 0) > 0;
  switch (finish.state) {
    case 'sent':
      return await write(
        `UPDATE delivery SET state = 'sent', next_try_at = NULL, sending_by = NULL, sent_at = now(), last_error = $2, session_id = $3
         WHERE id = $1 AND state = 'pending'`,
        [id, finish.note, finish.session],
      );
    case 'pending':
      return await write(
        `UPDATE delivery SET sending_by = NULL, next_try_at = now() + $2 * interval '1 ms', last_error = $3, maybe_delivered = maybe_delivered OR $4
         WHERE id = $1 AND state = 'pending'`,
        [id, finish.retryInMs, finish.error, finish.maybeDelivered],
      );
    case 'failed':
      return await write(
        `UPDATE delivery SET state = 'failed', next_try_at = NULL, sending_by = NULL, last_error = $2 WHERE id = $1 AND state = 'pending'`,
        [id, finish.error],
      );
  }
};

export type DeliveryFilter = {
  readonly beforeId: number | undefined;
  readonly states: readonly string[] | undefined;
  readonly rule: string | undefined;
  readonly channel: string | undefined;
  readonly event: number | undefined;
  readonly limit: number;
};

export const listDeliveries = async (database: Database, filter: DeliveryFilter): Promise<DeliveryView[]> => {
  const where = createWhere();
  where.addIf(filter.beforeId, (id, place) => `id < ${place(id)}`);
  where.addIf(filter.states, (states, place) => `state = ANY(${place(states)}::text[])`);
  where.addIf(filter.rule, (rule, place) => `rule = ${place(rule)}`);
  where.addIf(filter.channel, (channel, place) => `target = ${place(channel)}`);
  where.addIf(
    filter.event,
    (id, place) => `(event_id = ${place(id)} OR event_ids @> ARRAY[${place(id)}::bigint])`,
  );
  const rows = await database.query<DeliveryRow>({
    text: `SELECT ${VIEW_COLUMNS} FROM delivery ${where.sql()} ORDER BY id DESC LIMIT ${where.place(filter.limit)}`,
    values: [...where.values],
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

export type RetryFilter = {
  readonly rule: string | null;
  readonly channel: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly limit: number;
};

/** Puts all failed ones that fit back, the oldest first, at most `limit`; resolves to how many. */
export const retryDeliveries = async (transaction: Transaction, filter: RetryFilter): Promise<number> => {
  const { rowCount } = await transaction.query(
    `UPDATE delivery SET state = 'pending', next_try_at = now(), tries = 0 WHERE id = ANY (ARRAY(
       SELECT id FROM delivery WHERE state = 'failed' AND ($1::text IS NULL OR rule = $1) AND ($2::text IS NULL OR target = $2)
         AND ($3::timestamptz IS NULL OR created_at >= $3) AND ($4::timestamptz IS NULL OR created_at < $4)
       ORDER BY id LIMIT $5 FOR UPDATE SKIP LOCKED)) AND state = 'failed'`,
    [filter.rule, filter.channel, filter.from, filter.to, filter.limit],
  );
  return rowCount ?? 0;
};

const toView = (row: DeliveryRow): DeliveryView => ({
  id: row.id,
  eventId: row.event_id,
  eventIds: [...(row.event_ids ?? [row.event_id])],
  eventCount: row.event_count,
  rule: row.rule,
  target: row.target,
  channel: row.channel,
  state: row.state,
  tries: row.tries,
  nextTryAt: row.next_try_at?.toISOString() ?? null,
  lastError: row.last_error,
  createdAt: row.created_at.toISOString(),
  sentAt: row.sent_at?.toISOString() ?? null,
  suppressedBy: row.suppressed_by,
  suppressedKind: row.suppressed_kind ?? (row.suppressed_by === null ? null : 'maintenance'),
  maybeRepeated: row.maybe_delivered,
  recovered: row.body?.recovered ?? false,
  reminder: row.body?.reminder ?? false,
  escalationStep: row.body?.escalation?.step ?? null,
  session: row.session_id,
});
