// The folders `attempts/<id>`: what waiters have written, and the little that the agent writes there itself.
// Responsible for reading records, for the agent's own claim, cancel files, the generation, output bytes and removal. Not responsible for judging what is
// read (settle.ts). Everything is synchronous: these are tiny files in the page cache, and a thread pool would cost more than the call.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { OutputStream } from '@nezuban/protocol/agent/link';
import {
  parseExitRecord,
  parseStartedRecord,
  parseWaiterRecord,
  type ExitRecord,
  type KeptStream,
  type StartedRecord,
  type WaiterRecord,
} from './attempt-record.ts';

const generationFile = '.generation';
const draftPrefix = '.claim-';

export class AttemptFolders {
  readonly #root: string;

  constructor(home: string) {
    this.#root = path.join(home, 'attempts');
    fs.mkdirSync(this.#root, { recursive: true, mode: 0o700 });
  }

  readWaiter(id: AttemptId): WaiterRecord | null {
    return this.#read(id, 'waiter', parseWaiterRecord);
  }

  readStarted(id: AttemptId): StartedRecord | null {
    return this.#read(id, 'started', parseStartedRecord);
  }

  readExit(id: AttemptId): ExitRecord | null {
    return this.#read(id, 'exit', parseExitRecord);
  }

  /** Makes it sure that no waiter will ever start this attempt. False: a waiter was first. */
  claim(id: AttemptId): boolean {
    const draft = path.join(this.#root, `${draftPrefix}agent-${randomBytes(6).toString('hex')}`);
    fs.mkdirSync(draft, { mode: 0o700 });
    fs.writeFileSync(path.join(draft, 'agent'), 'claimed so that it does not start\nend\n');
    try {
      fs.renameSync(draft, path.join(this.#root, id));
      return true;
    } catch (error) {
      fs.rmSync(draft, { recursive: true, force: true });
      if (isCode(error, 'ENOTEMPTY') || isCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  /** What the waiter reads when it is signalled. */
  writeCancel(id: AttemptId, killAfterMs: number): void {
    const file = path.join(this.#root, id, 'cancel');
    fs.writeFileSync(`${file}.draft`, `killAfterMs ${Math.round(killAfterMs)}\nend\n`, { mode: 0o600 });
    fs.renameSync(`${file}.draft`, file);
  }

  /** From now on no waiter of an older generation starts anything (docs/internals/attempt-life.md, third lock). */
  writeGeneration(generation: string): void {
    const file = path.join(this.#root, generationFile);
    fs.writeFileSync(`${file}.draft`, generation, { mode: 0o600 });
    fs.renameSync(`${file}.draft`, file);
  }

  /** Up to `bytesMax` of the kept output from `offset` on; empty at its present end. */
  readOutput(
    id: AttemptId,
    at: {
      readonly stream: OutputStream | `${OutputStream}.tail`;
      readonly offset: number;
      readonly bytesMax: number;
    },
  ): Buffer {
    let file: number;
    try {
      file = fs.openSync(path.join(this.#root, id, at.stream), 'r');
    } catch (error) {
      if (isCode(error, 'ENOENT')) return Buffer.alloc(0);
      throw error;
    }
    try {
      const buffer = Buffer.allocUnsafe(at.bytesMax);
      return buffer.subarray(0, fs.readSync(file, buffer, 0, at.bytesMax, at.offset));
    } finally {
      fs.closeSync(file);
    }
  }

  /** Bytes of output in the file; 0 if there is none. */
  outputSize(id: AttemptId, stream: OutputStream): number {
    return fs.statSync(path.join(this.#root, id, stream), { throwIfNoEntry: false })?.size ?? 0;
  }

  /** What is kept of a stream: as the exit record says, without one (it runs, or its waiter died) as long as the file is. */
  keptOutput(id: AttemptId, stream: OutputStream): KeptStream {
    const bytes = this.outputSize(id, stream);
    return this.readExit(id)?.[stream] ?? { headBytes: bytes, tailBytes: 0, end: bytes };
  }

  /** Files that were given to the command: script, standard input and others. They may hold secrets. */
  removeGiven(id: AttemptId): void {
    const folder = path.join(this.#root, id);
    for (const name of listIfThere(folder))
      if (givenFile.test(name)) fs.rmSync(path.join(folder, name), { force: true });
  }

  /** Writes stars over what stands at these places of the kept output, whose length stays as it is. */
  hideInOutput(
    id: AttemptId,
    stream: OutputStream | `${OutputStream}.tail`,
    places: readonly { readonly offset: number; readonly bytes: number }[],
  ): void {
    if (places.length === 0) return;
    const file = fs.openSync(path.join(this.#root, id, stream), 'r+');
    try {
      for (const { offset, bytes } of places) fs.writeSync(file, Buffer.alloc(bytes, '*'), 0, bytes, offset);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
  }

  remove(id: AttemptId): void {
    const folder = path.join(this.#root, id);
    // By name: four times as quick as a recursive removal, and these are all there are.
    for (const name of [
      'waiter',
      'started',
      'exit',
      'cancel',
      'stdout',
      'stderr',
      'stdout.tail',
      'stderr.tail',
      'agent',
      'exit.draft',
      'cancel.draft',
    ]) {
      try {
        fs.unlinkSync(path.join(folder, name));
      } catch (error) {
        if (!isCode(error, 'ENOENT')) throw error;
      }
    }
    fs.rmSync(folder, { recursive: true, force: true });
  }

  /** Names of all attempt folders, whether or not the journal knows them. */
  list(): string[] {
    return fs.readdirSync(this.#root).filter((name) => !name.startsWith('.'));
  }

  /** Drafts of claims whose maker died. Called when no older spawner can be at work on them any more, or it does not matter. */
  removeDrafts(isMakerAlive: (pid: number, startTime: string) => boolean): void {
    for (const name of fs.readdirSync(this.#root)) {
      if (!name.startsWith(draftPrefix)) continue;
      const [pid, startTime] = name.slice(draftPrefix.length).split('-');
      if (pid !== 'agent' && isMakerAlive(Number(pid), startTime ?? '')) continue;
      fs.rmSync(path.join(this.#root, name), { recursive: true, force: true });
    }
  }

  /** Bytes that the file system still has for us. */
  freeBytes(): number {
    const stat = fs.statfsSync(this.#root);
    return stat.bavail * stat.bsize;
  }

  #read<T>(id: AttemptId, name: string, parse: (text: string) => T | null): T | null {
    try {
      return parse(fs.readFileSync(path.join(this.#root, id, name), 'latin1'));
    } catch (error) {
      if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return null;
      throw error;
    }
  }
}

/** As Given.pm names them. */
const givenFile = /^given-/;

function listIfThere(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
