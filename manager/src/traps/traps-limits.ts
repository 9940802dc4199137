// The bounds of reading, pairing and storing traps, together, each with its reason.

export const trapsLimits = {
  /**
   * Copies of one message are heard by both hosts within this of each other: the difference of their clocks, and what a device takes between
   * its two datagrams. Two equal messages of which each host has lost another one look like one if they come closer than this.
   */
  pairingWindowUs: 30_000_000,
  /** About 100 bytes each. As many as one host hears alone within the window at 16,000 a second; above that they are read again from the database. */
  marksHeldMax: 500_000,
  /** Sixteen bytes each: while the other host is away, at 1,000 a second, five hours. Then the oldest are given up, and it is said. */
  marksStoredMax: 20_000_000,
  /** What an intake may send ahead of what is committed: two batches, so that one is on its way while the other is written. */
  windowBytes: 4 * 1024 * 1024,
  /** Records of one transaction: it takes about a tenth of a second, and nobody else's lock waits behind it. */
  batchRecordsMax: 4_096,
  batchBytesMax: 4 * 1024 * 1024,
  /** The event loop is given back after so long, so that job starts and heartbeats do not wait behind traps. */
  sliceMs: 4,
  /** Looked at the clock after so many records. */
  sliceRecords: 32,
  /** The database was not there: tried again, for ever. */
  retryMs: 500,
  reconnectMsMin: 100,
  reconnectMsMax: 5_000,
  /** An intake that says nothing for three of these is connected anew. */
  statusEveryMs: 5_000,
  silentMs: 15_000,
  /** Nodes and aliases are looked at again at most this often. */
  placesEveryMs: 1_000,
  /** Idempotency keys of custom traps that are known: the latest, and for a day at most in the database. About 100 bytes each. */
  keysMax: 100_000,
  keyKeptMs: 24 * 3_600_000,
  keysDroppedEveryMs: 600_000,
  /** Keys of one removal: nobody waits for it. */
  keysDroppedMax: 5_000,
  /** For the self-watch: ten seconds of a host that can do 50,000 a second. */
  backlogMax: 500_000,
  /** Senders that are shown. */
  sourcesMax: 2_000,
  /** Repeats of the same trouble within this are counted on the first event. */
  troubleCollapseS: 600,
} as const;
