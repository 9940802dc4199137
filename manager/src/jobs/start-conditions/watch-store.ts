// Start conditions in the database: what is watched, and how far it has been looked at.
// Responsible for rows alone. Called by `net-store.ts` when a definition is saved, and by the loop of start conditions.
import { isDeepStrictEqual } from 'node:util';
import { newWatchState, type WatchState } from '@nezuban/core/jobs/start-conditions/decide-starts';
import { takeOver } from '@nezuban/core/jobs/start-conditions/take-over';
import { CodedError } from '@nezuban/protocol/errors';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { StartConditions } from '@nezuban/protocol/jobs/start-conditions';
import type { Database } from '../../database/database.ts';
import type { EventDraft, Transaction } from '../../ports.ts';
import { droppedEvent } from './condition-events.ts';

export type NetWatch = {
  readonly net: string;
  /** Of the net, now. */
  readonly netRevision: number;
  /** Who has brought that revision into force. */
  readonly author: string;
  /** Of the net, now. */
  readonly timezone: string;
  readonly conditions: StartConditions;
  readonly since: Date;
  readonly enabled: boolean;
  /** Events up to this number have been looked at. */
  readonly position: number;
  readonly state: WatchState;
  /** Raised by every change. */
  readonly revision: number;
};
export type WatchChange = {
  readonly net: string;
  /** The one that the change was made from. */
  readonly revision: number;
  readonly position: number;
  readonly state: WatchState;
  readonly enabled?: boolean;
};

/** Somebody else has changed it since it was read: what was decided must not take effect. */
export class StaleWatchError extends CodedError {
  constructor(net: string) {
    super('precondition_failed', `The start conditions of ${net} have been changed meanwhile.`);
    this.name = 'StaleWatchError';
  }
}

/** It is tried again: the net has not refused. */
export const isPassing = ({ code }: CodedError): boolean =>
  code === 'database_unavailable' || code === 'shutting_down' || code === 'precondition_failed';

/** Conditions that have not changed go on from where they were; new or changed ones begin now. Gives what is to be told of starts that nobody makes any more. */
export const saveConditions = async (
  transaction: Transaction,
  {
    before,
    after,
    at,
  }: {
    readonly before: JobNetDefinition | null;
    readonly after: JobNetDefinition;
    readonly at: Date;
  },
): Promise<EventDraft[]> => {
  const conditions = after.start_conditions;
  if (isDeepStrictEqual(before?.start_conditions, conditions)) return [];
  if (conditions === undefined || !conditions.enabled) {
    await transaction.query('DELETE FROM net_watch WHERE net = $1', [after.name]);
    return [];
  }
  const { rows } = await transaction.query<Pick<NetWatch, 'conditions' | 'since' | 'position' | 'state'>>(
    'SELECT conditions, since, position, state FROM net_watch WHERE net = $1 AND enabled FOR UPDATE',
    [after.name],
  );
  const [row] = rows;
  const over =
    row === undefined
      ? null
      : takeOver({ isEqual: isDeepStrictEqual }, { ...row, since: row.since.getTime() }, conditions);
  await transaction.query(
    `INSERT INTO net_watch (net, conditions, since, position, state)
     VALUES ($1, $2, $3, coalesce($5::bigint, pg_sequence_last_value(pg_get_serial_sequence('event', 'id')::regclass), 0), $4)
     ON CONFLICT (net) DO UPDATE SET conditions = excluded.conditions, since = excluded.since, position = excluded.position, state = excluded.state,
       enabled = true, revision = net_watch.revision + 1`,
    [
      after.name,
      JSON.stringify(conditions),
      at,
      JSON.stringify(over?.state ?? newWatchState),
      over?.keepsPosition === true ? row?.position : null,
    ],
  );
  return (over?.dropped ?? []).map((each) => droppedEvent({ ...each, net: after.name, at: at.getTime() }));
};

/** All, or those of the given nets that there are. */
export const loadWatches = async (
  database: Pick<Database, 'query'>,
  nets: readonly string[] | null,
): Promise<NetWatch[]> =>
  await database.query<NetWatch>({
    name: 'load_net_watches',
    text: `SELECT w.net, n.revision AS "netRevision", n.timezone,
             (SELECT r.created_by FROM net_revision r WHERE r.net = n.name AND r.revision = n.revision) AS author,
             w.conditions, w.since, w.enabled, w.position, w.state, w.revision
           FROM net_watch w JOIN net n ON n.name = w.net WHERE $1::text[] IS NULL OR w.net = ANY ($1)`,
    values: [nets],
  });

/** In the transaction of what was decided. Throws StaleWatchError. */
export const saveWatch = async (
  transaction: Transaction,
  { net, revision, position, state, enabled = true }: WatchChange,
): Promise<void> => {
  const { rowCount } = await transaction.query(
    'UPDATE net_watch SET position = $3, state = $4, enabled = $5, revision = revision + 1 WHERE net = $1 AND revision = $2',
    [net, revision, position, JSON.stringify(state), enabled],
  );
  if (rowCount !== 1) throw new StaleWatchError(net);
};

/** Begins anew: from now on, with nothing fulfilled. */
export const beginWatch = async (
  transaction: Transaction,
  { net, at }: { readonly net: string; readonly at: Date },
): Promise<void> => {
  await transaction.query(
    `UPDATE net_watch SET since = $2, enabled = true, state = $3, revision = revision + 1,
       position = coalesce(pg_sequence_last_value(pg_get_serial_sequence('event', 'id')::regclass), 0) WHERE net = $1`,
    [net, at, JSON.stringify(newWatchState)],
  );
};

export type WatchedSession = {
  readonly id: number;
  readonly isOpen: boolean;
  readonly endStatus: EndStatus | null;
};

/** Those of the sessions that are there, rising. */
export const lookAtSessions = async (
  database: Pick<Database, 'query'>,
  ids: readonly number[],
): Promise<WatchedSession[]> => {
  if (ids.length === 0) return [];
  const rows = await database.query<{ id: number; state: string; end_status: EndStatus | null }>({
    name: 'sessions_of_start_conditions',
    text: 'SELECT id, state, end_status FROM session WHERE id = ANY ($1) AND id BETWEEN $2 AND $3 ORDER BY id',
    values: [ids, Math.min(...ids), Math.max(...ids)],
  });
  return rows.map(({ id, state, end_status: endStatus }) => ({
    id,
    isOpen: state === 'running' || state === 'stopping',
    endStatus: state === 'running' || state === 'stopping' ? null : (endStatus ?? 'normal'),
  }));
};
