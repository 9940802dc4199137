// When a delivery that did not arrive is tried again. Pure.
import { notificationLimits } from './notification-limits.ts';

/** Milliseconds to wait after the given number of tries; null: no more. `chance` is between 0 and 1. */
export const planRetry = (tries: number, chance: number): number | null => {
  const { triesMax, retryFirstMs, retryFactor, retryMaxMs, retryJitter } = notificationLimits;
  if (tries >= triesMax) return null;
  const wait = Math.min(retryMaxMs, retryFirstMs * retryFactor ** (tries - 1));
  return Math.round(wait * (1 + retryJitter * (2 * chance - 1)));
};
