// The voter store of a real voter: a preallocated file of two slots, written in place.
// Responsible for creating the file whole or not at all, and for putting the store together. It is never grown, so that voting goes on when
// the disk is full (on a file system that copies on write, such as ZFS or btrfs, only while that has blocks left). It belongs on another file
// system than PostgreSQL's data: a flush there waits for a checkpoint's. Not responsible for the contract (`slot-store.ts`).
// Called by the keeper of a member and by a witness; created once, at the admission of the voter.
import fs from 'node:fs';
import path from 'node:path';
import type { Timers } from '@nezuban/platform/timers';
import type { VoterRecord } from '@nezuban/protocol/pair/roster';
import { acquireFileLock } from '@nezuban/platform/file-lock';
import { createSlotDiskThread } from './slot-disk-thread.ts';
import { encodeRecord, encodeSlot } from './slot-format.ts';
import { createSlotStore, type SlotStoreOptions } from './slot-store.ts';
import type { VoterStore } from './voter-store.ts';

export type FileVoterStoreOptions = SlotStoreOptions & {
  /** Made by `createVoterFile`. */
  readonly file: string;
};

export type FileVoterStorePorts = {
  readonly timers: Timers;
  /** The program of the thread that writes; tests pass one whose disk fails. */
  readonly threadProgram?: URL;
};

/** Nothing is opened before `load`. */
export function createFileVoterStore(ports: FileVoterStorePorts, options: FileVoterStoreOptions): VoterStore {
  const program = ports.threadProgram ?? new URL('./voter-store-worker.ts', import.meta.url);
  const disk = createSlotDiskThread({ file: options.file, program });
  return createSlotStore({ disk, timers: ports.timers }, options);
}

export type VoterFileCreated =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly refusal: 'exists' | 'in-use' | 'io-error';
      readonly sentence: string;
    };

/**
 * Creates the file of a new voter, with `record` in both slots, readable and writable by its owner alone. When this has resolved with `ok`, the
 * file survives the loss of power; cut off at any moment, it is there whole or not at all. Never overwrites: a voter that forgets is a new voter.
 */
export async function createVoterFile(file: string, record: VoterRecord): Promise<VoterFileCreated> {
  const payload = encodeRecord(record);
  const bytes = Buffer.concat([encodeSlot(1, payload), encodeSlot(2, payload)]);
  try {
    const lock = acquireFileLock(file);
    if (lock === null) return refuse('in-use', `The voter file ${file} is in use: it is not created again.`);
    try {
      // Under the lock nobody can create it between this look and the renaming, which would overwrite it.
      if (await exists(file))
        return refuse('exists', `The voter file ${file} exists already: it is not overwritten.`);
      await writeWhole(file, bytes);
      return { ok: true };
    } finally {
      lock.release();
    }
  } catch (error) {
    const { message } = error as Error;
    return refuse('io-error', `The voter file ${file} cannot be created: ${message}.`);
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await fs.promises.lstat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const draft = `${file}.draft`;
  // Of a creation that was cut off.
  await fs.promises.rm(draft, { force: true });
  try {
    await fs.promises.writeFile(draft, bytes, { flag: 'wx', mode: 0o600, flush: true });
    await fs.promises.rename(draft, file);
    await flushFolder(path.dirname(file));
  } catch (error) {
    // As far as the disk lets us: what is not known to be durable is no voter.
    await fs.promises.rm(draft, { force: true }).catch(() => undefined);
    await fs.promises.rm(file, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await fs.promises.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function refuse(refusal: 'exists' | 'in-use' | 'io-error', sentence: string): VoterFileCreated {
  return { ok: false, refusal, sentence };
}
