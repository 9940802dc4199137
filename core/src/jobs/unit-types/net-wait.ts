// Unit type "net_wait": runs until other job nets, or units of them, have ended as it wants.
// What is fulfilled stays so and is stored at once, so that a later rerun over there takes nothing back. Which sessions count is fixed when it
// begins.
import type { NetWaitTarget } from '@nezuban/protocol/jobs/units/net-wait';
import { openRunTimes } from '../../schedules/next-runs.ts';
import type { PlannedNetWait } from '../net-plan.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { remember } from '../step.ts';
import type { Step } from '../step.ts';
import type { MetNet, UnitWork, WorkAnswer } from '../unit-work.ts';
import { askForWork, beginWait, endByTimeout, endWait, say, stopWait } from './inside-wait.ts';
import type { UnitType } from './unit-type.ts';

/** `met` by target: undefined (JSON null): not yet. */
type Memo = {
  readonly sinceMs: number;
  readonly met: readonly (false | MetNet)[];
  /** Newest word of the manager about a target that is not fulfilled, by target. */
  readonly other?: Readonly<Record<string, { readonly session: number; readonly endStatus: string }>>;
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
  record.reason = waitsFor(unit, memo);
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
        reason: `There is no session of ${target.net} to wait for.`,
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
          reason: `${nameOf(target)} ended ${endStatus} in session ${session}; waited for was ${target.on.join(' or ')}.`,
        });
        return true;
      }
      const next: Memo = { ...memo, other: { ...memo.other, [answer.target]: { session, endStatus } } };
      if (!say(step.session, record, waitsFor(unit, next))) return false;
      remember(step.session, record, next);
      return true;
    }
    case 'says':
      return say(step.session, record, answer.reason);
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
  say(step.session, record, waitsFor(unit, next));
  askForWork(step, record, workOf);
  return true;
}

function timeReached(step: Step, record: UnitRecord): void {
  const unit = netWaitOf(record);
  const open = netWaitTargets(unit).filter((_, index) => memoOf(record)?.met[index] === false);
  endByTimeout(step, record, {
    outcome: unit.definition.on_timeout,
    what: `the end of ${open.map(nameOf).join(', ')}`,
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

function nameOf({ net, unit }: NetWaitTarget): string {
  return unit === undefined ? net : `"${unit}" of ${net}`;
}

/** Targets named in the reason; more are counted. */
const namedMax = 3;

function waitsFor(unit: PlannedNetWait, memo: Memo): string {
  const open = netWaitTargets(unit).flatMap((target, index) => {
    if (memo.met[index] !== false) return [];
    const other = memo.other?.[index];
    return [
      other === undefined
        ? nameOf(target)
        : `${nameOf(target)} (session ${other.session} ended ${other.endStatus})`,
    ];
  });
  const more = open.length > namedMax ? ` and ${open.length - namedMax} more` : '';
  const any = 'any' in unit.definition.nets && open.length > 1 ? 'one of ' : '';
  return `Waits for the end of ${any}${open.slice(0, namedMax).join(', ')}${more}.`;
}

export const netWaitUnitType: UnitType = { start, stop: stopWait, timeReached, workOf, workAnswered };
