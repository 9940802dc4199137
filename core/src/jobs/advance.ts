// Carries what has happened through the graph: a settled unit decides edges, a decided condition starts a unit or rules it out, a net
// whose units are all settled ends. Works off two queues instead of calling itself, so that a chain of 20,000 units needs no stack.
import { conditionOf, countEdge, firstImpossible } from './conditions.ts';
import { enqueue, mustAsk } from './admission/ask.ts';
import { closedAround } from './marks.ts';
import { sessionStarted, unitHeld } from './session-events.ts';
import type { UnitRecord } from './session-state.ts';
import { emit, isBetweenTries, isSettled, moveTo, parentOf, recordAt, settle, wakeUnitAt } from './step.ts';
import type { Step } from './step.ts';
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
    record.reason ??= notNeeded(record);
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
  const because = cause === null ? '' : `: "${cause.unit.path}" ${stateInWords(cause)}`;
  settle(step, record, { state: 'not_run', reason: `Its condition cannot hold${because}.` });
  for (const inner of inside(step, record))
    settle(step, inner, { state: 'not_run', reason: `Its net "${record.unit.path}" did not run.` });
}

function notNeeded({ unit }: UnitRecord): string {
  return `Not needed: ${unit.edges.length === 1 ? 'the unit before it did not fail' : 'none of the units before it failed'}.`;
}

function passOver(step: Step, record: UnitRecord): void {
  const reason = record.reason;
  settle(step, record, { state: 'skipped', endStatus: 'normal', reason });
  for (const inner of inside(step, record))
    settle(step, inner, {
      state: 'skipped',
      endStatus: 'normal',
      reason: `Its net "${record.unit.path}" was passed over.`,
    });
}

/** Units below a net that are not settled. */
export function* inside(step: Step, record: UnitRecord): Generator<UnitRecord> {
  for (let index = record.unit.index + 1; index < record.unit.subtreeEnd; index += 1) {
    const inner = recordAt(step.session, index);
    if (!isSettled(inner)) yield inner;
  }
}

function stateInWords(record: UnitRecord): string {
  switch (record.state) {
    case 'ended':
    case 'skipped':
      return record.answer === null
        ? `ended ${record.endStatus ?? 'without status'}`
        : `answered ${record.answer}`;
    case 'not_run':
      return 'did not run';
    case 'stopped':
      return 'was stopped before it ran';
    case 'waiting':
    case 'queued':
    case 'held':
    case 'starting':
    case 'running':
    case 'retry_wait':
    case 'stopping':
      return `is ${record.state}`;
  }
}
