// Every bound and duration of signing in, with the reason.

export const accessLimits = {
  /** A shift and a handover. */
  signInIdleMs: 12 * 3_600_000,
  /** However busy, a browser signs in anew each week. */
  signInTotalMs: 7 * 86_400_000,
  /** Sign-ins of one user at once; the oldest end first. */
  signInsPerUserMax: 100,
  /** `last_seen_at` and `last_used_at` are for people; a write for each request would cost more than the request. */
  lastSeenGrainMs: 60_000,
  tokensPerUserMax: 1_000,
  /** The most that the policy can ask for (`history` in protocol/settings). */
  formerPasswordsMax: 24,
  /** Of what a browser says of itself. */
  userAgentCharactersMax: 200,
  /** Rows of the audit log that an export reads at a time: bounded memory, few questions. */
  auditExportRows: 1_000,
  /** Combinations of roles and token limits in memory; each is some kilobytes. */
  permissionsKeptMax: 2_000,
  /** Password hashes at once: each takes a core and 46 MiB. */
  hashesAtOnce: 2,
  /** Waiting ones; beyond it callers are asked to come back. */
  hashesWaitingMax: 20,
} as const;

/**
 * Failed sign-ins that are allowed before waiting begins, how long the wait grows, and how long failures are remembered.
 * One person at one address is held strictly. A user from everywhere is held softly: nobody must be able to lock an operator out for
 * long by guessing at his name.
 */
export const failureRules = {
  userAtAddress: { free: 5, waitMaxMs: 15 * 60_000 },
  address: { free: 20, waitMaxMs: 15 * 60_000 },
  user: { free: 50, waitMaxMs: 30_000 },
} as const;
export const failuresForgottenAfterMs = 15 * 60_000;
/** Keys kept in memory. At the limit the oldest go: who guesses from that many addresses meets the rule of the user. */
export const failureKeysMax = 20_000;
