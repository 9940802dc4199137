// The table `status` as events change it, in their transaction.
// Responsible for one statement for all states of a batch, for marking cleared events, and for what goes with a node, a net or a monitor. What
// changes is decided in core. Called by the event batch.
import { boundedKey } from '@nezuban/core/events/event-state';
import type { StateChange } from '@nezuban/core/events/plan-states';
import { validityOf, type StatusSettings } from '@nezuban/core/events/status-validity';
import { storableText } from '../database/bulk-statement.ts';
import type { EventDraft, Transaction } from '../ports.ts';
import { toStorableJson } from '../database/storable-text.ts';

/** What the change needs beside the pure plan. */
export type StatusWrite = { readonly change: StateChange; readonly draft: EventDraft };

type Before = { readonly hash: number; readonly raised_from: Date | null };

/** Locks the rows in one order. Gives since when something was raised before, by the hash of each state that is cleared. */
export const writeStatus = async (
  transaction: Transaction,
  writes: readonly StatusWrite[],
  settings: StatusSettings,
): Promise<ReadonlyMap<number, Date>> => {
  if (writes.length === 0) return new Map();
  const sorted = writes.toSorted((a, b) => compare(a.change, b.change));
  const column = <Value>(of: (write: StatusWrite) => Value): Value[] => sorted.map((write) => of(write));
  const validities = sorted.map(({ change }) =>
    validityOf(
      { ...change.state, isCleared: change.state.turn === 'clears', atMs: change.last.atMs },
      settings,
    ),
  );
  const { rows } = await transaction.query<Before>({
    name: 'write_status',
    text: WRITE,
    values: [
      column(({ change }) => change.state.node),
      column(({ change }) => change.state.monitor),
      column(({ change }) => change.state.key),
      column(({ change }) => change.state.net),
      column(({ change }) => change.priority),
      column(({ draft }) => draft.code),
      column(({ draft }) => storableText(draft.message)),
      column(({ draft }) => toStorableJson(draft.details)),
      column(({ change }) => new Date(change.sinceMs)),
      column(({ change }) => new Date(change.last.atMs)),
      column(({ change }) => change.last.id),
      column(({ change }) => change.count),
      column(({ change }) => change.isOneRun),
      column(({ change }) => change.state.turn === 'clears'),
      column(({ change }) => change.clearedBy !== null),
      column(({ change }) => change.raises),
      validities.map(({ expiresAtMs }) => (expiresAtMs === null ? null : new Date(expiresAtMs))),
      validities.map(({ onExpiry }) => onExpiry),
      column(({ change }) => change.hash),
    ],
  });
  const before = new Map(rows.map((row) => [row.hash, row.raised_from]));
  return new Map(
    sorted.flatMap(({ change }) => {
      const raisedFrom = before.get(change.hash);
      return change.clearedBy === null || raisedFrom === undefined || raisedFrom === null
        ? []
        : [[change.hash, raisedFrom]];
    }),
  );
};

const SAME =
  's.priority = v.priority AND (s.cleared_at IS NOT NULL) = v.clears AND s.expired_at IS NULL AND v.one_run';
/** What was there before says what a clearing event ends. Each state has one domain that writes it, one call after the other. */
const WRITE = `
  WITH v AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::timestamptz[],
      $10::timestamptz[], $11::bigint[], $12::bigint[], $13::boolean[], $14::boolean[], $15::boolean[], $16::boolean[], $17::timestamptz[],
      $18::text[], $19::bigint[])
      AS v (node, monitor, key, net, priority, code, message, details, since, last_at, event_id, count, one_run, clears, cleared, raises,
        expires_at, on_expiry, hash)),
  written AS (
    MERGE INTO status AS s USING v ON s.node = v.node AND s.monitor = v.monitor AND s.key = v.key
    WHEN MATCHED THEN UPDATE SET
      net = v.net, priority = v.priority, code = v.code, message = v.message, details = v.details,
      since = CASE WHEN ${SAME} THEN s.since ELSE v.since END,
      count = CASE WHEN ${SAME} THEN s.count + v.count ELSE v.count END,
      acknowledged_at = CASE WHEN ${SAME} THEN s.acknowledged_at END,
      acknowledged_by = CASE WHEN ${SAME} THEN s.acknowledged_by END,
      last_at = v.last_at, event_id = v.event_id,
      cleared_at = CASE WHEN v.clears THEN v.last_at END,
      raised_from = CASE WHEN v.cleared THEN CASE WHEN v.raises THEN now() END
        ELSE coalesce(s.raised_from, CASE WHEN v.raises THEN now() END) END,
      expires_at = v.expires_at, on_expiry = v.on_expiry, expired_at = NULL
    WHEN NOT MATCHED THEN INSERT
      (node, monitor, key, net, priority, code, message, details, since, last_at, event_id, count, cleared_at, raised_from, expires_at, on_expiry)
      VALUES (v.node, v.monitor, v.key, v.net, v.priority, v.code, v.message, v.details, v.since, v.last_at, v.event_id, v.count,
        CASE WHEN v.clears THEN v.last_at END, CASE WHEN v.raises THEN now() END, v.expires_at, v.on_expiry)
    RETURNING v.hash, old.raised_from)
  SELECT hash, raised_from FROM written`;

const compare = (a: StateChange, b: StateChange): number =>
  order(a.state.node, b.state.node) ||
  order(a.state.monitor, b.state.monitor) ||
  order(a.state.key, b.state.key);
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export type Clearing = {
  readonly hash: number;
  readonly state: { readonly node: string };
  readonly at: Date;
  /** The event that clears; null: a person does. */
  readonly by: number | null;
  readonly raisedFrom: Date;
};

/** Marks what was raised and goes on as cleared; gives how many events that were, by the state's hash. */
export const clearRaised = async (
  transaction: Transaction,
  clearings: readonly Clearing[],
): Promise<ReadonlyMap<number, number>> => {
  if (clearings.length === 0) return new Map();
  const { rows } = await transaction.query<{ hash: number; events: number }>({
    name: 'clear_raised_events',
    text: `WITH cleared AS (
             UPDATE event e SET cleared_at = v.at, cleared_by = v.by, raised = NULL
             FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::bigint[]) AS v (hash, node, at, by)
             WHERE e.raised = v.hash AND e.recorded_at >= $5 AND coalesce(e.node, '') = v.node
             RETURNING v.hash)
           SELECT hash, count(*) AS events FROM cleared GROUP BY hash`,
    values: [
      clearings.map(({ hash }) => hash),
      clearings.map(({ state }) => state.node),
      clearings.map(({ at }) => at),
      clearings.map(({ by }) => by),
      new Date(Math.min(...clearings.map(({ raisedFrom }) => raisedFrom.getTime()))),
    ],
  });
  return new Map(rows.map(({ hash, events }) => [hash, events]));
};

/** What is gone has no status: a node that was removed, a job net or monitor that was deleted. */
export const forgetStatus = async (
  transaction: Transaction,
  drafts: readonly EventDraft[],
): Promise<void> => {
  const deleted = (kind: string): string[] =>
    drafts.flatMap(({ code, details }) =>
      code === 'definition_changed' && details['kind'] === kind && details['change'] === 'deleted'
        ? [String(details['name'] ?? details['net'] ?? '')]
        : [],
    );
  const nodes = drafts.flatMap(({ code, node }) => (code === 'agent_removed' && node !== null ? [node] : []));
  const [nets, monitors] = [deleted('jobnet'), deleted('trap_monitor')];
  if (nodes.length + nets.length + monitors.length === 0) return;
  await transaction.query(
    `DELETE FROM status WHERE node = ANY($1::text[]) OR (monitor = '' AND key = ANY($2::text[])) OR monitor = ANY($3::text[])`,
    [nodes, nets.map((net) => boundedKey(`net:${net}`)), monitors],
  );
};
