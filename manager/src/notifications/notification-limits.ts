// Bounds of notifications, with the reason.

export const notificationLimits = {
  /** Messages on their way at once: many more than one receiver may have, so that several that hang hold up nobody else. */
  sendingMax: 32,
  /** Of these, for one receiver (a named channel, or a rule's own): one that hangs must not hold up the others. */
  sendingPerTargetMax: 3,
  /** For one that has let a message run into the time limit, until it takes one again. */
  sendingToSlowMax: 1,
  /** Receivers whose pace is remembered; those longest unused are forgotten. */
  targetsMax: 5_000,
  /** A receiver that says when to come again is believed up to so long. */
  retryAfterMaxMs: 3_600_000,
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
  /** A change whose answer was lost may still be under way in the server for so long. */
  unsureMs: 120_000,
  errorCharsMax: 500,
  rulesMax: 1_000,
  channelsMax: 1_000,
  /** Inhibitions, and escalations. */
  namedMax: 1_000,
  silencesMax: 1_000,
  /** A year: what is silenced for longer should not be notified at all. */
  silenceMaxMs: 366 * 24 * 3_600_000,
  /** Rows of what is to be decided in one decision, and their bytes as stored: a storm is decided in portions that hold up nobody for long. */
  inputRowsMax: 200,
  inputBytesMax: 1_000_000,
  deliveriesPerStatement: 1_000,
  /** Looks for what is to be forgotten. */
  sweepMs: 3_600_000,
  /** How soon a running chain hears that somebody has taken its event up; its next step asks again in any case. */
  acknowledgePollMs: 10_000,
  pastKeptMs: 90 * 24 * 3_600_000,
  /** Of a message that another one repeats. */
  quotedCharsMax: 300,
  /** Failed ones that one request puts back. */
  retryMax: 10_000,
  /** Past events that one trying of a rule looks at, and what it tells at most. */
  simulatedEventsMax: 20_000,
  simulatedMessagesMax: 500,
  /** Patterns of a rule that nobody has saved yet may be slow: the manager does something else after each slice, and gives up in the end. */
  simulationSliceMs: 20,
  simulationMaxMs: 15_000,
} as const;
