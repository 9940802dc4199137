// Which operation is allowed in which state of a unit: the one table, for the engine, the API and the console's buttons.
// What depends on more than the unit's own state (its nets, what runs behind it) is judged in `operation-check.ts`.
import type { OperationName, UnitState } from '@nezuban/protocol/jobs/session';
import type { UnitRecord } from './session-state.ts';

/** A unit's state, with the two meanings of "skipped" told apart. What waits inside the manager is as between two tries: nothing is under way. */
export type Situation = UnitState | 'to_be_skipped';

export function situationOf(record: UnitRecord): Situation {
  if (record.state === 'running' && (record.unit.type === 'wait' || record.memo !== null))
    return 'retry_wait';
  return record.state === 'skipped' && record.endStatus === null ? 'to_be_skipped' : record.state;
}

const running = 'it is running; stop it, or wait for its end';
const stopping = 'it is being stopped already; wait for its end';
const over = 'it has ended already; rerun it if it is to run again';
const notBegun = 'it has not begun; hold it or skip it';
const notRunYet = 'it has not run yet';

/** null: allowed. A text: why not, and what to do; it completes "cannot be ...: ". */
export const operationTable: Readonly<Record<OperationName, Readonly<Record<Situation, string | null>>>> = {
  stop: {
    waiting: notBegun,
    held: 'it has not begun; it stays held until somebody releases it',
    to_be_skipped: notBegun,
    starting: null,
    running: null,
    retry_wait: null,
    stopping,
    ended: over,
    skipped: over,
    not_run: 'it did not run',
    stopped: 'it was stopped already',
  },
  rerun: {
    waiting: notRunYet,
    held: 'it has not run yet; release it',
    to_be_skipped: 'it has not run yet; release it to take the skip back',
    starting: running,
    running,
    retry_wait: 'it waits for its time; stop it or skip it',
    stopping,
    ended: null,
    skipped: null,
    not_run: null,
    stopped: null,
  },
  hold: {
    waiting: null,
    held: 'it is held already',
    to_be_skipped: 'it is to be skipped; release it first to take the skip back',
    starting: running,
    running,
    retry_wait: 'it has begun already; stop it or skip it',
    stopping,
    ended: over,
    skipped: over,
    not_run: 'it will not run',
    stopped: 'it was stopped before it ran; rerun it first',
  },
  release: {
    waiting: 'it is not held',
    held: null,
    to_be_skipped: null,
    starting: 'it is not held',
    running: 'it is not held',
    retry_wait: 'it is not held',
    stopping: 'it is not held',
    ended: 'it is not held',
    skipped: 'it has been passed over already; rerun it',
    not_run: 'it is not held',
    stopped: 'it was stopped before it ran; rerun it',
  },
  skip: {
    waiting: null,
    held: null,
    to_be_skipped: 'it is to be skipped already',
    starting: running,
    running,
    retry_wait: null,
    stopping,
    ended: null,
    skipped: 'it has been skipped already',
    not_run: 'its condition cannot hold; rerun or skip the unit it waits for',
    stopped: null,
  },
};

export const operationVerbs: Readonly<Record<OperationName, string>> = {
  stop: 'stopped',
  rerun: 'rerun',
  hold: 'held',
  release: 'released',
  skip: 'skipped',
};

/** Operations that are meant for a whole session. */
export const sessionOperations: readonly OperationName[] = ['stop', 'rerun'];
