// A voter store over two slots, whatever holds them.
// Responsible for the contract of `voter-store.ts`: order, coalescing, which slot is next, the end after a failure, a bounded close.
// Not responsible for bytes (`slot-format.ts`) and the disk (`slot-disk.ts`). Called by `voter-store-file.ts` and `voter-store-memory.ts`.
//
// States: `new` -> `loading` -> `open` -> `broken` (a write failed); from each -> `closed`; a refused load ends in `closed` too.
// Invariant: while `open`, the record of `newest` is on the disk for good, and only the other slot is ever written.
import assert from 'node:assert/strict';
import type { Timers } from '@nezuban/platform/timers';
import type { VoterRecord } from '@nezuban/protocol/pair/roster';
import { SLOT_BYTES, type SlotDisk, type SlotDiskOpened, type SlotIndex } from './slot-disk.ts';
import { encodeRecord, encodeSlot, judgeFile } from './slot-format.ts';
import {
  VoterStoreError,
  type Loaded,
  type LoadRefusal,
  type VoterIdentity,
  type VoterStore,
} from './voter-store.ts';

/** A healthy disk flushes in milliseconds and a struggling one within a second; who stops must not wait for one that hangs. */
const CLOSE_WAIT_MS = 2_000;

export type SlotStoreOptions = VoterIdentity & {
  /** Tests lower it. */
  readonly closeWaitMs?: number;
};

type Newest = { readonly slot: SlotIndex; readonly sequence: number };
type State =
  | { readonly name: 'new' | 'loading' | 'closed' }
  | { readonly name: 'open'; readonly newest: Newest }
  | { readonly name: 'broken'; readonly cause: unknown };
/** Saves that have not begun: one record, the newest, stands for all of them. So this queue holds one entry at most. */
type Batch = { payload: Uint8Array; readonly done: PromiseWithResolvers<void> };

export function createSlotStore(
  ports: { readonly disk: SlotDisk; readonly timers: Timers },
  options: SlotStoreOptions,
): VoterStore {
  const { disk, timers } = ports;
  let state: State = { name: 'new' };
  let waiting: Batch | null = null;
  let writing: Promise<void> | null = null;
  let closing: Promise<void> | null = null;

  async function load(): Promise<Loaded> {
    assert(state.name === 'new', `a voter store is loaded once; this one is ${state.name}`);
    state = { name: 'loading' };
    const loaded = await read();
    if (!loaded.ok) await close();
    return loaded;
  }

  async function read(): Promise<Loaded> {
    const opened = await openDisk();
    if (!opened.ok) return refuse(disk.name, opened);
    const judged = judgeFile(opened.bytes, options);
    if (!judged.ok) return refuse(disk.name, judged);
    const { record, sequence, slot, warnings } = judged;
    try {
      // What was read may lie in the kernel's memory alone: a process that was killed between write and flush, or whose flush failed, leaves
      // that behind. An answer given on it would be forgotten with the next loss of power. So the same bytes are written to the same place
      // and flushed: torn, they are what was on the disk before.
      await disk.write(slot, opened.bytes.slice(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES));
    } catch (error) {
      return refuse(disk.name, { refusal: 'io-error', detail: `it cannot be written: ${messageOf(error)}` });
    }
    if (state.name !== 'loading')
      return refuse(disk.name, { refusal: 'io-error', detail: 'the store was closed while it was loading' });
    state = { name: 'open', newest: { slot, sequence } };
    return { ok: true, record, sequence, warnings };
  }

  async function openDisk(): Promise<SlotDiskOpened> {
    try {
      return await disk.open();
    } catch (error) {
      return { ok: false, refusal: 'io-error', detail: messageOf(error) };
    }
  }

  async function save(record: VoterRecord): Promise<void> {
    assert(state.name !== 'new' && state.name !== 'loading', 'a voter store is loaded before the first save');
    assert(
      record.cluster === options.cluster && record.id === options.id,
      `the record of voter "${record.id}" of cluster "${record.cluster}" is saved where that of "${options.id}" of "${options.cluster}" belongs`,
    );
    const payload = encodeRecord(record);
    if (state.name === 'broken') throw saveFailed(state.cause);
    if (state.name === 'closed' || closing !== null) throw closed();
    waiting ??= { payload, done: Promise.withResolvers<void>() };
    waiting.payload = payload;
    const { promise } = waiting.done;
    writing ??= writeAll();
    await promise;
  }

  /** Never rejects: each batch learns its own outcome. */
  async function writeAll(): Promise<void> {
    while (waiting !== null) {
      const batch = waiting;
      waiting = null;
      const outcome = await writeOne(batch.payload);
      if (outcome === null) batch.done.resolve();
      else batch.done.reject(outcome);
    }
    writing = null;
  }

  async function writeOne(payload: Uint8Array): Promise<VoterStoreError | null> {
    if (state.name === 'broken') return saveFailed(state.cause);
    if (state.name !== 'open') return closed();
    const next: Newest = {
      slot: state.newest.slot === 0 ? 1 : 0,
      sequence: state.newest.sequence + 1,
    };
    try {
      await disk.write(next.slot, encodeSlot(next.sequence, payload));
    } catch (error) {
      if (state.name !== 'open') return closed(error);
      state = { name: 'broken', cause: error };
      return saveFailed(error);
    }
    // A close that waited no longer may have come first; the record is saved all the same.
    if (state.name === 'open') state = { name: 'open', newest: next };
    return null;
  }

  function close(): Promise<void> {
    closing ??= closeWithin(options.closeWaitMs ?? CLOSE_WAIT_MS);
    return closing;
  }

  async function closeWithin(waitMs: number): Promise<void> {
    const bound = new AbortController();
    const expired = Promise.withResolvers<void>();
    const cancel = timers.after(waitMs, () => {
      bound.abort();
      expired.resolve();
    });
    try {
      await Promise.race([writing, expired.promise]);
      state = { name: 'closed' };
      await disk.close(bound.signal);
      await writing;
    } finally {
      cancel();
    }
  }

  return { load, save, close };
}

/** What a person does about a record that does not vote. */
const REMEDIES: Readonly<Record<LoadRefusal, string>> = {
  absent: 'Admit this host as a voter.',
  empty: 'Remove it, and admit this host as a new voter.',
  torn: 'Remove it, and admit this host as a new voter.',
  'foreign-cluster': 'Put it back where it came from, or remove it and admit this host as a new voter.',
  'foreign-voter': 'Put it back where it came from, or remove it and admit this host as a new voter.',
  'unreadable-version': 'Start the release that wrote it, or remove it and admit this host as a new voter.',
  'invalid-record': 'Remove it, and admit this host as a new voter.',
  'in-use': 'Stop the other process first.',
  'io-error': 'Repair the disk or the rights, and start again.',
};

function refuse(
  name: string,
  reason: { readonly refusal: LoadRefusal; readonly detail: string },
): Extract<Loaded, { ok: false }> {
  const { refusal, detail } = reason;
  return {
    ok: false,
    refusal,
    sentence: `This voter does not vote: ${name} cannot be used: ${detail}. ${REMEDIES[refusal]}`,
  };
}

function saveFailed(cause: unknown): VoterStoreError {
  return new VoterStoreError(
    'save-failed',
    `the voter record could not be saved (${messageOf(cause)}); nothing is saved until the store is reopened`,
    cause,
  );
}

function closed(cause?: unknown): VoterStoreError {
  return new VoterStoreError(
    'closed',
    'the voter store was closed before the record was known to be saved',
    cause,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
