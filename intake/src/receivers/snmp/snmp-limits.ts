/**
 * Bounds of the SNMP receiver, and why each is what it is.
 */
export const snmpLimits = {
  /** Asked of the kernel for the socket; it gives at most net.core.rmem_max. A burst of some thousand traps must find room while the disk writes. */
  receiveBufferBytes: 16 * 1024 * 1024,
  /** RFC 3414, 2.2.3: a message this much older than its sender's clock is a replay. */
  timeWindowS: 150,
  /** RFC 3414, 2.2.1: an engine that has started that often needs a new id. */
  bootsMax: 2_147_483_647,
  /** Engines of senders whose clocks are remembered; only who has authenticated gets in, the one that has been silent longest goes. */
  peersMax: 10_000,
  /** Keys at hand; others are localised anew from the user's key. */
  keysMax: 10_000,
  /** Clocks of senders are written so often at most: what a crash forgets of them lies within the time window. */
  saveEveryMs: 5_000,
  /** Signatures of one half of the replay memory; two halves cover the time window. Full before its time, it begins the next half early. */
  signaturesMax: 100_000,
  /** Informs that wait for the disk. More are left unanswered: their senders repeat them. */
  informsPendingMax: 10_000,
  /** Informs of one half of the memory by which repeats are recognised. */
  informsRememberedMax: 50_000,
  /** A half of it is that long; a repeat is recognised for one to two of them. net-snmp repeats five times, a second apart. */
  informsHalfMs: 30_000,
  /** Between two tries for a port that cannot be had. */
  retryMs: 5_000,
} as const;
