// The engine's tables as columns: how a row of the engine becomes a row of the database, and back.
// Not responsible for when; `session-store.ts` runs these. Pure.
import type { AttemptRow, SessionRow, UnitRow } from '@nezuban/core/jobs/session-state';
import type { AttemptId, SessionId, UnitPath } from '@nezuban/protocol/ids';
import { formatAttemptId } from './attempt-key.ts';
import { bulkTable, type Column } from './bulk-statement.ts';

export type SessionWrite = { readonly row: SessionRow; readonly netRevision: number };
export type UnitWrite = { readonly sessionId: SessionId; readonly row: UnitRow };
/** `droppedBytes` is no part of the engine's record: it decides nothing. */
export type AttemptWrite = {
  readonly sessionId: SessionId;
  readonly row: AttemptRow;
  readonly droppedBytes: number;
};

const sessionColumns: readonly Column<SessionWrite>[] = [
  { name: 'id', type: 'bigint', key: true, of: ({ row }) => row.id },
  { name: 'nonce', type: 'word', fixed: true, of: ({ row }) => row.nonce },
  { name: 'net', type: 'text', fixed: true, of: ({ row }) => row.net },
  { name: 'net_revision', type: 'integer', fixed: true, of: ({ netRevision }) => netRevision },
  { name: 'trigger', type: 'jsonb', fixed: true, of: ({ row }) => JSON.stringify(row.trigger) },
  { name: 'parameters', type: 'jsonb', fixed: true, of: ({ row }) => JSON.stringify(row.parameters) },
  { name: 'created_at', type: 'timestamptz', fixed: true, of: ({ row }) => row.createdAt },
  { name: 'state', type: 'word', of: ({ row }) => row.state },
  { name: 'end_status', type: 'word', of: ({ row }) => row.endStatus },
  { name: 'run', type: 'integer', of: ({ row }) => row.run },
  { name: 'ended_at', type: 'timestamptz', of: ({ row }) => row.endedAt },
  { name: 'stopped_by', type: 'text', of: ({ row }) => row.stoppedBy },
  { name: 'revision', type: 'bigint', of: ({ row }) => row.revision },
  { name: 'unit_counts', type: 'jsonb', of: ({ row }) => JSON.stringify(row.unitCounts) },
];

const unitColumns: readonly Column<UnitWrite>[] = [
  { name: 'session_id', type: 'bigint', key: true, of: ({ sessionId }) => sessionId },
  { name: 'unit', type: 'integer', key: true, of: ({ row }) => row.unit },
  { name: 'state', type: 'word', of: ({ row }) => row.state },
  { name: 'end_status', type: 'word', of: ({ row }) => row.endStatus },
  { name: 'run', type: 'integer', of: ({ row }) => row.run },
  { name: 'started_at', type: 'timestamptz', of: ({ row }) => row.startedAt },
  { name: 'ended_at', type: 'timestamptz', of: ({ row }) => row.endedAt },
  { name: 'retry_at', type: 'timestamptz', of: ({ row }) => row.retryAt },
  { name: 'reason', type: 'text', of: ({ row }) => row.reason },
  { name: 'stopped_by', type: 'text', of: ({ row }) => row.stoppedBy },
];

const attemptColumns: readonly Column<AttemptWrite>[] = [
  { name: 'session_id', type: 'bigint', key: true, of: ({ sessionId }) => sessionId },
  { name: 'unit', type: 'integer', key: true, of: ({ row }) => row.unit },
  { name: 'run', type: 'integer', key: true, of: ({ row }) => row.run },
  { name: 'node_index', type: 'integer', key: true, of: ({ row }) => row.nodeIndex },
  { name: 'try', type: 'integer', key: true, of: ({ row }) => row.try },
  { name: 'node', type: 'text', fixed: true, of: ({ row }) => row.node },
  { name: 'created_at', type: 'timestamptz', fixed: true, of: ({ row }) => row.createdAt },
  { name: 'state', type: 'word', of: ({ row }) => row.state },
  { name: 'cancel_requested', type: 'boolean', of: ({ row }) => row.cancelRequested },
  { name: 'end_status', type: 'word', of: ({ row }) => row.endStatus },
  { name: 'pid', type: 'bigint', of: ({ row }) => row.pid },
  { name: 'exit_code', type: 'bigint', of: ({ row }) => row.exitCode },
  { name: 'signal', type: 'text', of: ({ row }) => row.signal },
  { name: 'reason', type: 'text', of: ({ row }) => row.reason },
  { name: 'timed_out', type: 'boolean', of: ({ row }) => row.timedOut },
  { name: 'started_at', type: 'timestamptz', of: ({ row }) => row.startedAt },
  { name: 'ended_at', type: 'timestamptz', of: ({ row }) => row.endedAt },
  { name: 'stdout_bytes', type: 'bigint', of: ({ row }) => row.stdoutBytes },
  { name: 'stderr_bytes', type: 'bigint', of: ({ row }) => row.stderrBytes },
  { name: 'output_cut', type: 'boolean', of: ({ row }) => row.outputCut },
  { name: 'dropped_bytes', type: 'bigint', of: ({ droppedBytes }) => droppedBytes },
];

export const sessionTable = bulkTable('session', sessionColumns);
export const unitTable = bulkTable('session_unit', unitColumns);
export const attemptTable = bulkTable('attempt', attemptColumns);

export type StoredSession = {
  readonly id: SessionId;
  readonly nonce: string;
  readonly net: string;
  readonly net_revision: number;
  readonly state: SessionRow['state'];
  readonly end_status: SessionRow['endStatus'];
  readonly run: number;
  readonly trigger: SessionRow['trigger'];
  readonly parameters: Record<string, string>;
  readonly created_at: Date;
  readonly ended_at: Date | null;
  readonly stopped_by: string | null;
  readonly revision: number;
  readonly unit_counts: SessionRow['unitCounts'];
};

export type StoredUnit = {
  readonly session_id: SessionId;
  readonly unit: number;
  readonly state: UnitRow['state'];
  readonly end_status: UnitRow['endStatus'];
  readonly run: number;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly retry_at: Date | null;
  readonly reason: string | null;
  readonly stopped_by: string | null;
};

export type StoredAttempt = {
  readonly session_id: SessionId;
  readonly unit: number;
  readonly run: number;
  readonly node_index: number;
  readonly try: number;
  readonly node: string;
  readonly created_at: Date;
  readonly state: AttemptRow['state'];
  readonly cancel_requested: boolean;
  readonly end_status: AttemptRow['endStatus'];
  readonly pid: number | null;
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly reason: string | null;
  readonly timed_out: boolean;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly stdout_bytes: number;
  readonly stderr_bytes: number;
  readonly output_cut: boolean;
};

const millis = (at: Date | null): number | null => at?.getTime() ?? null;

export const toSessionRow = (stored: StoredSession): SessionRow => ({
  id: stored.id,
  nonce: stored.nonce,
  net: stored.net,
  state: stored.state,
  endStatus: stored.end_status,
  run: stored.run,
  trigger: stored.trigger,
  parameters: stored.parameters,
  createdAt: stored.created_at.getTime(),
  endedAt: millis(stored.ended_at),
  stoppedBy: stored.stopped_by,
  revision: stored.revision,
  unitCounts: stored.unit_counts,
});

/** Without the path, which is not stored: the plan knows it. */
export const toUnitRow = (stored: StoredUnit): UnitRow => ({
  unit: stored.unit,
  path: '' as UnitPath,
  state: stored.state,
  endStatus: stored.end_status,
  run: stored.run,
  startedAt: millis(stored.started_at),
  endedAt: millis(stored.ended_at),
  retryAt: millis(stored.retry_at),
  reason: stored.reason,
  stoppedBy: stored.stopped_by,
});

export const toAttemptRow = (stored: StoredAttempt, nonce: string): AttemptRow => {
  const place = { unit: stored.unit, run: stored.run, nodeIndex: stored.node_index, try: stored.try };
  const id: AttemptId = formatAttemptId({ sessionId: stored.session_id, nonce, ...place });
  return {
    id,
    ...place,
    node: stored.node,
    createdAt: stored.created_at.getTime(),
    state: stored.state,
    cancelRequested: stored.cancel_requested,
    endStatus: stored.end_status,
    pid: stored.pid,
    exitCode: stored.exit_code,
    signal: stored.signal,
    reason: stored.reason,
    timedOut: stored.timed_out,
    startedAt: millis(stored.started_at),
    endedAt: millis(stored.ended_at),
    stdoutBytes: stored.stdout_bytes,
    stderrBytes: stored.stderr_bytes,
    outputCut: stored.output_cut,
  };
};
