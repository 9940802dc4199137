// Looks at attempts until they have ended: after a hint, once a second, at each new spawner; and carries out cancels.
// Responsible for acting on what settle.ts says of what is seen. Not responsible for taking orders (attempt-runner.ts).
import { saidByAgent, type AgentReason } from '@nezuban/protocol/agent/agent-said';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { isAlive } from '@nezuban/platform/process-identity';
import { agentLimits } from '../limits.ts';
import type { AttemptId } from '@nezuban/protocol/ids';
import { captureAndHide } from '../captures/hide-captured.ts';
import type { AttemptFolders } from './attempt-folders.ts';
import type { ExitRecord } from './attempt-record.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { LaunchQueue } from './launch-queue.ts';
import { holdsSecrets, isOutputHeld, type OpenAttempt, type OpenAttempts } from './open-attempt.ts';
import { findLeftovers } from './process-table.ts';
import {
  endedReceipt,
  instant,
  notStartedReceipt,
  refusedReceipt,
  runningReceipt,
  unknownReceipt,
  type NewReceipt,
  withoutOutput,
} from './receipts.ts';
import { settle, type Seen } from './settle.ts';

export type AttemptWatchPorts = {
  readonly open: OpenAttempts;
  readonly queue: LaunchQueue;
  readonly writer: Pick<JournalWriter, 'add'>;
  readonly folders: AttemptFolders;
  readonly clock: Clock;
  readonly logger: Logger;
  /** There may be new output of this attempt; `ended`: this is the last time that it is said. */
  readonly onOutput: (id: AttemptId, ended: boolean) => void;
  /** Null: there is none now. */
  readonly spawnerPid: () => number | null;
  /** Launches that were handed over long ago have no claim. */
  readonly onStuck: () => void;
};

export type AttemptWatch = {
  readonly look: (id: AttemptId) => void;
  readonly lookAtAll: () => void;
  /** The spawner has a new generation: what older ones were given and have not claimed will not start. */
  readonly newGeneration: () => void;
  /** Cancels for sure, and again until it has ended: by taking the claim, or by telling the waiter who has it. */
  readonly pressCancel: (attempt: OpenAttempt) => void;
  /** A waiter of the present generation gave the launch up before the claim. */
  readonly givenUp: (id: AttemptId, reason: AgentReason) => void;
  readonly stop: () => void;
};

export function createAttemptWatch(
  ports: AttemptWatchPorts,
  options: { readonly bootId: string },
): AttemptWatch {
  const { open, queue, writer, folders, clock, logger } = ports;
  const { bootId } = options;
  /** Folders that the agent claimed: requests for them may still be under way, so they stay until the next generation. */
  const claimedHere = new Set<AttemptId>();
  let stopped = false;
  const now = (): string => instant(clock.epochMs());

  const tellOutput = ({ id, order }: OpenAttempt): void => {
    if (!isOutputHeld(order)) ports.onOutput(id, false);
  };

  /** The end of an open attempt: into the journal, then out of memory. */
  const conclude = (attempt: OpenAttempt, receipt: NewReceipt, isHidden = false): void => {
    const { id } = attempt;
    // Nobody has looked for the secret that is in it: it is not sent, and does not stay.
    const isLost = isOutputHeld(attempt.order) && !isHidden;
    attempt.settled = true;
    queue.launched(attempt);
    queue.remove(id);
    const hadSecrets = holdsSecrets(attempt.order);
    if (hadSecrets) removeGiven(id);
    const bytes = isLost ? 0 : keptBytes(folders, receipt);
    const hasFolder = bytes > 0;
    const written = (): void => {
      open.delete(id);
      if (hasFolder) ports.onOutput(id, true);
      else if (!claimedHere.has(id)) removeFolder(id);
      queue.fill();
    };
    writer.add({
      change: { type: 'receipt', receipt, bootId, output: { bytes, hasFolder, hadSecrets } },
      written,
    });
    logger.debug({ attemptId: id, state: receipt.state }, 'attempt ended');
  };

  /** Takes time where it wrote much: until then it has not ended, and after a restart of the agent it is done again. */
  const concludeWithCaptures = (attempt: OpenAttempt, exit: ExitRecord): void => {
    const { id, order } = attempt;
    attempt.capturing = true;
    const conclusion = captureAndHide(folders, id, order.captures).then(
      (captured) => ({ receipt: { ...endedReceipt(id, exit, now()), captured }, isHidden: true }),
      (error: unknown) => {
        logger.error({ err: error, attemptId: id }, 'the output of an attempt could not be read');
        const receipt = endedReceipt(id, exit, now());
        return { receipt: isOutputHeld(order) ? withoutOutput(receipt) : receipt, isHidden: false };
      },
    );
    void conclusion.then(({ receipt, isHidden }) => {
      if (!stopped) conclude(attempt, receipt, isHidden);
    });
  };

  const removeFolder = (id: AttemptId): void => {
    try {
      folders.remove(id);
    } catch (error) {
      logger.warn({ err: error, attemptId: id }, "an ended attempt's folder cannot be removed");
    }
  };

  /** The waiter does it at the command's end; this is for one that died. */
  const removeGiven = (id: AttemptId): void => {
    try {
      folders.removeGiven(id);
    } catch (error) {
      logger.warn(
        { err: error, attemptId: id },
        'files that were given to an ended attempt cannot be removed',
      );
    }
  };

  const see = (attempt: OpenAttempt): Seen => {
    const { id } = attempt;
    attempt.waiter ??= folders.readWaiter(id);
    const { waiter } = attempt;
    // First whether it lives, then what it wrote: the other way round, an exit record written in between would be missed.
    const waiterAlive = waiter !== null && isAlive({ pid: waiter.pid, startTime: waiter.startTime });
    const exit = folders.readExit(id);
    if (waiter && !waiterAlive && !exit) {
      const present = folders.readWaiter(id);
      if (present?.pid !== waiter.pid || present.startTime !== waiter.startTime) {
        // A waiter of an older generation had taken its claim back; another may have come since.
        attempt.waiter = present;
        return present === null
          ? { waiter: null, waiterAlive: false, started: null, exit: null }
          : see(attempt);
      }
    }
    const wantsStart = exit === null && (attempt.state === 'accepted' || !waiterAlive);
    return { waiter, waiterAlive, started: wantsStart ? folders.readStarted(id) : null, exit };
  };

  const look = (id: AttemptId): void => {
    const attempt = open.get(id);
    if (!attempt?.committed || attempt.settled) return;
    const seen = see(attempt);
    const handedOver = attempt.handedOverAt !== null;
    const verdict = settle({ state: attempt.state, bootId: attempt.bootId, handedOver }, seen, bootId);
    switch (verdict.type) {
      case 'wait':
        break;
      case 'launch':
        queue.add(id);
        break;
      case 'running': {
        attempt.state = 'running';
        queue.launched(attempt);
        const receipt = runningReceipt(id, verdict.started, now());
        writer.add({
          change: { type: 'receipt', receipt, bootId },
          written: () => tellOutput(attempt),
        });
        break;
      }
      case 'ended':
        if (attempt.order.captures === undefined) conclude(attempt, endedReceipt(id, verdict.exit, now()));
        else if (!attempt.capturing) concludeWithCaptures(attempt, verdict.exit);
        break;
      case 'unknown': {
        const sessionPid = attempt.bootId === bootId ? (seen.started?.pid ?? null) : null;
        const leftovers = findLeftovers({
          id,
          cgroup: seen.waiter?.cgroup ?? null,
          sessionPid,
          spawnerPid: ports.spawnerPid(),
        });
        conclude(attempt, unknownReceipt(id, { reason: verdict.reason, leftovers }, now()));
        logger.warn({ attemptId: id, reason: verdict.reason.text }, 'the outcome of an attempt is unknown');
        break;
      }
      default:
        verdict satisfies never;
    }
    pressCancel(attempt);
  };

  const pressCancel = (attempt: OpenAttempt): void => {
    const { id, cancel } = attempt;
    if ((!cancel && !attempt.withdrawn) || !attempt.committed || attempt.settled) return;
    attempt.waiter ??= folders.readWaiter(id);
    if (attempt.waiter === null) {
      const reason = saidByAgent('agent_cancelled_before_start');
      const refusal = { code: 'cancelled', reason } as const;
      if (claim(id)) conclude(attempt, refusedReceipt(id, refusal, now()));
      return;
    }
    if (!cancel) return;
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

  /** Makes it sure that the attempt does not start. False: a waiter was first, or it could not be done now. */
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

  const isStuck = (attempt: OpenAttempt): boolean => {
    if (attempt.handedOverAt === null || attempt.waiter || attempt.settled) return false;
    return clock.monotonicMs() - attempt.handedOverAt > agentLimits.launchStuckMs;
  };

  return {
    look,
    pressCancel,
    lookAtAll() {
      let stuck = false;
      for (const [id, attempt] of open) {
        if (queue.has(id) && !attempt.cancel && !attempt.withdrawn) continue;
        look(id);
        // Claimed a while ago and not started: it waits for something, such as a name service, and must not keep others waiting.
        if (attempt.waiter) queue.launched(attempt);
        stuck ||= isStuck(attempt);
        // Output of commands whose hints were lost.
        if (attempt.state === 'running' && !attempt.settled) tellOutput(attempt);
      }
      queue.fill();
      if (stuck) ports.onStuck();
    },
    newGeneration() {
      // Requests for these will not start any more, so the folders have done their work.
      for (const id of claimedHere) removeFolder(id);
      claimedHere.clear();
      for (const [id, attempt] of open) {
        queue.launched(attempt);
        attempt.handedOverAt = null;
        look(id);
      }
      queue.fill();
    },
    givenUp(id, reason) {
      const attempt = open.get(id);
      if (!attempt || attempt.settled || attempt.waiter) return;
      attempt.tries += 1;
      queue.launched(attempt);
      logger.warn({ attemptId: id, reason: reason.text, tries: attempt.tries }, 'a launch was given up');
      if (attempt.tries >= agentLimits.launchTriesMax) {
        if (claim(id)) conclude(attempt, notStartedReceipt(id, reason, now()));
        return;
      }
      const { handedOverAt } = attempt;
      setTimeout(() => {
        if (stopped || open.get(id) !== attempt || attempt.settled) return;
        // Handed over since, to a newer generation: a second request of that could start it when the first has come and gone.
        if (attempt.handedOverAt !== handedOverAt) return;
        queue.add(id);
        queue.fill();
      }, agentLimits.launchRetryMs).unref();
    },
    stop() {
      stopped = true;
    },
  };
}

/** Bytes of output that the manager is owed; of a waiter that died, those that it had written. */
function keptBytes(folders: AttemptFolders, receipt: NewReceipt): number {
  if (receipt.state === 'ended') return receipt.stdoutBytes + receipt.stderrBytes;
  if (receipt.state !== 'unknown') return 0;
  return folders.outputSize(receipt.attemptId, 'stdout') + folders.outputSize(receipt.attemptId, 'stderr');
}
