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
import { waitSentence } from '@nezuban/core/operations/frozen-places';
import { encodeMessage } from '@nezuban/protocol/agent/transfer-frames';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
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
  reason: string | null;
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

type Verdict =
  | { readonly to: 'ask' }
  /** `isMeant`: the transfer's deadline does not run. */
  | { readonly to: 'wait'; readonly says: string; readonly isMeant: boolean }
  | { readonly to: 'fail'; readonly says: string };

export const createTransferRelay = (
  ports: TransferRelayPorts,
  { term }: { readonly term: Term },
): TransferRelay => {
  const { clock, hub, logger, settings } = ports;
  const entries = new Map<AttemptId, Entry>();
  const total = createPace();
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
      socket.destroy();
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
        Object.assign(entry, { carrier: null, key: '', reason: null, speed: null });
        if (isDone) entries.delete(attemptId);
        else entry.brokenMs = clock.monotonicMs();
      },
    });
    Object.assign(entry, { carrier, key: '', brokenMs: null, toldMs: -Infinity });
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

  /** Those that have a turn: asked, or joined. */
  const withTurn = (): Entry[] =>
    [...entries.values()].filter(({ carrier, key }) => carrier !== null && key !== '');

  const judge = ({ order }: Entry): Verdict => {
    const { node } = order.input.from;
    if (!ports.isNode(node)) return { to: 'fail', says: `There is no node "${node}" to read from.` };
    const features = hub.features(node);
    if (features === null)
      return { to: 'wait', says: `Waits for ${node}, whose agent is not connected.`, isMeant: false };
    if (!features.includes(agentLinkFeatures.fileTransfer))
      return {
        to: 'fail',
        says: `The agent of ${node} is of a release that reads no files for others; upgrade it.`,
      };
    const frozen = ports.frozen().get(node);
    if (frozen !== undefined) return { to: 'wait', says: waitSentence(frozen), isMeant: true };
    const others = withTurn();
    const { parallel_max: max, parallel_per_node_max: nodeMax } = settings();
    if (others.length >= max)
      return {
        to: 'wait',
        says: `Waits for its turn: ${others.length} transfers run, and no more may.`,
        isMeant: true,
      };
    for (const name of new Set([node, order.node])) {
      const there = others.filter(
        (other) => other.order.node === name || other.order.input.from.node === name,
      );
      if (there.length >= nodeMax)
        return {
          to: 'wait',
          says: `Waits for its turn: ${there.length} transfers run on ${name}, and no more may.`,
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
      tellWhy(entry, { says: `Waits for ${entry.order.input.from.node} to begin.`, isMeant: false });
      return;
    }
    entry.key = '';
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
    entry.key = randomBytes(KEY_BYTES).toString('base64url');
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
    { says, isMeant }: { readonly says: string; readonly isMeant: boolean },
  ): void => {
    const nowMs = clock.monotonicMs();
    if (says === entry.reason && nowMs - entry.toldMs < transferStreamLimits.aliveIntervalMs) return;
    entry.reason = says;
    entry.toldMs = nowMs;
    entry.carrier?.tell({ type: 'waiting', says, isMeant });
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

const viewOf = (entry: Entry): TransferView => {
  const { order, progress, speed, carrier } = entry;
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
    reason: entry.reason,
    file: progress?.file === '' ? null : (progress?.file ?? null),
    files: progress?.files ?? null,
    filesDone: progress?.filesDone ?? 0,
    bytes: progress?.bytes ?? 0,
    bytesTotal: progress?.bytesTotal ?? null,
    bytesPerSecond: !runs || speed?.bytesPerSecond == null ? null : Math.round(speed.bytesPerSecond),
    since: new Date(entry.since).toISOString(),
  };
};
