// Which operation is allowed in which state of a unit or session: the one table, for the engine, the API, the CLI and the console's buttons.
// What depends on more than the unit's own state (its nets, what runs behind it, its agents) is judged in `operation-check.ts`.
import type { OperationName, UnitState } from '@nezuban/protocol/jobs/session';
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

const running = 'it is running; stop it, or wait for its end';
const suspended = 'it is suspended; release it, or stop it';
const interrupted = 'it is interrupted; release it, or wait for its end';
const stopping = 'it is being stopped already; wait for its end';
const over = 'it has ended already; rerun it if it is to run again';
const notBegun = 'it has not begun; hold it or skip it';
const notRunYet = 'it has not run yet';
const notHeld = 'it is not held';
const inQueue = 'it waits in a queue; stop it, or wait until it runs';
const betweenTries = 'it waits for its time; stop it or skip it';

/** null: allowed. A text: why not, and what to do; it completes "cannot be ...: ". */
type Row = Readonly<Record<Situation, string | null>>;

const stopRow: Row = {
  waiting: notBegun,
  queued: null,
  held: 'it has not begun; it stays held until somebody releases it',
  to_be_skipped: notBegun,
  starting: null,
  running: null,
  suspended: null,
  interrupted: null,
  retry_wait: null,
  stopping,
  ended: over,
  skipped: over,
  not_run: 'it did not run',
  stopped: 'it was stopped already',
};
/** Of reruns of one unit, or of a session that has come to rest. */
const rerunRow: Row = {
  waiting: notRunYet,
  queued: notRunYet,
  held: 'it has not run yet; release it',
  to_be_skipped: 'it has not run yet; release it to take the skip back',
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
  suspended: 'it is suspended already',
  interrupted: 'it is interrupted; release it first',
  retry_wait: betweenTries,
};

const notQueued = 'it stands in no queue';
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

const notSuspended = 'it must be suspended first';
const takeRow: Row = {
  waiting: notSuspended,
  queued: notSuspended,
  held: notSuspended,
  to_be_skipped: notSuspended,
  starting: notSuspended,
  running: notSuspended,
  suspended: null,
  interrupted: 'it is interrupted; release it and suspend it first',
  retry_wait: notSuspended,
  stopping,
  ended: 'it has ended already; run the job net again',
  skipped: notSuspended,
  not_run: notSuspended,
  stopped: 'it was stopped; run the job net again',
};

export const operationTable: Readonly<Record<OperationName, Row>> = {
  stop: stopRow,
  // What is being stopped can still be killed.
  kill: { ...stopRow, stopping: null },
  interrupt: { ...pauseRow, suspended: null, interrupted: 'it is interrupted already' },
  suspend: pauseRow,
  hold: {
    waiting: null,
    queued: null,
    held: 'it is held already',
    to_be_skipped: 'it is to be skipped; release it first to take the skip back',
    starting: running,
    running,
    suspended,
    interrupted,
    retry_wait: 'it has begun already; stop it or skip it',
    stopping,
    ended: over,
    skipped: over,
    not_run: 'it will not run',
    stopped: 'it was stopped before it ran; rerun it first',
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
    skipped: 'it has been passed over already; rerun it',
    not_run: notHeld,
    stopped: 'it was stopped before it ran; rerun it',
  },
  skip: {
    waiting: null,
    queued: null,
    held: null,
    to_be_skipped: 'it is to be skipped already',
    starting: running,
    running,
    suspended,
    interrupted,
    retry_wait: null,
    stopping,
    ended: null,
    skipped: 'it has been skipped already',
    not_run: 'its condition cannot hold; rerun or skip the unit it waits for',
    stopped: null,
  },
  set_status: {
    waiting: 'it waits; skip it if it is not to run',
    queued: 'it waits for its turn; skip it if it is not to run',
    held: 'it is held; skip it if it is not to run',
    to_be_skipped: 'it is to be skipped already',
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

/** Completes "cannot be ...". */
export const operationVerbs: Readonly<Record<OperationName, string>> = {
  stop: 'stopped',
  kill: 'killed',
  interrupt: 'interrupted',
  suspend: 'suspended',
  hold: 'held',
  release: 'released',
  skip: 'skipped',
  set_status: 'set to another result',
  take_definition: 'given another definition',
  to_front: 'moved to the front of its queue',
  rerun: 'rerun',
  rerun_only: 'rerun alone',
  rerun_next: 'passed by a rerun of what follows',
  rerun_failed: 'rerun from what failed',
  rerun_failed_nets: 'rerun from the nets that failed',
  rerun_after_failed: 'rerun behind what failed',
  rerun_warnings: 'rerun where it ended with a warning',
};
