// The bounds of retention, together, each with its reason.

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export const retentionLimits = {
  /** Ranges of session ids are made ahead this often: it costs two look-ups by index. */
  aheadEveryMs: 30_000,
  /** What is old is looked for this often. It is days or years old: nothing is gained by more. */
  lookEveryMs: 60 * MINUTE_MS,
  /** A start has other things to do first. */
  firstLookAfterMs: 5 * MINUTE_MS,
  /**
   * A table is locked for the moment of a change of its partitions. While that waits, everybody behind it waits too: so it gives up after
   * this, and tries again later. Below the second after which PostgreSQL looks for deadlocks, so that it is we who give way.
   */
  lockTimeoutMs: 400,
  lockTriesMax: 5,
  lockRetryMs: 20_000,
  /** A clock that has moved on more than this between two looks has leapt, or nobody was on duty: the same to us. */
  leapMs: DAY_MS,
  /** How long nothing is removed after that: people have that long to see that the clock is wrong. */
  holdMs: DAY_MS,
  /** A policy takes effect this long after it was changed: a slip of the pen must not cost years of history. */
  policyGraceMs: 60 * MINUTE_MS,
  /** Rows of one DELETE of deliveries, the only rows that are not in partitions: far less than a second. */
  deliveriesAtOnce: 1_000,
  /** Such statements of one look; the rest goes with the next. */
  deliveryBatchesMax: 200,
  /** A range of sessions shall last about this long. */
  rangeMs: 7 * DAY_MS,
  /** Ids are skipped to the next range when one lasts longer than this: after a burst, ranges are far too wide for quiet days. */
  rangeMsMax: 28 * DAY_MS,
  /** Where hardly anything runs: a range of a few sessions would be a file for nothing. */
  rangeIdsMin: 50,
  /** Where a burst was measured: what follows it is quieter. */
  rangeIdsMax: 5_000_000,
  /** Ids that lie ready, in multiples of what one look saw used: nothing goes to the open end. */
  aheadLooks: 20,
} as const;
