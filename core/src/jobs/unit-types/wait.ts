// Unit type "wait": runs until a span or a time of day has passed, and ends normally. Has no attempts and no target.
// Its time is stored with the unit, so a restart or a switch of hosts does not begin it anew.
import { say } from '@nezuban/protocol/sentences/sentence';
import { openRunTimes } from '../../schedules/next-runs.ts';
import type { PlannedWait } from '../net-plan.ts';
import { byWord, giveReason } from '../reasons.ts';
import { unitEnded } from '../session-events.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { emit, moveTo, settle, wakeUnitAt } from '../step.ts';
import type { Step } from '../step.ts';
import type { UnitType } from './unit-type.ts';

function waitOf(record: UnitRecord): PlannedWait {
  if (record.unit.type !== 'wait') throw new Error(`unit "${record.unit.path}" is no wait`);
  return record.unit;
}

function start(step: Step, record: UnitRecord): void {
  record.startedAt = step.now;
  giveReason(record, null);
  const at = endOf(step.session, waitOf(record), step.now);
  moveTo(step.session, record, 'running');
  wakeUnitAt(step, record, at);
}

/** The next such time of day after the start, never the start itself; days of a change of summer time go as for schedules. */
function endOf(session: Session, { definition }: PlannedWait, now: number): number {
  const { for_s: seconds, until } = definition;
  if (until === undefined) return now + Math.ceil((seconds ?? 0) * 1000);
  return openRunTimes({ times: [until] }, session.plan.definition.timezone).next(now) ?? now;
}

function timeReached(step: Step, record: UnitRecord): void {
  settle(step, record, { state: 'ended', endStatus: 'normal', reason: null });
}

function stop(step: Step, record: UnitRecord, actor: string): void {
  record.stoppedBy = actor;
  const reason = say('reason_stopped_before_time', { by: byWord(actor) });
  settle(step, record, { state: 'ended', endStatus: 'abnormal', reason });
  emit(step, unitEnded(step.session, record, 'abnormal'));
}

export const waitUnitType: UnitType = { start, stop, timeReached };
