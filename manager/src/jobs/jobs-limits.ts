// The bounds of the jobs domain, together, each with its reason.

export const jobsLimits = {
  /**
   * Attempts that a node has been handed and that are not closed; the rest wait in the manager as `pending` and follow as others end.
   * A job is a process or several, and each has its waiter: more at once would fill the memory of a small host, and its own operators could no
   * longer look what is wrong. The agent paces the launches by itself; long-running jobs beyond this many belong on more nodes.
   */
  openAttemptsPerNodeMax: 200,
  /** Inputs of one transaction. More would keep the first caller waiting for the last and hold locks for longer. */
  batchInputsMax: 4_000,
  /** Jobs that may wait for the engine while the database is slow or away; beyond it callers are refused and agents send again. */
  queuedJobsMax: 20_000,
  /** Inputs that could not be taken and were told of: each is told once while so many are remembered. */
  toldInputsMax: 1_000,
  /** Events of what broke that wait for the database, and the pause until they are tried again. */
  noticesWaitingMax: 1_000,
  noticeRetryMs: 5_000,
  /** What cannot be read, or taken from an agent, is tried again this often: somebody may have mended the database. */
  standRetryMs: 60_000,
  /** What took too long alone is put off for as long as a statement may take: all others have at least half of the time. */
  slowRetryMs: 15_000,
  /** Reports of which it is counted how often they failed. */
  reportsCountedMax: 10_000,
  /** Reports that are put aside, in all and of one node, so that one agent alone does not fill the table. Beyond it agents keep them. */
  reportsAsideMax: 10_000,
  reportsAsideOfNodeMax: 1_000,
  /** Those that are tried again at once. */
  reportsAgainAtOnce: 100,
  /** Sessions loaded in one go at start; their rows are in memory twice for a moment. */
  loadSessionsAtOnce: 100,
  /** Definitions kept parsed. Sessions of one revision share it. */
  definitionsCachedMax: 256,
  /** From TERM to KILL of what a stop was to end before its session ended without it; its definition is not looked up for that. */
  unheardGraceMs: 10_000,
  /** Pause between tries while the database is away: its restart takes about a second, and a try costs next to nothing. */
  recoverRetryMs: 200,
  /** A timer sleeps no longer than this at once, so that a clock that was set is noticed. */
  clockCheckMs: 30_000,
  /**
   * Up to this late a scheduled start counts as on time, whatever the policy for missed ones: a restart of the manager, or of the
   * database under it, takes seconds and must not skip the night run.
   */
  scheduleLateMs: 60_000,
  /** Pause before schedules are decided again when the database was away. */
  scheduleRetryMs: 1_000,
  /** "The same key within a day gives the same session." */
  runKeyKeptMs: 24 * 60 * 60 * 1000,
  /** Of starts by units: over every outage after which somebody still wants to know whether such a start has happened. */
  unitRunKeyKeptMs: 366 * 24 * 60 * 60 * 1000,
  /** Keys that count no more are taken away this often; they only take room. */
  oldRunKeysEveryMs: 60 * 60 * 1000,
  /** Keys of one look at the table: far less than a second. */
  runKeysAtOnce: 5_000,
  /** A pause between two messages about one watched session: a picture cannot change faster to the eye. */
  liveIntervalMs: 50,
  /** Output pieces that wait for their commit; each is at most 64 KiB. */
  outputWaitingMax: 500,
  /** Output pieces of one transaction: at most 4 MiB. */
  outputGroupMax: 64,
  /** Attempts whose stored offsets are remembered, so that the next piece needs no look-up. */
  outputPositionsMax: 5_000,
  /** Bytes of one stored piece that is joined from small ones that arrive together. At least one raw chunk of the agent link. */
  outputPieceBytesMax: 128 * 1024,
  /** Kept of the beginning of each stream, and as much of its end, when a quota is full: what somebody needs in order to see what went wrong. */
  outputReserveBytes: 64 * 1024,
  /** Bytes that one request looks through for a text, and how long it looks at most: then it says how far it came. */
  outputSearchBytesMax: 64 * 1024 * 1024,
  outputSearchMs: 1_500,
  /** Bytes of one look; a line that is longer is looked at in parts. */
  outputSearchStepBytes: 1024 * 1024,
  /** Bytes read from the database at once when raw output is streamed. */
  rawOutputBytesAtOnce: 256 * 1024,
} as const;
