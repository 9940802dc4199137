// Unit type "net": runs the units inside it, and ends when all of them are settled, with the worst of their end statuses.
// The root net is one too; its start and end are the session's.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import { worseStatus } from '../end-status.ts';
import { sessionEnded, sessionStopped } from '../session-events.ts';
import type { UnitRecord } from '../session-state.ts';
import { countedStatus, emit, moveTo, recordAt, settle } from '../step.ts';
import type { Step } from '../step.ts';
import type { UnitType } from './unit-type.ts';

function start(step: Step, record: UnitRecord): void {
  record.startedAt = step.now;
  record.reason = null;
  moveTo(step.session, record, 'running');
  for (const child of record.unit.children) {
    const childRecord = recordAt(step.session, child);
    if (childRecord.unit.edges.length === 0) step.ready.push(childRecord);
  }
}

function stop(step: Step, record: UnitRecord, actor: string): void {
  record.stoppedBy = actor;
  record.reason = `Stop requested by ${actor}.`;
  moveTo(step.session, record, 'stopping');
}

function childrenSettled(step: Step, record: UnitRecord): void {
  let worst: EndStatus | null = null;
  for (const child of record.unit.children)
    worst = worseStatus(worst, countedStatus(recordAt(step.session, child)));
  const endStatus = worst ?? 'normal';
  const { stoppedBy } = record;
  settle(step, record, {
    state: 'ended',
    endStatus,
    reason: stoppedBy === null ? null : `Stopped by ${stoppedBy}.`,
  });
  if (record.unit.parent !== -1) return;
  step.session.endStatus = endStatus;
  emit(
    step,
    stoppedBy === null
      ? sessionEnded(step.session, endStatus)
      : sessionStopped(step.session, stoppedBy, endStatus),
  );
}

export const netUnitType: UnitType = { start, stop, childrenSettled };
