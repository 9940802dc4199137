// When a process that died is started again, and when that is given up.
// Pure: decides from the times of the earlier deaths. Called by whoever supervises processes (the keeper, owners of a spawner).

export type RestartBudget = {
  /** So many restarts within `windowMs`; the next death within it is the end. */
  readonly restartsMax: number;
  readonly windowMs: number;
  /** Waits before the first, second ... restart within the window; the last one repeats. */
  readonly delaysMs: readonly number[];
};

/** The first restart is immediate: most deaths are single ones. Five within a minute mean that restarting does not help. */
export const DEFAULT_RESTART_BUDGET: RestartBudget = {
  restartsMax: 5,
  windowMs: 60_000,
  delaysMs: [0, 250, 500, 1_000, 2_000],
};

export type RestartDecision =
  | { readonly action: 'restart'; readonly afterMs: number; readonly attempt: number }
  | { readonly action: 'give-up'; readonly restarts: number; readonly windowMs: number };

/** Decides after a death at `nowMs`; `deathsMs` are the times of the earlier ones, on the same monotonic clock. */
export function decideRestart(
  budget: RestartBudget,
  deathsMs: readonly number[],
  nowMs: number,
): RestartDecision {
  const recent = countRecent(budget, deathsMs, nowMs);
  if (recent >= budget.restartsMax) return { action: 'give-up', restarts: recent, windowMs: budget.windowMs };
  const afterMs = budget.delaysMs[Math.min(recent, budget.delaysMs.length - 1)] ?? 0;
  return { action: 'restart', afterMs, attempt: recent + 1 };
}

/** The deaths that still count at `nowMs`; what is older can be forgotten. */
export function recentDeaths(
  budget: RestartBudget,
  deathsMs: readonly number[],
  nowMs: number,
): readonly number[] {
  return deathsMs.filter((deathMs) => nowMs - deathMs < budget.windowMs);
}

function countRecent(budget: RestartBudget, deathsMs: readonly number[], nowMs: number): number {
  return recentDeaths(budget, deathsMs, nowMs).length;
}
