// Bounds of the live streams, with the reason.

export const liveLimits = {
  /** Streams at once; each costs a socket and at most its buffer. */
  clientsMax: 1_000,
  /** What may wait for one slow browser. Beyond it messages are dropped and it is told to load anew. */
  bufferBytesMax: 1024 * 1024,
  /** A browser that has not taken anything for this long is gone. */
  stuckMs: 60_000,
  /** Below the idle limits of common proxies (60 s), and how late a dead one is noticed. */
  heartbeatMs: 15_000,
  /** One summary of a session in this time, the newest: nobody reads five changes a second. */
  foldMs: 200,
  /** Events told one by one in this time, to each who watches; a burst becomes one word that there are new ones. */
  eventsPerBurst: 100,
  burstMs: 1_000,
  /** What browsers wait before they come back. */
  retryMs: 2_000,
} as const;
