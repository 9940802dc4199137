// The doing half of an attempt's life (docs/internals/attempt-life.md): orders in, receipts out.
// Responsible for taking orders, cancels and queries, journal first, and for wiring the parts that carry them out. Not responsible for what
// follows from what is seen (attempt-watch.ts, settle.ts), for processes (spawner, waiter) or for delivery (link/).
import { saidByAgent, type AgentReason } from '@nezuban/protocol/agent/agent-said';
import {
  noRecordReason,
  receiptSchema,
  type AttemptOrder,
  type CancelItem,
  type OpenAttemptsReport,
} from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Journal } from '../journal/journal.ts';
import { agentLimits } from '../limits.ts';
import { endMarked, findLeftovers, findMarked } from './process-table.ts';
import type { Hint } from '../spawner/hint-pipe.ts';
import { findOrderFault } from '../spawner/launch-request.ts';
import type { Spawner } from '../spawner/spawner-client.ts';
import type { AttemptFolders } from './attempt-folders.ts';
import { createAttemptWatch } from './attempt-watch.ts';
import { createJournalWriter } from './journal-writer.ts';
import { createLaunchQueue } from './launch-queue.ts';
import { fromJournal, isOutputHeld, newAttempt, type OpenAttempts } from './open-attempt.ts';
import { instant, refusedReceipt, unknownReceipt, type NewReceipt, type RefusalCode } from './receipts.ts';

export type AttemptRunnerPorts = {
  readonly journal: Journal;
  readonly folders: AttemptFolders;
  readonly spawner: Pick<Spawner, 'launch' | 'replace' | 'generation' | 'pid'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** There are new receipts in the journal. */
  readonly onReceipts: () => void;
  /** There may be new output of this attempt; `ended`: this is the last time that it is said. */
  readonly onOutput: (id: AttemptId, ended: boolean) => void;
  /** The journal cannot be written; null: it can again. */
  readonly onJournalFault: (reason: string | null) => void;
};

/** How the newest receipt of an id that is known already reaches the link that asked. */
export type Resend = (id: AttemptId) => void;

export type AttemptRunner = {
  /** Takes up what earlier agents have left. After it, `spawnerReady` is called at each new generation. */
  readonly start: () => void;
  readonly spawnerReady: () => void;
  readonly dispatch: (orders: readonly AttemptOrder[], resend: Resend) => void;
  readonly cancel: (items: readonly CancelItem[], resend: Resend) => void;
  readonly query: (ids: readonly AttemptId[], resend: Resend) => void;
  readonly raiseTerm: (term: number) => void;
  readonly hints: (hints: readonly Hint[]) => void;
  readonly openIds: () => AttemptId[];
  /** What runs here, and what runs without a record. */
  readonly report: () => OpenAttemptsReport;
  readonly openCount: () => number;
  readonly stop: () => void;
};

export function createAttemptRunner(
  ports: AttemptRunnerPorts,
  options: { readonly bootId: string; readonly agentMark: string },
): AttemptRunner {
  const { journal, folders, spawner, clock, logger } = ports;
  const { bootId } = options;
  const open: OpenAttempts = new Map();
  /** Ids whose tombstone is on the way into the journal. */
  const closing = new Set<AttemptId>();
  let lookTimer: NodeJS.Timeout | undefined;

  const writer = createJournalWriter({
    journal,
    logger,
    onCommit: ports.onReceipts,
    onFault: ports.onJournalFault,
  });
  const queue = createLaunchQueue({ open, clock, launch: (order) => spawner.launch(order) });
  const onStuck = (): void => {
    logger.warn('launches are not taken up; the spawner is replaced');
    spawner.replace();
  };
  const watch = createAttemptWatch(
    {
      open,
      queue,
      writer,
      folders,
      clock,
      logger,
      onOutput: ports.onOutput,
      onStuck,
      spawnerPid: spawner.pid,
    },
    options,
  );
  const now = (): string => instant(clock.epochMs());

  const accept = (order: AttemptOrder): void => {
    const attempt = newAttempt(order, bootId);
    open.set(attempt.id, attempt);
    writer.add({
      change: { type: 'accept', order, at: now(), bootId },
      written: () => {
        attempt.committed = true;
        watch.pressCancel(attempt);
        if (attempt.settled) return;
        queue.add(attempt.id);
        queue.fill();
      },
      dropped: () => open.delete(attempt.id),
    });
  };

  /** A first and last receipt: the id is remembered, so that it will never run. */
  const close = (id: AttemptId, receipt: NewReceipt): void => {
    closing.add(id);
    const done = (): void => void closing.delete(id);
    writer.add({ change: { type: 'receipt', receipt, bootId }, written: done, dropped: done });
  };
  const refuse = (id: AttemptId, code: RefusalCode, reason: AgentReason): void =>
    close(id, refusedReceipt(id, { code, reason }, now()));

  /** Whether its run is on record here. An id that was asked for or cancelled without one is known too, but not what runs of it. */
  const hasRecord = (id: AttemptId): boolean => {
    if (open.has(id)) return true;
    const stored = journal.find(id);
    if (stored === null) return false;
    const receipt = receiptSchema.parse(JSON.parse(stored.json));
    return receipt.state === 'ended' || (receipt.state === 'unknown' && receipt.reason !== noRecordReason);
  };

  /** Its first receipt is being written, and will be sent then. */
  const isArriving = (id: AttemptId): boolean => closing.has(id) || open.get(id)?.committed === false;

  /** It is not to start. What has started goes on; what may have, without a record, is nobody's to run elsewhere. */
  const withdraw = (id: AttemptId, resend: Resend): void => {
    const attempt = open.get(id);
    if (attempt !== undefined) {
      attempt.withdrawn = true;
      watch.pressCancel(attempt);
    } else if (journal.find(id)) {
      resend(id);
    } else {
      const leftovers = findLeftovers({ id, cgroup: null, sessionPid: null, spawnerPid: null });
      if (leftovers.length === 0) refuse(id, 'cancelled', saidByAgent('agent_cancelled_before_arrival'));
      else close(id, unknownReceipt(id, { reason: saidByAgent('agent_no_record'), leftovers }, now()));
    }
  };

  const whyFull = (): AgentReason | null => {
    if (open.size >= agentLimits.attemptsOpenMax)
      return saidByAgent('agent_too_many_attempts', { count: open.size });
    const free = folders.freeBytes();
    return free < agentLimits.diskFreeBytesMin
      ? saidByAgent('agent_disk_full', { kib: Math.floor(free / 1024) })
      : null;
  };

  return {
    start() {
      for (const stored of journal.openAttempts()) open.set(stored.order.attemptId, fromJournal(stored));
      lookTimer = setInterval(watch.lookAtAll, agentLimits.lookIntervalMs);
    },
    spawnerReady: watch.newGeneration,
    dispatch(orders, resend) {
      const full = whyFull();
      for (const order of orders) {
        const id = order.attemptId;
        if (isArriving(id)) continue;
        const fault = findOrderFault(order);
        if (open.has(id) || journal.find(id)) resend(id);
        else if (fault !== null) refuse(id, 'bad_order', fault);
        else if (full !== null) refuse(id, 'agent_full', full);
        else accept(order);
      }
    },
    cancel(items, resend) {
      for (const { attemptId: id, killAfterMs, unlessStarted } of items) {
        const attempt = open.get(id);
        if (attempt?.settled || closing.has(id)) continue;
        if (unlessStarted === true) {
          withdraw(id, resend);
        } else if (attempt) {
          const written = (): void => {
            // The newest cancel counts, and acts at once.
            attempt.cancel = { killAfterMs, signalledAt: -Infinity };
            watch.pressCancel(attempt);
          };
          writer.add({ change: { type: 'cancel', attemptId: id, killAfterMs }, written });
        } else if (journal.find(id)) {
          resend(id);
          if (!hasRecord(id)) endMarked(id, killAfterMs);
        } else {
          refuse(id, 'cancelled', saidByAgent('agent_cancelled_before_arrival'));
          // Nothing has its mark, unless the agent's state was lost while it ran.
          endMarked(id, killAfterMs);
        }
      }
    },
    query(ids, resend) {
      for (const id of ids) {
        if (isArriving(id)) continue;
        if (journal.find(id)) resend(id);
        // An order that is still on its way must not run after the manager was told that there is none.
        else {
          const leftovers = findLeftovers({ id, cgroup: null, sessionPid: null, spawnerPid: null });
          close(id, unknownReceipt(id, { reason: saidByAgent('agent_no_record'), leftovers }, now()));
        }
      }
    },
    raiseTerm(term) {
      if (term > journal.highestTerm)
        writer.add({ change: { type: 'term', term }, written: () => undefined });
    },
    hints(hints) {
      for (const hint of hints) {
        if (hint.type === 'givenUp') {
          if (hint.generation === spawner.generation()) watch.givenUp(hint.id, hint.reason);
        } else if (hint.type === 'output') {
          // One that has ended has been read to its end already.
          const attempt = open.get(hint.id);
          if (attempt !== undefined && !isOutputHeld(attempt.order)) ports.onOutput(hint.id, false);
        } else {
          watch.look(hint.id);
        }
      }
      queue.fill();
    },
    openIds: () => [...open.keys()],
    report: () => ({
      // Those whose row is not on disk yet would only be doubted.
      items: [...open.values()]
        .filter(({ committed, settled }) => committed && !settled)
        .map(({ id, waiter }) => {
          const started = waiter === null ? null : folders.readStarted(id);
          return {
            attemptId: id,
            pid: started?.pid ?? null,
            startedAt: started === null ? null : instant(started.atMs),
          };
        }),
      unrecorded: findMarked({ max: agentLimits.unrecordedMax, agentMark: options.agentMark }, hasRecord),
    }),
    openCount: () => open.size,
    stop() {
      clearInterval(lookTimer);
      watch.stop();
      writer.stop();
    },
  };
}
