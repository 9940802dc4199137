// Unit type "net": runs the units inside it, and ends when all of them are settled, with the worst of their end statuses.
// The root net is one too; its start and end are the session's.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { pauseReason } from '../marks.ts';
import { byWord, giveReason } from '../reasons.ts';
import { sessionEnded, sessionStopped, unitEnded } from '../session-events.ts';
import type { UnitRecord } from '../session-state.ts';
import { emit, isSettled, moveTo, recordAt, settle } from '../step.ts';
import type { Step } from '../step.ts';
import { takeParameters } from '../variables/reference-parameters.ts';
import { netEndStatus } from '../watch/net-end-status.ts';
import type { UnitType } from './unit-type.ts';

function start(step: Step, record: UnitRecord): void {
  record.startedAt = step.now;
  const paused = record.marks?.paused;
  giveReason(record, paused === undefined ? null : pauseReason(paused));
  const problem = takeParameters(step.session, record);
  if (problem !== null) {
    cannotRun(step, record, problem);
    return;
  }
  // The first start of a session is its row's.
  if (record.unit.parent === -1 && record.run > 1)
    record.control = { ...record.control, startedAt: step.now };
  moveTo(step.session, record, 'running');
  for (const child of record.unit.children) {
    const childRecord = recordAt(step.session, child);
    if (childRecord.unit.edges.length === 0) step.ready.push(childRecord);
  }
}

/** Its net cannot be run with the values that came of the texts: nothing of it begins. */
function cannotRun(step: Step, record: UnitRecord, problem: Said): void {
  const reason = say('reason_net_could_not_begin', { net: record.unit.path });
  for (let index = record.unit.index + 1; index < record.unit.subtreeEnd; index += 1) {
    const inner = recordAt(step.session, index);
    if (!isSettled(inner)) settle(step, inner, { state: 'not_run', reason });
  }
  settle(step, record, { state: 'ended', endStatus: 'abnormal', reason: problem });
  emit(step, unitEnded(step.session, record, 'abnormal'));
}

/** It was reopened and has its places again: what waits inside is looked at. */
function goOn(step: Step, record: UnitRecord): void {
  giveReason(record, null);
  if (record.control?.goesOnSince !== undefined)
    record.control = { ...record.control, goesOnSince: step.now };
  moveTo(step.session, record, 'running');
  for (let index = record.unit.index + 1; index < record.unit.subtreeEnd; index += 1) {
    const inner = recordAt(step.session, index);
    if (inner.state === 'waiting' || inner.state === 'held' || inner.state === 'skipped')
      step.ready.push(inner);
  }
  // A rerun of what follows a unit that nothing follows.
  if (record.openChildren === 0) childrenSettled(step, record);
}

function stop(step: Step, record: UnitRecord, actor: string): void {
  record.stoppedBy = actor;
  giveReason(record, say('reason_stop_requested', { by: byWord(actor) }));
  moveTo(step.session, record, 'stopping');
}

function childrenSettled(step: Step, record: UnitRecord): void {
  const { stoppedBy } = record;
  settle(step, record, {
    state: 'ended',
    endStatus: netEndStatus(step.session, record),
    reason: stoppedBy === null ? null : say('reason_stopped', { by: byWord(stoppedBy) }),
  });
  if (record.unit.parent !== -1) return;
  const endStatus = record.endStatus ?? 'normal';
  step.session.endStatus = endStatus;
  emit(
    step,
    stoppedBy === null
      ? sessionEnded(step.session, endStatus)
      : sessionStopped(step.session, stoppedBy, endStatus),
  );
}

export const netUnitType: UnitType = { start, goOn, stop, childrenSettled };
