// Bounds of file transfers, with the reason. Those that people set are settings (`transfers`), those that both sides must know are in
// protocol/agent/transfer-stream.ts.

export const transferLimits = {
  /** Transfers that are known at once, waiting ones included: each holds a connection of an agent. */
  knownMax: 2_000,
  /** How often those that wait are considered. */
  tickMs: 1_000,
  /** An agent that was asked to read and has not come by then is asked again. */
  askAgainMs: 15_000,
  /** A transfer whose connection was lost is shown for so long: the agent that writes comes again, or its attempt has ended. */
  brokenShownMs: 600_000,
  /** How often a broken one is asked after: whether its attempt is still open. */
  brokenLookMs: 5_000,
  /** A source that has not been connected for so long is told in an event. */
  sourceAwayTellMs: 60_000,
  /** Over so long its speed is measured. */
  speedMs: 3_000,
} as const;
