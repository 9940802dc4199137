// Sets the result of a unit by hand: of one that has ended or was kept from running, or of one whose agent is gone and whose attempts are
// closed with it. What the agent says of such an attempt later changes nothing and becomes an event.
// Found possible by `operation-check.ts` before. Who asked, and why, stands with the unit.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { SettableStatus } from '@nezuban/protocol/jobs/operate';
import { say, type Sentence } from '@nezuban/protocol/sentences/sentence';
import { killAfterMsOf } from '../attempt-rules.ts';
import { isBeingWithdrawn } from '../unit-types/fall-over.ts';
import { statusOfExitCode } from '../exit-codes.ts';
import { byWhom, mark } from '../marks.ts';
import type { Mark } from '../marks.ts';
import { isPlannedAttempt } from '../net-plan.ts';
import { giveReason, stateWord, statusWord } from '../reasons.ts';
import { sessionResumed } from '../session-events.ts';
import type { AttemptRecord, UnitRecord } from '../session-state.ts';
import { emit, isActive, moveTo, recordAt, settle, touchAttempt } from '../step.ts';
import type { Step } from '../step.ts';
import { recountStatus } from './begin-again.ts';
import { unitStatusSet } from './operation-events.ts';
import { reconsider } from './reconsider.ts';

export type StatusRequest = {
  readonly by: Mark;
  readonly status: SettableStatus | undefined;
  readonly exitCode: number | undefined;
};

/** What a request says the result is; null: it says nothing that can be judged. */
export function requestedStatus(
  { unit }: UnitRecord,
  { status, exitCode }: Pick<StatusRequest, 'status' | 'exitCode'>,
): SettableStatus | null {
  if (status !== undefined) return status;
  return exitCode !== undefined && isPlannedAttempt(unit)
    ? statusOfExitCode(unit.rules.exitCodes, exitCode)
    : null;
}

export function setStatus(step: Step, record: UnitRecord, request: StatusRequest): void {
  const { session } = step;
  const { by, exitCode } = request;
  const status = requestedStatus(record, request);
  if (status === null) throw new Error(`no result is given for "${record.unit.path}"`);
  const endStatus: EndStatus = status === 'skipped' ? 'normal' : status;
  const was = wordOf(record);
  const values = { status: statusWord(status), by: byWhom(by.by, by.reason), was: wordSaid(record) };
  const reason =
    exitCode === undefined ? say('reason_set', values) : say('reason_set_by_code', { ...values, exitCode });
  const state = status === 'skipped' ? 'skipped' : 'ended';
  if (isActive(record)) {
    closeAttempts(step, record, { by, endStatus, exitCode: exitCode ?? null });
    mark(session, record, { set: { ...by, was }, ...(status === 'skipped' ? { skipped: by } : {}) });
    settle(step, record, { state, endStatus, reason });
    emit(step, unitStatusSet(session, record, { status, was, by }));
    return;
  }
  const resumed = recordAt(session, 0).state === 'ended';
  moveTo(session, record, state);
  record.endStatus = endStatus;
  // What ran has taken as long as it has: how late somebody looked at it is not part of that.
  record.endedAt ??= step.now;
  giveReason(record, reason);
  mark(session, record, {
    set: { ...by, was },
    skipped: status === 'skipped' ? by : undefined,
    asWarning: undefined,
    countsAs: undefined,
  });
  reconsider(step, record);
  recountStatus(step);
  emit(step, unitStatusSet(session, record, { status, was, by }));
  const root = recordAt(session, 0);
  if (resumed && root.state !== 'ended') emit(step, sessionResumed(session, record, by.by));
}

/**
 * Open attempts of this run: closed as the operator has found them to be. What never reached its agent must not start any more, and what a stop
 * was to end is still to be ended: the cancel stays wanted until the agent says what became of it (`isCancelWanted`).
 */
function closeAttempts(
  step: Step,
  record: UnitRecord,
  { by, endStatus, exitCode }: { by: Mark; endStatus: EndStatus; exitCode: number | null },
): void {
  for (const attempt of record.attempts) {
    if (attempt.run !== record.run || attempt.endStatus !== null) continue;
    // Its agent has taken it after all, and it is left alone as any that runs.
    if (attempt.state !== 'pending' && isBeingWithdrawn(record, attempt)) attempt.cancelRequested = false;
    if (attempt.state === 'pending') {
      attempt.cancelRequested = true;
      attempt.killRequested = true;
    }
    if (attempt.cancelRequested) cancelUnseen(step, record, attempt);
    attempt.state = 'unknown';
    attempt.endStatus = endStatus;
    attempt.exitCode = exitCode;
    attempt.endedAt = step.now;
    giveReason(attempt, say('attempt_closed_by_hand', { by: byWhom(by.by, by.reason) }));
    attempt.byHand = { by: by.by, at: by.at, late: null };
    touchAttempt(step.session, attempt);
  }
  record.openAttempts = 0;
}

function cancelUnseen(step: Step, { unit }: UnitRecord, { id, node, killRequested }: AttemptRecord): void {
  if (!isPlannedAttempt(unit)) return;
  step.effects.push({
    type: 'cancel',
    attemptId: id,
    node,
    killAfterMs: killAfterMsOf(unit, killRequested),
  });
}

/** A cancel of an attempt that was closed by hand, and of which its agent has said nothing since then. */
export function isCancelWanted({ endStatus, byHand, cancelRequested }: Readonly<AttemptRecord>): boolean {
  return endStatus !== null && byHand !== null && byHand.late === null && cancelRequested;
}

function wordSaid({ state, endStatus }: UnitRecord): Sentence {
  return state === 'ended' && endStatus !== null ? statusWord(endStatus) : stateWord(state);
}

function wordOf({ state, endStatus }: UnitRecord): string {
  return state === 'ended' && endStatus !== null ? endStatus : state;
}
