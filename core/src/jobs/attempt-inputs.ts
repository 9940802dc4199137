// What agents report of attempts, applied to the session. An attempt moves forward only; repeats, latecomers and reports about
// attempts of an earlier run change at most the attempt itself.
import { saidOf, say, type Said } from '@nezuban/protocol/sentences/sentence';
import { leftoverPhrase, reasonOfEnd, statusOfEnd } from './attempt-outcome.ts';
import { isPlannedAttempt, type PlannedUnit } from './net-plan.ts';
import { attemptReportedLate } from './operate/operation-events.ts';
import { giveReason, toldBy } from './reasons.ts';
import { attemptLeftovers, attemptRefused, attemptUnknown } from './session-events.ts';
import type { SessionInput } from './session-inputs.ts';
import type { AttemptRecord, UnitRecord } from './session-state.ts';
import { emit, moveTo, recordAt, touch, touchAttempt } from './step.ts';
import type { Step } from './step.ts';
import { sayHeard } from './wait-for-nodes.ts';
import { keepStarted } from './unit-types/fall-over.ts';
import { unitTypes } from './unit-types/unit-types.ts';
import { missingOutputs, withCaptured } from './variables/unit-variables.ts';

export type AttemptInput = Extract<SessionInput, { readonly attemptId: unknown }>;

/** False if the input changes nothing: the attempt is not of this session, or is as far or farther already. */
export function applyAttemptInput(step: Step, input: AttemptInput): boolean {
  const attempt = step.session.attempts.get(input.attemptId);
  if (attempt === undefined) return false;
  if (attempt.endStatus !== null) return attempt.byHand === null ? false : noteLate(step, attempt, input);
  const record = recordAt(step.session, attempt.unit);
  switch (input.type) {
    case 'attemptAccepted':
      if (attempt.state !== 'pending') return false;
      attempt.state = 'accepted';
      break;
    case 'attemptStarted':
      if (attempt.state === 'running') return false;
      attempt.state = 'running';
      attempt.pid = input.pid;
      attempt.startedAt = input.startedAt;
      keepStarted(step, record, attempt);
      markRunning(step, record, attempt);
      break;
    case 'attemptEnded':
      closeEnded(step, attempt, input);
      break;
    case 'attemptUnknown':
      closeUnknown(step, attempt, input);
      break;
    case 'attemptRefused':
      if (input.unsent === true && attempt.state !== 'pending') return false;
      closeRefused(step, attempt, input);
      break;
  }
  touchAttempt(step.session, attempt);
  // The agent has it: whatever froze the node since then, it does not wait any more.
  if (attempt.run === record.run) sayHeard(step, record, attempt);
  if (attempt.endStatus !== null) afterClose(step, record, attempt);
  return true;
}

/** The end of an attempt that an operator has closed: said once, and nothing follows from it. */
function noteLate(step: Step, attempt: AttemptRecord, input: AttemptInput): boolean {
  const { byHand } = attempt;
  const late = lateWords(recordAt(step.session, attempt.unit).unit, input);
  if (byHand === null || byHand.late !== null || late === null) return false;
  const { message, code, values } = late;
  attempt.byHand = {
    ...byHand,
    late: message,
    lateSaid: { code, ...(values === undefined ? {} : { values }) },
  };
  touchAttempt(step.session, attempt);
  // As it was to be.
  if (input.type === 'attemptRefused' && input.code === 'cancelled' && attempt.cancelRequested) return true;
  emit(step, attemptReportedLate(step.session, recordAt(step.session, attempt.unit), { attempt, late }));
  return true;
}

/** Null: it says no end. */
function lateWords(unit: PlannedUnit, input: AttemptInput): Said | null {
  switch (input.type) {
    case 'attemptAccepted':
    case 'attemptStarted':
      return null;
    case 'attemptEnded':
      return saidOf(
        (isPlannedAttempt(unit) ? reasonOfEnd(unit.rules, input) : null) ??
          (input.exitCode === null
            ? { code: 'attempt_exit_code_unknown' }
            : { code: 'attempt_exit_code', values: { code: input.exitCode } }),
      );
    case 'attemptUnknown':
      return say('attempt_unknown', { why: input.said ?? input.reason });
    case 'attemptRefused':
      return say('attempt_refused', { why: input.said ?? input.reason });
  }
}

function markRunning(step: Step, record: UnitRecord, attempt: AttemptRecord): void {
  if (attempt.run !== record.run || record.state !== 'starting') return;
  moveTo(step.session, record, 'running');
  unitTypes[record.unit.type].attemptsRun?.(step, record);
}

function closeEnded(
  step: Step,
  attempt: AttemptRecord,
  input: Extract<AttemptInput, { type: 'attemptEnded' }>,
): void {
  const record = recordAt(step.session, attempt.unit);
  if (!isPlannedAttempt(record.unit))
    throw new Error(`attempt ${attempt.id} belongs to a ${record.unit.type}`);
  // Of one that ended otherwise nothing can be expected.
  const byStatus = statusOfEnd(record.unit.rules, input);
  const missing = byStatus === 'abnormal' ? null : missingOutputs(record.unit, input.captured);
  attempt.state = 'ended';
  attempt.endStatus = missing === null ? byStatus : 'abnormal';
  if (
    attempt.run === record.run &&
    (input.captured !== undefined || record.variables?.outputs !== undefined)
  ) {
    record.variables = withCaptured(record, attempt.nodeIndex, input.captured ?? []);
    // Other nodes may still run, and then nothing else of the unit changes.
    touch(step.session, record);
  }
  attempt.exitCode = input.exitCode;
  attempt.signal = input.signal;
  const ended = reasonOfEnd(record.unit.rules, input);
  giveReason(attempt, missing ?? (ended === null ? null : saidOf(ended)));
  attempt.timedOut = input.timedOut;
  attempt.pid = input.pid ?? attempt.pid;
  attempt.startedAt = input.startedAt ?? attempt.startedAt;
  attempt.endedAt = input.endedAt;
  attempt.stdoutBytes = input.stdoutBytes;
  attempt.stderrBytes = input.stderrBytes;
  attempt.outputCut = input.droppedBytes > 0;
  attempt.usage = input.usage ?? null;
  if (input.leftovers.length > 0)
    emit(step, attemptLeftovers(step.session, record, { attempt, leftovers: input.leftovers }));
}

function closeUnknown(
  step: Step,
  attempt: AttemptRecord,
  input: Extract<AttemptInput, { type: 'attemptUnknown' }>,
): void {
  const leftovers = leftoverPhrase(input.leftovers ?? []);
  forgetOutputs(step, attempt);
  attempt.state = 'unknown';
  attempt.endStatus = 'unknown';
  attempt.endedAt = step.now;
  const why = input.said ?? toldBy(input.reason);
  giveReason(
    attempt,
    leftovers === null
      ? saidOf(why)
      : saidOf({ code: 'first_then', values: { first: why, rest: leftovers } }),
  );
  emit(step, attemptUnknown(step.session, recordAt(step.session, attempt.unit), attempt));
}

/** A refused attempt did not run: abnormal, and tried again as the unit's `retry` says. Refused because we cancelled it is no news. */
function closeRefused(
  step: Step,
  attempt: AttemptRecord,
  input: Extract<AttemptInput, { type: 'attemptRefused' }>,
): void {
  forgetOutputs(step, attempt);
  attempt.state = 'refused';
  attempt.endStatus = 'abnormal';
  attempt.endedAt = step.now;
  giveReason(attempt, input.said === undefined ? toldBy(input.reason) : saidOf(input.said));
  if (input.code === 'cancelled' && attempt.cancelRequested) return;
  emit(
    step,
    attemptRefused(step.session, recordAt(step.session, attempt.unit), { attempt, code: input.code }),
  );
}

/** What an earlier try on this node had given counts no more. */
function forgetOutputs({ session }: Step, attempt: AttemptRecord): void {
  const record = recordAt(session, attempt.unit);
  if (attempt.run !== record.run || record.variables?.outputs === undefined) return;
  record.variables = withCaptured(record, attempt.nodeIndex, []);
  touch(session, record);
}

function afterClose(step: Step, record: UnitRecord, attempt: AttemptRecord): void {
  if (attempt.run !== record.run) return;
  record.openAttempts -= 1;
  if (record.openAttempts === 0) unitTypes[record.unit.type].attemptsClosed?.(step, record);
  else if (attempt.startedAt !== null) markRunning(step, record, attempt);
}
