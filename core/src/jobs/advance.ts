// Carries what has happened through the graph: a settled unit decides edges, a decided condition starts a unit or rules it out, a net
// whose units are all settled ends. Works off two queues instead of calling itself, so that a chain of 20,000 units needs no stack.
import { say, type Said, type Sentence } from '@nezuban/protocol/sentences/sentence';
import { conditionOf, countEdge, firstImpossible } from './conditions.ts';
import { enqueue, mustAsk } from './admission/ask.ts';
import { closedAround } from './marks.ts';
import { giveReason, saidInRow, stateWord, statusWord } from './reasons.ts';
import { sessionStarted, unitHeld } from './session-events.ts';
import type { UnitRecord } from './session-state.ts';
import { emit, isBetweenTries, isSettled, moveTo, parentOf, recordAt, settle, wakeUnitAt } from './step.ts';
import type { Settlement, Step } from './step.ts';
import { unitTypes } from './unit-types/unit-types.ts';

/** Runs until nothing more follows by itself. Every step ends with it. */
export function advance(step: Step): void {
  let settled = 0;
  let ready = 0;
  for (;;) {
    const done = step.settled[settled];
    if (done !== undefined) {
      settled += 1;
      spread(step, done);
      continue;
    }
    const next = step.ready[ready];
    if (next === undefined) {
      // A step can be taken further and end with this once more.
      step.settled.length = 0;
      step.ready.length = 0;
      return;
    }
    ready += 1;
    consider(step, next);
  }
}

function spread(step: Step, record: UnitRecord): void {
  for (const { unit, on } of record.unit.successors) {
    const successor = recordAt(step.session, unit);
    if (countEdge(record, successor, on)) step.ready.push(successor);
  }
  const net = parentOf(step.session, record);
  if (net === null) return;
  net.openChildren -= 1;
  if (net.openChildren === 0 && (net.state === 'stopping' || mayEnd(net)))
    unitTypes[net.unit.type].childrenSettled?.(step, net);
}

/** A suspended net does not end by itself: units may be added, or begin again. */
function mayEnd(net: UnitRecord): boolean {
  return net.state === 'running' && net.marks?.paused?.kind !== 'suspended';
}

/** Starts, passes over or rules out a unit whose condition is decided. A unit in a net that does not run or is paused is left alone. */
function consider(step: Step, record: UnitRecord): void {
  if (closedAround(step.session, record) !== null) return;
  const condition = conditionOf(record);
  if (condition === 'pending' || !waitsForItsTurn(record)) return;
  if (condition === 'impossible') {
    ruleOut(step, record);
    return;
  }
  if (condition === 'unneeded') {
    if (record.reason === null) giveReason(record, notNeeded(record));
    passOver(step, record);
    return;
  }
  if (record.state === 'waiting') begin(step, record);
  else if (record.state === 'held') emit(step, unitHeld(step.session, record));
  else passOver(step, record);
}

function begin(step: Step, record: UnitRecord): void {
  if (mustAsk(step, record)) enqueue(step, record);
  else unitTypes[record.unit.type].start(step, record);
}

/** Its turn has come. What has begun goes on: another try, or a session or net that was reopened. */
export function admit(step: Step, record: UnitRecord, node: string | null): boolean {
  if (record.state !== 'queued') return false;
  step.admitted = { record, node };
  if (closedAround(step.session, record) !== null) {
    // Its net was paused meanwhile: it is looked at again when that is released.
    const begun = isBetweenTries(record);
    moveTo(step.session, record, begun ? 'retry_wait' : 'waiting');
    if (begun) wakeUnitAt(step, record, step.now);
    return true;
  }
  const type = unitTypes[record.unit.type];
  const again = record.control?.queued?.again === true || isBetweenTries(record);
  if (again && type.goOn !== undefined) {
    type.goOn(step, record);
    return true;
  }
  if (record.unit.parent === -1) {
    record.control = { ...record.control, startedAt: step.now };
    emit(step, sessionStarted(step.session));
  }
  type.start(step, record);
  return true;
}

function waitsForItsTurn(record: UnitRecord): boolean {
  return (
    record.state === 'waiting' ||
    record.state === 'held' ||
    (record.state === 'skipped' && record.endStatus === null)
  );
}

function ruleOut(step: Step, record: UnitRecord): void {
  const cause = firstImpossible(step.session, record);
  const reason =
    cause === null
      ? say('reason_cannot_hold')
      : say('reason_cannot_hold_because', { unit: cause.unit.path, outcome: stateInWords(cause) });
  settle(step, record, { state: 'not_run', reason });
  settleInside(step, record, (net) => ({ state: 'not_run', reason: say('reason_net_not_run', { net }) }));
}

/** `settlement`: made once, for nets may hold thousands. */
function settleInside(step: Step, record: UnitRecord, settlement: (net: string) => Settlement): void {
  let made: Settlement | null = null;
  for (const inner of inside(step, record)) settle(step, inner, (made ??= settlement(record.unit.path)));
}

function notNeeded({ unit }: UnitRecord): Said {
  return unit.edges.length === 1 ? say('reason_not_needed') : say('reason_not_needed_of_any');
}

function passOver(step: Step, record: UnitRecord): void {
  const reason = saidInRow(record);
  settle(step, record, { state: 'skipped', endStatus: 'normal', reason });
  settleInside(step, record, (net) => ({
    state: 'skipped',
    endStatus: 'normal',
    reason: say('reason_net_passed_over', { net }),
  }));
}

/** Units below a net that are not settled. */
export function* inside(step: Step, record: UnitRecord): Generator<UnitRecord> {
  for (let index = record.unit.index + 1; index < record.unit.subtreeEnd; index += 1) {
    const inner = recordAt(step.session, index);
    if (!isSettled(inner)) yield inner;
  }
}

function stateInWords(record: UnitRecord): Sentence {
  switch (record.state) {
    case 'ended':
    case 'skipped':
      if (record.answer !== null) return { code: record.answer ? 'outcome_true' : 'outcome_false' };
      return record.endStatus === null
        ? { code: 'outcome_no_status' }
        : { code: 'outcome_ended', values: { status: statusWord(record.endStatus) } };
    case 'not_run':
      return { code: 'outcome_not_run' };
    case 'stopped':
      return { code: 'outcome_stopped' };
    case 'waiting':
    case 'queued':
    case 'held':
    case 'starting':
    case 'running':
    case 'retry_wait':
    case 'stopping':
      return { code: 'outcome_is', values: { state: stateWord(record.state) } };
  }
}
