// File transfers that are under way: the agent that writes has come, the one that reads is asked, and the two are joined (carrier.ts).
//
// A transfer is here only while its writing side is connected. Nothing is stored, neither bytes nor that it was here: after a break, a switch of
// the managers or a restart the writing side comes again and says where it is. Whom to ask for what is read from the attempt's own order, so
// no agent can be made to read what no job net says, and no agent gets what is not for it.
//
// | state | until | then |
// | --- | --- | --- |
// | waits: no such agent connected, frozen, no turn yet | that has changed | asked |
// | asked | the reading side comes; 15 s: asked again | joined |
// | joined | a side ends | gone, or broken: the writing side comes again |
//
// Responsible for turns and limits, and for saying what is waited for. Not responsible for when a transfer is given up: its tool has the
// deadline. Made by master-wiring.ts.
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { agentLinkFeatures, type ManagerMessage } from '@nezuban/protocol/agent/link';
import type { FileTransferInput } from '@nezuban/protocol/agent/tool-inputs';
import { transferStreamLimits } from '@nezuban/protocol/agent/transfer-stream';
import type { TransferView } from '@nezuban/protocol/api/transfer-operations';
import type { AttemptId, SessionId, Term } from '@nezuban/protocol/ids';
import { readWaitSentence, waitSentence } from '@nezuban/core/operations/frozen-places';
import { encodeMessage } from '@nezuban/protocol/agent/transfer-frames';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import type { Settings } from '@nezuban/protocol/settings/settings';
import type { EventSink } from '../ports.ts';
import { createCarrier, type Carrier, type Progress } from './carrier.ts';
import { createPace, type Pace } from './pace.ts';
import { transferLimits } from './transfer-limits.ts';

/** What the order of an attempt that has not ended says. */
export type TransferOrder = {
  readonly sessionId: SessionId;
  readonly net: string;
  readonly unit: string;
  /** Where it writes. */
  readonly node: string;
  readonly input: FileTransferInput;
};

export type TransferRelayPorts = {
  /** Null: there is no such attempt, or it has ended. */
  readonly findOrder: (id: AttemptId) => Promise<TransferOrder | null>;
  readonly hub: {
    /** Null: it is not connected. */
    readonly features: (node: string) => readonly string[] | null;
    readonly send: (node: string, message: ManagerMessage) => boolean;
  };
  readonly isNode: (name: string) => boolean;
  /** Why nothing is to start on a node. */
  readonly frozen: () => ReadonlyMap<string, string>;
  readonly settings: () => Settings['transfers'];
  readonly events: Pick<EventSink, 'appendNow'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};

/** A connection at the agents' port, by an agent whose certificate is that of `node`. */
export type TransferGuest = {
  readonly node: string;
  readonly attemptId: AttemptId;
  readonly side: 'read' | 'write';
  readonly key: string;
  readonly socket: Duplex;
};

export type TransferRelay = {
  readonly start: () => void;
  readonly enter: (guest: TransferGuest) => void;
  readonly list: () => readonly TransferView[];
  readonly stop: () => void;
};

type Entry = {
  readonly attemptId: AttemptId;
  readonly order: TransferOrder;
  readonly since: number;
  readonly pace: Pace;
  carrier: Carrier | null;
  /** What the reading side must know to be let in; empty: it has not been asked. */
  key: string;
  askedMs: number;
  reason: Why | null;
  toldMs: number;
  awaySinceMs: number | null;
  isAwayTold: boolean;
  brokenMs: number | null;
  lookedMs: number;
  progress: Progress | null;
  speed: { readonly atMs: number; readonly bytes: number; readonly bytesPerSecond: number | null } | null;
};

const MEGABYTE = 1_000_000;
const KEY_BYTES = 24;

/** Four in a second, so that no limit is felt as a stutter; not so few bytes that a message is sent for nothing. */
const sliceOf = (bytesPerSecond: number): number =>
  Math.round(Math.min(Math.max(bytesPerSecond / 4, 64 * 1024), 1024 * 1024));

/** A sentence; without a code it is in English alone. */
type Why = Pick<Said, 'message'> & Partial<Said>;

type Verdict =
  | { readonly to: 'ask' }
  /** `isMeant`: the transfer's deadline does not run. */
  | { readonly to: 'wait'; readonly why: Why; readonly isMeant: boolean }
  | { readonly to: 'fail'; readonly says: string };

export const createTransferRelay = (
  ports: TransferRelayPorts,
  { term }: { readonly term: Term },
): TransferRelay => {
  const { clock, hub, logger, settings } = ports;
  const entries = new Map<AttemptId, Entry>();
  const total = createPace();
  /** Transfers that have a turn, by the nodes at their ends; counted as turns come and go, since each that waits asks each second. */
  const turns = createTurns();
  let cancelTick: (() => void) | undefined;
  let stopped = false;

  const refuse = (socket: Duplex, says: string): void =>
    void socket.end(encodeMessage({ type: 'failed', code: 'trouble', says }));

  const enterWriter = async ({ node, attemptId, socket }: TransferGuest): Promise<void> => {
    const order = await ports.findOrder(attemptId);
    if (stopped || socket.destroyed) {
      socket.destroy();
      return;
    }
    if (order === null || order.node !== node) {
      logger.warn({ node, attemptId }, 'An agent has asked for files of an attempt that it does not have');
      refuse(socket, `There is no open transfer ${attemptId} for ${node}.`);
      return;
    }
    const before = entries.get(attemptId);
    before?.carrier?.end();
    if (before === undefined && entries.size >= transferLimits.knownMax) {
      // It comes again by itself; that it waits is no lack of progress.
      const { message } = say('transfer_waits_for_room', { count: entries.size });
      socket.end(encodeMessage({ type: 'waiting', says: message, isMeant: true }));
      return;
    }
    const entry: Entry = before ?? {
      attemptId,
      order,
      since: clock.epochMs(),
      pace: createPace(),
      carrier: null,
      key: '',
      askedMs: 0,
      reason: null,
      toldMs: -Infinity,
      awaySinceMs: null,
      isAwayTold: false,
      brokenMs: null,
      lookedMs: -Infinity,
      progress: null,
      speed: null,
    };
    const carrier = createCarrier(socket, {
      timers: ports.timers,
      monotonicMs: clock.monotonicMs,
      sliceBytes: () =>
        sliceOf(Math.min(order.input.bytesPerSecond ?? Infinity, settings().mb_per_second * MEGABYTE)),
      delayMs(bytes) {
        const nowMs = clock.monotonicMs();
        const ownMs = entry.pace.delayMs(bytes, nowMs, order.input.bytesPerSecond);
        return Math.max(ownMs, total.delayMs(bytes, nowMs, settings().mb_per_second * MEGABYTE));
      },
      onProgress: (progress) => measure(entry, progress),
      onEnd(isDone) {
        if (entry.carrier !== carrier) return;
        setKey(entry, '');
        Object.assign(entry, { carrier: null, reason: null, speed: null });
        if (isDone) entries.delete(attemptId);
        else entry.brokenMs = clock.monotonicMs();
      },
    });
    Object.assign(entry, { carrier, brokenMs: null, toldMs: -Infinity });
    entries.set(attemptId, entry);
    consider(entry);
  };

  const enterReader = ({ node, attemptId, key, socket }: TransferGuest): void => {
    const entry = entries.get(attemptId);
    const isAsked =
      entry?.carrier != null &&
      !entry.carrier.hasReader() &&
      entry.key !== '' &&
      entry.key === key &&
      entry.order.input.from.node === node;
    if (!isAsked) {
      socket.destroy();
      return;
    }
    entry.reason = null;
    entry.carrier?.join(socket);
  };

  const measure = (entry: Entry, progress: Progress): void => {
    entry.progress = progress;
    const atMs = clock.monotonicMs();
    const { speed } = entry;
    if (speed === null) entry.speed = { atMs, bytes: progress.bytes, bytesPerSecond: null };
    else if (atMs - speed.atMs >= transferLimits.speedMs) {
      const bytesPerSecond = Math.max(0, ((progress.bytes - speed.bytes) / (atMs - speed.atMs)) * 1000);
      entry.speed = { atMs, bytes: progress.bytes, bytesPerSecond };
    }
  };

  /** One with a key has a turn: it is asked for, or joined. */
  const setKey = (entry: Entry, key: string): void => {
    if ((entry.key === '') !== (key === '')) turns.add(nodesOf(entry), key === '' ? -1 : 1);
    entry.key = key;
  };

  const judge = ({ order }: Entry): Verdict => {
    const { node } = order.input.from;
    if (!ports.isNode(node)) return { to: 'fail', says: `There is no node "${node}" to read from.` };
    const features = hub.features(node);
    if (features === null)
      return { to: 'wait', why: say('transfer_waits_for_agent', { node }), isMeant: false };
    if (!features.includes(agentLinkFeatures.fileTransfer))
      return {
        to: 'fail',
        says: `The agent of ${node} is of a release that reads no files for others; upgrade it.`,
      };
    const frozen = ports.frozen().get(node);
    if (frozen !== undefined) return { to: 'wait', why: { message: waitSentence(frozen) }, isMeant: true };
    const { parallel_max: max, parallel_per_node_max: nodeMax } = settings();
    const all = turns.all();
    if (all >= max) return { to: 'wait', why: say('transfer_waits_for_turn', { count: all }), isMeant: true };
    for (const name of nodesOf({ order })) {
      const count = turns.on(name);
      if (count >= nodeMax)
        return {
          to: 'wait',
          why: say('transfer_waits_for_turn_on_node', { count, node: name }),
          isMeant: true,
        };
    }
    return { to: 'ask' };
  };

  const consider = (entry: Entry): void => {
    const { carrier } = entry;
    if (carrier === null || carrier.hasReader()) return;
    const nowMs = clock.monotonicMs();
    if (entry.key !== '' && nowMs - entry.askedMs < transferLimits.askAgainMs) {
      tellWhy(entry, {
        why: say('transfer_waits_for_begin', { node: entry.order.input.from.node }),
        isMeant: false,
      });
      return;
    }
    setKey(entry, '');
    const verdict = judge(entry);
    if (verdict.to === 'fail') {
      carrier.tell({ type: 'failed', code: 'trouble', says: verdict.says });
      return;
    }
    noteAway(entry, verdict.to === 'wait' && !verdict.isMeant);
    if (verdict.to === 'wait') {
      tellWhy(entry, verdict);
      return;
    }
    setKey(entry, randomBytes(KEY_BYTES).toString('base64url'));
    entry.askedMs = nowMs;
    const { from } = entry.order.input;
    hub.send(from.node, {
      type: 'readFiles',
      term,
      attemptId: entry.attemptId,
      key: entry.key,
      source: { ...from, bytesMax: settings().file_bytes_max },
    });
  };

  const tellWhy = (
    entry: Entry,
    { why, isMeant }: { readonly why: Why; readonly isMeant: boolean },
  ): void => {
    const nowMs = clock.monotonicMs();
    if (why.message === entry.reason?.message && nowMs - entry.toldMs < transferStreamLimits.aliveIntervalMs)
      return;
    entry.reason = why;
    entry.toldMs = nowMs;
    entry.carrier?.tell({ type: 'waiting', says: why.message, isMeant });
  };

  /** An event, once for each time that the source is away for long. */
  const noteAway = (entry: Entry, isAway: boolean): void => {
    const nowMs = clock.monotonicMs();
    if (!isAway) {
      Object.assign(entry, { awaySinceMs: null, isAwayTold: false });
      return;
    }
    entry.awaySinceMs ??= nowMs;
    if (entry.isAwayTold || nowMs - entry.awaySinceMs < transferLimits.sourceAwayTellMs) return;
    entry.isAwayTold = true;
    const { order } = entry;
    const { node, path } = order.input.from;
    ports.events
      .appendNow([
        {
          at: new Date(clock.epochMs()),
          code: 'transfer_waits',
          priority: 'warning',
          node,
          message: `Unit "${order.unit}" of session ${order.sessionId} waits to read ${path} on ${node}, whose agent is not connected.`,
          details: {
            session: order.sessionId,
            net: order.net,
            unit: order.unit,
            path,
            attemptId: entry.attemptId,
          },
        },
      ])
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'An event about a file transfer could not be stored'),
      );
  };

  /** Its writing side comes again, or its attempt has ended without a word here. */
  const lookAtBroken = (entry: Entry, sinceMs: number): void => {
    const forget = (): void => {
      if (entry.carrier === null) entries.delete(entry.attemptId);
    };
    if (sinceMs > transferLimits.brokenShownMs) forget();
    else if (clock.monotonicMs() - entry.lookedMs >= transferLimits.brokenLookMs) {
      entry.lookedMs = clock.monotonicMs();
      ports.findOrder(entry.attemptId).then(
        (order) => (order === null ? forget() : undefined),
        (error: unknown) => logger.debug({ err: error }, 'A broken file transfer could not be looked up'),
      );
    }
  };

  const tick = (): void => {
    const nowMs = clock.monotonicMs();
    for (const entry of entries.values()) {
      // Who has been removed neither sends nor gets another byte; the side that is left comes again, and hears why.
      const { node, input } = entry.order;
      const isAlone = entry.carrier?.hasReader() !== true;
      if (!ports.isNode(node) || !(isAlone || ports.isNode(input.from.node))) entry.carrier?.end();
      entry.carrier?.beat();
      if (entry.brokenMs !== null) lookAtBroken(entry, nowMs - entry.brokenMs);
      consider(entry);
    }
  };

  return {
    start() {
      cancelTick ??= ports.timers.every(transferLimits.tickMs, tick);
    },
    enter(guest) {
      guest.socket.on('error', () => undefined);
      if (stopped) guest.socket.destroy();
      else if (guest.side === 'read') enterReader(guest);
      else
        enterWriter(guest).catch((error: unknown) => {
          logger.warn(
            { err: error, node: guest.node },
            'A file transfer could not be looked up; it comes again',
          );
          guest.socket.destroy();
        });
    },
    list: () => [...entries.values()].map(viewOf),
    stop() {
      stopped = true;
      cancelTick?.();
      cancelTick = undefined;
      for (const { carrier } of entries.values()) carrier?.end();
    },
  };
};

/** Both ends, once each. */
const nodesOf = ({ order }: Pick<Entry, 'order'>): readonly string[] => [
  ...new Set([order.input.from.node, order.node]),
];

const createTurns = () => {
  const onNodes = new Map<string, number>();
  let all = 0;
  return {
    all: () => all,
    on: (node: string) => onNodes.get(node) ?? 0,
    add(nodes: readonly string[], change: 1 | -1): void {
      all += change;
      for (const node of nodes) {
        const count = (onNodes.get(node) ?? 0) + change;
        if (count === 0) onNodes.delete(node);
        else onNodes.set(node, count);
      }
    },
  };
};

const viewOf = (entry: Entry): TransferView => {
  const { order, progress, speed, carrier, reason } = entry;
  const waits = reason === null ? null : readWaitSentence(reason.message);
  const { from, path } = order.input;
  const runs = carrier?.hasReader() === true;
  return {
    attemptId: entry.attemptId,
    sessionId: order.sessionId,
    net: order.net,
    unit: order.unit,
    from: { node: from.node, path: from.path },
    to: { node: order.node, path },
    state: carrier === null ? 'broken' : runs ? 'runs' : 'waits',
    reason: reason?.message ?? null,
    ...(reason?.code === undefined ? {} : { reasonSaid: { code: reason.code, values: reason.values } }),
    ...(waits === null ? {} : { waits }),
    file: progress?.file === '' ? null : (progress?.file ?? null),
    files: progress?.files ?? null,
    filesDone: progress?.filesDone ?? 0,
    bytes: progress?.bytes ?? 0,
    bytesTotal: progress?.bytesTotal ?? null,
    bytesPerSecond: !runs || speed?.bytesPerSecond == null ? null : Math.round(speed.bytesPerSecond),
    since: new Date(entry.since).toISOString(),
  };
};
