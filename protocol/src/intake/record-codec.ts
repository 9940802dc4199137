/**
 * Records of the intake to bytes and back (layout: `record.ts`).
 *
 * Responsible for reading what a journal or a `records` frame holds, quickly and without copying: addresses and payloads are views of the
 * given bytes. Pure: the checksum is the caller's (`zlib.crc32`). The encoder here is the plain one, for tests, control records and tools;
 * the journal writes straight into its own buffers (`intake/src/journal`), and a test there holds both against each other.
 */
import {
  RECORD_EXTRA_MAX,
  RECORD_FIXED_BYTES,
  RECORD_HEAD_BYTES,
  RECORD_PAYLOAD_MAX,
  trapProtocols,
  type TrapRecord,
} from './record.ts';

const ADDRESS_BYTES = 16;

/** CRC-32 of IEEE 802.3, as zlib's: unsigned. */
export type Crc32 = (bytes: Uint8Array) => number;

/** Offsets within a record, its head included. */
export const recordOffsets = {
  length: 0,
  checksum: 4,
  seq: 8,
  receivedUs: 16,
  protocol: 24,
  flags: 25,
  address: 26,
  port: 42,
  extraLength: 44,
  extra: 46,
} as const;

export const RECORD_BODY_MAX = RECORD_FIXED_BYTES + RECORD_EXTRA_MAX + RECORD_PAYLOAD_MAX;
const HIGH = 2 ** 32;

export type DecodedRecord =
  | { readonly ok: true; readonly record: TrapRecord; readonly next: number }
  /** `cut`: the bytes end before the record does. `bad`: what is there is no record. */
  | { readonly ok: false; readonly problem: 'cut' | 'bad'; readonly says: string };

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function readU64(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * HIGH + view.getUint32(offset, true);
}

export function writeU64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value % HIGH, true);
  view.setUint32(offset + 4, Math.floor(value / HIGH), true);
}

/** The record at `offset`. Without `crc32` the checksum is not looked at: for bytes that somebody has checked already. */
export function decodeRecord(
  bytes: Uint8Array,
  offset: number,
  options: { readonly crc32: Crc32 | null; readonly view?: DataView },
): DecodedRecord {
  const view = options.view ?? viewOf(bytes);
  const left = bytes.length - offset;
  if (left < RECORD_HEAD_BYTES)
    return { ok: false, problem: 'cut', says: 'it ends within the head of a record' };
  const length = view.getUint32(offset, true);
  if (length < RECORD_FIXED_BYTES || length > RECORD_BODY_MAX)
    return { ok: false, problem: 'bad', says: `no record is ${length} bytes long` };
  const next = offset + RECORD_HEAD_BYTES + length;
  if (next > bytes.length) return { ok: false, problem: 'cut', says: 'it ends within a record' };
  if (
    options.crc32 !== null &&
    options.crc32(bytes.subarray(offset + RECORD_HEAD_BYTES, next)) !==
      view.getUint32(offset + recordOffsets.checksum, true)
  )
    return { ok: false, problem: 'bad', says: 'its checksum does not fit' };
  const protocol = trapProtocols[bytes[offset + recordOffsets.protocol] ?? -1];
  const extraLength = view.getUint16(offset + recordOffsets.extraLength, true);
  const payloadAt = offset + recordOffsets.extra + extraLength;
  if (protocol === undefined || payloadAt > next)
    return { ok: false, problem: 'bad', says: 'its fields contradict each other' };
  const addressAt = offset + recordOffsets.address;
  return {
    ok: true,
    next,
    record: {
      seq: readU64(view, offset + recordOffsets.seq),
      receivedUs: readU64(view, offset + recordOffsets.receivedUs),
      protocol,
      flags: bytes[offset + recordOffsets.flags] ?? 0,
      address: bytes.subarray(addressAt, addressAt + ADDRESS_BYTES),
      port: view.getUint16(offset + recordOffsets.port, true),
      extra: extraLength === 0 ? null : decodeExtra(bytes.subarray(offset + recordOffsets.extra, payloadAt)),
      payload: bytes.subarray(payloadAt, next),
    },
  };
}

/** All records of a `records` frame. Throws if it is none: a frame comes from a process of ours, over a stream that loses nothing. */
export function decodeRecords(bytes: Uint8Array, crc32: Crc32 | null): TrapRecord[] {
  const view = viewOf(bytes);
  const records: TrapRecord[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const decoded = decodeRecord(bytes, offset, { crc32, view });
    if (!decoded.ok) throw new Error(`At byte ${offset} of a frame of records: ${decoded.says}`);
    records.push(decoded.record);
    offset = decoded.next;
  }
  return records;
}

/** What is no JSON object of texts is told as it is: a record is not lost for its ornament. */
function decodeExtra(bytes: Uint8Array): Readonly<Record<string, string>> {
  const text = new TextDecoder().decode(bytes);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)]));
  } catch {
    // Told below.
  }
  return { unreadable: text };
}

/** One record with its head. Throws a RangeError for what does not fit. */
export function encodeRecord(record: TrapRecord, crc32: Crc32): Uint8Array {
  const extra =
    record.extra === null ? new Uint8Array(0) : new TextEncoder().encode(JSON.stringify(record.extra));
  if (extra.length > RECORD_EXTRA_MAX) throw new RangeError(`extra has ${extra.length} bytes`);
  if (record.payload.length > RECORD_PAYLOAD_MAX)
    throw new RangeError(`payload has ${record.payload.length} bytes`);
  const length = RECORD_FIXED_BYTES + extra.length + record.payload.length;
  const bytes = new Uint8Array(RECORD_HEAD_BYTES + length);
  const view = viewOf(bytes);
  view.setUint32(recordOffsets.length, length, true);
  writeU64(view, recordOffsets.seq, record.seq);
  writeU64(view, recordOffsets.receivedUs, record.receivedUs);
  bytes[recordOffsets.protocol] = trapProtocols.indexOf(record.protocol);
  bytes[recordOffsets.flags] = record.flags;
  bytes.set(record.address, recordOffsets.address);
  view.setUint16(recordOffsets.port, record.port, true);
  view.setUint16(recordOffsets.extraLength, extra.length, true);
  bytes.set(extra, recordOffsets.extra);
  bytes.set(record.payload, recordOffsets.extra + extra.length);
  view.setUint32(recordOffsets.checksum, crc32(bytes.subarray(RECORD_HEAD_BYTES)), true);
  return bytes;
}
