// What operators do to a session: stop, rerun, hold, release, skip. Each has been found possible by `operation-check.ts` before.
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { inside } from './advance.ts';
import { recountEdges } from './conditions.ts';
import { worseStatus } from './end-status.ts';
import { situationOf } from './operation-table.ts';
import { rerunScope } from './rerun-scope.ts';
import { sessionResumed } from './session-events.ts';
import type { UnitRecord } from './session-state.ts';
import { countedStatus, emit, isActive, isSettled, moveTo, parentOf, recordAt, settle } from './step.ts';
import type { Step } from './step.ts';
import { unitTypes } from './unit-types/unit-types.ts';

type Request = { readonly operation: OperationName; readonly actor: string };

export function applyOperation(step: Step, record: UnitRecord, { operation, actor }: Request): void {
  switch (operation) {
    case 'stop':
      stop(step, record, actor);
      return;
    case 'rerun':
      rerun(step, record, actor);
      return;
    case 'hold':
      moveTo(step.session, record, 'held');
      record.reason = `Held by ${actor}.`;
      return;
    case 'release':
      moveTo(step.session, record, 'waiting');
      record.reason = null;
      step.ready.push(record);
      return;
    case 'skip':
      skip(step, record, actor);
  }
}

/** What has begun is ended by its own type, what has not begun never will. Units that have ended stay as they are. */
function stop(step: Step, record: UnitRecord, actor: string): void {
  unitTypes[record.unit.type].stop?.(step, record, actor);
  for (const inner of inside(step, record)) {
    if (isActive(inner)) unitTypes[inner.unit.type].stop?.(step, inner, actor);
    else settle(step, inner, { state: 'stopped', reason: `Stopped by ${actor} before it ran.` });
  }
}

function skip(step: Step, record: UnitRecord, actor: string): void {
  const reason = `Skipped by ${actor}.`;
  if (situationOf(record) === 'retry_wait') {
    settle(step, record, { state: 'skipped', endStatus: 'normal', reason });
    return;
  }
  if (isSettled(record)) rerun(step, record, actor);
  moveTo(step.session, record, 'skipped');
  record.reason = reason;
  step.ready.push(record);
}

function rerun(step: Step, record: UnitRecord, actor: string): void {
  const { session } = step;
  const scope = rerunScope(session, record.unit.index);
  const resumed = recordAt(session, 0).state === 'ended';
  for (const net of scope.reopened) reopen(step, recordAt(session, net));
  for (const top of scope.again) {
    const { subtreeEnd } = recordAt(session, top).unit;
    for (let index = top; index < subtreeEnd; index += 1) beginAgain(step, recordAt(session, index));
  }
  // Asked for by name, it runs even where the definition holds it; what follows is held again.
  if (record.state === 'held') moveTo(session, record, 'waiting');
  for (const top of scope.again) {
    const { subtreeEnd } = recordAt(session, top).unit;
    for (let index = top; index < subtreeEnd; index += 1) recountEdges(session, recordAt(session, index));
    step.ready.push(recordAt(session, top));
  }
  session.endStatus = null;
  for (const unit of session.units)
    if (unit.unit.type !== 'net') session.endStatus = worseStatus(session.endStatus, countedStatus(unit));
  if (resumed) emit(step, sessionResumed(session, record, actor));
}

function reopen(step: Step, net: UnitRecord): void {
  unsettle(step, net);
  net.stoppedBy = null;
  moveTo(step.session, net, 'running');
}

/** A unit that has not begun in this run keeps its state, and so an operator's hold or skip. */
function beginAgain(step: Step, record: UnitRecord): void {
  if (!isSettled(record)) return;
  unsettle(step, record);
  record.run += 1;
  record.startedAt = null;
  record.stoppedBy = null;
  record.memo = null;
  moveTo(step.session, record, record.unit.hold ? 'held' : 'waiting');
}

function unsettle(step: Step, record: UnitRecord): void {
  record.endStatus = null;
  record.endedAt = null;
  record.reason = null;
  record.answer = null;
  const net = parentOf(step.session, record);
  if (net !== null) net.openChildren += 1;
}
