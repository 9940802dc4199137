// The reducer: one input applied to a session. Synchronous, without clock and randomness; costs what it changes.
// Called by the manager, which afterwards commits `takeChanges` and the events, and only then acts on the other effects. If that
// commit fails, the session in memory is ahead of the truth: drop it and rehydrate.
import { say, type Sentence } from '@nezuban/protocol/sentences/sentence';
import { admit, advance } from './advance.ts';
import { applyAttemptInput } from './attempt-inputs.ts';
import { attemptOrder } from './attempt-order.ts';
import { closedAround } from './marks.ts';
import { isCancelWanted } from './operate/set-status.ts';
import { interruptDone } from './operate/pause.ts';
import { refusalOf, refusalOfOptions } from './operation-check.ts';
import { applyOperation, stop } from './operations.ts';
import { nearestHint } from '../text/did-you-mean.ts';
import type { ApplyResult, EngineContext, Refusal, SessionEffect, SessionInput } from './session-inputs.ts';
import { killAfterMsOf } from './attempt-rules.ts';
import { isPlannedAttempt } from './net-plan.ts';
import type { Session, UnitRecord } from './session-state.ts';
import { beginStep, recordAt } from './step.ts';
import type { Step } from './step.ts';
import { indexOfNumber } from './unit-numbers.ts';
import { isBeingWithdrawn } from './unit-types/fall-over.ts';
import { endWait } from './unit-types/inside-wait.ts';
import { unitTypes } from './unit-types/unit-types.ts';
import { armWatches, wakeWatches } from './watch/watch.ts';
import { lookAtWaiting } from './wait-for-nodes.ts';

export function applySession(session: Session, input: SessionInput, context: EngineContext): ApplyResult {
  const step = beginStep(session, context);
  const outcome = applyInput(step, input);
  if (typeof outcome !== 'boolean') return outcome;
  if (outcome) {
    advance(step);
    endInterrupted(step);
    armWatches(step);
  }
  return { ok: true, changed: outcome, effects: step.effects };
}

/** An interrupted session ends as by a stop, once nothing is left to be waited for. */
export function endInterrupted(step: Step): void {
  const by = interruptDone(step.session);
  if (by === null) return;
  stop(step, recordAt(step.session, 0), by);
  advance(step);
}

function applyInput(step: Step, input: SessionInput): boolean | Refusal {
  switch (input.type) {
    case 'attemptAccepted':
    case 'attemptStarted':
    case 'attemptEnded':
    case 'attemptUnknown':
    case 'attemptRefused':
      return applyAttemptInput(step, input);
    case 'timeReached':
      return wakeUnits(step);
    case 'admitted':
      return admit(step, recordAt(step.session, input.unit), input.node);
    case 'nodesChanged':
      return lookAtWaiting(step);
    case 'workAnswered':
      return takeAnswer(step, input);
    case 'operation':
      return operate(step, input);
  }
}

function takeAnswer(
  step: Step,
  { unit, run, answer }: Extract<SessionInput, { type: 'workAnswered' }>,
): boolean | Refusal {
  const index = indexOfNumber(step.session.plan, unit);
  if (index === undefined) return false;
  const record = recordAt(step.session, index);
  if (record.run !== run || !hasWork(record)) return false;
  if (answer.kind === 'failed') {
    endWait(step, record, {
      endStatus: 'abnormal',
      reason: say('reason_work_failed', { why: answer.reason }),
    });
    return true;
  }
  const taken = unitTypes[record.unit.type].workAnswered?.(step, record, answer) ?? false;
  if (typeof taken === 'boolean') return taken;
  return {
    ok: false,
    code: 'operation_refused',
    detail: say('op_undecided', { what: whatOf(step.session, record), why: taken }),
    issues: [],
  };
}

function whatOf({ id }: Session, { unit }: UnitRecord): Sentence {
  return unit.index === 0
    ? { code: 'op_session', values: { id } }
    : { code: 'op_unit', values: { unit: unit.path, id } };
}

function hasWork(record: UnitRecord): boolean {
  return record.memo !== null && (record.state === 'running' || record.state === 'stopping');
}

function wakeUnits(step: Step): boolean {
  let changed = false;
  for (const index of step.session.timed) {
    const record = recordAt(step.session, index);
    if (record.retryAt === null || record.retryAt > step.now) continue;
    if (isKeptBack(step.session, record)) continue;
    unitTypes[record.unit.type].timeReached?.(step, record);
    changed = true;
  }
  return wakeWatches(step) || changed;
}

function operate(step: Step, input: Extract<SessionInput, { type: 'operation' }>): boolean | Refusal {
  const { session } = step;
  const index = input.unit === undefined ? 0 : session.plan.indexByPath.get(input.unit);
  if (index === undefined) {
    const values = { id: session.id, unit: input.unit ?? '' };
    const hint = nearestHint(values.unit, session.plan.indexByPath.keys());
    return {
      ok: false,
      code: 'not_found',
      detail: hint === '' ? say('op_no_unit', values) : say('op_no_unit_but', { ...values, hint }),
      issues: [],
    };
  }
  const record = recordAt(session, index);
  const { operation } = input;
  if (operation === 'take_definition') throw new Error('takeDefinition makes the session anew');
  const refusal =
    refusalOf(session, { record, operation }, { inventory: step.inventory }) ??
    refusalOfOptions(record, operation, input);
  if (refusal !== null) {
    return {
      ok: false,
      code: 'operation_refused',
      detail: say('op_refused', {
        what: whatOf(session, record),
        verb: { code: `verb_${operation}` },
        why: refusal,
      }),
      issues: [],
    };
  }
  applyOperation(step, record, input);
  return true;
}

/**
 * What has to be done for a session that has just been loaded: orders that no agent has confirmed, cancels of what is still open, work for
 * units that wait for something in the manager, and the next time to wake up. The same orders as the first time, so an agent that has one already drops it.
 */
export function unfinishedEffects(session: Session): SessionEffect[] {
  const effects: SessionEffect[] = [];
  for (const attempt of session.attempts.values()) {
    if (attempt.endStatus !== null && !isCancelWanted(attempt)) continue;
    const record = recordAt(session, attempt.unit);
    const { unit } = record;
    if (!isPlannedAttempt(unit)) continue;
    if (attempt.cancelRequested) {
      effects.push({
        type: 'cancel',
        attemptId: attempt.id,
        node: attempt.node,
        killAfterMs: killAfterMsOf(unit, attempt.killRequested),
        ...(isBeingWithdrawn(record, attempt) ? { unlessStarted: true as const } : {}),
      });
    } else if (attempt.state === 'pending') {
      effects.push({
        type: 'dispatch',
        attemptId: attempt.id,
        node: attempt.node,
        order: attemptOrder(session, unit, attempt),
      });
    }
  }
  for (const record of session.units) {
    const { unit, run } = record;
    const work = hasWork(record) ? unitTypes[unit.type].workOf?.(session, record) : null;
    if (work != null) effects.push({ type: 'work', unit: unit.number, run, work });
  }
  const wakeAt = nextWakeAt(session);
  if (wakeAt !== null) effects.push({ type: 'wakeAt', at: wakeAt });
  return effects;
}

/** A pause keeps the next try back; it follows at the release. */
function isKeptBack(session: Session, record: UnitRecord): boolean {
  return record.state === 'retry_wait' && closedAround(session, record) !== null;
}

/** The earliest time for which `timeReached` is due; null if the session waits for none. */
export function nextWakeAt(session: Session): number | null {
  let earliest: number | null = null;
  for (const index of session.timed) {
    const record = recordAt(session, index);
    const at = record.retryAt;
    if (at !== null && !isKeptBack(session, record) && (earliest === null || at < earliest)) earliest = at;
  }
  for (const at of session.watched.values()) if (earliest === null || at < earliest) earliest = at;
  return earliest;
}
