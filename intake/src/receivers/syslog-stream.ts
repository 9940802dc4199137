/**
 * Streams of syslog, over TCP or TLS alike.
 *
 * Responsible for who is connected and how many, for stopping to read while the journal is pressed or full, for what a stream leaves behind when
 * it ends, and for senders that stop within a message. Not responsible for the listening socket (`syslog-tcp.ts`, `syslog-tls.ts`).
 */
import type net from 'node:net';
import type { CancelTimer } from '@nezuban/platform/timers';
import { recordFlags } from '@nezuban/protocol/intake/record';
import { receiverLimits } from './receiver-limits.ts';
import type { ReceiverPorts } from './receiver.ts';
import { createSyslogFraming, type FramedMessage, type SyslogFraming } from './syslog-framing.ts';

export type SyslogStreams = {
  /** Takes a socket over. `extra`: what is known of the sender beside its address. */
  readonly accept: (socket: net.Socket, extra: Readonly<Record<string, string>> | null) => void;
  readonly counts: () => { readonly received: number; readonly refused: number };
  /** Ends all streams; what they have begun is kept. Idempotent. */
  readonly stop: () => void;
};

type Stream = {
  readonly socket: net.Socket;
  readonly framing: SyslogFraming;
  readonly address: string;
  readonly port: number;
  readonly extra: Readonly<Record<string, string>> | null;
  /** A message that the journal had no room for; it is offered again before any other. */
  waiting: FramedMessage | null;
  lastMs: number;
  isPaused: boolean;
  isEnded: boolean;
};

export type SyslogStreamsOptions = {
  /** Added to `stream`. */
  readonly flags: number;
  readonly now?: () => number;
  readonly connectionsMax?: number;
};

export function createSyslogStreams(ports: ReceiverPorts, options: SyslogStreamsOptions): SyslogStreams {
  const { sink, timers, logger } = ports;
  const now = options.now ?? (() => performance.now());
  const connectionsMax = options.connectionsMax ?? receiverLimits.connectionsMax;
  const streams = new Set<Stream>();
  const perAddress = new Map<string, number>();
  let received = 0;
  let refused = 0;
  let isReliefAsked = false;
  let cancelSweep: CancelTimer | null = null;
  let isStopped = false;

  function offer(stream: Stream, message: FramedMessage): boolean {
    const cut = message.isTruncated ? recordFlags.truncated : 0;
    const answer = sink.hear({
      protocol: 'syslog',
      address: stream.address,
      port: stream.port,
      flags: recordFlags.stream | options.flags | cut,
      extra: stream.extra,
      payload: message.payload,
    });
    if (answer === 'full') {
      // TCP can wait: what is not read stays with the sender.
      stream.waiting = message;
      return false;
    }
    stream.waiting = null;
    received += 1;
    if (answer === 'denied') refused += 1;
    return true;
  }

  /** All that is whole, as long as the journal takes it. */
  function pump(stream: Stream): void {
    for (;;) {
      // At the end of the process the last word counts more than the pace.
      if (!isStopped && sink.isPressed()) return pause(stream);
      const message = stream.waiting ?? stream.framing.next();
      if (message === null) break;
      if (!offer(stream, message)) return pause(stream);
    }
    if (stream.isEnded) {
      const rest = stream.framing.rest();
      if (rest !== null && !offer(stream, rest)) return pause(stream);
      remove(stream);
    } else if (stream.isPaused) {
      stream.isPaused = false;
      stream.socket.resume();
    }
  }

  function pause(stream: Stream): void {
    if (!stream.isPaused) stream.socket.pause();
    stream.isPaused = true;
    if (isStopped) return lose(stream);
    if (isReliefAsked) return;
    isReliefAsked = true;
    const relieved = (): void => {
      isReliefAsked = false;
      for (const one of streams) if (one.isPaused) pump(one);
    };
    // A journal that is full without being pressed gives no relief: it is asked again.
    if (sink.isPressed()) sink.onRelief(relieved);
    else timers.after(FULL_ASK_AGAIN_MS, relieved);
  }

  /** The process ends and the journal takes nothing: counted, since nobody is left to wait. */
  function lose(stream: Stream): void {
    refused += 1;
    remove(stream);
  }

  function remove(stream: Stream): void {
    if (!streams.delete(stream)) return;
    const left = (perAddress.get(stream.address) ?? 1) - 1;
    if (left === 0) perAddress.delete(stream.address);
    else perAddress.set(stream.address, left);
    stream.socket.destroy();
    if (streams.size === 0) {
      cancelSweep?.();
      cancelSweep = null;
    }
  }

  function end(stream: Stream): void {
    if (stream.isEnded) return;
    stream.isEnded = true;
    // Paused: what it has left is offered when the journal takes something again.
    if (!stream.isPaused) pump(stream);
  }

  function sweep(): void {
    const nowMs = now();
    for (const stream of streams) {
      if (stream.isPaused || stream.isEnded || !stream.framing.isWithin()) continue;
      if (nowMs - stream.lastMs < receiverLimits.partialMs) continue;
      logger.warn(
        { address: stream.address },
        'a syslog stream stopped within a message: it is taken as it is, and the stream ends',
      );
      end(stream);
    }
  }

  function hasRoom(address: string): boolean {
    if ((perAddress.get(address) ?? 0) >= receiverLimits.connectionsPerAddressMax) return false;
    if (streams.size < connectionsMax) return true;
    const silent = [...streams].filter((one) => !one.isPaused && !one.framing.isWithin());
    const oldest = silent.reduce<Stream | null>(
      (best, one) => (best === null || one.lastMs < best.lastMs ? one : best),
      null,
    );
    if (oldest === null || now() - oldest.lastMs < receiverLimits.evictIdleMs) return false;
    end(oldest);
    return true;
  }

  return {
    accept(socket, extra) {
      socket.on('error', () => undefined);
      const address = socket.remoteAddress;
      if (isStopped || address === undefined || !sink.mayHear(address) || !hasRoom(address)) {
        if (!isStopped && address !== undefined) refused += 1;
        socket.destroy();
        return;
      }
      const stream: Stream = {
        socket,
        framing: createSyslogFraming(),
        address,
        port: socket.remotePort ?? 0,
        extra,
        waiting: null,
        lastMs: now(),
        isPaused: false,
        isEnded: false,
      };
      streams.add(stream);
      perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
      cancelSweep ??= timers.every(receiverLimits.sweepMs, sweep);
      socket.setKeepAlive(true, receiverLimits.keepAliveMs);
      socket.on('data', (chunk: Buffer) => {
        if (stream.isEnded) return;
        stream.lastMs = now();
        stream.framing.add(chunk);
        if (!stream.isPaused) pump(stream);
      });
      socket.on('end', () => end(stream));
      socket.on('close', () => end(stream));
    },
    counts: () => ({ received, refused }),
    stop() {
      isStopped = true;
      for (const stream of streams) {
        stream.isEnded = true;
        pump(stream);
      }
    },
  };
}

const FULL_ASK_AGAIN_MS = 200;
