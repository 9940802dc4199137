// Unit type "net_wait": runs until other job nets, or units of them, have ended as it wants.
// What is fulfilled stays so and is stored at once, so that a later rerun over there takes nothing back. Which sessions count is fixed when it
// begins.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { NetWaitTarget } from '@nezuban/protocol/jobs/units/net-wait';
import { say, type Said, type SentenceValue } from '@nezuban/protocol/sentences/sentence';
import { openRunTimes } from '../../schedules/next-runs.ts';
import type { PlannedNetWait } from '../net-plan.ts';
import { giveReason, statusWord } from '../reasons.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { remember } from '../step.ts';
import type { Step } from '../step.ts';
import type { MetNet, UnitWork, WorkAnswer } from '../unit-work.ts';
import { askForWork, beginWait, endByTimeout, endWait, stopWait, tell } from './inside-wait.ts';
import type { UnitType } from './unit-type.ts';

/** `met` by target: undefined (JSON null): not yet. */
type Memo = {
  readonly sinceMs: number;
  readonly met: readonly (false | MetNet)[];
  /** Newest word of the manager about a target that is not fulfilled, by target. */
  readonly other?: Readonly<Record<string, { readonly session: number; readonly endStatus: EndStatus }>>;
};

function netWaitOf(record: UnitRecord): PlannedNetWait {
  if (record.unit.type !== 'net_wait') throw new Error(`unit "${record.unit.path}" waits for no net`);
  return record.unit;
}

function memoOf(record: UnitRecord): Memo | null {
  return record.memo as Memo | null;
}

export function netWaitTargets({ definition }: PlannedNetWait): readonly NetWaitTarget[] {
  return 'any' in definition.nets ? definition.nets.any : definition.nets.all;
}

function start(step: Step, record: UnitRecord): void {
  const unit = netWaitOf(record);
  const memo: Memo = {
    sinceMs: sinceOf(step, unit),
    met: netWaitTargets(unit).map(() => false as const),
  };
  beginWait(step, record, { memo, timeoutS: unit.definition.timeout_s });
  giveReason(record, waitsFor(unit, memo));
  askForWork(step, record, workOf);
}

function sinceOf(step: Step, { definition }: PlannedNetWait): number {
  if (definition.look_back_s !== undefined) return step.now - Math.round(definition.look_back_s * 1000);
  switch (definition.which) {
    case 'next':
      return step.now;
    case 'session':
      return step.session.createdAt;
    case 'today':
      return (
        openRunTimes({ times: ['00:00'] }, step.session.plan.definition.timezone).last(step.now) ?? step.now
      );
  }
}

function workOf(_session: Session, record: UnitRecord): UnitWork | null {
  const memo = memoOf(record);
  if (memo === null) return null;
  const unit = netWaitOf(record);
  return {
    kind: 'net_wait',
    targets: netWaitTargets(unit),
    met: memo.met.map((each) => each !== false),
    sinceMs: memo.sinceMs,
    ifAbsent: unit.definition.if_absent,
    startedAt: record.startedAt ?? 0,
  };
}

function workAnswered(step: Step, record: UnitRecord, answer: WorkAnswer): boolean {
  const unit = netWaitOf(record);
  const memo = memoOf(record);
  if (memo === null) return false;
  switch (answer.kind) {
    case 'net_wait':
      return takeMet(step, record, { ...answer, memo });
    case 'net_wait_absent': {
      const target = netWaitTargets(unit)[answer.target];
      if (target === undefined || memo.met[answer.target] !== false) return false;
      if (unit.definition.if_absent === 'go_on')
        return takeMet(step, record, { target: answer.target, met: null, memo });
      if (unit.definition.if_absent === 'wait') return false;
      endWait(step, record, {
        endStatus: 'abnormal',
        reason: say('reason_no_session_to_wait', { net: target.net }),
      });
      return true;
    }
    case 'net_wait_other': {
      const target = netWaitTargets(unit)[answer.target];
      if (target === undefined || memo.met[answer.target] !== false) return false;
      const { session, endStatus } = answer;
      if (unit.definition.if_other === 'fail') {
        endWait(step, record, {
          endStatus: 'abnormal',
          reason: say('reason_net_ended_otherwise', {
            name: nameOf(target),
            status: statusWord(endStatus),
            session,
            wanted: eitherOf(target.on),
          }),
        });
        return true;
      }
      const next: Memo = { ...memo, other: { ...memo.other, [answer.target]: { session, endStatus } } };
      if (!tell(step.session, record, waitsFor(unit, next))) return false;
      remember(step.session, record, next);
      return true;
    }
    case 'says':
      return tell(step.session, record, answer.reason);
    default:
      return false;
  }
}

function takeMet(
  step: Step,
  record: UnitRecord,
  { target, met, memo }: { readonly target: number; readonly met: MetNet; readonly memo: Memo },
): boolean {
  const unit = netWaitOf(record);
  if (memo.met[target] !== false) return false;
  const next: Memo = { ...memo, met: memo.met.with(target, met) };
  remember(step.session, record, next);
  const fulfilled = 'any' in unit.definition.nets ? true : !next.met.includes(false);
  if (fulfilled) {
    endWait(step, record, { endStatus: 'normal', reason: null });
    return true;
  }
  tell(step.session, record, waitsFor(unit, next));
  askForWork(step, record, workOf);
  return true;
}

function timeReached(step: Step, record: UnitRecord): void {
  const unit = netWaitOf(record);
  const open = netWaitTargets(unit).filter((_, index) => memoOf(record)?.met[index] === false);
  endByTimeout(step, record, {
    outcome: unit.definition.on_timeout,
    what: { code: 'end_of', values: { what: open.map(nameOf) } },
  });
}

/** What has become of each target so far, for the session's page. */
export function netWaitProgress(
  record: UnitRecord,
): readonly { readonly target: NetWaitTarget; readonly met: false | MetNet }[] {
  if (record.unit.type !== 'net_wait') return [];
  const memo = memoOf(record);
  return netWaitTargets(record.unit).map((target, index) => ({ target, met: memo?.met[index] ?? false }));
}

/** Sessions begun not before this count; null: it waits for none. Milliseconds since 1970. */
export function netWaitSince(record: UnitRecord): number | null {
  return record.unit.type === 'net_wait' ? (memoOf(record)?.sinceMs ?? null) : null;
}

function nameOf({ net, unit }: NetWaitTarget): SentenceValue {
  return unit === undefined ? net : { code: 'net_unit', values: { unit, net } };
}

function eitherOf(on: NetWaitTarget['on']): SentenceValue {
  const [first, ...others] = on.map(statusWord);
  return (
    others.reduce<SentenceValue | undefined>(
      (either, second) => ({ code: 'either', values: { first: either ?? '', second } }),
      first,
    ) ?? ''
  );
}

/** Targets named in the reason; more are counted. */
const namedMax = 3;

function waitsFor(unit: PlannedNetWait, memo: Memo): Said {
  const open = netWaitTargets(unit).flatMap((target, index): SentenceValue[] => {
    if (memo.met[index] !== false) return [];
    const other = memo.other?.[index];
    if (other === undefined) return [nameOf(target)];
    const { session, endStatus } = other;
    const values = { name: nameOf(target), session, status: statusWord(endStatus) };
    return [{ code: 'net_ended_otherwise', values }];
  });
  const named = open.slice(0, namedMax);
  const names: SentenceValue =
    open.length > namedMax
      ? { code: 'name_and_more', values: { names: named, count: open.length - namedMax } }
      : named;
  const isAny = 'any' in unit.definition.nets && open.length > 1;
  return say('reason_waits_net_end', { what: isAny ? { code: 'one_of', values: { names } } : names });
}

export const netWaitUnitType: UnitType = { start, stop: stopWait, timeReached, workOf, workAnswered };
