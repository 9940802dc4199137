// Pauses: a suspended session or net starts nothing new until it is released; an interrupted session ends once what runs has ended.
// Units inside keep their states. What may not start because of a pause is asked by `closedAround` (marks.ts).
import { mark, pauseOf, pauseReason } from '../marks.ts';
import type { Mark } from '../marks.ts';
import { giveReason } from '../reasons.ts';
import type { PauseKind } from '@nezuban/protocol/jobs/session';
import type { Session, UnitRecord } from '../session-state.ts';
import { emit, recordAt } from '../step.ts';
import type { Step } from '../step.ts';
import { endIfEmpty } from './begin-again.ts';
import { sessionPaused, sessionReleased } from './operation-events.ts';

export function pause(step: Step, record: UnitRecord, { kind, by }: { kind: PauseKind; by: Mark }): void {
  mark(step.session, record, { paused: { kind, ...by } });
  giveReason(record, pauseReason({ kind, ...by }));
  emit(step, sessionPaused(step.session, record, { kind, by }));
}

/** What waits inside is looked at again; a net whose units have all settled ends. */
export function releasePause(step: Step, record: UnitRecord, by: Mark): void {
  const { session } = step;
  mark(session, record, { paused: undefined });
  giveReason(record, null);
  emit(step, sessionReleased(session, record, by));
  for (let index = record.unit.index + 1; index < record.unit.subtreeEnd; index += 1) {
    const inner = recordAt(session, index);
    if (inner.state === 'waiting' || inner.state === 'held' || inner.state === 'skipped')
      step.ready.push(inner);
    // Its time may have come during the pause.
    if (inner.state === 'retry_wait' && inner.retryAt !== null)
      step.effects.push({ type: 'wakeAt', at: inner.retryAt });
  }
  endIfEmpty(step, record);
}

/** The interrupted session has nothing under way any more: who interrupted it; null if it goes on or was not interrupted. */
export function interruptDone(session: Session): Mark | null {
  const paused = pauseOf(recordAt(session, 0));
  if (paused?.kind !== 'interrupted') return null;
  const { starting, running, stopping } = session.unitCounts;
  return starting + running + stopping === 0 ? paused : null;
}
