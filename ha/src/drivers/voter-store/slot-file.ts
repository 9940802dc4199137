// The file of two slots, with calls that wait: for the thread of a voter file, where nothing else waits with them.
// Responsible for opening it alone, reading it whole, and writing a slot in place and durably; the file is never grown. And for the port
// through which all of that reaches the disk. Not responsible for messages (`slot-file-server.ts`) and creation (`voter-store-file.ts`).
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { acquireFileLock, type FileLock } from '@nezuban/platform/file-lock';
import {
  FILE_BYTES,
  SLOT_BYTES,
  type SlotDiskOpened,
  type SlotDiskRefused,
  type SlotIndex,
} from './slot-disk.ts';

/** What a slot file asks of the operating system. Tests pass operations that fail as disks do. */
export type SlotFileOperations = {
  /** For reading and writing; never creates. */
  readonly open: (file: string) => number;
  /** These return how many bytes went: fewer than asked are no error yet. */
  readonly read: (descriptor: number, bytes: Uint8Array, position: number) => number;
  readonly write: (descriptor: number, bytes: Uint8Array, position: number) => number;
  /** Returns when all that was written is on the disk for good. */
  readonly flush: (descriptor: number) => void;
  readonly close: (descriptor: number) => void;
};

/** libuv makes of `fdatasync` what flushes the disk's own cache too: `F_FULLFSYNC` on macOS. */
export const systemSlotFileOperations: SlotFileOperations = {
  open: (file) => fs.openSync(file, 'r+'),
  read: (descriptor, bytes, position) => fs.readSync(descriptor, bytes, 0, bytes.length, position),
  write: (descriptor, bytes, position) => fs.writeSync(descriptor, bytes, 0, bytes.length, position),
  flush: (descriptor) => fs.fdatasyncSync(descriptor),
  close: (descriptor) => fs.closeSync(descriptor),
};

export type SlotFile = {
  readonly open: () => SlotDiskOpened;
  /** Throws what the disk said. */
  readonly write: (slot: SlotIndex, bytes: Uint8Array) => void;
  readonly close: () => void;
};

export function createSlotFile(operations: SlotFileOperations, file: string): SlotFile {
  let lock: FileLock | null = null;
  let descriptor: number | null = null;

  /** Looked at before the lock is taken, so that nothing is left beside a file that does not exist. */
  function open(): SlotDiskOpened {
    try {
      if (fs.statSync(file, { throwIfNoEntry: false }) === undefined) return absent;
      lock = acquireFileLock(file);
      if (lock === null)
        return { ok: false, refusal: 'in-use', detail: 'another process or thread holds it' };
      descriptor = operations.open(file);
      return { ok: true, bytes: readAll(descriptor) };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return code === 'ENOENT' ? absent : ioError(message);
    }
  }

  function readAll(from: number): Uint8Array {
    const bytes = new Uint8Array(FILE_BYTES + 1);
    let filled = 0;
    while (filled < bytes.length) {
      const count = operations.read(from, bytes.subarray(filled), filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.slice(0, filled);
  }

  function write(slot: SlotIndex, bytes: Uint8Array): void {
    assert(descriptor !== null && bytes.length === SLOT_BYTES);
    let written = 0;
    while (written < SLOT_BYTES) {
      const count = operations.write(descriptor, bytes.subarray(written), slot * SLOT_BYTES + written);
      if (count === 0) throw new Error(`only ${written} of ${SLOT_BYTES} bytes could be written`);
      written += count;
    }
    operations.flush(descriptor);
  }

  function close(): void {
    if (descriptor !== null) operations.close(descriptor);
    descriptor = null;
    lock?.release();
    lock = null;
  }

  return { open, write, close };
}

const absent: SlotDiskRefused = { ok: false, refusal: 'absent', detail: 'it does not exist' };

function ioError(detail: string): SlotDiskRefused {
  return { ok: false, refusal: 'io-error', detail };
}
