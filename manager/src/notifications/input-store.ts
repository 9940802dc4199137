// What waits to be decided, and what was decided so far, in the database. Responsible for rows alone; the loop decides.
import {
  applyChanges,
  emptyState,
  entryKinds,
  type EntryChange,
  type EntryKind,
  type EscalationRun,
  type NotificationState,
} from '@nezuban/core/notifications/state';
import type { EndedState } from '@nezuban/core/notifications/notified-event';
import type { EventView } from '@nezuban/protocol/events/event';
import type { EscalationState } from '@nezuban/protocol/notifications/escalation';
import type { Database } from '../database/database.ts';
import { toStorableJson } from '../database/storable-text.ts';
import type { Transaction } from '../ports.ts';

/** An event with what its row does not say. */
export type InputEvent = EventView & { readonly clears?: boolean; readonly repeats?: number };

/** States that somebody has ended by hand. */
export type InputEnd = { readonly ended: readonly EndedState[] };

export type NotificationInputRow = {
  readonly id: number;
  readonly events: readonly InputEvent[] | InputEnd;
};

export const insertInput = async (
  transaction: Transaction,
  events: readonly InputEvent[] | InputEnd,
): Promise<void> => {
  await transaction.query({
    name: 'insert_notification_input',
    text: 'INSERT INTO notification_input (events) VALUES ($1)',
    values: [toStorableJson(events)],
  });
};

/** The oldest that are committed: at least one, and further ones up to the limits. */
export const readInput = async (
  transaction: Transaction,
  limits: { readonly rows: number; readonly bytes: number },
): Promise<readonly NotificationInputRow[]> => {
  const { rows } = await transaction.query<NotificationInputRow>({
    name: 'read_notification_input',
    text: `SELECT id, events FROM notification_input WHERE id IN (
             SELECT id FROM (
               SELECT id, sum(pg_column_size(events)) OVER (ORDER BY id) AS bytes, row_number() OVER (ORDER BY id) AS place
               FROM (SELECT id, events FROM notification_input ORDER BY id LIMIT $1) oldest) sized
             WHERE bytes <= $2 OR place = 1)
           ORDER BY id`,
    values: [limits.rows, limits.bytes],
  });
  return rows;
};

export const deleteInput = async (transaction: Transaction, ids: readonly number[]): Promise<void> => {
  await transaction.query({
    name: 'delete_notification_input',
    text: 'DELETE FROM notification_input WHERE id = ANY($1::bigint[])',
    values: [ids],
  });
};

/** Of a row that was decided in part. */
export const keepInput = async (
  transaction: Transaction,
  id: number,
  rest: readonly InputEvent[],
): Promise<void> => {
  await transaction.query({
    name: 'keep_notification_input',
    text: 'UPDATE notification_input SET events = $2 WHERE id = $1',
    values: [id, toStorableJson(rest)],
  });
};

const isEntryKind = (kind: string): kind is EntryKind => (entryKinds as readonly string[]).includes(kind);

/** What a later release has remembered besides is left alone. */
export const loadState = async (database: Database): Promise<NotificationState> => {
  const rows = await database.query<{ kind: string; key: string; value: EntryChange['value'] }>({
    text: 'SELECT kind, key, value FROM notification_state ORDER BY kind, key',
  });
  const state = emptyState();
  applyChanges(
    state,
    rows.flatMap(({ kind, key, value }) => (isEntryKind(kind) ? [{ kind, key, value }] : [])),
  );
  return state;
};

export const writeState = async (
  transaction: Transaction,
  changes: readonly EntryChange[],
): Promise<void> => {
  const gone = changes.filter(({ value }) => value === null);
  const set = changes.filter(({ value }) => value !== null);
  if (gone.length > 0)
    await transaction.query({
      name: 'delete_notification_state',
      text: `DELETE FROM notification_state s USING unnest($1::text[], $2::text[]) AS gone (kind, key) WHERE s.kind = gone.kind AND s.key = gone.key`,
      values: [gone.map(({ kind }) => kind), gone.map(({ key }) => key)],
    });
  if (set.length > 0)
    await transaction.query({
      name: 'write_notification_state',
      text: `INSERT INTO notification_state (kind, key, value) SELECT * FROM unnest($1::text[], $2::text[], $3::json[])
             ON CONFLICT (kind, key) DO UPDATE SET value = EXCLUDED.value`,
      values: [
        set.map(({ kind }) => kind),
        set.map(({ key }) => key),
        set.map(({ value }) => toStorableJson(value)),
      ],
    });
};

/** Who has taken these events up. */
export const readAcknowledged = async (
  transaction: Transaction,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> => {
  if (ids.length === 0) return new Map();
  const { rows } = await transaction.query<{ id: number; by: string | null }>({
    name: 'read_acknowledged_events',
    text: `SELECT id, coalesce(confirmed_by, confirming_by) AS by FROM event
           WHERE id = ANY($1::bigint[]) AND (confirmed_at IS NOT NULL OR confirming_at IS NOT NULL)`,
    values: [ids],
  });
  return new Map(rows.map(({ id, by }) => [id, by ?? '']));
};

export type EscalationChange = {
  readonly run: EscalationRun;
  readonly state: EscalationState;
  readonly by: string | null;
};

/** Of several of one chain the last one counts. */
export const writeEscalations = async (
  transaction: Transaction,
  { changes, nowMs }: { readonly changes: readonly EscalationChange[]; readonly nowMs: number },
): Promise<void> => {
  const last = [
    ...new Map(
      changes.map((change) => [`${change.run.rule} ${change.run.events[0]?.id ?? 0}`, change]),
    ).values(),
  ];
  if (last.length === 0) return;
  const date = (ms: number): string => new Date(ms).toISOString();
  await transaction.query({
    name: 'write_escalation_runs',
    text: `INSERT INTO escalation_run (rule, event_id, chain, state, step, round, next_at, event_ids, started_at, ended_at, ended_by)
           SELECT rule, event_id, chain, state, step, round, next_at, event_ids::bigint[], started_at, ended_at, ended_by
           FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::int[], $6::int[], $7::timestamptz[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::text[])
                  AS run (rule, event_id, chain, state, step, round, next_at, event_ids, started_at, ended_at, ended_by)
           ON CONFLICT (rule, event_id) DO UPDATE SET state = EXCLUDED.state, step = EXCLUDED.step, round = EXCLUDED.round,
             next_at = EXCLUDED.next_at, event_ids = EXCLUDED.event_ids, ended_at = EXCLUDED.ended_at, ended_by = EXCLUDED.ended_by`,
    values: [
      last.map(({ run }) => run.rule),
      last.map(({ run }) => run.events[0]?.id ?? 0),
      last.map(({ run }) => run.chain),
      last.map(({ state }) => state),
      last.map(({ run }) => run.step),
      last.map(({ run }) => run.round),
      last.map(({ run, state }) => (state === 'running' ? date(run.nextMs) : null)),
      last.map(({ run }) => `{${run.events.map(({ id }) => id).join(',')}}`),
      last.map(({ run }) => date(run.startedMs)),
      last.map(({ state }) => (state === 'running' ? null : date(nowMs))),
      last.map(({ by }) => by),
    ],
  });
};

/** Chains and silences that have been over for so long are of no interest any more; bounded, and called again and again. */
export const forgetPast = async (database: Database, beforeMs: number): Promise<void> => {
  await database.query({
    text: `DELETE FROM escalation_run WHERE ctid = ANY (ARRAY(SELECT ctid FROM escalation_run WHERE ended_at < $1 LIMIT 5000)) AND ended_at < $1`,
    values: [new Date(beforeMs)],
  });
  await database.query({
    text: `DELETE FROM silence WHERE id = ANY (ARRAY(SELECT id FROM silence WHERE until < $1 ORDER BY id LIMIT 5000)) AND until < $1`,
    values: [new Date(beforeMs)],
  });
};
