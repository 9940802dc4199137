// What a manager believes of a node's attempts beside what its agent says. Pure. Called by manager/src/jobs/reconciliation.ts.
// Both sides move while they are compared: an order may be under way, a receipt too. So only what differed in two comparisons in a row counts.
import type { AttemptId } from '@nezuban/protocol/ids';

export type Doubts = ReadonlySet<string>;
export type Comparison = {
  /** The agent does not run them, or does not know them: it is asked for their last receipt. */
  readonly missing: readonly AttemptId[];
  /** The agent runs them, and the manager has closed them or never knew them. */
  readonly strays: readonly AttemptId[];
  /** For the next comparison. Not empty: it had better be soon. */
  readonly doubts: Doubts;
};

export function compareAttempts(
  believed: ReadonlySet<AttemptId>,
  reported: ReadonlySet<AttemptId>,
  doubted: Doubts,
): Comparison {
  const doubts = new Set<string>();
  const confirmed = (
    kind: string,
    ids: ReadonlySet<AttemptId>,
    others: ReadonlySet<AttemptId>,
  ): AttemptId[] =>
    [...ids].filter((id) => {
      if (others.has(id)) return false;
      const doubt = `${kind} ${id}`;
      doubts.add(doubt);
      return doubted.has(doubt);
    });
  return {
    missing: confirmed('missing', believed, reported),
    strays: confirmed('stray', reported, believed),
    doubts,
  };
}
