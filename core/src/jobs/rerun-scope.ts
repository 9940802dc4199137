// What a rerun touches: the unit, all that follows it in its net, and, for each enclosing net that has ended, that net again (which
// goes on) and all that follows it. Nets that still run have told nobody yet, so what follows them stays as it is.
import type { NetPlan } from './net-plan.ts';
import type { Session } from './session-state.ts';
import { parentOf, recordAt } from './step.ts';

export type RerunScope = {
  /** Units that begin again with everything inside them; the named one first. */
  readonly again: readonly number[];
  /** Ended nets that go on, innermost first. */
  readonly reopened: readonly number[];
};

export function rerunScope(session: Session, unit: number): RerunScope {
  const again = [unit, ...downstreamOf(session.plan, unit)];
  const reopened: number[] = [];
  for (
    let net = parentOf(session, recordAt(session, unit));
    net?.state === 'ended';
    net = parentOf(session, net)
  ) {
    reopened.push(net.unit.index);
    again.push(...downstreamOf(session.plan, net.unit.index));
  }
  return { again, reopened };
}

/** Siblings that wait for the unit, directly or through others; each once, the unit itself not among them. */
export function downstreamOf(plan: NetPlan, unit: number): number[] {
  const seen = new Set<number>();
  const queue = [unit];
  for (const index of queue) {
    for (const successor of plan.units[index]?.successors ?? []) {
      if (seen.has(successor.unit)) continue;
      seen.add(successor.unit);
      queue.push(successor.unit);
    }
  }
  return [...seen];
}
