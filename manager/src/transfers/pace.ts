// How fast bytes are let go: each amount has its moment. Pure but for the moment that it remembers.

export type Pace = {
  /** Milliseconds from now at which so many bytes may go. No rate: at once. */
  readonly delayMs: (bytes: number, nowMs: number, bytesPerSecond: number | undefined) => number;
};

/** What was not used is made up for as far as this: on a busy machine timers are late, and a limit must not become a lower one by that. */
const CATCH_UP_MS = 250;

export const createPace = (): Pace => {
  let freeAtMs = -Infinity;
  return {
    delayMs(bytes, nowMs, bytesPerSecond) {
      if (bytesPerSecond === undefined) return 0;
      const atMs = Math.max(freeAtMs, nowMs - CATCH_UP_MS);
      freeAtMs = atMs + (bytes / bytesPerSecond) * 1000;
      return Math.max(0, atMs - nowMs);
    },
  };
};
