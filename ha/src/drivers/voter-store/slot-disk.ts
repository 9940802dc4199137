// What lies below a voter store: two slots of bytes that can be written durably, as a port.
// Responsible for their sizes, and for the duties of whoever holds the bytes. Imports nothing, so that the thread that writes stays small. Not responsible for what they mean (`slot-format.ts`).
// Called by the slot store; kept by `slot-disk-thread.ts` (a file) and `voter-store-memory.ts`.

/** A block of common file systems and a page of memory: one write touches one of each, so that the other slot is never at risk. */
export const SLOT_BYTES = 4096;
/** One is written while the other still holds the newest durable record. */
const SLOT_COUNT = 2;
export const FILE_BYTES = SLOT_BYTES * SLOT_COUNT;
export type SlotIndex = 0 | 1;

export type SlotDisk = {
  /** For sentences: "the voter file /var/lib/nezuban/pair/voter". */
  readonly name: string;
  /** Takes the bytes for its user alone, and reads them. Called once. */
  readonly open: () => Promise<SlotDiskOpened>;
  /**
   * Resolves when the slot is on the disk for good, rejects when that is not known. One call at a time.
   */
  readonly write: (slot: SlotIndex, bytes: Uint8Array) => Promise<void>;
  /**
   * Lets go. After the signal it waits no longer: a write that has not ended is rejected, and nobody else gets the bytes before it ends.
   */
  readonly close: (signal: AbortSignal) => Promise<void>;
};

export type SlotDiskOpened =
  | {
      readonly ok: true;
      /** All there is, or one byte more than `FILE_BYTES` where that is too much. */
      readonly bytes: Uint8Array;
    }
  | SlotDiskRefused;

export type SlotDiskRefused = {
  readonly ok: false;
  readonly refusal: 'absent' | 'in-use' | 'io-error';
  readonly detail: string;
};
