/**
 * A big buffer into which records are written as they are heard, until the group is written to the disk.
 *
 * Responsible for the bytes of records, straight into place: the intake's fast way of `protocol/src/intake/record-codec.ts` (a test holds both
 * against each other). Pure but for its own memory.
 */
import { crc32 } from 'node:zlib';
import { recordOffsets, viewOf, writeU64 } from '@nezuban/protocol/intake/record-codec';
import { RECORD_FIXED_BYTES, RECORD_HEAD_BYTES } from '@nezuban/protocol/intake/record';

/** What a record is made of. Bytes are copied. */
export type RecordEntry = {
  readonly receivedUs: number;
  /** Index in `trapProtocols`. */
  readonly protocol: number;
  readonly flags: number;
  /** Sixteen bytes. */
  readonly address: Uint8Array;
  readonly port: number;
  /** JSON; empty: none. At most RECORD_EXTRA_MAX. */
  readonly extra: Uint8Array;
  /** At most RECORD_PAYLOAD_MAX. */
  readonly payload: Uint8Array;
};

export type RecordBuffer = {
  readonly bytes: Buffer;
  readonly view: DataView;
  used: number;
  firstSeq: number;
  lastSeq: number;
  firstUs: number;
};

export function createRecordBuffer(size: number): RecordBuffer {
  const bytes = Buffer.allocUnsafeSlow(size);
  return { bytes, view: viewOf(bytes), used: 0, firstSeq: 0, lastSeq: 0, firstUs: 0 };
}

export function emptyBuffer(buffer: RecordBuffer): void {
  buffer.used = 0;
  buffer.firstSeq = 0;
}

export function recordBytes(entry: RecordEntry): number {
  return RECORD_HEAD_BYTES + RECORD_FIXED_BYTES + entry.extra.length + entry.payload.length;
}

/** The caller has looked that it fits. */
export function writeRecord(buffer: RecordBuffer, seq: number, entry: RecordEntry): void {
  const { bytes, view } = buffer;
  const at = buffer.used;
  const length = RECORD_FIXED_BYTES + entry.extra.length + entry.payload.length;
  const bodyAt = at + RECORD_HEAD_BYTES;
  const end = bodyAt + length;
  view.setUint32(at, length, true);
  writeU64(view, at + recordOffsets.seq, seq);
  writeU64(view, at + recordOffsets.receivedUs, entry.receivedUs);
  bytes[at + recordOffsets.protocol] = entry.protocol;
  bytes[at + recordOffsets.flags] = entry.flags;
  bytes.set(entry.address, at + recordOffsets.address);
  view.setUint16(at + recordOffsets.port, entry.port, true);
  view.setUint16(at + recordOffsets.extraLength, entry.extra.length, true);
  if (entry.extra.length > 0) bytes.set(entry.extra, at + recordOffsets.extra);
  bytes.set(entry.payload, at + recordOffsets.extra + entry.extra.length);
  view.setUint32(at + recordOffsets.checksum, crc32(bytes.subarray(bodyAt, end)), true);
  if (buffer.firstSeq === 0) {
    buffer.firstSeq = seq;
    buffer.firstUs = entry.receivedUs;
  }
  buffer.lastSeq = seq;
  buffer.used = end;
}
