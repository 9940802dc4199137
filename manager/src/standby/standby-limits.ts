// Bounds of a standby, with the reason.

export const standbyLimits = {
  /** What a client of the API is told to wait: a take-over lasts about as long. */
  retryAfterSeconds: 1,
  /** The status page loads itself anew; a person sees the switch at most this much later. */
  pageRefreshSeconds: 2,
  /** A page or a file is served in milliseconds. If not, the master is not reached, and the status page is the better answer. */
  pageAnswerMs: 3_000,
  /** Above what an operation may take on the master, which then says more. */
  apiAnswerMs: 45_000,
  /** Idle connections to the master that are kept; each is one through the link. */
  keptConnectionsMax: 32,
  keptConnectionIdleMs: 4_000,
  /** Requests that come in the moment of a take-over wait for its end; more are told to come again. */
  heldRequestsMax: 500,
  heldRequestMs: 3_000,
  /** How often it is looked for the authority's files while the other host has not sent them yet. */
  authorityPollMs: 500,
} as const;
