// The bounds of the operations domain, together, each with its reason.

export const operationsLimits = {
  /** A clock that is set is noticed within this time; the timer otherwise goes to the next change. */
  clockCheckMs: 30_000,
  /** While a scope is frozen its nodes may change; a node that joins it must not run on for long. */
  scopeCheckMs: 2_000,
  /** Pause before what has to be said is tried again while the database is away. */
  retryMs: 1_000,
  /** How long a freeze waits for what was being started in that moment; then it is answered all the same. */
  settleMs: 5_000,
  /** Freezes that have ended are kept for held starts to be told from others, and thrown away by the next change. */
  endedKeptMs: 24 * 60 * 60 * 1_000,
  /** Next times shown of a window. */
  nextTimes: 5,
  /** Held starts shown. */
  heldStartsShown: 100,
} as const;
