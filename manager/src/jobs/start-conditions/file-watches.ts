// Watches of files for start conditions: an attempt of the tool "file_monitor" on the node of each, without a session and without an end.
// Responsible for having one run for each watch, again whenever it ends; for what it has found up to the moment in which the loop of start
// conditions has stored it; for saying how it stands; and for telling of one that does not answer. Called by that loop and by the hub's listener.
//
// Nothing of an attempt is stored here. What the tool has seen and found lies with the agent, each find with a number; the loop stores the number
// up to which it has taken them, in the transaction of the starts. A manager that begins, or takes over, ends what it finds running and begins
// each watch anew from that number: what was found and not taken is told once more, and what was taken is not.
//
// | state of a watch | enters when | leaves by |
// | --- | --- | --- |
// | begins | it is new, or its agent has connected | its first line; an end |
// | watches | it has said that its first look is taken | an end; the agent is gone for long, or it says nothing |
// | troubled | it has ended by itself, the node or a right is missing, or nothing is heard | its next sign |
import { reasonOf } from '@nezuban/core/jobs/reasons';
import type { FileState } from '@nezuban/core/jobs/start-conditions/decide-starts';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { OpenAttemptsReport, OutputChunk, Receipt } from '@nezuban/protocol/agent/link';
import { toolExitCodes, type FileMonitorLine, type FoundFile } from '@nezuban/protocol/agent/tool-inputs';
import type { AttemptId, Term } from '@nezuban/protocol/ids';
import { sentenceOfAgent } from '@nezuban/protocol/agent/agent-said';
import { reasonFacts } from '@nezuban/protocol/events/event-facts';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { startConditionLimits, type NetMonitoring } from '@nezuban/protocol/jobs/start-conditions';
import type { AgentHub, EventDraft, Freezes, Inventory } from '../../ports.ts';
import { sessionOfAttempt } from '../attempt-key.ts';
import type { RunAsGuard } from '../run-as-guard.ts';
import { unpackChunk } from '../output-pieces.ts';
import type { StoredOffset } from '../output-store.ts';
import {
  attemptIdOf,
  gapBefore,
  goOnAs,
  hearAnew,
  isSameWatch,
  KILL_AFTER_MS,
  lastLine,
  linesOf,
  newEntry,
  orderOf,
  pauseOf,
  type Entry,
  type FileWatchOrder,
} from './file-watch-entry.ts';

/** Finds that wait in memory. Beyond, the watch is begun again when these are taken: the agent has the rest. */
const FOUND_MAX = 5_000;
/** Finds handed to the loop at once. */
const TAKE_MAX = 100;
/** After an end that a person or time must mend; after one that has no such cause. Longer each time. */
const RETRY_MS = 30_000;
const AGAIN_MS = 1_000;
/** The database was away. */
const STORE_RETRY_MS = 1_000;
const TICK_MS = 5_000;
/** Without a sign for so many beats it does not answer. */
const SILENT_BEATS = 6;
/** Then its output may be broken for good, and it is begun anew. */
const DOUBTED_BEATS = 15;
/** An attempt that says something so long after its begin is well. */
const WELL_MS = 120_000;

export type FileWatchPorts = {
  readonly hub: Pick<AgentHub, 'isConnected' | 'release' | 'dispatch' | 'cancel' | 'askOpenAttempts'>;
  readonly inventory: Pick<Inventory, 'snapshot' | 'nodeView'>;
  readonly freezes: Pick<Freezes, 'nodes'>;
  readonly runAs: Pick<RunAsGuard, 'refusalOf'>;
  /** Writes an event unless one of its code, node and net is there since then. */
  readonly tellOnce: (draft: EventDraft, since: Date) => Promise<void>;
  readonly silentAfterMs: () => number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};
export type FileWatchOptions = {
  readonly term: Term;
  /** Stores what was found, from the first on as many as there is room for; gives their number. */
  readonly take: (place: WatchPlace, finds: readonly FoundFile[]) => Promise<number>;
  /** Stores that it has begun. */
  readonly begun: (place: WatchPlace) => Promise<void>;
};
export type WatchPlace = { readonly net: string; readonly condition: string };
export type FileWatches = {
  /** What is to be watched for this net from now on; what it watched before and is not here ends. */
  readonly set: (net: string, orders: readonly FileWatchOrder[]) => void;
  /** There may be room for what waits. */
  readonly poke: (net: string) => void;
  readonly stand: (place: WatchPlace, stored: FileState | undefined) => FilesView;
  readonly connected: (node: string) => void;
  readonly freezesChanged: () => void;
  /** What no rule allows any more ends. Where nodes lie is looked at from time to time. */
  readonly rulesChanged: () => void;
  /** Those of sessions; ours are dealt with. */
  readonly receipts: (node: string, receipts: readonly Receipt[]) => readonly Receipt[];
  readonly output: (node: string, chunks: readonly OutputChunk[]) => readonly StoredOffset[];
  readonly reported: (node: string, report: OpenAttemptsReport) => OpenAttemptsReport;
  readonly start: () => void;
  /** Ends nothing on the nodes: whoever is on duty next goes on. */
  readonly stop: () => void;
};
type FilesView = NonNullable<NetMonitoring['conditions'][number]['files']>;

export const isWatchAttempt = (id: AttemptId): boolean => sessionOfAttempt(id) === 0;

export const createFileWatches = (
  { hub, inventory, freezes, runAs, tellOnce, silentAfterMs, clock, timers, logger }: FileWatchPorts,
  { term, take, begun }: FileWatchOptions,
): FileWatches => {
  const entries = new Map<string, Map<string, Entry>>();
  const byAttempt = new Map<AttemptId, Entry>();
  let counter = 0;
  let stopped = false;
  let cancelTick: CancelTimer | null = null;

  const all = (): Entry[] => [...entries.values()].flatMap((ofNet) => [...ofNet.values()]);
  const placeOf = ({ order }: Entry): WatchPlace => ({ net: order.net, condition: order.watcher.name });
  const isCurrent = (entry: Entry): boolean =>
    !stopped && entries.get(entry.order.net)?.get(entry.order.watcher.name) === entry;

  const end = (entry: Entry): void => {
    entry.cancelRetry?.();
    entry.cancelRetry = null;
    if (entry.attemptId === null) return;
    byAttempt.delete(entry.attemptId);
    hub.cancel(entry.node, [{ attemptId: entry.attemptId, killAfterMs: KILL_AFTER_MS }]);
    entry.attemptId = null;
  };

  /** Another attempt, from what is stored. */
  const begin = (entry: Entry): void => {
    end(entry);
    if (!isCurrent(entry)) return;
    const refusal = whyNot(entry.node);
    if (refusal !== null) {
      entry.trouble = refusal;
      return;
    }
    const forbidden = forbiddenBy(entry);
    if (forbidden !== null) return over(entry, forbidden, RETRY_MS);
    if (entry.quietSince === null) entry.trouble = null;
    entry.watches = false;
    hearAnew(entry);
    counter += 1;
    const attemptId = attemptIdOf(entry.key, term, counter);
    entry.attemptId = attemptId;
    entry.askedAt = entry.beganAt = clock.epochMs();
    byAttempt.set(attemptId, entry);
    hub.dispatch(entry.node, [orderOf(entry, attemptId)]);
  };
  /** By the rules of who looks as whom, where. Null: nothing. */
  const forbiddenBy = ({ order: { net, watcher }, node }: Entry): Said | null =>
    runAs.refusalOf({ net, node, unit: watcher.files, isJudged: true });
  /** A watch has no end of its own: one whose rule is gone, or whose node lies elsewhere now, must not go on. */
  const holdToRules = (entry: Entry): void => {
    if (entry.attemptId === null) return;
    const forbidden = forbiddenBy(entry);
    if (forbidden === null) return;
    end(entry);
    over(entry, forbidden, RETRY_MS);
  };
  /** Null: it may begin now. */
  const whyNot = (node: string): Said | null => {
    if (!inventory.snapshot().nodes.has(node)) return say('watch_no_node', { node });
    const frozen = freezes.nodes().get(node);
    if (frozen !== undefined) return say('as_told', { text: frozen });
    const release = hub.release(node);
    if (release === null) return say('watch_agent_away', { node });
    return release.protocol >= 2 ? null : say('watch_agent_old', { node });
  };

  const over = (entry: Entry, trouble: Said | null, afterMs: number): void => {
    if (entry.attemptId !== null) byAttempt.delete(entry.attemptId);
    entry.attemptId = null;
    entry.watches = false;
    if (trouble !== null) {
      entry.trouble = trouble;
      entry.quietSince ??= clock.epochMs();
      tell(entry, 'file_watch_failed', trouble);
    }
    entry.cancelRetry?.();
    entry.cancelRetry = timers.after(afterMs, () => begin(entry));
  };
  /** What it says cannot be relied on: another attempt says it again, from what is stored. */
  const doubt = (entry: Entry, why: string, firstMs = AGAIN_MS): void => {
    logger.warn({ ...placeOf(entry), node: entry.node, why }, 'A watch of files is begun anew');
    end(entry);
    over(entry, null, pauseOf(entry, firstMs));
  };
  const tell = (entry: Entry, code: 'file_watch_failed' | 'file_watch_silent', reason: Said): void => {
    const { net, condition } = placeOf(entry);
    const since = new Date(entry.quietSince ?? clock.epochMs());
    const about = `${code} ${since.getTime()} ${reason.message}`;
    if (entry.told === about) return;
    entry.told = about;
    tellOnce(
      {
        at: new Date(clock.epochMs()),
        code,
        priority: 'critical',
        node: entry.node,
        message:
          code === 'file_watch_failed'
            ? `The start condition "${condition}" of ${net} watches no files on "${entry.node}": ${reason.message}`
            : `Nothing has been heard since ${since.toISOString()} of the start condition "${condition}" of ${net}, which watches files on "${entry.node}". What is found meanwhile is told when it is back`,
        details: { net, condition, ...reasonFacts(reason), since: since.toISOString() },
      },
      since,
    ).catch((error: unknown) =>
      logger.warn({ err: error, net }, 'Trouble of a file watch could not be told'),
    );
  };

  const sign = (entry: Entry): void => {
    entry.lastSignAt = clock.epochMs();
    if (entry.lastSignAt - (entry.beganAt ?? Infinity) >= WELL_MS) entry.failures = 0;
    entry.quietSince = null;
    entry.trouble = null;
  };

  const hear = (entry: Entry, line: FileMonitorLine): void => {
    sign(entry);
    entry.watches ||= 'begun' in line;
    if ('begun' in line) {
      entry.says = line.memory === 'lost' ? lostSays : null;
      if (line.memory === 'lost') tell(entry, 'file_watch_failed', say('watch_forgot'));
      if (entry.seenAt === null) keepBegun(entry);
    }
    if (!('seq' in line) || line.seq <= entry.heardSeq) return;
    if (entry.finds.length >= FOUND_MAX) entry.overfull = true;
    if (entry.overfull) return;
    const gap = gapBefore(entry, line.seq);
    if (gap !== null && !gap.isFinal) {
      doubt(entry, gap.said.message);
      return;
    }
    if (gap !== null) tell(entry, 'file_watch_failed', gap.said);
    entry.heardSeq = line.seq;
    entry.finds.push(line);
    pump(entry);
  };
  const keepBegun = (entry: Entry): void => {
    begun(placeOf(entry)).then(
      () => (entry.seenAt ??= clock.epochMs()),
      (error: unknown) => {
        logger.warn({ err: error, ...placeOf(entry) }, 'The begin of a file watch could not be stored yet');
        timers.after(STORE_RETRY_MS, () => {
          if (isCurrent(entry)) keepBegun(entry);
        });
      },
    );
  };

  const pump = (entry: Entry): void => {
    if (entry.pumping || entry.finds.length === 0 || !isCurrent(entry)) return;
    entry.pumping = true;
    const finds = entry.finds.slice(0, TAKE_MAX);
    take(placeOf(entry), finds).then(
      (taken) => {
        entry.pumping = false;
        const last = finds[taken - 1];
        if (last === undefined) return;
        entry.seenAt = clock.epochMs();
        entry.storedSeq = Math.max(entry.storedSeq, last.seq);
        entry.finds = entry.finds.filter(({ seq }) => seq > entry.storedSeq);
        if (entry.finds.length > 0) pump(entry);
        else if (entry.overfull) begin(entry);
      },
      (error: unknown) => {
        logger.warn({ err: error, ...placeOf(entry) }, 'Files that were found could not be taken up yet');
        timers.after(STORE_RETRY_MS, () => {
          entry.pumping = false;
          pump(entry);
        });
      },
    );
  };

  const takeChunk = (node: string, chunk: OutputChunk): StoredOffset => {
    const { attemptId, stream } = chunk;
    const piece = unpackChunk(chunk);
    const offset = piece.offset + piece.length;
    const entry = byAttempt.get(attemptId);
    if (entry?.node === node) {
      if (stream === 'stderr') entry.says = lastSaid(piece.bytes()) ?? entry.says;
      else hearPiece(entry, piece.offset, piece.bytes());
    }
    // What it says that matters it says again to whoever asks from the stored number on.
    return { attemptId, stream, offset };
  };

  const hearPiece = (entry: Entry, offset: number, bytes: Buffer): void => {
    const { attemptId } = entry;
    const lines = linesOf(entry, offset, bytes);
    if (lines === null) doubt(entry, 'a part of its output missing');
    for (const line of lines ?? []) {
      // Doubted meanwhile.
      if (entry.attemptId !== attemptId) return;
      hear(entry, line);
    }
  };

  const takeReceipt = (node: string, receipt: Receipt): void => {
    const entry = byAttempt.get(receipt.attemptId);
    if (entry?.node !== node) {
      // One of an earlier manager, or of a watch that has ended.
      if (receipt.state === 'accepted' || receipt.state === 'running')
        hub.cancel(node, [{ attemptId: receipt.attemptId, killAfterMs: KILL_AFTER_MS }]);
      return;
    }
    switch (receipt.state) {
      case 'accepted':
      case 'running':
        // That it runs does not say that it watches.
        entry.askedAt = clock.epochMs();
        return;
      case 'refused':
        over(
          entry,
          say('watch_refused', { why: sentenceOfAgent(receipt.said) ?? receipt.reason }),
          pauseOf(entry, RETRY_MS),
        );
        return;
      case 'unknown':
        over(entry, null, pauseOf(entry, AGAIN_MS));
        return;
      case 'ended':
        if (receipt.startError !== null)
          over(
            entry,
            say('watch_not_started', {
              why: sentenceOfAgent(receipt.startErrorSaid) ?? receipt.startError,
            }),
            pauseOf(entry, RETRY_MS),
          );
        else if (receipt.exitCode === toolExitCodes.permission || receipt.exitCode === toolExitCodes.trouble)
          over(entry, entry.says ?? say('watch_ended', { code: receipt.exitCode }), pauseOf(entry, RETRY_MS));
        else over(entry, null, pauseOf(entry, AGAIN_MS));
    }
  };

  const tick = (): void => {
    const now = clock.epochMs();
    for (const entry of all()) {
      holdToRules(entry);
      if (hub.isConnected(entry.node)) {
        if (entry.attemptId === null && entry.cancelRetry === null) begin(entry);
        const heardAt = Math.max(entry.lastSignAt ?? 0, entry.askedAt ?? now);
        const silentBeats = entry.attemptId === null ? 0 : (now - heardAt) / startConditionLimits.fileBeatMs;
        if (silentBeats > SILENT_BEATS) quiet(entry, heardAt, say('watch_silent'));
        if (silentBeats > DOUBTED_BEATS) doubt(entry, 'nothing is heard of it', RETRY_MS);
      } else if (inventory.snapshot().nodes.has(entry.node)) {
        entry.trouble = say('watch_agent_away', { node: entry.node });
        if (entry.quietSince === null) void noteGone(entry, now);
        else if (now - entry.quietSince > silentAfterMs())
          tell(entry, 'file_watch_silent', say('watch_agent_gone'));
      } else {
        entry.quietSince ??= now;
        entry.trouble = whyNot(entry.node);
        if (entry.trouble !== null) tell(entry, 'file_watch_failed', entry.trouble);
      }
    }
  };
  const quiet = (entry: Entry, since: number, why: Said): void => {
    if (entry.quietSince !== null) return;
    entry.quietSince = since;
    entry.trouble = say('watch_no_answer');
    tell(entry, 'file_watch_silent', why);
  };
  /** What it last said, and not when this manager began to listen: one that takes over goes on with the same silence. */
  const noteGone = async (entry: Entry, now: number): Promise<void> => {
    entry.quietSince = now;
    const view = await inventory.nodeView(entry.node);
    if (view?.lastSeenAt != null && !hub.isConnected(entry.node))
      entry.quietSince = Date.parse(view.lastSeenAt);
  };

  return {
    set(net, orders) {
      const before = entries.get(net) ?? new Map<string, Entry>();
      const after = new Map<string, Entry>();
      const fresh: Entry[] = [];
      for (const order of orders) {
        const { name } = order.watcher;
        const old = before.get(name);
        if (old !== undefined && isSameWatch(old, order)) {
          goOnAs(old, order);
          after.set(name, old);
          continue;
        }
        const made = newEntry(order);
        after.set(name, made);
        fresh.push(made);
      }
      if (after.size === 0) entries.delete(net);
      else entries.set(net, after);
      for (const [name, old] of before) if (after.get(name) !== old) end(old);
      for (const entry of fresh) begin(entry);
      for (const entry of after.values()) pump(entry);
    },
    poke(net) {
      for (const entry of entries.get(net)?.values() ?? []) pump(entry);
    },
    stand({ net, condition }, stored) {
      const entry = entries.get(net)?.get(condition);
      const { reason: says, reasonSaid } = reasonOf(entry?.trouble ?? entry?.says ?? null);
      const lastSign = entry?.lastSignAt ?? stored?.seenAt ?? null;
      return {
        node: entry?.node ?? '',
        path: entry?.order.watcher.files.path ?? [],
        state:
          entry === undefined || entry.trouble !== null ? 'troubled' : entry.watches ? 'watches' : 'begins',
        lastSignAt: lastSign === null ? null : new Date(lastSign).toISOString(),
        found: stored?.seq ?? 0,
        waiting: entry?.finds.length ?? 0,
        says,
        ...(reasonSaid === null ? {} : { saysSaid: reasonSaid }),
      };
    },
    connected(node) {
      const mine = all().filter((entry) => entry.node === node);
      for (const entry of mine) {
        entry.quietSince = null;
        entry.trouble = null;
        // What it has is asked for by the order itself: the agent never runs an id twice, and tells how it stands.
        if (entry.attemptId === null) begin(entry);
        else hub.dispatch(node, [orderOf(entry, entry.attemptId)]);
        entry.askedAt = clock.epochMs();
      }
      // What an earlier manager has left running holds up the new one.
      if (mine.length > 0) hub.askOpenAttempts(node);
    },
    freezesChanged() {
      for (const entry of all()) if (entry.attemptId === null && entry.cancelRetry === null) begin(entry);
    },
    rulesChanged() {
      for (const entry of all()) holdToRules(entry);
    },
    receipts(node, receipts) {
      if (!receipts.some(({ attemptId }) => isWatchAttempt(attemptId))) return receipts;
      return receipts.filter((receipt) => {
        if (!isWatchAttempt(receipt.attemptId)) return true;
        takeReceipt(node, receipt);
        return false;
      });
    },
    output: (node, chunks) => chunks.map((chunk) => takeChunk(node, chunk)),
    reported(node, { items, unrecorded }) {
      const strays = items.filter(({ attemptId }) => isWatchAttempt(attemptId) && !byAttempt.has(attemptId));
      if (strays.length > 0)
        hub.cancel(
          node,
          strays.map(({ attemptId }) => ({ attemptId, killAfterMs: KILL_AFTER_MS })),
        );
      return {
        items: items.filter(({ attemptId }) => !isWatchAttempt(attemptId)),
        unrecorded: unrecorded.filter(({ attemptId }) => !isWatchAttempt(attemptId)),
      };
    },
    start() {
      cancelTick ??= timers.every(TICK_MS, tick);
    },
    stop() {
      stopped = true;
      cancelTick?.();
      for (const entry of all()) entry.cancelRetry?.();
    },
  };
};

const lostSays = say('watch_lost');

/** In the words of the tool. */
const lastSaid = (bytes: Buffer): Said | null => {
  const text = lastLine(bytes);
  return text === null ? null : say('as_told', { text });
};
