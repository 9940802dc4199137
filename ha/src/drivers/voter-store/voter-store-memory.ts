// The voter store without a disk: for tests, and for simulations in which hosts lose power.
// Responsible for a medium that outlives its stores and behaves as a file does under a kernel: what was written is read at once, yet is lost
// with the power until it was flushed; after a flush that failed it is lost silently, since the kernel takes it for clean. Same contract and
// same bytes as the real one. Not responsible for the contract itself (`slot-store.ts`).
import type { Timers } from '@nezuban/platform/timers';
import type { VoterRecord } from '@nezuban/protocol/pair/roster';
import { FILE_BYTES, SLOT_BYTES, type SlotDisk, type SlotIndex } from './slot-disk.ts';
import { encodeRecord, encodeSlot } from './slot-format.ts';
import { createSlotStore, type SlotStoreOptions } from './slot-store.ts';
import type { VoterStore } from './voter-store.ts';

/** What a disk writes wholly or not at all: smaller than any real sector, so that more can go wrong here than there. */
export const MEMORY_SECTOR_BYTES = 64;

export type VoterMedium = {
  /** What a reader sees. Null: there is no file. */
  readonly read: () => Uint8Array | null;
  /** Puts other bytes in its place, for good. */
  readonly replace: (bytes: Uint8Array | null) => void;
  /** The process that has it open is killed: nothing of it happens any more. */
  readonly killUser: () => void;
  /** Also kills the user. Of what was not flushed, only the sectors that `isWritten` names have reached the disk. */
  readonly losePower: (isWritten: (sector: number) => boolean) => void;
  readonly attach: (beforeFlush: BeforeFlush) => SlotDisk;
};

/** Between a write and its flush: it may throw, which is a flush that fails, or wait, which is one that takes its time. */
export type BeforeFlush = () => void | Promise<void>;

/** A medium that holds what `createVoterFile` would have written; with null there is no file. */
export function createVoterMedium(record: VoterRecord | null): VoterMedium {
  let cached: Uint8Array | null = record === null ? null : firstBytes(record);
  let durable: Uint8Array | null = cached?.slice() ?? null;
  /** Slots that the next flush writes. */
  const dirty = new Set<SlotIndex>();
  let user: object | null = null;

  function flush(): void {
    for (const slot of dirty) durable?.set(slotOf(cached, slot), slot * SLOT_BYTES);
    dirty.clear();
  }

  function attach(beforeFlush: BeforeFlush): SlotDisk {
    const self = {};
    const lost = Promise.withResolvers<never>();
    lost.promise.catch(() => undefined);

    async function write(slot: SlotIndex, bytes: Uint8Array): Promise<void> {
      if (user !== self || cached === null) throw new Error('the medium is gone');
      cached.set(bytes, slot * SLOT_BYTES);
      dirty.add(slot);
      try {
        await beforeFlush();
      } catch (error) {
        if (user === self) dirty.clear();
        throw error;
      }
      if (user !== self) throw new Error('the medium is gone');
      flush();
    }

    return {
      name: 'the voter medium in memory',
      async open() {
        if (cached === null) return { ok: false, refusal: 'absent', detail: 'it does not exist' };
        if (user !== null) return { ok: false, refusal: 'in-use', detail: 'another store holds it' };
        user = self;
        return { ok: true, bytes: cached.slice(0, FILE_BYTES + 1) };
      },
      write: (slot, bytes) => Promise.race([write(slot, bytes), lost.promise]),
      async close() {
        lost.reject(new Error('the medium had not answered when the store was closed'));
        if (user === self) user = null;
      },
    };
  }

  return {
    read: () => cached?.slice() ?? null,
    replace(bytes) {
      cached = bytes === null ? null : new Uint8Array(bytes);
      durable = bytes === null ? null : new Uint8Array(bytes);
      dirty.clear();
    },
    killUser() {
      user = null;
    },
    losePower(isWritten) {
      user = null;
      durable = mixSectors({ durable, cached, isWritten });
      cached = durable?.slice() ?? null;
      dirty.clear();
    },
    attach,
  };
}

function firstBytes(record: VoterRecord): Uint8Array {
  const payload = encodeRecord(record);
  return new Uint8Array(Buffer.concat([encodeSlot(1, payload), encodeSlot(2, payload)]));
}

function slotOf(bytes: Uint8Array | null, slot: SlotIndex): Uint8Array {
  return bytes?.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES) ?? new Uint8Array();
}

function mixSectors(parts: {
  readonly durable: Uint8Array | null;
  readonly cached: Uint8Array | null;
  readonly isWritten: (sector: number) => boolean;
}): Uint8Array | null {
  const { durable, cached, isWritten } = parts;
  return (
    durable?.map((byte, at) =>
      isWritten(Math.floor(at / MEMORY_SECTOR_BYTES)) ? (cached?.[at] ?? byte) : byte,
    ) ?? null
  );
}

export function createMemoryVoterStore(
  ports: { readonly medium: VoterMedium; readonly timers: Timers; readonly beforeFlush?: BeforeFlush },
  options: SlotStoreOptions,
): VoterStore {
  const disk = ports.medium.attach(ports.beforeFlush ?? (() => undefined));
  return createSlotStore({ disk, timers: ports.timers }, options);
}
