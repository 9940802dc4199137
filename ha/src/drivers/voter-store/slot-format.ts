// The bytes of a voter's record: two slots of 4 KiB, written in turn, of which the newest whole one counts. Pure.
// Responsible for encoding a record, for telling a whole slot from a torn one, and for judging which slot speaks.
// Not responsible for reading and writing (`slot-disk.ts`). Called by the slot store and by whoever creates a voter file.
//
// A slot, numbers in little-endian order, zeros behind the payload:
//
//    0   8  magic "NEZVOTER"
//    8   4  format version
//   12   4  length of the payload
//   16   8  sequence
//   24   4  CRC-32 of bytes 0 to 23 and of the payload
//   28   n  payload: the record as JSON in UTF-8
//
// The first 28 bytes mean the same in every format version, so that an older release knows a newer slot as whole, and as newer than its own.
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { voterRecordSchema, type VoterRecord } from '@nezuban/protocol/pair/roster';
import { FILE_BYTES, SLOT_BYTES, type SlotIndex } from './slot-disk.ts';
import type { LoadRefusal, VoterIdentity } from './voter-store.ts';

const MAGIC = Buffer.from('NEZVOTER', 'latin1');
const FORMAT_VERSION = 1;
const VERSION_AT = 8;
const LENGTH_AT = 12;
const SEQUENCE_AT = 16;
const CHECKSUM_AT = 24;
const PAYLOAD_AT = 28;
export const PAYLOAD_BYTES_MAX = SLOT_BYTES - PAYLOAD_AT;
/** The slot's field is wider; JavaScript counts exactly to here, which a save a millisecond reaches after 285,000 years. */
const SEQUENCE_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** Throws on a record that could not be read back: written, it would silence this voter for good. */
export function encodeRecord(record: VoterRecord): Uint8Array {
  const parsed = voterRecordSchema.safeParse(record);
  assert(parsed.success, `not a voter record: ${parsed.error?.message}`);
  const payload = Buffer.from(JSON.stringify(parsed.data), 'utf8');
  assert(
    payload.length <= PAYLOAD_BYTES_MAX,
    `a voter record of ${payload.length} bytes does not fit into a slot, which holds ${PAYLOAD_BYTES_MAX}`,
  );
  return new Uint8Array(payload);
}

export function encodeSlot(sequence: number, payload: Uint8Array): Uint8Array {
  assert(Number.isSafeInteger(sequence) && sequence >= 0 && payload.length <= PAYLOAD_BYTES_MAX);
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.set(MAGIC, 0);
  slot.writeUInt32LE(FORMAT_VERSION, VERSION_AT);
  slot.writeUInt32LE(payload.length, LENGTH_AT);
  slot.writeBigUInt64LE(BigInt(sequence), SEQUENCE_AT);
  slot.set(payload, PAYLOAD_AT);
  slot.writeUInt32LE(checksumOf(slot, payload.length), CHECKSUM_AT);
  // No Buffer leaves: its `slice` shares memory where that of other byte arrays copies.
  return new Uint8Array(slot);
}

function checksumOf(slot: Uint8Array, payloadBytes: number): number {
  const header = crc32(slot.subarray(0, CHECKSUM_AT));
  return crc32(slot.subarray(PAYLOAD_AT, PAYLOAD_AT + payloadBytes), header);
}

/** What one slot is. Only a whole one has a sequence to be believed. */
export type Slot =
  | { readonly state: 'empty' | 'torn' }
  | {
      readonly state: 'whole';
      readonly sequence: bigint;
      /** All that the checksum covers, and the checksum. */
      readonly content: Buffer;
    };

export function decodeSlot(bytes: Uint8Array): Slot {
  assert.equal(bytes.length, SLOT_BYTES);
  const slot = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (slot.every((byte) => byte === 0)) return { state: 'empty' };
  const payloadBytes = slot.readUInt32LE(LENGTH_AT);
  if (!slot.subarray(0, MAGIC.length).equals(MAGIC) || payloadBytes > PAYLOAD_BYTES_MAX)
    return { state: 'torn' };
  if (slot.readUInt32LE(CHECKSUM_AT) !== checksumOf(slot, payloadBytes)) return { state: 'torn' };
  return {
    state: 'whole',
    sequence: slot.readBigUInt64LE(SEQUENCE_AT),
    content: slot.subarray(0, PAYLOAD_AT + payloadBytes),
  };
}

export type Judgement =
  | {
      readonly ok: true;
      readonly record: VoterRecord;
      readonly sequence: number;
      /** Where it lies: the next record goes into the other slot. */
      readonly slot: SlotIndex;
      readonly warnings: readonly string[];
    }
  | JudgedBad;

type JudgedBad = { readonly ok: false; readonly refusal: LoadRefusal; readonly detail: string };

/**
 * Which record a file of two slots holds. The newest whole slot alone speaks: where it cannot be read or belongs to somebody else, the file
 * is refused, since going back to the older slot would forget a promise. Only a torn or empty slot is passed over, with a warning: it is
 * what a write leaves that was cut off and so never acknowledged. (A slot that decays after it was acknowledged looks the same. Disks answer
 * a read of decayed sectors with an error, which is refused as such; what gets past them cannot be told apart here.)
 */
export function judgeFile(bytes: Uint8Array, expected: VoterIdentity): Judgement {
  if (bytes.length === 0) return bad('empty', 'it has no content');
  if (bytes.length !== FILE_BYTES)
    return bad('torn', `its length is not ${FILE_BYTES} bytes, so that a slot may be missing`);
  const [first, second] = [
    decodeSlot(bytes.subarray(0, SLOT_BYTES)),
    decodeSlot(bytes.subarray(SLOT_BYTES, FILE_BYTES)),
  ];
  if (first.state !== 'whole') return judgeAlone(second, { slot: 1, other: first, expected });
  if (second.state !== 'whole') return judgeAlone(first, { slot: 0, other: second, expected });
  if (first.sequence === second.sequence && !first.content.equals(second.content))
    return bad('invalid-record', `both slots carry sequence ${first.sequence}, with different content`);
  return second.sequence > first.sequence
    ? judgeWhole(second.content, { slot: 1, expected })
    : judgeWhole(first.content, { slot: 0, expected });
}

function judgeAlone(
  one: Slot,
  context: { readonly slot: SlotIndex; readonly other: Slot; readonly expected: VoterIdentity },
): Judgement {
  const { slot, other, expected } = context;
  if (one.state !== 'whole') {
    return one.state === 'empty' && other.state === 'empty'
      ? bad('empty', 'neither slot was ever written')
      : bad('torn', `the slots are ${other.state} and ${one.state}: no record is whole`);
  }
  const judged = judgeWhole(one.content, { slot, expected });
  return judged.ok
    ? { ...judged, warnings: [`the other slot was ${other.state}: used sequence ${judged.sequence}`] }
    : judged;
}

function judgeWhole(
  content: Buffer,
  context: { readonly slot: SlotIndex; readonly expected: VoterIdentity },
): Judgement {
  const { slot, expected } = context;
  const version = content.readUInt32LE(VERSION_AT);
  if (version !== FORMAT_VERSION)
    return bad('unreadable-version', `its format is ${version}, this release reads ${FORMAT_VERSION}`);
  const sequence = content.readBigUInt64LE(SEQUENCE_AT);
  if (sequence > SEQUENCE_MAX) return bad('invalid-record', `nothing was ever saved ${sequence} times`);
  const record = parsePayload(content.subarray(PAYLOAD_AT));
  if (record === null) return bad('invalid-record', `its content, sequence ${sequence}, is no voter record`);
  if (record.cluster !== expected.cluster)
    return bad('foreign-cluster', `it belongs to cluster "${record.cluster}", not "${expected.cluster}"`);
  if (record.id !== expected.id)
    return bad('foreign-voter', `it belongs to voter "${record.id}", not "${expected.id}"`);
  return { ok: true, record, sequence: Number(sequence), slot, warnings: [] };
}

function parsePayload(payload: Uint8Array): VoterRecord | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    return voterRecordSchema.parse(JSON.parse(text));
  } catch {
    // Whatever is wrong with it, the caller refuses the file and names the sequence.
    return null;
  }
}

function bad(refusal: LoadRefusal, detail: string): JudgedBad {
  return { ok: false, refusal, detail };
}
