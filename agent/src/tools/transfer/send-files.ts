// The reading side of a file transfer: says which files there are, and sends what it is asked for as far as it has credit.
// It holds nothing that matters: after any break another one is started, and asked from where the writing side has it. Responsible for seeing
// that a file is the same from its first byte to its last. Not responsible for which files may be read: it knows those of its order alone.
// Called by read-main.ts.
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import type { TransferSource } from '@nezuban/protocol/agent/tool-inputs';
import { createTransferFrameReader, dataHead, encodeMessage } from '@nezuban/protocol/agent/transfer-frames';
import {
  fromWriterSchema,
  transferStreamLimits,
  type FromWriter,
  type ToWriter,
} from '@nezuban/protocol/agent/transfer-stream';
import { hashRange } from './part-file.ts';
import { findFiles, placeOf, SourceFailure, sourceFailure, type SourceFile } from './source-files.ts';

type Read = Extract<FromWriter, { type: 'read' }>;

/** Another question has come: this one is not answered any more. */
class Superseded extends Error {}

export async function sendFiles(
  source: TransferSource,
  { input, output }: { readonly input: Readable; readonly output: Writable },
): Promise<void> {
  const send = (message: ToWriter): void => void output.write(encodeMessage(message));
  const credit = createCredit();
  let newest: Read | null = null;
  let sending: Promise<void> = Promise.resolve();
  let heardAt = performance.now();
  const beat = setInterval(() => {
    send({ type: 'alive' });
    if (performance.now() - heardAt > transferStreamLimits.silenceMs) input.destroy();
  }, transferStreamLimits.aliveIntervalMs);

  const fail = (error: unknown): void => {
    if (error instanceof Superseded) return;
    const failure = error instanceof SourceFailure ? error : sourceFailure(error, source.path, source);
    send({ type: 'failed', code: failure.code, says: failure.message });
  };

  const begin = (message: Read, files: readonly SourceFile[]): void => {
    newest = message;
    credit.wake();
    const isNewest = (): boolean => newest === message;
    const around = { source, files, output, credit, send, isNewest };
    // One at a time: bytes of two files must not mix.
    sending = sending.then(() => answer(message, around)).catch(fail);
  };

  try {
    const files = await findFiles(source);
    send({
      type: 'files',
      items: files.map(({ name, size }) => ({ name: name.toString('base64'), size })),
    });
    const frames = createTransferFrameReader();
    for await (const chunk of input as AsyncIterable<Buffer>) {
      heardAt = performance.now();
      for (const frame of frames.push(chunk)) {
        if (frame.type === 'data') throw new Error('the writing side sends no bytes of files');
        const message = fromWriterSchema.parse(frame.message);
        if (message.type === 'credit') credit.add(message.bytes);
        if (message.type === 'read') begin(message, files);
      }
    }
  } catch (error) {
    fail(error);
    // The other side ends the connection once it has heard.
    if (!input.destroyed) await once(input.resume(), 'close').catch(() => undefined);
  } finally {
    newest = null;
    credit.wake();
    clearInterval(beat);
  }
}

type Answering = {
  readonly source: TransferSource;
  readonly files: readonly SourceFile[];
  readonly output: Writable;
  readonly credit: ReturnType<typeof createCredit>;
  readonly send: (message: ToWriter) => void;
  readonly isNewest: () => boolean;
};

async function answer(read: Read, around: Answering): Promise<void> {
  const file = around.files[read.file];
  if (!around.isNewest()) return;
  if (file === undefined) throw new Error(`there is no file ${read.file} in this transfer`);
  let handle: FileHandle;
  try {
    // A pipe must not hang the reader before it is seen to be none of ours.
    handle = await fs.open(file.path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    throw sourceFailure(error, file.path.toString(), around.source);
  }
  try {
    await sendFile(read, { ...around, file, handle });
  } finally {
    await handle.close();
  }
}

async function sendFile(
  read: Read,
  {
    source,
    file,
    handle,
    output,
    credit,
    send,
    isNewest,
  }: Answering & { readonly file: SourceFile; readonly handle: FileHandle },
): Promise<void> {
  const before = await handle.stat({ bigint: true });
  const size = Number(before.size);
  const name = file.path.toString();
  if (!before.isFile()) throw new SourceFailure('trouble', `${name} on ${placeOf(source)} is no plain file.`);
  if (source.bytesMax !== undefined && size > source.bytesMax)
    throw new SourceFailure(
      'too_large',
      `${name} on ${placeOf(source)} has ${size} bytes; the setting transfers.file_bytes_max allows ${source.bytesMax}.`,
    );
  const { file: index, offset } = read;
  const hash = createHash('sha256');
  const stop = (): void => {
    if (!isNewest()) throw new Superseded();
  };
  if (offset > 0 && !(await hasSame(read, { handle, hash, size, stop, send }))) {
    send({ type: 'differs', file: index });
    return;
  }
  send({
    type: 'begin',
    file: index,
    size,
    mode: Number(before.mode & 0o7777n),
    modifiedMs: Number(before.mtimeMs),
  });
  for (let at = offset; at < size;) {
    const granted = await credit.take(Math.min(transferStreamLimits.dataBytesMax, size - at));
    stop();
    const buffer = Buffer.allocUnsafe(granted);
    const { bytesRead } = await handle.read(buffer, 0, granted, at);
    if (bytesRead === 0) {
      send({ type: 'changed', file: index });
      return;
    }
    const bytes = buffer.subarray(0, bytesRead);
    credit.add(granted - bytesRead);
    hash.update(bytes);
    at += bytesRead;
    output.write(dataHead(bytesRead));
    if (!output.write(bytes)) await once(output, 'drain');
  }
  const after = await handle.stat({ bigint: true });
  const there = await fs.stat(file.path, { bigint: true }).catch(() => null);
  const isSame =
    after.size === before.size &&
    after.mtimeNs === before.mtimeNs &&
    there?.ino === before.ino &&
    there.dev === before.dev;
  stop();
  send(
    isSame
      ? { type: 'end', file: index, size, digest: hash.digest('hex') }
      : { type: 'changed', file: index },
  );
}

/** Whether the file begins with what the writing side has. Takes it into the hash. */
async function hasSame(
  { offset, digest }: Read,
  at: {
    readonly handle: FileHandle;
    readonly hash: ReturnType<typeof createHash>;
    readonly size: number;
    readonly stop: () => void;
    readonly send: (message: ToWriter) => void;
  },
): Promise<boolean> {
  if (at.size < offset) return false;
  let saidAt = performance.now();
  const read = await hashRange(at.handle, {
    hash: at.hash,
    end: offset,
    onRead: (done) => {
      at.stop();
      if (performance.now() - saidAt < transferStreamLimits.aliveIntervalMs) return;
      saidAt = performance.now();
      at.send({
        type: 'waiting',
        isMeant: true,
        says: `The source compares what has arrived before: ${Math.floor((done / offset) * 100)} %.`,
      });
    },
  });
  return read === offset && at.hash.copy().digest('hex') === digest;
}

function createCredit() {
  let bytes = 0;
  let waiter: (() => void) | null = null;
  const wake = (): void => {
    waiter?.();
    waiter = null;
  };
  return {
    wake,
    add(more: number): void {
      bytes = Math.min(bytes + more, 2 * transferStreamLimits.creditBytesMax);
      wake();
    },
    /** Up to `wanted`, at least one; nothing where it was only woken. */
    async take(wanted: number): Promise<number> {
      if (bytes === 0) await new Promise<void>((resolve) => (waiter = resolve));
      const taken = Math.min(bytes, wanted);
      bytes -= taken;
      return taken;
    },
  };
}
