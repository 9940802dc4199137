// Lets units begin again: the kinds of rerun, and what a skip of a failed unit shares with them.
// Each has been found possible by `operation-check.ts` before. Which units it is, `rerun-scopes.ts` says.
import { say } from '@nezuban/protocol/sentences/sentence';
import { conditionOf } from '../conditions.ts';
import { byWhom, mark } from '../marks.ts';
import type { Mark } from '../marks.ts';
import { peopleBehindMax } from '../people-behind.ts';
import { giveReason, saidInRow, statusWord } from '../reasons.ts';
import { sessionResumed } from '../session-events.ts';
import type { UnitRecord } from '../session-state.ts';
import { emit, moveTo, recordAt } from '../step.ts';
import type { Step } from '../step.ts';
import { beginAgain, endIfEmpty, recountAround, recountStatus, reopen } from './begin-again.ts';
import { changeResult } from './reconsider.ts';
import { hasFailed, rerunPlan } from './rerun-scopes.ts';
import type { RerunName } from './rerun-scopes.ts';

export type RerunRequest = {
  readonly operation: RerunName;
  readonly by: Mark;
  /** Hold first what begins again. */
  readonly hold: boolean;
  /** Failures that stay count as warnings. */
  readonly oldAsWarning: boolean;
};

export function rerun(
  step: Step,
  record: UnitRecord,
  { operation, by, hold, oldAsWarning }: RerunRequest,
): void {
  const { session } = step;
  const plan = rerunPlan(session, operation, record);
  noteRerun(step, by.by);
  const resumed = recordAt(session, 0).state === 'ended';
  for (const net of plan.reopened) reopen(step, recordAt(session, net));
  for (const top of plan.again) {
    const { subtreeEnd } = recordAt(session, top).unit;
    for (let index = top; index < subtreeEnd; index += 1) beginAgain(step, recordAt(session, index));
  }
  for (const index of plan.passed) mark(session, recordAt(session, index), { countsAs: 'normal' });
  recountAround(step, [...plan.again, ...plan.passed, ...plan.reopened]);
  for (const index of plan.named) nameUnit(step, recordAt(session, index), hold ? by : null);
  if (hold && operation === 'rerun_next') holdFollowers(step, record, by);
  if (hold && operation === 'rerun_after_failed')
    for (const index of plan.passed) holdFollowers(step, recordAt(session, index), by);
  if (oldAsWarning) for (const unit of session.units) if (hasFailed(unit)) takeAsWarning(step, unit, by);
  for (const top of plan.again) step.ready.push(recordAt(session, top));
  // A net that goes on, and in which nothing begins again, ends again at once.
  for (const index of plan.reopened) endIfEmpty(step, recordAt(session, index));
  recountStatus(step);
  if (resumed && recordAt(session, 0).state !== 'ended') emit(step, sessionResumed(session, record, by.by));
}

function noteRerun({ session }: Step, by: string): void {
  const root = recordAt(session, 0);
  const before = root.marks?.rerunBy ?? [];
  if (!before.includes(by)) mark(session, root, { rerunBy: [...before, by].slice(-peopleBehindMax) });
}

/** The unit that is to be passed over, and all that follows it, begin again. */
export function beginAgainToSkip(step: Step, record: UnitRecord, by: Mark): void {
  rerun(step, record, { operation: 'rerun', by, hold: false, oldAsWarning: false });
}

/** Of a unit that a rerun asks for by name: it runs whatever definition and condition say, or is held first. */
function nameUnit(step: Step, record: UnitRecord, hold: Mark | null): void {
  const { session } = step;
  if (record.unit.parent === -1) {
    // The whole session: it begins suspended.
    if (hold !== null) mark(session, record, { paused: { kind: 'suspended', ...hold } });
    return;
  }
  if (conditionOf(record) === 'impossible' || conditionOf(record) === 'unneeded')
    mark(session, record, { forced: true });
  if (hold !== null) holdUnit(step, record, hold);
  else if (record.state === 'held') moveTo(session, record, 'waiting');
}

function holdFollowers(step: Step, record: UnitRecord, by: Mark): void {
  for (const { unit } of record.unit.successors) holdUnit(step, recordAt(step.session, unit), by);
}

export function holdUnit(step: Step, record: UnitRecord, by: Mark): void {
  if (record.state !== 'waiting' && record.state !== 'queued' && record.state !== 'held') return;
  moveTo(step.session, record, 'held');
  giveReason(record, say('reason_held', { by: byWhom(by.by, by.reason) }));
  mark(step.session, record, { held: by });
}

function takeAsWarning(step: Step, record: UnitRecord, by: Mark): void {
  const was = record.endStatus ?? 'abnormal';
  mark(step.session, record, { asWarning: by });
  const values = { was: statusWord(was), by: byWhom(by.by, by.reason) };
  const before = saidInRow(record);
  giveReason(
    record,
    before === null
      ? say('reason_as_warning', values)
      : say('reason_as_warning_with', { ...values, reason: before }),
  );
  changeResult(step, record, 'warning');
}
