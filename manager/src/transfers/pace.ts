// How fast bytes are let go: each amount has its moment. Pure but for the moment that it remembers.

export type Pace = {
  /** Milliseconds from now at which so many bytes may go. No rate: at once. */
  readonly delayMs: (bytes: number, nowMs: number, bytesPerSecond: number | undefined) => number;
};

export const createPace = (): Pace => {
  let freeAtMs = -Infinity;
  return {
    delayMs(bytes, nowMs, bytesPerSecond) {
      if (bytesPerSecond === undefined) return 0;
      const atMs = Math.max(freeAtMs, nowMs);
      freeAtMs = atMs + (bytes / bytesPerSecond) * 1000;
      return atMs - nowMs;
    },
  };
};
