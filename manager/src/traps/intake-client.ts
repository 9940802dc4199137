// The connection to the intake of one host: this one's own by its Unix socket, the other one's by the door of the link.
// Responsible for connecting for ever at a bounded rate, for the first words, for frames, and for what the intake says of itself. Not
// responsible for what becomes of records (`trap-loop.ts`). Made by traps.ts, one for each host.
import net from 'node:net';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Term } from '@nezuban/protocol/ids';
import { createFrameReader, encodeControl, type Frame } from '@nezuban/protocol/intake/frame-codec';
import {
  fromIntakeSchema,
  HAND_OVER_VERSION,
  type FromIntake,
  type IntakeStatus,
  type ToIntake,
} from '@nezuban/protocol/intake/hand-over';
import type { IntakeOrders } from '@nezuban/protocol/intake/orders';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { decodeRecords } from '@nezuban/protocol/intake/record-codec';
import { trapsLimits as limits } from './traps-limits.ts';

export type IntakeRole = 'own' | 'peer';
export type Welcome = Extract<FromIntake, { readonly type: 'welcome' }>;

/** What comes of one connection after the other. Called in order; `lost` ends what `welcome` began. */
export type IntakeListener = {
  readonly welcome: (welcome: Welcome) => void;
  readonly records: (records: readonly TrapRecord[], bytes: number) => void;
  /** Everything durable up to here has been sent. */
  readonly caughtUp: (heard: { readonly nextSeq: number; readonly heardUntilUs: number }) => void;
  readonly status: (status: IntakeStatus) => void;
  readonly lost: () => void;
};

export type IntakeClientView = {
  readonly connected: boolean;
  /** Why not, one sentence. */
  readonly says: string | null;
  readonly status: IntakeStatus | null;
};

export type IntakeClient = {
  readonly start: () => void;
  /** Begins, or begins again from an older place. */
  readonly read: (fromSeq: number) => void;
  readonly more: (bytes: number) => void;
  readonly processed: (seq: number) => void;
  /** Kept, and told anew with each connection. */
  readonly order: (orders: IntakeOrders) => void;
  /** Rises with each welcome: what was read of one connection is not told to the next, whose journal may be another. */
  readonly epoch: () => number;
  /** Connects anew. */
  readonly drop: (why: string) => void;
  readonly view: () => IntakeClientView;
  /** Idempotent. */
  readonly stop: () => void;
};

export type IntakeClientPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly listener: IntakeListener;
};

export const createIntakeClient = (
  { clock, timers, logger, listener }: IntakeClientPorts,
  { socketPath, term }: { readonly socketPath: string; readonly term: Term },
): IntakeClient => {
  let socket: net.Socket | null = null;
  let isWelcome = false;
  let epoch = 0;
  let stopped = false;
  let waitMs: number = limits.reconnectMsMin;
  let cancelRetry: (() => void) | undefined;
  let cancelAsking: (() => void) | undefined;
  let heardAtMs = 0;
  let says: string | null = 'It has not been reached yet.';
  let status: IntakeStatus | null = null;
  let orders: IntakeOrders | null = null;

  const send = (message: ToIntake): void => {
    if (socket !== null && !socket.destroyed) socket.write(encodeControl(message));
  };

  const receive = (frame: Frame): void => {
    heardAtMs = clock.monotonicMs();
    if (frame.type === 'records') {
      // A stream between two processes of ours: checksums are looked at where bytes lie on disks.
      if (isWelcome) listener.records(decodeRecords(frame.bytes, null), frame.bytes.length);
      return;
    }
    const parsed = fromIntakeSchema.safeParse(frame.message);
    // A newer intake may say more than we know.
    if (!parsed.success) {
      logger.debug(
        { issues: parsed.error.issues.length },
        'The intake said something that is not known here',
      );
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case 'welcome':
        isWelcome = true;
        epoch += 1;
        says = null;
        waitMs = limits.reconnectMsMin;
        if (orders !== null) send({ type: 'orders', orders });
        send({ type: 'ask-status' });
        listener.welcome(message);
        break;
      case 'refused':
        says = message.says;
        logger.warn({ reason: message.reason, says: message.says }, 'The intake refuses this manager');
        waitMs = limits.reconnectMsMax;
        socket?.destroy();
        break;
      case 'caught-up':
        if (isWelcome) listener.caughtUp(message);
        break;
      case 'status':
        status = message.status;
        listener.status(message.status);
        break;
      default:
        message satisfies never;
    }
  };

  const connect = (): void => {
    cancelRetry = undefined;
    if (stopped) return;
    const frames = createFrameReader();
    const opened = net.createConnection(socketPath);
    socket = opened;
    heardAtMs = clock.monotonicMs();
    opened.on('connect', () => send({ type: 'hello', version: HAND_OVER_VERSION, term }));
    opened.on('data', (chunk: Buffer) => {
      if (socket !== opened) return;
      try {
        for (const frame of frames.push(chunk)) receive(frame);
      } catch (error) {
        logger.warn({ err: error }, 'The intake said something that is not understood; it is connected anew');
        says = 'It says something that this release does not understand.';
        opened.destroy();
      }
    });
    opened.on('error', (error) => {
      if (isWelcome) logger.info({ err: error }, 'The connection to the intake broke');
      says = `It cannot be reached: ${error.message}.`;
    });
    opened.on('close', () => {
      if (socket !== opened) return;
      socket = null;
      cancelAsking?.();
      cancelAsking = undefined;
      if (isWelcome) {
        isWelcome = false;
        says ??= 'The connection has ended.';
        listener.lost();
      }
      if (stopped) return;
      cancelRetry = timers.after(waitMs, connect);
      waitMs = Math.min(waitMs * 2, limits.reconnectMsMax);
    });
    cancelAsking = timers.every(limits.statusEveryMs, () => {
      if (clock.monotonicMs() - heardAtMs > limits.silentMs) {
        says = 'It does not answer.';
        opened.destroy();
      } else if (isWelcome) send({ type: 'ask-status' });
    });
  };

  return {
    start() {
      if (socket === null && cancelRetry === undefined && !stopped) connect();
    },
    read: (fromSeq) => send({ type: 'read', fromSeq, windowBytes: limits.windowBytes }),
    more: (bytes) => send({ type: 'more', bytes }),
    processed: (seq) => send({ type: 'processed', seq }),
    order(next) {
      orders = next;
      if (isWelcome) send({ type: 'orders', orders: next });
    },
    epoch: () => epoch,
    drop(why) {
      says = why;
      socket?.destroy();
    },
    view: () => ({ connected: isWelcome, says: isWelcome ? null : says, status }),
    stop() {
      stopped = true;
      cancelRetry?.();
      cancelAsking?.();
      socket?.destroy();
    },
  };
};
