// Bounds of notifications, with the reason.

export const notificationLimits = {
  /** Messages on their way at once. */
  sendingMax: 8,
  /** Of these, for one rule: a receiver that hangs must not hold up the others. */
  sendingPerRuleMax: 3,
  /** From connecting to the answer. Slower receivers exist, but people wait for these messages. */
  sendTimeoutMs: 10_000,
  /** With the waits below about 19 hours: a receiver may be down over a night. Then it is `failed`, and said so. */
  triesMax: 12,
  retryFirstMs: 10_000,
  retryFactor: 2.5,
  retryMaxMs: 6 * 3_600_000,
  /** Share by which a wait is shortened or lengthened, so that what failed together does not come back together. */
  retryJitter: 0.2,
  /** Looks for due deliveries at least so often, in case a wake-up was lost. */
  pollMs: 30_000,
  /** When the database does not answer. */
  databaseRetryMs: 2_000,
  errorCharsMax: 500,
  rulesMax: 1_000,
} as const;
