// End statuses as the engine reckons with them: their order, and sets of them as bit masks.
// Called by the engine and by everything that has to name the worst of several results.
import { endStatuses } from '@nezuban/protocol/jobs/end-status';
import type { EdgeOutcome } from '@nezuban/protocol/jobs/units/unit-base';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';

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

const answerBits = { true: 16, false: 32 } as const;
/** Of an edge that holds however the unit ended. */
export const anyEnd = 15;

/** What an edge holds on, as a mask: end statuses and answers of a judgment. */
export function outcomeMask(outcomes: readonly EdgeOutcome[]): number {
  let mask = 0;
  for (const outcome of outcomes)
    mask |= typeof outcome === 'boolean' ? answerBits[`${outcome}`] : bits[outcome];
  return mask;
}

/** Whether a unit that ended so, and as a judgment answered so, is in the mask. */
export function maskHolds(mask: number, status: EndStatus, answer: boolean | null): boolean {
  return (mask & bits[status]) !== 0 || (answer !== null && (mask & answerBits[`${answer}`]) !== 0);
}

/** What a mask holds, in the order of the definition language. */
export function outcomesOf(mask: number): EdgeOutcome[] {
  const outcomes: EdgeOutcome[] = endStatuses.filter((status) => (mask & bits[status]) !== 0);
  if ((mask & answerBits.true) !== 0) outcomes.push(true);
  if ((mask & answerBits.false) !== 0) outcomes.push(false);
  return outcomes;
}
