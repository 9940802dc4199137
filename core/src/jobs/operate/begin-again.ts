// What is reset when units begin again, whatever made them: a rerun, a skip, a result that was changed by hand.
// Called by the operations alone; decides nothing.
import { enqueue, mustAsk } from '../admission/ask.ts';
import { recountEdges } from '../conditions.ts';
import { worseStatus } from '../end-status.ts';
import { giveReason } from '../reasons.ts';
import type { UnitRecord } from '../session-state.ts';
import { countedStatus, isActive, isSettled, loseTurn, moveTo, parentOf, recordAt } from '../step.ts';
import type { Step } from '../step.ts';
import { unitTypes } from '../unit-types/unit-types.ts';

/** Counts anew the edges of what began again, and of all that waits for one of these units. */
export function recountAround(step: Step, tops: readonly number[]): void {
  const { session } = step;
  for (const top of tops) {
    const { subtreeEnd, successors } = recordAt(session, top).unit;
    for (let index = top; index < subtreeEnd; index += 1) recountEdges(session, recordAt(session, index));
    for (const { unit } of successors) recountEdges(session, recordAt(session, unit));
  }
}

export function recountStatus({ session }: Step): void {
  session.endStatus = null;
  for (const unit of session.units)
    if (unit.unit.type !== 'net') session.endStatus = worseStatus(session.endStatus, countedStatus(unit));
}

export function reopen(step: Step, net: UnitRecord): void {
  unsettle(step, net);
  net.stoppedBy = null;
  net.control = controlOfReopened(step, net);
  // What it held it has given back: it asks again.
  if (mustAsk(step, net)) enqueue(step, net, true);
  else moveTo(step.session, net, 'running');
}

/** How it ended and that it was late is of before: its end is watched anew from now on. */
function controlOfReopened({ now }: Step, { unit, control }: UnitRecord): UnitRecord['control'] {
  const { forcedEnd: _forced, goesOnSince: _since, ...rest } = control ?? {};
  const kept = unit.control?.watch?.end === undefined ? rest : { ...rest, goesOnSince: now };
  return Object.keys(kept).length === 0 ? null : kept;
}

/** A unit that has not begun in this run keeps its state, and so an operator's hold or skip. */
export function beginAgain(step: Step, record: UnitRecord): void {
  if (record.state === 'queued' && !isActive(record)) {
    loseTurn(record);
    moveTo(step.session, record, 'waiting');
  }
  if (!isSettled(record)) return;
  unsettle(step, record);
  record.run += 1;
  record.startedAt = null;
  record.stoppedBy = null;
  const limits = record.control?.runTimeLimits;
  record.control = limits === undefined ? null : { runTimeLimits: limits };
  record.memo = null;
  record.variables = null;
  moveTo(step.session, record, record.unit.hold ? 'held' : 'waiting');
}

function unsettle(step: Step, record: UnitRecord): void {
  record.endStatus = null;
  record.endedAt = null;
  giveReason(record, null);
  record.answer = null;
  record.marks = null;
  const net = parentOf(step.session, record);
  if (net !== null) net.openChildren += 1;
}

/** Ends a net that goes on although nothing of it is open. */
export function endIfEmpty(step: Step, net: UnitRecord): void {
  if (net.state === 'running' && net.openChildren === 0)
    unitTypes[net.unit.type].childrenSettled?.(step, net);
}
