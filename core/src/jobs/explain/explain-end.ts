// "Why did it end like this?": the units that failed by themselves, in the order in which they did, each with what is known of its failure, and
// the units that were not run because of them. Also of a session that still runs, of what has failed so far. Pure; costs at most the net once.
// Not responsible for what waits: explain-waiting.ts, which calls this.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { WaitEnd, WaitFailure } from '@nezuban/protocol/jobs/waiting';
import { latestAttempts } from '../attempt-outcome.ts';
import { edgeCondition } from '../conditions.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { isSettled, parentOf, recordAt } from '../step.ts';

/** More than a person reads at once. */
export const failuresShownMax = 20;
export const notRunShownMax = 20;

/** Undefined: nothing has failed that would explain how it stands. */
export function explainEnd(session: Session, asked: UnitRecord): WaitEnd | undefined {
  const failures = failuresOf(session, asked);
  if (failures.length === 0) return undefined;
  const inOrder = failures.toSorted((a, b) => timeOf(a) - timeOf(b) || a.unit.index - b.unit.index);
  const notRun = notRunBecauseOf(session, failures);
  return {
    failures: inOrder.slice(0, failuresShownMax).map(viewFailure),
    failuresLeftOut: Math.max(0, failures.length - failuresShownMax),
    notRun: notRun.slice(0, notRunShownMax).map(({ unit }) => unit.path),
    notRunLeftOut: Math.max(0, notRun.length - notRunShownMax),
  };
}

function failuresOf(session: Session, asked: UnitRecord): readonly UnitRecord[] {
  if (asked.state === 'not_run') return causesOf(session, asked);
  const bad = badStatuses(asked);
  if (asked.unit.type === 'net') return failuresInside(session, asked, bad);
  return isFailed(asked, bad) ? [asked] : [];
}

/** Of one that ended with a warning, warnings explain it; of all others, only what is worse. */
function badStatuses({ endStatus }: UnitRecord): readonly EndStatus[] {
  if (endStatus === 'normal') return [];
  return endStatus === 'warning' ? ['warning', 'unknown', 'abnormal'] : ['unknown', 'abnormal'];
}

function isFailed(record: UnitRecord, bad: readonly EndStatus[]): boolean {
  if (!isSettled(record)) return false;
  if (record.state === 'stopped') return bad.length > 0;
  return record.endStatus !== null && bad.includes(record.endStatus);
}

/** Those that nothing inside them explains: mostly no nets. */
function failuresInside(session: Session, net: UnitRecord, bad: readonly EndStatus[]): UnitRecord[] {
  if (bad.length === 0) return [];
  const failures: UnitRecord[] = [];
  const explained = new Set<number>();
  // From the end, so that what lies in a net is seen before it.
  for (let index = net.unit.subtreeEnd - 1; index >= net.unit.index; index -= 1) {
    const record = recordAt(session, index);
    if (!isFailed(record, bad)) continue;
    if (!explained.has(index)) failures.push(record);
    explained.add(record.unit.parent);
  }
  return failures;
}

/** Back from a unit that was not run, through others that were not, to those that failed. */
function causesOf(session: Session, asked: UnitRecord): readonly UnitRecord[] {
  const causes = new Map<number, UnitRecord>();
  const seen = new Set([asked.unit.index]);
  const queue = [asked];
  for (const record of queue) {
    const net = parentOf(session, record);
    const before = record.unit.edges.flatMap(({ unit, on }) => {
      const from = recordAt(session, unit);
      return edgeCondition(from, on) === 'impossible' ? [from] : [];
    });
    for (const from of net?.state === 'not_run' ? [...before, net] : before) {
      if (seen.has(from.unit.index)) continue;
      seen.add(from.unit.index);
      if (from.state === 'not_run') queue.push(from);
      else for (const failed of failuresOf(session, from)) causes.set(failed.unit.index, failed);
    }
  }
  return [...causes.values()];
}

/** On from each failure, and from the nets that have failed with it, along what cannot hold any more; in the order of the plan. */
function notRunBecauseOf(session: Session, failures: readonly UnitRecord[]): UnitRecord[] {
  const notRun = new Set<number>();
  const seen = new Set(failures.map(({ unit }) => unit.index));
  const queue = [...failures];
  const visit = (record: UnitRecord): void => {
    if (seen.has(record.unit.index)) return;
    seen.add(record.unit.index);
    queue.push(record);
  };
  for (const record of queue) {
    for (const { unit, on } of record.unit.successors) {
      const next = recordAt(session, unit);
      if (next.state !== 'not_run' || edgeCondition(record, on) !== 'impossible') continue;
      notRun.add(unit);
      visit(next);
    }
    if (record.state === 'not_run')
      for (const child of record.unit.children) {
        const inside = recordAt(session, child);
        if (inside.state !== 'not_run') continue;
        notRun.add(child);
        visit(inside);
      }
    const net = parentOf(session, record);
    if (net !== null && net.unit.parent !== -1 && isFailed(net, ['warning', 'unknown', 'abnormal']))
      visit(net);
  }
  return [...notRun].toSorted((a, b) => a - b).map((index) => recordAt(session, index));
}

/** One without a time was stopped before it ran: that came last. */
function timeOf({ endedAt }: UnitRecord): number {
  return endedAt ?? Infinity;
}

function viewFailure(record: UnitRecord): WaitFailure {
  const { unit, state, endStatus, run, endedAt, reason, reasonSaid } = record;
  const failed = latestAttempts(record).filter(
    (each) => each.endStatus !== null && each.endStatus !== 'normal',
  );
  const attempt = failed.find((each) => each.endStatus === endStatus) ?? failed[0];
  return {
    unit: unit.parent === -1 ? null : unit.path,
    state,
    endStatus,
    run,
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
    reason,
    ...(reasonSaid === null ? {} : { reasonSaid }),
    ...(attempt === undefined
      ? {}
      : {
          attempt: {
            id: attempt.id,
            node: attempt.node,
            try: attempt.try,
            exitCode: attempt.exitCode,
            signal: attempt.signal,
          },
          nodes: failed.length,
        }),
  };
}
