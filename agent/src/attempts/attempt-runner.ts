// The doing half of an attempt's life (docs/internals/attempt-life.md): orders in, receipts out.
// Responsible for the order of things: journal first, then answer, launch, signal; and for looking at every open attempt until it has ended.
// Not responsible for what follows from what is seen (settle.ts), for processes (spawner, waiter) or for delivery (link/).
import os from 'node:os';
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { isAlive } from '@nezuban/platform/process-identity';
import type { Journal } from '../journal/journal.ts';
import { agentLimits } from '../limits.ts';
import type { Hint } from '../spawner/hint-pipe.ts';
import { findOrderFault } from '../spawner/launch-request.ts';
import type { Spawner } from '../spawner/spawner-client.ts';
import type { AttemptFolders } from './attempt-folders.ts';
import type { WaiterRecord } from './attempt-record.ts';
import { createJournalWriter, type Entry } from './journal-writer.ts';
import { findLeftovers } from './process-table.ts';
import { endedReceipt, instant, notStartedReceipt, refusedReceipt, runningReceipt, unknownReceipt, type NewReceipt, type RefusalCode } from './receipts.ts';
import { settle, type Seen } from './settle.ts';

export type AttemptRunnerPorts = {
  readonly journal: Journal;
  readonly folders: AttemptFolders;
  readonly spawner: Pick<Spawner, 'launch' | 'replace' | 'generation'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** There are new receipts in the journal. */
  readonly onReceipts: () => void;
  /** There may be new output of this attempt; `ended`: this is the last time that it is said. */
  readonly onOutput: (id: AttemptId, ended: boolean) => void;
  readonly onJournalFault: (reason: string | null) => void;
};

/** How the newest receipt of an id, known or made just now, reaches the link that asked. */
export type Resend = (id: AttemptId) => void;

export type AttemptRunner = {
  /** Takes up what earlier agents have left. After it, `spawnerReady` is to be called at each new generation. */
  readonly start: () => void;
  readonly spawnerReady: () => void;
  readonly dispatch: (orders: readonly AttemptOrder[], resend: Resend) => void;
  readonly cancel: (items: readonly { readonly attemptId: AttemptId; readonly killAfterMs: number }[], resend: Resend) => void;
  readonly query: (ids: readonly AttemptId[], resend: Resend) => void;
  readonly raiseTerm: (term: number) => void;
  readonly hints: (hints: readonly Hint[]) => void;
  readonly openCount: () => number;
  readonly openIds: () => AttemptId[];
  readonly isJournalFaulty: () => boolean;
  readonly stop: () => void;
};

/** An attempt that has not ended. */
type Open = {
  readonly order: AttemptOrder;
  readonly bootId: string;
  state: 'accepted' | 'running';
  /** Its row is on disk; nothing is done before. */
  committed: boolean;
  /** Monotonic time of the hand-over to the present generation. */
  handedOverAt: number | null;
  /** Handed over, and its command not yet seen to start. */
  launching: boolean;
  tries: number;
  waiter: WaiterRecord | null;
  cancel: { killAfterMs: number; signalledAt: number } | null;
  /** Its outcome is on the way into the journal. */
  settled: boolean;
};

export function createAttemptRunner(ports: AttemptRunnerPorts, options: { readonly bootId: string }): AttemptRunner {
  const { journal, folders, spawner, clock, logger } = ports;
  const launchesMax = Math.max(launchesMin, agentLimits.launchesPerProcessor * os.availableParallelism());
  const open = new Map<AttemptId, Open>();
  /** Accepted and not handed over, in order. */
  const queue = new Set<AttemptId>();
  /** Folders that the agent claimed: requests for them may still be under way, so they stay until the next generation. */
  const claimedHere = new Set<AttemptId>();
  /** Ids whose tombstone is on the way into the journal. */
  const refusing = new Set<AttemptId>();
  let lookTimer: NodeJS.Timeout | undefined;
  let stopped = false;

  const writer = createJournalWriter({ journal, logger, onCommit: ports.onReceipts, onFault: ports.onJournalFault });
  const now = (): string => instant(clock.epochMs());

  /** Attempts with `launching`. */
  let launches = 0;

  /** Hands over what waits, while there is room. */
  const launchWaiting = (): void => {
    let room = Math.min(agentLimits.attemptsRunningMax - (open.size - queue.size), launchesMax - launches);
    for (const id of queue) {
      if (room <= 0) return;
      queue.delete(id);
      const attempt = open.get(id);
      if (!attempt || attempt.settled) continue;
      attempt.handedOverAt = clock.monotonicMs();
      attempt.launching = true;
      launches += 1;
      spawner.launch(attempt.order);
      room -= 1;
    }
  };

  const launched = (attempt: Open): void => {
    if (!attempt.launching) return;
    attempt.launching = false;
    launches -= 1;
  };

  const record = (receipt: NewReceipt, extra: { readonly bytes: number; readonly hasFolder: boolean } | undefined, written: () => void): Entry => ({
    change: { type: 'receipt', receipt, bootId: options.bootId, ...(extra ? { output: extra } : {}) },
    written,
  });

  /** The end of an open attempt: into the journal, then out of memory. */
  const conclude = (id: AttemptId, attempt: Open, receipt: NewReceipt): void => {
    attempt.settled = true;
    launched(attempt);
    queue.delete(id);
    const bytes = receipt.state === 'ended' ? receipt.stdoutBytes + receipt.stderrBytes : receipt.state === 'unknown' ? keptBytes(folders, id) : 0;
    const hasFolder = bytes > 0;
    writer.add(
      record(receipt, { bytes, hasFolder }, () => {
        open.delete(id);
        if (!hasFolder && !claimedHere.has(id)) removeFolder(id);
        if (hasFolder) ports.onOutput(id, true);
        launchWaiting();
      }),
    );
    logger.debug({ attemptId: id, state: receipt.state }, 'attempt ended');
  };

  const removeFolder = (id: AttemptId): void => {
    try {
      folders.remove(id);
    } catch (error) {
      logger.warn({ err: error, attemptId: id }, "an ended attempt's folder cannot be removed");
    }
  };

  const see = (id: AttemptId, attempt: Open): Seen => {
    attempt.waiter ??= folders.readWaiter(id);
    const { waiter } = attempt;
    // First whether it lives, then what it wrote: the other way round, an exit record written in between would be missed.
    const waiterAlive = waiter !== null && isAlive({ pid: waiter.pid, startTime: waiter.startTime });
    const exit = folders.readExit(id);
    const started = exit === null && (attempt.state === 'accepted' || !waiterAlive) ? folders.readStarted(id) : null;
    // A waiter of an older generation may have taken its claim back.
    if (waiter && !waiterAlive && !exit && folders.readWaiter(id) === null) attempt.waiter = null;
    return { waiter: attempt.waiter, waiterAlive, started, exit };
  };

  const look = (id: AttemptId): void => {
    const attempt = open.get(id);
    if (!attempt?.committed || attempt.settled) return;
    const seen = see(id, attempt);
    const verdict = settle({ state: attempt.state, bootId: attempt.bootId, handedOver: attempt.handedOverAt !== null }, seen, options.bootId);
    switch (verdict.type) {
      case 'wait':
        break;
      case 'launch':
        queue.add(id);
        break;
      case 'running':
        attempt.state = 'running';
        launched(attempt);
        writer.add(record(runningReceipt(id, verdict.started, now()), undefined, () => ports.onOutput(id, false)));
        break;
      case 'ended':
        conclude(id, attempt, endedReceipt(id, verdict.exit, now()));
        break;
      case 'unknown':
        conclude(id, attempt, unknownReceipt(id, { reason: verdict.reason, leftovers: leftoversOf(id, attempt, seen) }, now()));
        logger.warn({ attemptId: id, reason: verdict.reason }, 'the outcome of an attempt is unknown');
        break;
      default:
        verdict satisfies never;
    }
    if (attempt.cancel && !attempt.settled) pressCancel(id, attempt);
  };

  const leftoversOf = (id: AttemptId, attempt: Open, seen: Seen) => {
    const sameBoot = attempt.bootId === options.bootId;
    return findLeftovers({ id, cgroup: seen.waiter?.cgroup ?? null, sessionPid: sameBoot ? (seen.started?.pid ?? null) : null });
  };

  /** Cancels for sure: by taking the claim, or by telling the waiter who has it, again and again until it has ended. */
  const pressCancel = (id: AttemptId, attempt: Open): void => {
    const { cancel } = attempt;
    if (!cancel || !attempt.committed || attempt.settled) return;
    attempt.waiter ??= folders.readWaiter(id);
    if (attempt.waiter === null) {
      if (claim(id)) conclude(id, attempt, refusedReceipt(id, { code: 'cancelled', reason: 'cancelled before it was started' }, now()));
      return;
    }
    const { pid, startTime } = attempt.waiter;
    const monotonic = clock.monotonicMs();
    if (monotonic - cancel.signalledAt < agentLimits.cancelRepeatMs || !isAlive({ pid, startTime })) return;
    cancel.signalledAt = monotonic;
    try {
      folders.writeCancel(id, cancel.killAfterMs);
      process.kill(pid, 'SIGUSR1');
    } catch (error) {
      // It has just ended, or the disk is full; the next look tries again.
      logger.debug({ err: error, attemptId: id }, 'the waiter could not be told to cancel');
    }
  };

  const claim = (id: AttemptId): boolean => {
    try {
      const won = folders.claim(id);
      if (won) claimedHere.add(id);
      return won;
    } catch (error) {
      logger.warn({ err: error, attemptId: id }, 'an attempt could not be claimed by the agent');
      return false;
    }
  };

  const givenUp = (id: AttemptId, reason: string): void => {
    const attempt = open.get(id);
    if (!attempt || attempt.settled || attempt.waiter) return;
    attempt.tries += 1;
    launched(attempt);
    logger.warn({ attemptId: id, reason, tries: attempt.tries }, 'a launch was given up');
    if (attempt.tries < agentLimits.launchTriesMax) {
      setTimeout(() => {
        if (stopped || open.get(id) !== attempt || attempt.settled) return;
        queue.add(id);
        launchWaiting();
      }, agentLimits.launchRetryMs).unref();
      return;
    }
    if (claim(id)) conclude(id, attempt, notStartedReceipt(id, reason, now()));
  };

  const lookAtAll = (): void => {
    const monotonic = clock.monotonicMs();
    let stuck = false;
    for (const [id, attempt] of open) {
      if (queue.has(id) && !attempt.cancel) continue;
      look(id);
      // Claimed a while ago and not started: it waits for something, such as a name service, and must not keep others waiting.
      if (attempt.waiter) launched(attempt);
      stuck ||= attempt.handedOverAt !== null && !attempt.waiter && !attempt.settled && monotonic - attempt.handedOverAt > agentLimits.launchStuckMs;
      // Output of commands whose hints were lost.
      if (attempt.state === 'running' && !attempt.settled) ports.onOutput(id, false);
    }
    launchWaiting();
    if (stuck) {
      logger.warn('launches are not taken up; the spawner is replaced');
      spawner.replace();
    }
  };

  const accept = (order: AttemptOrder): void => {
    const attempt: Open = { order, bootId: options.bootId, state: 'accepted', committed: false, handedOverAt: null, launching: false, tries: 0, waiter: null, cancel: null, settled: false };
    open.set(order.attemptId, attempt);
    writer.add({
      change: { type: 'accept', order, at: now(), bootId: options.bootId },
      written: () => {
        attempt.committed = true;
        // A cancel of the same turn has its own entry behind this one.
        queue.add(order.attemptId);
        launchWaiting();
      },
      dropped: () => open.delete(order.attemptId),
    });
  };

  const refuse = (id: AttemptId, refusal: { readonly code: RefusalCode; readonly reason: string }): void => {
    refusing.add(id);
    const done = (): void => void refusing.delete(id);
    writer.add({ ...record(refusedReceipt(id, refusal, now()), undefined, done), dropped: done });
  };

  const whyFull = (): string | null => {
    if (open.size >= agentLimits.attemptsOpenMax) return `the agent has ${open.size} attempts that have not ended`;
    const free = folders.freeBytes();
    return free < agentLimits.diskFreeBytesMin ? `the disk of the agent has only ${Math.floor(free / 1024)} KiB free` : null;
  };

  return {
    start() {
      for (const { order, state, bootId, cancelKillAfterMs } of journal.openAttempts()) {
        const cancel = cancelKillAfterMs === null ? null : { killAfterMs: cancelKillAfterMs, signalledAt: 0 };
        open.set(order.attemptId, { order, bootId, state, committed: true, handedOverAt: null, launching: false, tries: 0, waiter: null, cancel, settled: false });
      }
      lookTimer = setInterval(lookAtAll, agentLimits.lookIntervalMs);
    },
    spawnerReady() {
      // Of older generations: their requests will not start any more, so these folders have done their work.
      for (const id of claimedHere) removeFolder(id);
      claimedHere.clear();
      for (const [id, attempt] of open) {
        launched(attempt);
        attempt.handedOverAt = null;
        if (attempt.committed) look(id);
      }
      launchWaiting();
    },
    dispatch(orders, resend) {
      const full = whyFull();
      for (const order of orders) {
        const id = order.attemptId;
        if (open.get(id)?.committed === false || refusing.has(id)) continue;
        if (open.has(id) || journal.find(id)) {
          resend(id);
          continue;
        }
        const fault = findOrderFault(order);
        if (fault !== null) refuse(id, { code: 'bad_order', reason: fault });
        else if (full !== null) refuse(id, { code: 'agent_full', reason: full });
        else accept(order);
      }
    },
    cancel(items, resend) {
      for (const { attemptId: id, killAfterMs } of items) {
        const attempt = open.get(id);
        if (attempt && !attempt.settled) {
          const written = (): void => {
            // The newest cancel counts, and acts at once.
            attempt.cancel = { killAfterMs, signalledAt: -Infinity };
            pressCancel(id, attempt);
          };
          writer.add({ change: { type: 'cancel', attemptId: id, killAfterMs }, written });
        } else if (attempt || refusing.has(id)) {
          continue;
        } else if (journal.find(id)) {
          resend(id);
        } else {
          refuse(id, { code: 'cancelled', reason: 'cancelled before it arrived' });
        }
      }
    },
    query(ids, resend) {
      for (const id of ids) {
        if (open.get(id)?.committed === false || refusing.has(id)) continue;
        if (journal.find(id)) {
          resend(id);
          continue;
        }
        refusing.add(id);
        const done = (): void => void refusing.delete(id);
        // Remembered: an order that is still on its way must not run after the manager was told that there is none.
        writer.add({ ...record(unknownReceipt(id, { reason: 'no record at the agent', leftovers: [] }, now()), undefined, done), dropped: done });
      }
    },
    raiseTerm(term) {
      if (term > journal.highestTerm) writer.add({ change: { type: 'term', term }, written: () => undefined });
    },
    hints(hints) {
      for (const hint of hints) {
        if (hint.type === 'givenUp') {
          if (hint.generation === spawner.generation()) givenUp(hint.id, hint.reason);
        } else if (hint.type === 'output') {
          ports.onOutput(hint.id, false);
        } else {
          look(hint.id);
        }
      }
      launchWaiting();
    },
    openCount: () => open.size,
    openIds: () => [...open.keys()],
    isJournalFaulty: () => writer.isFaulty(),
    stop() {
      stopped = true;
      clearInterval(lookTimer);
      writer.stop();
    },
  };
}

/** Also on one processor: commands wait for disks and each other as they start. */
const launchesMin = 4;

/** Output that a waiter which died had already written. */
function keptBytes(folders: AttemptFolders, id: AttemptId): number {
  const sizes = (['stdout', 'stderr'] as const).map((stream) => folders.outputSize(id, stream));
  return sizes.reduce((sum, size) => sum + size, 0);
}

