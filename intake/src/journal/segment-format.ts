/**
 * What a segment file of the journal begins with, and what it is called.
 *
 * Responsible for head and name. Records follow the head one behind the other (`protocol/src/intake/record.ts`). A segment's records are those
 * up to the first number of the next segment: what stands behind is left over from a failed write and was written again there. Pure.
 */
import { crc32 } from 'node:zlib';
import { readU64, viewOf, writeU64 } from '@nezuban/protocol/intake/record-codec';

/** The head is padded to this, so that records begin at a round place. */
export const SEGMENT_HEAD_BYTES = 64;
const MAGIC = 'NZINTAK1';
const OFFSETS = { magic: 0, journalId: 8, firstSeq: 24, createdUs: 32, checksum: 40 } as const;
const DIGITS = 16;
const NAME = /^(\d{16})\.seg$/;

export type SegmentHead = {
  /** UUID: all segments of a journal carry the same. */
  readonly journalId: string;
  readonly firstSeq: number;
  readonly createdUs: number;
};

export function segmentName(firstSeq: number): string {
  return `${String(firstSeq).padStart(DIGITS, '0')}.seg`;
}

/** Null: the file is none of the journal's. */
export function firstSeqOfName(name: string): number | null {
  const digits = NAME.exec(name)?.[1];
  const seq = digits === undefined ? Number.NaN : Number(digits);
  return Number.isSafeInteger(seq) && seq >= 1 ? seq : null;
}

export function encodeSegmentHead(head: SegmentHead): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEAD_BYTES);
  const view = viewOf(bytes);
  bytes.write(MAGIC, OFFSETS.magic, 'latin1');
  bytes.write(head.journalId.replaceAll('-', ''), OFFSETS.journalId, 'hex');
  writeU64(view, OFFSETS.firstSeq, head.firstSeq);
  writeU64(view, OFFSETS.createdUs, head.createdUs);
  view.setUint32(OFFSETS.checksum, crc32(bytes.subarray(0, OFFSETS.checksum)), true);
  return bytes;
}

/** Null: cut or damaged. */
export function decodeSegmentHead(bytes: Buffer): SegmentHead | null {
  if (bytes.length < SEGMENT_HEAD_BYTES) return null;
  const view = viewOf(bytes);
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
  if (view.getUint32(OFFSETS.checksum, true) !== crc32(bytes.subarray(0, OFFSETS.checksum))) return null;
  const hex = bytes.toString('hex', OFFSETS.journalId, OFFSETS.firstSeq);
  return {
    journalId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    firstSeq: readU64(view, OFFSETS.firstSeq),
    createdUs: readU64(view, OFFSETS.createdUs),
  };
}
