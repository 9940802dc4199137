/**
 * How long to wait before a server that ended at once is started again: the core asks again immediately, this is what keeps it from spinning.
 *
 * Pure. Called by the actor before every start.
 */

/** A server that lived this long did not end at once. */
const LIVED_MS = 10_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

export type StartPace = { readonly shortLives: number };
export const FRESH_PACE: StartPace = { shortLives: 0 };

export function afterLife(pace: StartPace, livedMs: number): StartPace {
  return { shortLives: livedMs >= LIVED_MS ? 0 : pace.shortLives + 1 };
}

/** The first start, and the first after a crash, are immediate. */
export function waitBeforeStart({ shortLives }: StartPace): number {
  if (shortLives <= 1) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** (shortLives - 2), LONGEST_WAIT_MS);
}
