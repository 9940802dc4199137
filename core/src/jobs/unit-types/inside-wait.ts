// What the types share that wait for something inside the manager: they begin with a memo and work, end with a status, at an operator's stop,
// or when their time is up. Called by these types alone.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { TimeoutOutcome } from '@nezuban/protocol/jobs/units/wait-limit';
import { say, type Said, type SentenceValue } from '@nezuban/protocol/sentences/sentence';
import { byWord, giveReason } from '../reasons.ts';
import { unitEnded } from '../session-events.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { emit, moveTo, remember, settle, touch, wakeUnitAt } from '../step.ts';
import type { Step } from '../step.ts';
import type { UnitMemo, UnitWork } from '../unit-work.ts';

type WorkOf = (session: Session, record: UnitRecord) => UnitWork | null;

/** Running from now on, with a memo; its time, if it has one, is set. Ask for its work afterwards. */
export function beginWait(
  step: Step,
  record: UnitRecord,
  { memo, timeoutS }: { readonly memo: UnitMemo; readonly timeoutS: number | undefined },
): void {
  record.startedAt = step.now;
  moveTo(step.session, record, 'running');
  remember(step.session, record, memo);
  if (timeoutS !== undefined) wakeUnitAt(step, record, step.now + Math.ceil(timeoutS * 1000));
}

/** As a loaded session would ask for it. */
export function askForWork(step: Step, record: UnitRecord, workOf: WorkOf): void {
  const work = workOf(step.session, record);
  const { unit, run } = record;
  if (work !== null) step.effects.push({ type: 'work', unit: unit.number, run, work });
}

/** False if it says so already. */
export function tell(session: Session, record: UnitRecord, reason: Said): boolean {
  if (record.reason === reason.message) return false;
  giveReason(record, reason);
  touch(session, record);
  return true;
}

export function endWait(
  step: Step,
  record: UnitRecord,
  result: { readonly endStatus: EndStatus; readonly reason: Said | null },
): void {
  settle(step, record, { state: 'ended', ...result });
  if (result.endStatus !== 'normal') emit(step, unitEnded(step.session, record, result.endStatus));
}

/** Its time is up. `what`: what it has waited for, as in "waited 60 s for ...". */
export function endByTimeout(
  step: Step,
  record: UnitRecord,
  { outcome, what }: { readonly outcome: TimeoutOutcome; readonly what: SentenceValue },
): void {
  const seconds = Math.round((step.now - (record.startedAt ?? step.now)) / 1000);
  const reason = say('reason_time_up', { seconds, what });
  if (outcome === 'stopped') settle(step, record, { state: 'stopped', reason });
  else endWait(step, record, { endStatus: outcome, reason });
}

/** An operator's stop of a unit of which nothing goes on elsewhere. */
export function stopWait(step: Step, record: UnitRecord, actor: string): void {
  record.stoppedBy = actor;
  endWait(step, record, {
    endStatus: 'abnormal',
    reason: say('reason_stopped_waiting', { by: byWord(actor) }),
  });
}

/** Not through the middle of a pair, and without NUL: PostgreSQL stores neither. */
export function cutText(text: string, charsMax: number): string {
  return text.slice(0, charsMax).replaceAll('\0', '\ufffd').toWellFormed();
}
