// The bounds of the agent, in one place, each with its reason. Relations between them are asserted at start.
import assert from 'node:assert/strict';
import { agentLinkLimits } from '@nezuban/protocol/agent/link';

export const agentLimits = {
  /** Attempts that are started and not ended: each has a waiter of about 1 MB and a command of unknown size. Further ones wait in the order they came. */
  attemptsRunningMax: 1_000,
  /**
   * Launches under way, from the hand-over to the first instruction, for each processor: enough to keep it busy, so few that five hundred runs
   * fired at once leave the machine usable. At least four.
   */
  launchesPerProcessor: 4,
  /**
   * Processes and threads of one command whose unit names no bound: more than any ordinary job has, few enough that one that forks for ever
   * leaves the host's numbers of processes (32,768 and more) to the others.
   */
  processesPerAttempt: 4_096,
  /** Attempts accepted and not ended. Beyond, orders are refused (agent_full): the manager knows better what to do than a longer queue here. */
  attemptsOpenMax: 5_000,
  /** Below this free space nothing new is accepted: receipts and exit records of what runs must still find room. */
  diskFreeBytesMin: 64 * 1024 * 1024,
  /** How often the files of every open attempt are looked at, hints or not: the death of a waiter is seen this late at worst. */
  lookIntervalMs: 1_000,
  /** A launch that nobody has claimed for so long is lost: the spawner is replaced (a new generation), which is always safe. */
  launchStuckMs: 30_000,
  /** A launch that was given up (no process left, disk full) is tried again so often, with pauses; then the attempt ends with its reason. */
  launchTriesMax: 5,
  launchRetryMs: 1_000,
  /** Attempts without a record that are told: they are found only after the agent's state was lost. The protocol's bound. */
  unrecordedMax: 100,
  /** A signal that asks a waiter to cancel is repeated: one that arrives just before the waiter sleeps is noticed late. */
  cancelRepeatMs: 500,
  /** Pause before a write to a broken journal is tried again. */
  journalRetryMs: 1_000,
  /** A spawner that died at once may die again: pauses between starts grow from nothing up to this. */
  spawnerRestartMsMax: 5_000,
  /** Output that the manager has is kept for people who look on the host itself, within all three. */
  outputKeptMs: 24 * 3_600_000,
  outputKeptAttemptsMax: 1_000,
  outputKeptBytesMax: 256 * 1024 * 1024,
  /** What a watch of files knows is kept so long after it was last written to; one that runs writes every hour. */
  watchesKeptMs: 30 * 24 * 3_600_000,
  /** Ids of ended attempts are remembered this long whatever their number, and beyond it only the newest ones. */
  idsKeptMs: 90 * 24 * 3_600_000,
  idsKeptMax: 1_000_000,
  /** Ids that one tidying looks at, which takes 5 ms. A host does not make more in a minute for days on end. */
  idsTidiedMax: 10_000,
  housekeepingIntervalMs: 60_000,
  /** Receipts sent ahead of acknowledgements. */
  receiptsInFlightMax: 2_000,
  /** Pauses between connection attempts (backoff.ts): a manager that restarts is back within seconds, and so is a pair that changes its master. */
  reconnectMsMin: 100,
  reconnectHurriedMsMax: 500,
  reconnectHurryForMs: 30_000,
  reconnectMsMax: 5_000,
  /** TCP alone. The kernel asks again after 1 s; a host that is back after longer is found by the next try. */
  tcpConnectTimeoutMs: 3_000,
  /**
   * TCP, TLS and the manager's greeting together. A manager that ten thousand agents come back to at once needs 20 s to greet them all;
   * giving up sooner would only make it do the work again.
   */
  connectTimeoutMs: 30_000,
  /** Of a connection for files; it is tried again. */
  transferConnectTimeoutMs: 10_000,
  /** Processes that read files for other nodes, 50 MB each. The manager has a lower bound for a node. */
  readersMax: 100,
  /**
   * Another connection of this agent has taken the place of this one. If it is one by another address of the same manager, this address
   * waits until that one is lost; else two hosts run with one identity, and take turns this slowly.
   */
  replacedPauseMs: 30_000,
  /** Managers that an agent connects to: the protocol's bound, twice what a pair has. */
  managersMax: 4,
  /** A certificate is renewed at this share of its life. */
  certificateRenewAt: 2 / 3,
  certificateCheckMs: 60_000,
  /** Pause between tries to enrol while no manager answers. */
  enrolRetryMs: 1_000,
  /** How long "join" waits for a pair that has no master at the moment: several times what an election and a promotion take. */
  enrolPatienceMs: 30_000,
  /** A witness that died is started again so often, so soon; then it has failed, and is tried again at the pause below. */
  witnessRestarts: { restartsMax: 5, windowMs: 120_000, delaysMs: [0, 1_000, 2_000, 5_000, 10_000] },
  /** A full disk or a lost network may pass without anybody coming here. */
  witnessRetryMs: 60_000,
  /** One that lives so long is said to run: a damaged home ends it sooner. */
  witnessSettledMs: 2_000,
  /** How often one that is starting is looked at. */
  witnessLookMs: 250,
  /** From the end of its life line to KILL: it only has to close a file. */
  witnessStopMs: 2_000,
  /** Time between TERM and KILL when the agent is told to stop together with its jobs. */
  stopJobsKillAfterMs: 3_000,
} as const;

export function assertLimits(): void {
  assert(
    agentLimits.reconnectMsMin < agentLimits.reconnectHurriedMsMax &&
      agentLimits.reconnectHurriedMsMax < agentLimits.reconnectMsMax,
    'pauses grow',
  );
  assert(agentLimits.attemptsOpenMax >= agentLimits.attemptsRunningMax, 'what runs is also open');
  assert(
    agentLimits.idsTidiedMax > agentLimits.attemptsOpenMax + agentLimits.outputKeptAttemptsMax,
    'ids that must stay do not hide those that may go',
  );
  assert(agentLimits.launchStuckMs > 10 * agentLimits.lookIntervalMs, 'a slow launch is not a stuck one');
  assert(
    agentLimits.cancelRepeatMs <= agentLimits.lookIntervalMs,
    'a repeated cancel is quicker than the look',
  );
  assert(
    agentLimits.receiptsInFlightMax >= agentLinkLimits.receiptItemsMax,
    'one full frame may be under way',
  );
}
