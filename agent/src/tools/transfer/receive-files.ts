// The writing side of a file transfer: leads it from the first question to the last file in its place, over as many connections as it takes.
//
// Files come one after the other; each is in its place before the next is asked for. What has arrived of a file outlives a connection, the
// agents and the managers, since this process does; and it outlives this process as a file beside the target, taken up by the next try of the same
// run. Before anything is added to it, the source is asked whether what it has before that point is the same.
//
// Responsible for the order of things, for credit, and for giving up. Not responsible for bytes on the disk (part-file.ts), for where they go
// (target-place.ts), or for what is read (send-files.ts). Called by write-main.ts.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { toolExitCodes, type FileTransferInput } from '@nezuban/protocol/agent/tool-inputs';
import { createTransferFrameReader, encodeMessage } from '@nezuban/protocol/agent/transfer-frames';
import {
  toWriterSchema,
  transferStreamLimits,
  type FromWriter,
  type ToWriter,
} from '@nezuban/protocol/agent/transfer-stream';
import { ToolFailure } from '../tool-failure.ts';
import { hashRange, openPart, partPath, type PartFile } from './part-file.ts';
import { findPlace, type TargetPlace } from './target-place.ts';
import { fileFailure } from './trouble-text.ts';

export type ReceivePorts = {
  readonly connect: () => Promise<Duplex>;
  /** A line for whoever reads the attempt's output. */
  readonly say: (line: string) => void;
  /** False: its waiter is gone, so another try may be at work. Not a byte more is written then. */
  readonly isOwned: () => boolean;
  /** Paths that are to go if this is ended from outside. */
  readonly parts: Set<Buffer>;
};

export type ReceivedFile = {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** It was there, and `if_exists` says that it stays. */
  readonly kept?: true;
};

/** A file that changes while it is read, or does not come out right, is begun anew so often. */
const restartsMax = 3;
const reconnectMs = 1_000;
/** After a manager that said to wait and let go: many may be in that case. */
const comeAgainMs = 5_000;
const progressIntervalMs = 1_000;
/** Bits that no file gets by itself: to write for group and others, and those that are no permissions. */
const modeMask = 0o755;

/** What has arrived is left as it is for whoever comes after. */
export class Orphaned extends Error {}

type Item = {
  readonly name: Buffer;
  readonly target: Buffer;
  size: number;
  mode: number;
  modifiedMs: number;
  part: PartFile | null;
  /** The target is there since an earlier try, perhaps as the result of it: the source is asked. */
  isCompared: boolean;
  restarts: number;
  done: ReceivedFile | null;
};

export async function receiveFiles(
  input: FileTransferInput,
  ports: ReceivePorts,
): Promise<readonly ReceivedFile[]> {
  const place = await findPlace(input);
  const transfer = createTransfer(input, place, ports);
  try {
    for (;;) {
      const connection = await ports.connect().catch(() => null);
      if (connection !== null) {
        const isDone = await converse(connection, transfer).finally(() => connection.destroy());
        if (isDone) return transfer.results();
      }
      transfer.assertPatience();
      await new Promise((resolve) => setTimeout(resolve, transfer.pauseMs()));
    }
  } catch (error) {
    await transfer.leave(error);
    throw error;
  }
}

/** One connection. False: it was lost. */
async function converse(connection: Duplex, transfer: Transfer): Promise<boolean> {
  const frames = createTransferFrameReader();
  let heardAt = performance.now();
  let isWaiting = true;
  const send = (message: FromWriter): void => void connection.write(encodeMessage(message));
  const beat = setInterval(() => {
    send({ type: 'alive' });
    transfer.progress(send);
    if (isWaiting && performance.now() - heardAt > transferStreamLimits.silenceMs) connection.destroy();
    if (isWaiting && transfer.isOutOfPatience()) connection.destroy();
  }, transferStreamLimits.aliveIntervalMs);
  transfer.connected(send);
  try {
    for await (const chunk of connection as AsyncIterable<Buffer>) {
      isWaiting = false;
      for (const frame of frames.push(chunk)) {
        if (frame.type === 'data') await transfer.data(frame.bytes);
        else await transfer.hear(toWriterSchema.parse(frame.message));
      }
      if (transfer.isDone()) {
        send({ type: 'done' });
        connection.end();
        return true;
      }
      heardAt = performance.now();
      isWaiting = true;
    }
  } catch (error) {
    if (error instanceof ToolFailure || error instanceof Orphaned) throw error;
    // The connection broke, or what came on it was none of ours; what is not on the disk comes again.
  } finally {
    clearInterval(beat);
  }
  return false;
}

type Send = (message: FromWriter) => void;
type Transfer = ReturnType<typeof createTransfer>;

function createTransfer(input: FileTransferInput, place: TargetPlace, ports: ReceivePorts) {
  const { from } = input;
  const source = `${from.path} on ${from.node}`;
  let items: Item[] | null = null;
  /** Places of the files in the source's list, new with each connection. */
  let indexes = new Map<Item, number>();
  let current: Item | null = null;
  let send: Send = () => undefined;
  let owed = 0;
  /** What comes before it is of a question that was asked before. */
  let awaitsBegin = true;
  let movedAt = performance.now();
  let saidProgressAt = 0;
  let waitsFor = '';
  let isToWait = false;

  const assertOwned = (): void => {
    if (!ports.isOwned()) throw new Orphaned('the waiter of this attempt is gone');
  };
  const moved = (): void => void (movedAt = performance.now());
  const isDone = (): boolean => items !== null && items.every(({ done }) => done !== null);

  const take = async (listed: Extract<ToWriter, { type: 'files' }>['items']): Promise<void> => {
    moved();
    if (listed.length > 1 && !place.isFolder)
      throw new ToolFailure(
        toolExitCodes.usage,
        `${listed.length} files on ${from.node} fit ${from.path}, and ${input.path} is one file. End the target with "/" to put them into a folder.`,
      );
    const names = listed.map(({ name }) => name);
    items ??= listed.map(({ name, size }) => newItem(Buffer.from(name, 'base64'), size, place));
    indexes = new Map();
    for (const item of items) {
      if (item.done !== null) continue;
      const index = names.indexOf(item.name.toString('base64'));
      if (index === -1)
        throw new ToolFailure(
          toolExitCodes.abnormal,
          `${item.name.toString()} of ${source} has gone while the files were transferred.`,
        );
      indexes.set(item, index);
    }
    await next();
  };

  /** Asks for the first file that is not done. */
  const next = async (): Promise<void> => {
    for (current = null; current === null;) {
      const item = (items ?? []).find(({ done }) => done === null);
      if (item === undefined) return;
      await prepare(item);
      if (item.done === null) current = item;
    }
    await ask(current);
  };

  const prepare = async (item: Item): Promise<void> => {
    if (item.part !== null || item.isCompared) return;
    const found = await fs.lstat(item.target).catch(() => null);
    const target = item.target.toString();
    if (found?.isDirectory() === true)
      throw fileFailure(Object.assign(new Error(), { code: 'EISDIR' }), target, 'cannot write');
    const part = partPath(item.target, input.name);
    const left = input.takeUp ? await fs.lstat(part).catch(() => null) : null;
    // It was put in its place, and the first name had not been taken away yet.
    const isPlaced = left !== null && found !== null && left.ino === found.ino && left.dev === found.dev;
    if (isPlaced) await fs.rm(part, { force: true });
    if (found?.isFile() === true && input.resume && (left === null || isPlaced)) item.isCompared = true;
    else if (found !== null) judgeExisting(item, found.size);
    if (item.done !== null || item.isCompared) return;
    await open(item);
  };

  const judgeExisting = (item: Item, bytes: number): void => {
    const target = item.target.toString();
    if (input.ifExists === 'fail')
      throw new ToolFailure(toolExitCodes.abnormal, `${target} is there already, and "if_exists" is "fail".`);
    if (input.ifExists === 'replace') return;
    item.done = { file: target, bytes, sha256: '', kept: true };
    ports.say(`${target} is there already and stays as it is.`);
  };

  const open = async (item: Item): Promise<void> => {
    const path = partPath(item.target, input.name);
    try {
      item.part = await openPart(path, { takeUp: input.takeUp, owner: place.uid });
    } catch (error) {
      throw fileFailure(error, path.toString(), 'cannot write');
    }
    ports.parts.add(path);
    if (item.part.offset() > 0)
      ports.say(`${item.target.toString()}: goes on behind ${item.part.offset()} bytes of an earlier try.`);
    await place.assertRoom(Math.max(0, item.size - item.part.offset()));
  };

  const ask = async (item: Item): Promise<void> => {
    const file = indexes.get(item);
    if (file === undefined) return;
    moved();
    awaitsBegin = true;
    if (item.isCompared) {
      const { bytes, digest } = await digestOf(item.target);
      send({ type: 'read', file, offset: bytes, digest });
      return;
    }
    const offset = item.part?.offset() ?? 0;
    send({ type: 'read', file, offset, ...(offset === 0 ? {} : { digest: item.part?.digest() ?? '' }) });
  };

  const restart = async (item: Item, why: string): Promise<void> => {
    item.restarts += 1;
    if (item.restarts > restartsMax)
      throw new ToolFailure(
        toolExitCodes.abnormal,
        `${item.name.toString()} of ${source} ${why}, ${item.restarts} times in a row. Nothing was put in its place.`,
      );
    ports.say(`${item.name.toString()} of ${source} ${why}; it is begun anew.`);
    await item.part?.reset();
    await ask(item);
  };

  const begin = async (item: Item, message: Extract<ToWriter, { type: 'begin' }>): Promise<void> => {
    Object.assign(item, { size: message.size, mode: message.mode, modifiedMs: message.modifiedMs });
    if (!item.isCompared) {
      await place.assertRoom(Math.max(0, item.size - (item.part?.offset() ?? 0)));
      return;
    }
    const { bytes, digest } = await digestOf(item.target);
    if (bytes !== item.size) {
      await isAnother(item);
      return;
    }
    item.done = { file: item.target.toString(), bytes, sha256: digest };
    ports.say(`${item.target.toString()} is in its place since the try before.`);
    await next();
  };

  /** What was there is no result of this run. */
  const isAnother = async (item: Item): Promise<void> => {
    item.isCompared = false;
    const found = await fs.lstat(item.target).catch(() => null);
    if (found !== null) judgeExisting(item, found.size);
    if (item.done !== null) {
      await next();
      return;
    }
    await open(item);
    await ask(item);
  };

  const end = async (item: Item, message: Extract<ToWriter, { type: 'end' }>): Promise<void> => {
    const part = item.part;
    if (part === null || item.isCompared) return;
    const sha256 = part.digest();
    if (part.offset() !== message.size || sha256 !== message.digest) {
      await restart(item, 'arrived with another checksum than it has there');
      return;
    }
    const target = item.target.toString();
    const how = {
      mode: input.mode === undefined ? item.mode & modeMask : Number.parseInt(input.mode, 8),
      uid: place.uid,
      gid: place.gid,
      modifiedMs: input.keepTimes ? item.modifiedMs : null,
      ifExists: input.ifExists,
      assertOwned,
    };
    let isPlaced: boolean;
    try {
      isPlaced = await part.finish(item.target, how);
    } catch (error) {
      if (error instanceof Orphaned) throw error;
      throw fileFailure(error, target, 'cannot put in its place, with mode and owner,');
    }
    item.part = null;
    ports.parts.delete(part.path);
    if (!isPlaced) judgeExisting(item, message.size);
    item.done ??= { file: target, bytes: message.size, sha256 };
    await next();
  };

  return {
    isDone,
    results: (): ReceivedFile[] => (items ?? []).flatMap(({ done }) => done ?? []),
    pauseMs: (): number => (isToWait ? comeAgainMs : reconnectMs),
    isOutOfPatience: (): boolean => performance.now() - movedAt > input.noProgressMs,
    assertPatience(): void {
      if (!this.isOutOfPatience()) return;
      const why = waitsFor === '' ? 'No manager on duty is reached.' : waitsFor;
      throw new ToolFailure(
        toolExitCodes.unreachable,
        `Nothing has come of ${source} for ${Math.round(input.noProgressMs / 1000)} s. ${why}`,
      );
    },
    connected(to: Send): void {
      send = to;
      owed = 0;
      send({ type: 'credit', bytes: transferStreamLimits.creditBytesMax });
    },
    async hear(message: ToWriter): Promise<void> {
      assertOwned();
      const file = current === null ? undefined : indexes.get(current);
      switch (message.type) {
        case 'alive':
          return;
        case 'waiting':
          isToWait = message.isMeant;
          if (message.isMeant) moved();
          if (message.says !== waitsFor) ports.say(message.says);
          waitsFor = message.says;
          return;
        case 'files':
          isToWait = false;
          await take(message.items);
          return;
        case 'failed':
          // What was listed and is gone now is no batch that is missing: others may be in their place already.
          throw new ToolFailure(
            message.code === 'missing' && items !== null
              ? toolExitCodes.abnormal
              : failureCodes[message.code],
            message.says,
          );
        default:
      }
      // Of a file that was asked for before something changed.
      if (current === null || message.file !== file) return;
      if (awaitsBegin && (message.type === 'end' || message.type === 'changed')) return;
      awaitsBegin = false;
      moved();
      if (message.type === 'begin') await begin(current, message);
      else if (message.type === 'end') await end(current, message);
      else if (message.type === 'changed') await restart(current, 'was changed while it was read');
      else if (current.isCompared) await isAnother(current);
      else await restart(current, 'begins with something else than what an earlier try has left');
    },
    async data(bytes: Uint8Array): Promise<void> {
      assertOwned();
      const part = current?.part ?? null;
      moved();
      // Bytes that nobody waits for any more count all the same: they were granted.
      if (part !== null && !awaitsBegin) {
        try {
          await part.write(bytes);
        } catch (error) {
          throw fileFailure(error, part.path.toString(), 'cannot write');
        }
      }
      owed += bytes.length;
      if (owed >= transferStreamLimits.creditBytesMax / 8) {
        send({ type: 'credit', bytes: owed });
        owed = 0;
      }
      if (performance.now() - saidProgressAt > progressIntervalMs) this.progress(send);
    },
    progress(to: Send): void {
      if (items === null) return;
      saidProgressAt = performance.now();
      to({
        type: 'progress',
        file: current?.name.toString() ?? '',
        files: items.length,
        filesDone: items.filter(({ done }) => done !== null).length,
        bytes: sum(items.map(({ done, part }) => done?.bytes ?? part?.offset() ?? 0)),
        bytesTotal: sum(items.map(({ done, size }) => done?.bytes ?? size)),
      });
    },
    /** What has arrived of a file stays where another try may need it. */
    async leave(error: unknown): Promise<void> {
      if (error instanceof Orphaned) return;
      const stays =
        input.keepPart && error instanceof ToolFailure && error.exitCode === toolExitCodes.unreachable;
      for (const { part } of items ?? []) {
        if (part === null) continue;
        await (stays ? part.close() : part.remove()).catch(() => undefined);
      }
    },
  };
}

const failureCodes = {
  missing: toolExitCodes.noInput,
  permission: toolExitCodes.permission,
  user: toolExitCodes.permission,
  trouble: toolExitCodes.trouble,
  too_large: toolExitCodes.abnormal,
  too_many: toolExitCodes.abnormal,
} as const;

/** Throws where a source says what is no name. */
function newItem(name: Buffer, size: number, place: TargetPlace): Item {
  const text = name.toString('latin1');
  if (text === '' || text === '.' || text === '..' || /[/\0]/.test(text) || name.length > 255)
    throw new ToolFailure(toolExitCodes.trouble, 'The source sent a name that is none of a file.');
  return {
    name,
    target: place.pathOf(name),
    size,
    mode: 0,
    modifiedMs: 0,
    part: null,
    isCompared: false,
    restarts: 0,
    done: null,
  };
}

async function digestOf(file: Buffer): Promise<{ readonly bytes: number; readonly digest: string }> {
  try {
    const handle = await fs.open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const hash = createHash('sha256');
      const bytes = await hashRange(handle, { hash, end: (await handle.stat()).size });
      return { bytes, digest: hash.digest('hex') };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileFailure(error, file.toString(), 'cannot read');
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
