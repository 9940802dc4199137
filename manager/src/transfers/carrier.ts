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
  /** Bytes that are let go at once. */
  readonly sliceBytes: () => number;
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
  /** Granted, and not let go yet. */
  let owed = 0;
  let cancelWait: (() => void) | null = null;
  let ended = false;
  let writerHeardMs = ports.monotonicMs();
  let readerHeardMs = 0;

  const end = (isDone: boolean): void => {
    if (ended) return;
    ended = true;
    cancelWait?.();
    for (const socket of [writer, reader]) socket?.destroy();
    ports.onEnd(isDone);
  };

  const grant = (bytes: number): void => {
    owed = Math.min(owed + bytes, transferStreamLimits.creditBytesMax);
    letGo();
  };

  /** In slices, each in its moment: a limit holds from the first byte on. */
  const letGo = (): void => {
    while (reader !== null && owed > 0 && cancelWait === null) {
      const bytes = Math.min(owed, ports.sliceBytes());
      owed -= bytes;
      const wait = ports.delayMs(bytes);
      if (wait > 0) sendLater(bytes, wait);
      else sendCredit(bytes);
    }
  };

  const sendLater = (bytes: number, wait: number): void => {
    cancelWait = ports.timers.after(wait, () => {
      cancelWait = null;
      sendCredit(bytes);
      letGo();
    });
  };

  const sendCredit = (bytes: number): void => void reader?.write(encodeMessage({ type: 'credit', bytes }));

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
      letGo();
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
