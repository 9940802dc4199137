// Pauses between tries: doubling, with jitter so that a thousand agents do not come back in one moment. Pure but for the chance it is given.
export type Backoff = { readonly nextMs: () => number; readonly reset: () => void };

export function createBackoff(
  limits: { readonly minMs: number; readonly maxMs: number },
  random: () => number = Math.random,
): Backoff {
  let base = limits.minMs;
  return {
    nextMs() {
      const pause = base * (0.5 + random() / 2);
      base = Math.min(base * 2, limits.maxMs);
      return pause;
    },
    reset() {
      base = limits.minMs;
    },
  };
}
