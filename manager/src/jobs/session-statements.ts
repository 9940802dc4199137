// The engine's tables as columns: how a row of the engine becomes a row of the database, and back.
// Not responsible for when; `session-store.ts` runs these. Pure.
import type { AttemptRow, SessionRow, UnitRow } from '@nezuban/core/jobs/session-state';
import type { UnitNumbers } from '@nezuban/core/jobs/unit-numbers';
import type { AttemptId, SessionId, UnitPath } from '@nezuban/protocol/ids';
import type { Sentence } from '@nezuban/protocol/sentences/sentence';
import type pg from 'pg';
import { formatAttemptId } from './attempt-key.ts';
import { bulkInsert, bulkUpdate, type Column } from '../database/bulk-statement.ts';
import { toStorableJson } from '../database/storable-text.ts';

export type SessionWrite = { readonly row: SessionRow; readonly netRevision: number };
export type UnitWrite = { readonly sessionId: SessionId; readonly row: UnitRow };
/** `droppedBytes` is no part of the engine's record: it decides nothing. */
export type AttemptWrite = {
  readonly sessionId: SessionId;
  readonly row: AttemptRow;
  readonly droppedBytes: number;
};

/** What few sessions have and most do not: written by a statement of its own, so that the others need not carry it. */
export type SessionExtras = {
  readonly sessionId: SessionId;
  readonly references: Readonly<Record<string, number>> | null;
  readonly numbers: UnitNumbers | null;
  readonly secretBox: Buffer | null;
};

export const updateExtras = ({
  sessionId,
  references,
  numbers,
  secretBox,
}: SessionExtras): pg.QueryConfig<string[]> => ({
  name: 'session_extras',
  text: `UPDATE session SET net_references = nullif($2, '')::jsonb, secret_box = decode(nullif($3, ''), 'base64'), unit_numbers = nullif($4, '')::jsonb WHERE id = $1`,
  values: [
    String(sessionId),
    references === null ? '' : JSON.stringify(references),
    secretBox?.toString('base64') ?? '',
    numbers === null ? '' : JSON.stringify(numbers),
  ],
});

const jsonOrNull = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));

/** It may hold what a program has said. */
const jsonOfSaid = (said: Sentence | null): string | null => (said === null ? null : toStorableJson(said));

const sessionColumns: readonly Column<SessionWrite>[] = [
  { name: 'id', type: 'bigint', key: true, of: ({ row }) => row.id },
  { name: 'nonce', type: 'word', fixed: true, of: ({ row }) => row.nonce },
  { name: 'net', type: 'text', fixed: true, of: ({ row }) => row.net },
  { name: 'net_revision', type: 'integer', fixed: true, of: ({ netRevision }) => netRevision },
  { name: 'trigger', type: 'jsonb', fixed: true, of: ({ row }) => JSON.stringify(row.trigger) },
  { name: 'parameters', type: 'jsonb', fixed: true, of: ({ row }) => JSON.stringify(row.parameters) },
  { name: 'created_at', type: 'timestamptz', fixed: true, of: ({ row }) => row.createdAt },
  // For whoever asks what is open, one that waits in a queue is; its control says that it waits.
  { name: 'state', type: 'word', of: ({ row }) => (row.state === 'queued' ? 'running' : row.state) },
  { name: 'end_status', type: 'word', of: ({ row }) => row.endStatus },
  { name: 'run', type: 'integer', of: ({ row }) => row.run },
  { name: 'ended_at', type: 'timestamptz', of: ({ row }) => row.endedAt },
  { name: 'stopped_by', type: 'text', of: ({ row }) => row.stoppedBy },
  { name: 'marks', type: 'jsonb', of: ({ row }) => jsonOrNull(row.marks) },
  { name: 'control', type: 'jsonb', of: ({ row }) => jsonOrNull(row.control) },
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
  { name: 'reason_said', type: 'jsonb', of: ({ row }) => jsonOfSaid(row.reasonSaid) },
  { name: 'answer', type: 'boolean', of: ({ row }) => row.answer },
  { name: 'stopped_by', type: 'text', of: ({ row }) => row.stoppedBy },
  {
    name: 'variables',
    type: 'jsonb',
    of: ({ row }) => (row.variables === null ? null : toStorableJson(row.variables)),
  },
  { name: 'marks', type: 'jsonb', of: ({ row }) => jsonOrNull(row.marks) },
  { name: 'control', type: 'jsonb', of: ({ row }) => jsonOrNull(row.control) },
  { name: 'memo', type: 'jsonb', of: ({ row }) => (row.memo === null ? null : toStorableJson(row.memo)) },
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
  { name: 'kill_requested', type: 'boolean', of: ({ row }) => row.killRequested },
  { name: 'end_status', type: 'word', of: ({ row }) => row.endStatus },
  { name: 'pid', type: 'bigint', of: ({ row }) => row.pid },
  { name: 'exit_code', type: 'bigint', of: ({ row }) => row.exitCode },
  { name: 'signal', type: 'text', of: ({ row }) => row.signal },
  { name: 'reason', type: 'text', of: ({ row }) => row.reason },
  { name: 'reason_said', type: 'jsonb', of: ({ row }) => jsonOfSaid(row.reasonSaid) },
  { name: 'timed_out', type: 'boolean', of: ({ row }) => row.timedOut },
  { name: 'started_at', type: 'timestamptz', of: ({ row }) => row.startedAt },
  { name: 'ended_at', type: 'timestamptz', of: ({ row }) => row.endedAt },
  { name: 'stdout_bytes', type: 'bigint', of: ({ row }) => row.stdoutBytes },
  { name: 'stderr_bytes', type: 'bigint', of: ({ row }) => row.stderrBytes },
  { name: 'output_cut', type: 'boolean', of: ({ row }) => row.outputCut },
  { name: 'by_hand', type: 'jsonb', of: ({ row }) => jsonOrNull(row.byHand) },
  { name: 'usage', type: 'jsonb', of: ({ row }) => jsonOrNull(row.usage) },
  { name: 'dropped_bytes', type: 'bigint', of: ({ droppedBytes }) => droppedBytes },
];

const changing = <Row>(columns: readonly Column<Row>[]): readonly Column<Row>[] =>
  columns.filter(({ fixed }) => fixed !== true);
const only = <Row>(columns: readonly Column<Row>[], names: readonly string[]): readonly Column<Row>[] =>
  columns.filter(({ key, name }) => key === true || names.includes(name));
const without = <Row>(
  columns: readonly Column<Row>[],
  constants: Readonly<Record<string, string>>,
): readonly Column<Row>[] => columns.filter(({ name }) => !(name in constants));

export const insertSessions = bulkInsert('session', 'all', sessionColumns);
export const updateSessions = bulkUpdate({ table: 'session', name: 'all' }, changing(sessionColumns));

// Most rows say little. Statements for these send only what they say, which halves their cost; the rest is a default or a constant.

export const insertUnits = bulkInsert('session_unit', 'all', unitColumns);
export const updateUnits = bulkUpdate({ table: 'session_unit', name: 'all' }, unitColumns);
const plainUnit = {
  retry_at: 'NULL',
  reason: 'NULL',
  reason_said: 'NULL',
  answer: 'NULL',
  stopped_by: 'NULL',
  variables: 'NULL',
  marks: 'NULL',
  control: 'NULL',
  memo: 'NULL',
};
export const isPlainUnit = ({ row }: UnitWrite): boolean =>
  row.retryAt === null &&
  row.reason === null &&
  row.answer === null &&
  row.stoppedBy === null &&
  row.variables === null &&
  row.marks === null &&
  row.control === null &&
  row.memo === null;
export const insertPlainUnits = bulkInsert('session_unit', 'plain', without(unitColumns, plainUnit));
export const updatePlainUnits = bulkUpdate(
  { table: 'session_unit', name: 'plain', constants: plainUnit },
  without(unitColumns, plainUnit),
);

export const insertAttempts = bulkInsert('attempt', 'all', attemptColumns);
export const isPlainNewAttempt = ({ row }: AttemptWrite): boolean =>
  row.state === 'pending' && !row.cancelRequested && row.endStatus === null;
export const insertPlainAttempts = bulkInsert(
  'attempt',
  'plain',
  only(attemptColumns, ['node', 'created_at', 'state']),
);
/** Of attempts that are not closed: nothing else of them changes until then. */
export const updateOpenAttempts = bulkUpdate(
  { table: 'attempt', name: 'open' },
  only(attemptColumns, ['state', 'cancel_requested', 'kill_requested', 'pid', 'started_at']),
);
export const updateClosedAttempts = bulkUpdate(
  { table: 'attempt', name: 'closed' },
  changing(attemptColumns),
);
const plainEnd = {
  cancel_requested: 'false',
  kill_requested: 'false',
  signal: 'NULL',
  reason: 'NULL',
  reason_said: 'NULL',
  timed_out: 'false',
  output_cut: 'false',
  by_hand: 'NULL',
  dropped_bytes: '0',
};
export const isPlainEnd = ({ row, droppedBytes }: AttemptWrite): boolean =>
  !row.cancelRequested &&
  row.signal === null &&
  row.reason === null &&
  !row.timedOut &&
  !row.outputCut &&
  row.byHand === null &&
  droppedBytes === 0;
export const updatePlainEnds = bulkUpdate(
  { table: 'attempt', name: 'plain_end', constants: plainEnd },
  without(changing(attemptColumns), plainEnd),
);

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
  readonly marks: SessionRow['marks'];
  readonly control: SessionRow['control'];
  readonly revision: number;
  readonly unit_counts: SessionRow['unitCounts'];
  readonly net_references: Record<string, number> | null;
  readonly unit_numbers: UnitNumbers | null;
  readonly secret_box: Buffer | null;
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
  readonly reason_said: Sentence | null;
  readonly answer: boolean | null;
  readonly stopped_by: string | null;
  readonly variables: UnitRow['variables'];
  readonly marks: UnitRow['marks'];
  readonly control: UnitRow['control'];
  readonly memo: UnitRow['memo'];
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
  readonly kill_requested: boolean;
  readonly end_status: AttemptRow['endStatus'];
  readonly pid: number | null;
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly reason: string | null;
  readonly reason_said: Sentence | null;
  readonly timed_out: boolean;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly stdout_bytes: number;
  readonly stderr_bytes: number;
  readonly output_cut: boolean;
  readonly by_hand: AttemptRow['byHand'];
  readonly usage: AttemptRow['usage'];
};

const millis = (at: Date | null): number | null => at?.getTime() ?? null;

export const toSessionRow = (stored: StoredSession): SessionRow => ({
  id: stored.id,
  nonce: stored.nonce,
  net: stored.net,
  state: stored.control?.queued === undefined ? stored.state : 'queued',
  endStatus: stored.end_status,
  run: stored.run,
  trigger: stored.trigger,
  parameters: stored.parameters,
  createdAt: stored.created_at.getTime(),
  endedAt: millis(stored.ended_at),
  stoppedBy: stored.stopped_by,
  marks: stored.marks,
  control: stored.control,
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
  reasonSaid: stored.reason_said,
  answer: stored.answer,
  stoppedBy: stored.stopped_by,
  variables: stored.variables,
  marks: stored.marks,
  control: stored.control,
  memo: stored.memo,
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
    killRequested: stored.kill_requested,
    endStatus: stored.end_status,
    pid: stored.pid,
    exitCode: stored.exit_code,
    signal: stored.signal,
    reason: stored.reason,
    reasonSaid: stored.reason_said,
    timedOut: stored.timed_out,
    startedAt: millis(stored.started_at),
    endedAt: millis(stored.ended_at),
    stdoutBytes: stored.stdout_bytes,
    stderrBytes: stored.stderr_bytes,
    outputCut: stored.output_cut,
    byHand: stored.by_hand,
    usage: stored.usage,
  };
};
