// One transfer while both its connections are there: passes on, and keeps nothing.
// What the writing side says is read (it is little), since credit is let go at the pace that is allowed, and progress is for people. What the
// reading side sends is passed on as it comes, no faster than the writing side takes it; so much is under way as was granted.
// Responsible for two sockets, from the first byte of the writing side on. Not responsible for who they are, and when there may be two
// (transfer-relay.ts).
import type { Duplex } from 'node:stream';
import { createTransferFrameReader, encodeMessage } from '@nezuban/protocol/agent/transfer-frames';
import {
  fromWriterSchema,
  transferStreamLimits,
  type FromWriter,
  type ToWriter,
} from '@nezuban/protocol/agent/transfer-stream';
import type { Timers } from '@nezuban/platform/timers';

export type Progress = Extract<FromWriter, { type: 'progress' }>;

export type CarrierPorts = {
  readonly timers: Pick<Timers, 'after'>;
  readonly monotonicMs: () => number;
  /** Milliseconds until so many bytes more may come. */
  readonly delayMs: (bytes: number) => number;
  readonly onProgress: (progress: Progress) => void;
  /** Told once. `isDone`: the writing side has all it wanted. */
  readonly onEnd: (isDone: boolean) => void;
};

export type Carrier = {
  readonly hasReader: () => boolean;
  /** From now on both hear each other. */
  readonly join: (reader: Duplex) => void;
  /** To the writing side, while there is nobody else who speaks to it. */
  readonly tell: (message: ToWriter) => void;
  /** Ends connections that have been silent. */
  readonly beat: () => void;
  readonly end: () => void;
};

export const createCarrier = (writer: Duplex, ports: CarrierPorts): Carrier => {
  const frames = createTransferFrameReader();
  let reader: Duplex | null = null;
  /** Granted before there was anybody to read. */
  let kept = 0;
  let ended = false;
  let writerHeardMs = ports.monotonicMs();
  let readerHeardMs = 0;
  const delays = new Set<() => void>();

  const end = (isDone: boolean): void => {
    if (ended) return;
    ended = true;
    for (const cancel of delays) cancel();
    for (const socket of [writer, reader]) socket?.destroy();
    ports.onEnd(isDone);
  };

  const grant = (bytes: number): void => {
    if (reader === null) {
      kept = Math.min(kept + bytes, transferStreamLimits.creditBytesMax);
      return;
    }
    const to = reader;
    const wait = ports.delayMs(bytes);
    const send = (): void => void to.write(encodeMessage({ type: 'credit', bytes } as never));
    if (wait <= 0) {
      send();
      return;
    }
    const cancel = ports.timers.after(wait, () => {
      delays.delete(cancel);
      send();
    });
    delays.add(cancel);
  };

  const hear = (message: FromWriter): void => {
    switch (message.type) {
      case 'credit':
        grant(message.bytes);
        return;
      case 'progress':
        ports.onProgress(message);
        return;
      case 'done':
        end(true);
        return;
      case 'alive':
      case 'read':
        reader?.write(encodeMessage(message));
        return;
    }
  };

  writer.on('data', (chunk: Buffer) => {
    writerHeardMs = ports.monotonicMs();
    try {
      for (const frame of frames.push(chunk)) {
        if (frame.type === 'data') throw new Error('the writing side sends no bytes of files');
        hear(fromWriterSchema.parse(frame.message));
        if (ended) return;
      }
    } catch {
      // It speaks something else, or is not what it says.
      end(false);
    }
  });
  writer.on('drain', () => reader?.resume());
  writer.on('end', () => end(false));
  writer.on('error', () => end(false));
  writer.on('close', () => end(false));

  return {
    hasReader: () => reader !== null,
    join(socket) {
      reader = socket;
      readerHeardMs = ports.monotonicMs();
      socket.on('data', (chunk: Buffer) => {
        readerHeardMs = ports.monotonicMs();
        if (!writer.write(chunk)) socket.pause();
      });
      socket.on('error', () => end(false));
      // What it said last is on its way to the writing side, which ends the connection or sees it end.
      socket.on('end', () => writer.end());
      socket.on('close', () => (writer.writableEnded ? undefined : end(false)));
      if (kept > 0) grant(kept);
      kept = 0;
    },
    tell(message) {
      if (!ended && reader === null) writer.write(encodeMessage(message));
    },
    beat() {
      const nowMs = ports.monotonicMs();
      if (nowMs - writerHeardMs > transferStreamLimits.silenceMs) end(false);
      // One that is held back because the writing side is slow cannot be heard.
      else if (
        reader !== null &&
        !reader.isPaused() &&
        nowMs - readerHeardMs > transferStreamLimits.silenceMs
      )
        end(false);
    },
    end: () => end(false),
  };
};
