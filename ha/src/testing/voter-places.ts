// A place for a voter record, in memory or in a file, whose flushes fail, hang or end when a test says so.
// Responsible for offering both in the same words, for the contract tests of the voter store. Not responsible for what is asserted.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { systemTimers, type Timers } from '@nezuban/platform/timers';
import type { VoterRecord } from '@nezuban/protocol/pair/roster';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFileVoterStore, createVoterFile } from '../drivers/voter-store/voter-store-file.ts';
import { createMemoryVoterStore, createVoterMedium } from '../drivers/voter-store/voter-store-memory.ts';
import type { VoterStore } from '../drivers/voter-store/voter-store.ts';
import { SAMPLE_IDENTITY } from './voter-samples.ts';

export type Hold = {
  /** Resolves when a flush hangs. */
  readonly begun: () => Promise<void>;
  /** Lets this flush and all later ones go on. */
  readonly release: () => void;
};

export type Place = AsyncDisposable & {
  readonly open: (options?: { readonly timers?: Timers; readonly closeWaitMs?: number }) => VoterStore;
  readonly read: () => Uint8Array;
  /** Null: nothing is there. */
  readonly replace: (bytes: Uint8Array | null) => void;
  readonly failFlushes: (fail: boolean) => void;
  readonly holdFlush: () => Hold;
};

export type Backend = {
  readonly name: string;
  /** A place with this record, as it is after the admission of a voter. */
  readonly createPlace: (record: VoterRecord) => Promise<Place>;
  /** Tears are tried at each multiple: the cheaper a store is to open, the more. */
  readonly tearBytes: number;
};

export const backends: readonly Backend[] = [
  { name: 'memory', createPlace: createMemoryPlace, tearBytes: 64 },
  { name: 'file', createPlace: createFilePlace, tearBytes: 512 },
];

async function createMemoryPlace(record: VoterRecord): Promise<Place> {
  const medium = createVoterMedium(record);
  let fails = false;
  let hold: { begun: PromiseWithResolvers<void>; released: PromiseWithResolvers<void> } | null = null;

  async function beforeFlush(): Promise<void> {
    hold?.begun.resolve();
    await hold?.released.promise;
    if (fails) throw new Error('EIO: i/o error, fdatasync');
  }

  return {
    open: ({ timers = systemTimers, ...options } = {}) =>
      createMemoryVoterStore({ medium, timers, beforeFlush }, { ...SAMPLE_IDENTITY, ...options }),
    read: () => medium.read() ?? new Uint8Array(),
    replace: medium.replace,
    failFlushes: (fail) => void (fails = fail),
    holdFlush() {
      const mine = { begun: Promise.withResolvers<void>(), released: Promise.withResolvers<void>() };
      hold = mine;
      return {
        begun: () => mine.begun.promise,
        release() {
          hold = null;
          mine.released.resolve();
        },
      };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const FAULTY_THREAD = new URL('./faulty-voter-store-worker-main.ts', import.meta.url);

async function createFilePlace(record: VoterRecord): Promise<Place> {
  const scratch = createScratchHome();
  const file = path.join(scratch.path, 'voter');
  const created = await createVoterFile(file, record);
  if (!created.ok) throw new Error(created.sentence);
  return {
    open: ({ timers = systemTimers, ...options } = {}) =>
      createFileVoterStore(
        { timers, threadProgram: FAULTY_THREAD },
        { ...SAMPLE_IDENTITY, ...options, file },
      ),
    read: () => new Uint8Array(fs.readFileSync(file)),
    replace(bytes) {
      if (bytes === null) fs.rmSync(file);
      else fs.writeFileSync(file, bytes);
    },
    failFlushes(fail) {
      if (fail) fs.writeFileSync(`${file}.fail-flush`, '');
      else fs.rmSync(`${file}.fail-flush`);
    },
    holdFlush: () => holdFlushOf(file),
    [Symbol.asyncDispose]: scratch.remove,
  };
}

/** Makes the faulty thread hang in a system call, which nothing but the other end of the pipe can end. */
export function holdFlushOf(file: string): Hold {
  const pipe = `${file}.hold-flush`;
  execFileSync('/usr/bin/mkfifo', ['-m', '600', pipe]);
  let otherEnd: number | null = null;
  return {
    async begun() {
      otherEnd = await waitFor(() => openIfRead(pipe), { message: 'a flush that hangs' });
    },
    release() {
      fs.rmSync(pipe);
      if (otherEnd !== null) fs.closeSync(otherEnd);
    },
  };
}

/** The writing end of a pipe that somebody waits at. */
function openIfRead(pipe: string): number | null {
  try {
    return fs.openSync(pipe, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return null;
    throw error;
  }
}
