// Which units each kind of rerun makes begin again, for one unit or for all that did not end well. Decides nothing about whether it may.
// A net around them that has ended goes on; what follows such a net begins again with it, except for the reruns of single units alone.
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { downstreamOf } from '../downstream.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { parentOf, recordAt } from '../step.ts';

export const rerunNames = [
  'rerun',
  'rerun_only',
  'rerun_next',
  'rerun_failed',
  'rerun_failed_nets',
  'rerun_after_failed',
  'rerun_warnings',
] as const satisfies readonly OperationName[];
export type RerunName = (typeof rerunNames)[number];

export function isRerun(operation: OperationName): operation is RerunName {
  return rerunNames.some((name) => name === operation);
}

export type RerunPlan = {
  /** Units that begin again with everything inside them, each once. */
  readonly again: readonly number[];
  /** Those of them that were asked for: they run even where the definition holds them. */
  readonly named: readonly number[];
  /** Units that stay as they are and whose successors go on as if they had ended normally. */
  readonly passed: readonly number[];
  /** Ended nets that go on. */
  readonly reopened: readonly number[];
};

/** The root record stands for the session. */
export function rerunPlan(session: Session, operation: RerunName, record: UnitRecord): RerunPlan {
  switch (operation) {
    case 'rerun':
      return planOf(session, { from: [record.unit.index] });
    case 'rerun_only':
      return planOf(session, { only: [record.unit.index] });
    case 'rerun_next':
      return planOf(session, { passed: [record.unit.index] });
    case 'rerun_failed':
      return planOf(session, { from: indexesOf(session, failedOrKept) });
    case 'rerun_failed_nets':
      return planOf(session, {
        from: indexesOf(session, failedOrKept).map((index) => netAround(session, index)),
      });
    case 'rerun_after_failed':
      return planOf(session, { from: indexesOf(session, isStopped), passed: indexesOf(session, hasFailed) });
    case 'rerun_warnings':
      return planOf(session, { only: indexesOf(session, hasWarning) });
  }
}

type Wish = {
  /** These and all that follows. */ readonly from?: readonly number[];
  /** These alone. */ readonly only?: readonly number[];
  /** What follows these. */ readonly passed?: readonly number[];
};

function planOf(session: Session, { from = [], only = [], passed = [] }: Wish): RerunPlan {
  const again = new Set<number>([...from, ...only]);
  const reopened = new Set<number>();
  for (const unit of [...from, ...passed]) {
    for (const index of downstreamOf(session.plan, unit)) again.add(index);
    for (const net of endedAround(session, unit)) {
      reopened.add(net.unit.index);
      for (const index of downstreamOf(session.plan, net.unit.index)) again.add(index);
    }
  }
  for (const unit of only) for (const net of endedAround(session, unit)) reopened.add(net.unit.index);
  const beginsInside = (index: number): boolean => {
    for (let net = parentOf(session, recordAt(session, index)); net !== null; net = parentOf(session, net))
      if (again.has(net.unit.index)) return true;
    return false;
  };
  const stays = (index: number): boolean => !again.has(index) && !beginsInside(index);
  return {
    again: [...again],
    named: [...new Set([...from, ...only])].filter((index) => !beginsInside(index)),
    passed: passed.filter(stays),
    reopened: [...reopened].filter(stays),
  };
}

/** Nets around the unit that have ended, innermost first, up to the first that has not. */
function endedAround(session: Session, unit: number): UnitRecord[] {
  const nets: UnitRecord[] = [];
  for (
    let net = parentOf(session, recordAt(session, unit));
    net?.state === 'ended';
    net = parentOf(session, net)
  )
    nets.push(net);
  return nets;
}

function indexesOf(session: Session, holds: (record: UnitRecord, session: Session) => boolean): number[] {
  return session.units.flatMap((record) =>
    record.unit.index !== 0 && holds(record, session) ? [record.unit.index] : [],
  );
}

/** Of a unit that is no net: it ended badly, or nobody can say how. */
export function hasFailed({ unit, state, endStatus }: UnitRecord): boolean {
  return unit.type !== 'net' && state === 'ended' && (endStatus === 'abnormal' || endStatus === 'unknown');
}

function hasWarning({ unit, state, endStatus }: UnitRecord): boolean {
  return unit.type !== 'net' && state === 'ended' && endStatus === 'warning';
}

/** A stop has kept it from running, although its net ran. */
function isStopped(record: UnitRecord, session: Session): boolean {
  return record.state === 'stopped' && parentOf(session, record)?.state !== 'stopped';
}

function failedOrKept(record: UnitRecord, session: Session): boolean {
  return hasFailed(record) || isStopped(record, session);
}

/** The nested net that the unit lies in; in the session itself, and of a net that never ran, the unit. */
function netAround(session: Session, index: number): number {
  const { unit } = recordAt(session, index);
  return unit.parent <= 0 || unit.type === 'net' ? index : unit.parent;
}
