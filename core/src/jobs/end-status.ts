// End statuses as the engine reckons with them: their order, and sets of them as bit masks.
// Called by the engine and by everything that has to name the worst of several results.
import { endStatuses } from '@nezuban/protocol/jobs/definition';
import type { EndStatus } from '@nezuban/protocol/jobs/definition';

/**
 * From best to worst. `unknown` stands above `warning`, because a command that may never have run is worse than one that ran and
 * complained, and below `abnormal`, because a certain failure must not be softened to "nobody can say" by a second, uncertain unit.
 */
const severity: Readonly<Record<EndStatus, number>> = { normal: 0, warning: 1, unknown: 2, abnormal: 3 };

/** The worse of two; null means "nothing yet". */
export function worseStatus(a: EndStatus | null, b: EndStatus | null): EndStatus | null {
  if (a === null) return b;
  if (b === null) return a;
  return severity[b] > severity[a] ? b : a;
}

const bits: Readonly<Record<EndStatus, number>> = { normal: 1, warning: 2, abnormal: 4, unknown: 8 };

/** The set of end statuses of an edge as a mask. */
export function statusMask(statuses: readonly EndStatus[]): number {
  let mask = 0;
  for (const status of statuses) mask |= bits[status];
  return mask;
}

export function maskHolds(mask: number, status: EndStatus): boolean {
  return (mask & bits[status]) !== 0;
}

/** The end statuses of a mask, in the order of the definition language. */
export function statusesOf(mask: number): EndStatus[] {
  return endStatuses.filter((status) => maskHolds(mask, status));
}
