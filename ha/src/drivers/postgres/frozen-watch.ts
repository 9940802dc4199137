/**
 * For how long a primary has answered nothing.
 *
 * Responsible for the bound: where nobody can take over, such a server comes back by a new start or not at all. Called by the actor, twice
 * a second.
 */
import type { Clock } from '@nezuban/platform/clock';

/** Ten times what makes a standby take over, if there is one. */
const FROZEN_MS = 30_000;

export function createFrozenWatch(
  clock: Pick<Clock, 'monotonicMs'>,
  limitMs: number = FROZEN_MS,
): {
  /** True once when it has lasted too long; then it begins anew. */ readonly hasLasted: (
    isFrozen: boolean,
  ) => boolean;
} {
  let since: number | null = null;
  return {
    hasLasted(isFrozen) {
      const now = clock.monotonicMs();
      since = isFrozen ? (since ?? now) : null;
      if (since === null || now - since <= limitMs) return false;
      since = null;
      return true;
    },
  };
}
