/**
 * The records that are not durable yet, in memory: a bounded row of buffers.
 *
 * Responsible for their order, for taking a group to be written while others go on being filled, and for the bound. Pure but for its own memory.
 * Called by the journal.
 */
import { journalLimits } from './journal-limits.ts';
import {
  createRecordBuffer,
  emptyBuffer,
  recordBytes,
  writeRecord,
  type RecordBuffer,
  type RecordEntry,
} from './record-buffer.ts';

export type RecordBuffers = {
  readonly bytesOf: (entry: RecordEntry) => number;
  /** False: all buffers are full. */
  readonly write: (seq: number, entry: RecordEntry) => boolean;
  /** All that waits, oldest first; it counts until it is released. */
  readonly take: () => readonly RecordBuffer[];
  /** It could not be written: it is first in line again. */
  readonly giveBack: (group: readonly RecordBuffer[]) => void;
  readonly release: (group: readonly RecordBuffer[]) => void;
  /** Of all that is not released, what is under way included. */
  readonly bytes: () => number;
  /** When the oldest of them was heard. */
  readonly firstUs: () => number | null;
};

export function createRecordBuffers(): RecordBuffers {
  const { bufferBytes, buffersMax, buffersKept } = journalLimits;
  const free: RecordBuffer[] = [];
  let waiting: RecordBuffer[] = [];
  let underWay: readonly RecordBuffer[] = [];
  let made = 0;
  let total = 0;

  function bufferFor(bytes: number): RecordBuffer | null {
    const last = waiting.at(-1);
    if (last !== undefined && last.used + bytes <= bufferBytes) return last;
    let next = free.pop();
    if (next === undefined) {
      if (made >= buffersMax) return null;
      made += 1;
      next = createRecordBuffer(bufferBytes);
    }
    waiting.push(next);
    return next;
  }

  return {
    bytesOf: recordBytes,
    write(seq, entry) {
      const bytes = recordBytes(entry);
      const buffer = bufferFor(bytes);
      if (buffer === null) return false;
      writeRecord(buffer, seq, entry);
      total += bytes;
      return true;
    },
    take() {
      underWay = waiting;
      waiting = [];
      return underWay;
    },
    giveBack(group) {
      underWay = [];
      waiting = [...group, ...waiting];
    },
    release(group) {
      underWay = [];
      for (const buffer of group) {
        total -= buffer.used;
        emptyBuffer(buffer);
        if (free.length < buffersKept) free.push(buffer);
        else made -= 1;
      }
    },
    bytes: () => total,
    firstUs: () => (underWay[0] ?? waiting[0])?.firstUs ?? null,
  };
}
