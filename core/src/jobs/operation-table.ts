// Which operation is allowed in which state of a unit or session: the one table, for the engine, the API, the CLI and the console's buttons.
// What depends on more than the unit's own state (its nets, what runs behind it, its agents) is judged in `operation-check.ts`.
import type { OperationName, UnitState } from '@nezuban/protocol/jobs/session';
import type { operationSentences } from '@nezuban/protocol/sentences/operation-sentences';
import { pauseOf } from './marks.ts';
import type { UnitRecord } from './session-state.ts';
import { isBetweenTries } from './step.ts';

/**
 * A unit's state, with the meanings told apart that one state has: a skip that is to come, a net that is paused. What waits inside the manager, and a unit that queues for another try,
 * are as between two tries: nothing is under way. */
export const situations = [
  'waiting',
  'queued',
  'held',
  'to_be_skipped',
  'starting',
  'running',
  'suspended',
  'interrupted',
  'retry_wait',
  'stopping',
  'ended',
  'skipped',
  'not_run',
  'stopped',
] as const satisfies readonly (UnitState | 'to_be_skipped' | 'suspended' | 'interrupted')[];
export type Situation = (typeof situations)[number];

export function situationOf(record: UnitRecord): Situation {
  if (record.state === 'running' && (record.unit.type === 'wait' || record.memo !== null))
    return 'retry_wait';
  if (isBetweenTries(record)) return 'retry_wait';
  if (record.state === 'running') return pauseOf(record)?.kind ?? 'running';
  return record.state === 'skipped' && record.endStatus === null ? 'to_be_skipped' : record.state;
}

const running = 'op_running';
const suspended = 'op_suspended';
const interrupted = 'op_interrupted';
const stopping = 'op_stopping';
const over = 'op_over';
const notBegun = 'op_not_begun';
const notRunYet = 'op_not_run_yet';
const notHeld = 'op_not_held';
const inQueue = 'op_in_queue';
const betweenTries = 'op_between_tries';

/** Codes of sentences without places. */
type OperationRefusal = {
  [
    Code in keyof typeof operationSentences
  ]: (typeof operationSentences)[Code]['en'] extends `${string}{${string}` ? never : Code;
}[keyof typeof operationSentences];
/** null: allowed. A code: why not, and what to do; its sentence completes "cannot be ...: ". */
type Row = Readonly<Record<Situation, OperationRefusal | null>>;

const stopRow: Row = {
  waiting: notBegun,
  queued: null,
  held: 'op_stays_held',
  to_be_skipped: notBegun,
  starting: null,
  running: null,
  suspended: null,
  interrupted: null,
  retry_wait: null,
  stopping,
  ended: over,
  skipped: over,
  not_run: 'op_did_not_run',
  stopped: 'op_stopped_already',
};
/** Of reruns of one unit, or of a session that has come to rest. */
const rerunRow: Row = {
  waiting: notRunYet,
  queued: notRunYet,
  held: 'op_not_run_yet_release',
  to_be_skipped: 'op_not_run_yet_take_back',
  starting: running,
  running,
  suspended,
  interrupted,
  retry_wait: betweenTries,
  stopping,
  ended: null,
  skipped: null,
  not_run: null,
  stopped: null,
};
/** Of reruns of those units of a session that did not end well: others may still run. */
const rerunSomeRow: Row = { ...rerunRow, running: null, suspended: null };
const pauseRow: Row = {
  ...stopRow,
  queued: inQueue,
  starting: running,
  suspended: 'op_suspended_already',
  interrupted: 'op_interrupted_release',
  retry_wait: betweenTries,
};

const notQueued = 'op_in_no_queue';
const toFrontRow: Row = {
  waiting: notQueued,
  queued: null,
  held: notQueued,
  to_be_skipped: notQueued,
  starting: running,
  running,
  suspended,
  interrupted,
  retry_wait: notQueued,
  stopping,
  ended: over,
  skipped: over,
  not_run: notQueued,
  stopped: notQueued,
};

const notSuspended = 'op_suspend_first';
const takeRow: Row = {
  waiting: notSuspended,
  queued: notSuspended,
  held: notSuspended,
  to_be_skipped: notSuspended,
  starting: notSuspended,
  running: notSuspended,
  suspended: null,
  interrupted: 'op_interrupted_suspend',
  retry_wait: notSuspended,
  stopping,
  ended: 'op_over_run_again',
  skipped: notSuspended,
  not_run: notSuspended,
  stopped: 'op_stopped_run_again',
};

export const operationTable: Readonly<Record<OperationName, Row>> = {
  stop: stopRow,
  // What is being stopped can still be killed.
  kill: { ...stopRow, stopping: null },
  interrupt: { ...pauseRow, suspended: null, interrupted: 'op_interrupted_already' },
  suspend: pauseRow,
  hold: {
    waiting: null,
    queued: null,
    held: 'op_held_already',
    to_be_skipped: 'op_take_skip_back',
    starting: running,
    running,
    suspended,
    interrupted,
    retry_wait: 'op_begun_stop_or_skip',
    stopping,
    ended: over,
    skipped: over,
    not_run: 'op_will_not_run',
    stopped: 'op_stopped_rerun_first',
  },
  release: {
    waiting: notHeld,
    queued: notHeld,
    held: null,
    to_be_skipped: null,
    starting: notHeld,
    running: notHeld,
    suspended: null,
    interrupted: null,
    retry_wait: notHeld,
    stopping: notHeld,
    ended: notHeld,
    skipped: 'op_passed_over_rerun',
    not_run: notHeld,
    stopped: 'op_stopped_rerun',
  },
  skip: {
    waiting: null,
    queued: null,
    held: null,
    to_be_skipped: 'op_to_be_skipped_already',
    starting: running,
    running,
    suspended,
    interrupted,
    retry_wait: null,
    stopping,
    ended: null,
    skipped: 'op_skipped_already',
    not_run: 'op_cannot_hold',
    stopped: null,
  },
  set_status: {
    waiting: 'op_waits_skip',
    queued: 'op_queued_skip',
    held: 'op_held_skip',
    to_be_skipped: 'op_to_be_skipped_already',
    // Only of units whose agents are gone, which the check asks.
    starting: null,
    running: null,
    suspended,
    interrupted,
    retry_wait: null,
    stopping: null,
    ended: null,
    skipped: null,
    not_run: null,
    stopped: null,
  },
  to_front: toFrontRow,
  // Applied by `takeDefinition`, which makes the session anew.
  take_definition: takeRow,
  rerun: rerunRow,
  rerun_only: rerunRow,
  rerun_next: rerunRow,
  rerun_failed: rerunSomeRow,
  rerun_failed_nets: rerunSomeRow,
  rerun_after_failed: rerunSomeRow,
  rerun_warnings: rerunSomeRow,
};

/** Whether an operation is meant for a whole session, for one unit, or for either. */
export const operationPlaces: Readonly<Record<OperationName, 'session' | 'unit' | 'both'>> = {
  stop: 'both',
  kill: 'both',
  interrupt: 'session',
  suspend: 'both',
  hold: 'unit',
  release: 'both',
  skip: 'unit',
  set_status: 'unit',
  take_definition: 'session',
  to_front: 'both',
  rerun: 'both',
  rerun_only: 'unit',
  rerun_next: 'unit',
  rerun_failed: 'session',
  rerun_failed_nets: 'session',
  rerun_after_failed: 'session',
  rerun_warnings: 'session',
};
