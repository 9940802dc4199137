// One step of the engine in the making: the session that is being changed, what the step may look at, and what it has brought about.
// Holds the few primitive changes through which every other part goes, so that counters, lists of changed rows and effects are right.
// Not responsible for deciding: unit types, operations and `advance` do that.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { UnitState } from '@nezuban/protocol/jobs/session';
import type { Said } from '@nezuban/protocol/sentences/sentence';
import { worseStatus } from './end-status.ts';
import { giveReason } from './reasons.ts';
import type { EngineContext, Inventory, SessionEffect, SessionEvent } from './session-inputs.ts';
import type { AttemptRecord, Session, UnitRecord } from './session-state.ts';
import type { UnitMemo } from './unit-work.ts';

export type Step = {
  readonly session: Session;
  readonly now: number;
  /** With what this step itself has begun. */
  inventory: Inventory;
  readonly lastEventId: number;
  readonly effects: SessionEffect[];
  /** Units settled in this step whose successors and net have not been told yet. */
  readonly settled: UnitRecord[];
  /** Units whose condition may have been decided, or that have become free to start. */
  readonly ready: UnitRecord[];
  /** The unit whose turn has come in this step, and the node that was found for it. */
  admitted: { readonly record: UnitRecord; readonly node: string | null } | null;
  /** Attempts that this step has made, by node; null: none yet. */
  begun: Map<string, number> | null;
};

export function beginStep(session: Session, context: EngineContext): Step {
  const { now, inventory, lastEventId = 0 } = context;
  return {
    session,
    now,
    inventory,
    lastEventId,
    effects: [],
    settled: [],
    ready: [],
    admitted: null,
    begun: null,
  };
}

/** An attempt was made: whoever chooses the least loaded node next in this step counts it, too. */
export function countBegun(step: Step, node: string): void {
  if (step.begun === null) {
    step.begun = new Map();
    step.inventory = withBegun(step.inventory, step.begun);
  }
  step.begun.set(node, (step.begun.get(node) ?? 0) + 1);
}

/** The inventory, and attempts that whoever counts the open ones does not know of yet. */
export function withBegun<Given extends Inventory>(
  inventory: Given,
  begun: ReadonlyMap<string, number>,
): Given {
  const { openAttempts } = inventory;
  return { ...inventory, openAttempts: (node) => (openAttempts?.(node) ?? 0) + (begun.get(node) ?? 0) };
}

/** The record at an index of the plan. The plan's own indices always exist. */
export function recordAt(session: Session, index: number): UnitRecord {
  const record = session.units[index];
  if (record === undefined) throw new Error(`session ${session.id} has no unit ${index}`);
  return record;
}

export function parentOf(session: Session, record: UnitRecord): UnitRecord | null {
  return record.unit.parent === -1 ? null : recordAt(session, record.unit.parent);
}

/** Marks a unit as changed. */
export function touch(session: Session, record: UnitRecord): void {
  if (record.dirty) return;
  record.dirty = true;
  session.dirtyUnits.push(record);
}

/** Moves a unit to a state that is not settled. */
export function moveTo(session: Session, record: UnitRecord, state: UnitState): void {
  if (record.unit.type !== 'net') {
    session.unitCounts[record.state] -= 1;
    session.unitCounts[state] += 1;
  }
  if (record.retryAt !== null) {
    session.timed.delete(record.unit.index);
    record.retryAt = null;
  }
  if (record.unit.places.asks || state === 'queued' || record.state === 'queued' || record.unit.parent === -1)
    session.stirred.units.push(record);
  // Whoever was in a queue and only had to wait for his net keeps his turn.
  if (state !== 'queued' && state !== 'waiting') loseTurn(record);
  record.state = state;
  if (session.plan.watched.length > 0 && (record.unit.type === 'net' || record.unit.control !== null))
    session.moved.push(record);
  touch(session, record);
}

/** It stands in no queue any more, or begins at its end. */
export function loseTurn(record: UnitRecord): void {
  if (record.control?.queued === undefined) return;
  const { queued: _queued, ...rest } = record.control;
  record.control = Object.keys(rest).length === 0 ? null : rest;
}

/** Lets the unit's type have `timeReached` at this time, unless it has moved on before. Call it after `moveTo`. */
export function wakeUnitAt(step: Step, record: UnitRecord, at: number): void {
  record.retryAt = at;
  step.session.timed.add(record.unit.index);
  step.effects.push({ type: 'wakeAt', at });
}

/** Takes back the time that `wakeUnitAt` has set. */
export function sleepOn(session: Session, record: UnitRecord): void {
  session.timed.delete(record.unit.index);
  record.retryAt = null;
  touch(session, record);
}

/** What the unit's type is to know at its next turn. Settling it ends the work that the manager does for it. */
export function remember(session: Session, record: UnitRecord, memo: UnitMemo): void {
  record.memo = memo;
  touch(session, record);
}

/** Says why a unit waits for a node, or with null that it does not. */
export function waitForNodes(session: Session, record: UnitRecord, reason: Said | null): void {
  if (record.reason === (reason?.message ?? null)) return;
  giveReason(record, reason);
  touch(session, record);
}

export type Settlement =
  | { readonly state: 'ended' | 'skipped'; readonly endStatus: EndStatus; readonly reason: Said | null }
  | { readonly state: 'not_run' | 'stopped'; readonly reason: Said };

/** Settles a unit: its state is final until a rerun. Successors and net learn of it when the step advances. */
export function settle(step: Step, record: UnitRecord, settlement: Settlement): void {
  moveTo(step.session, record, settlement.state);
  if (record.memo !== null) step.effects.push({ type: 'endWork', unit: record.unit.number });
  const ran = settlement.state === 'ended' || settlement.state === 'skipped';
  record.endStatus = ran ? endStatusOf(record, settlement) : null;
  record.endedAt = ran ? step.now : null;
  giveReason(record, settlement.reason);
  if (record.unit.type !== 'net')
    step.session.endStatus = worseStatus(step.session.endStatus, countedStatus(record));
  step.settled.push(record);
}

/** A watch may have said how it ends, whatever comes of the stop. */
function endStatusOf(
  { control }: UnitRecord,
  settlement: Extract<Settlement, { readonly endStatus: EndStatus }>,
): EndStatus {
  return settlement.state === 'ended' && control?.forcedEnd !== undefined
    ? control.forcedEnd
    : settlement.endStatus;
}

export function isSettled(record: UnitRecord): boolean {
  switch (record.state) {
    case 'ended':
    case 'not_run':
    case 'stopped':
      return true;
    case 'skipped':
      return record.endStatus !== null;
    case 'waiting':
    case 'queued':
    case 'held':
    case 'starting':
    case 'running':
    case 'retry_wait':
    case 'stopping':
      return false;
  }
}

/** It waits for places of another try: what it holds over all tries stays with it. */
export function isBetweenTries(record: UnitRecord): boolean {
  return record.state === 'queued' && record.attempts.at(-1)?.run === record.run;
}

/** A net or session that was reopened and waits for its places, or for the end of a pause to ask again: it goes on with what is left of it. */
export function hasBegunBefore({ control }: UnitRecord): boolean {
  return control?.queued?.again === true;
}

/** Whether something of the unit is under way, so that it can be neither reset nor held. */
export function isActive(record: UnitRecord): boolean {
  return (
    record.state === 'starting' ||
    record.state === 'running' ||
    record.state === 'retry_wait' ||
    record.state === 'stopping' ||
    isBetweenTries(record)
  );
}

/**
 * What a settled unit adds to the end status of its net and session. A unit that a stop kept from running counts as abnormal: the
 * work is not done. A unit that was not to run (not_run) adds nothing. A failure that a branch has handled still counts.
 */
export function countedStatus(record: UnitRecord): EndStatus | null {
  return record.state === 'stopped' ? 'abnormal' : record.endStatus;
}

export function touchAttempt(session: Session, attempt: AttemptRecord): void {
  session.dirtyAttempts.add(attempt);
  if (attempt.state === 'pending' || attempt.endStatus !== null) session.stirred.attempts.push(attempt);
}

export function emit(step: Step, event: SessionEvent): void {
  step.effects.push({ type: 'event', ...event });
}
