// What follows a unit in its net, directly or through others.
import type { NetPlan } from './net-plan.ts';

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
