// The bounds of trap monitors, together, each with its reason.
export const trapMonitorLimits = {
  /** Each trap is tried on all monitors of its protocol. */
  monitorsMax: 500,
  /** Of all monitors: at some ten nanoseconds a rule that does not fit, all of them cost a trap less than a tenth of a millisecond. */
  rulesMax: 5_000,
  /** Each new sender is tried on all. */
  aliasesMax: 2_000,
  /** A pattern that takes so long on the average, in milliseconds, is worth a hint: a thousand such traps a second fill the manager's time. */
  slowPatternMs: 1,
  /** Runs before an average says anything: the first ones are slow. */
  slowPatternRunsMin: 100,
  /** A test of rules ends by itself after this, and says how far it came. */
  testTimeMaxMs: 5_000,
  /** And is ended after this: a pattern may be slow on one trap. */
  testThreadTimeMaxMs: 15_000,
  testThreadMemoryMaxMb: 512,
  /** Tests run one after the other; more callers than this would wait for a minute. */
  testsWaitingMax: 4,
  /** Bytes of past traps that one test reads. */
  testBytesMax: 16 * 1024 * 1024,
} as const;
