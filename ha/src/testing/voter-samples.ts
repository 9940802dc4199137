// Voter records and slots for tests of the voter store.
// Responsible for records that differ by their term alone, for the largest one, and for slots that no release of ours writes.
import { crc32 } from 'node:zlib';
import {
  LINEAGE_ENTRIES_MAX,
  VOTERS_MAX,
  voterIdSchema,
  type Roster,
  type VoterId,
  type VoterRecord,
} from '@nezuban/protocol/pair/roster';
import { encodeRecord, encodeSlot } from '../drivers/voter-store/slot-format.ts';

export const SAMPLE_CLUSTER = 'c1.7401234567890123456';
export const SAMPLE_ID: VoterId = voterIdSchema.parse('a');
export const SAMPLE_IDENTITY = { cluster: SAMPLE_CLUSTER, id: SAMPLE_ID };

/** A voter of a pair with one witness. */
export function voterRecord(term: number, change: Partial<VoterRecord> = {}): VoterRecord {
  return {
    cluster: SAMPLE_CLUSTER,
    id: SAMPLE_ID,
    term,
    votedFor: 'b',
    roster: sampleRoster(term),
    fence: null,
    maintenance: false,
    ...change,
  };
}

export function sampleRoster(term: number): Roster {
  return {
    term,
    revision: 1,
    master: 'b',
    phase: 'active',
    inSync: { a: 'token-a', b: 'token-b' },
    voters: [['a', 'b', 'w']],
    base: null,
    tieBreaker: 'witness',
    members: ['a', 'b'],
    lineage: [{ term, member: 'b', timeline: 2, startLsn: 50_331_648, lossy: false }],
    epoch: 17,
    forced: null,
  };
}

/** As long as the bounds of the protocol let a record grow, with tokens of printable ASCII. */
export function largestVoterRecord(): VoterRecord {
  const id = (n: number) => `${n}`.padEnd(40, 'x');
  const ids = Array.from({ length: VOTERS_MAX }, (_, n) => id(n));
  const large = Number.MAX_SAFE_INTEGER;
  return {
    cluster: 'c'.repeat(64),
    id: id(0),
    term: large,
    votedFor: id(1),
    roster: {
      term: large,
      revision: large,
      master: id(0),
      phase: 'promoting',
      inSync: { [id(0)]: 't'.repeat(64), [id(1)]: 't'.repeat(64) },
      voters: [ids, ids],
      base: ids,
      tieBreaker: 'witness',
      members: [id(0), id(1)],
      lineage: Array.from({ length: LINEAGE_ENTRIES_MAX }, () => ({
        term: large,
        member: id(0),
        timeline: large,
        startLsn: large,
        lossy: false,
      })),
      epoch: large,
      forced: { oldVoters: [ids, ids] },
    },
    fence: { peer: id(1), startId: 's'.repeat(40) },
    maintenance: false,
  };
}

/** A record of the sample voter that fills most of a slot. */
export function wideVoterRecord(term: number, change: Partial<VoterRecord> = {}): VoterRecord {
  return { ...largestVoterRecord(), ...SAMPLE_IDENTITY, term, ...change };
}

/** More members than data can lie on; a slot could not hold it either. */
export function crowdedVoterRecord(): VoterRecord {
  const tokens = Array.from({ length: 50 }, (_, n) => [`member-${n}`, 't'.repeat(64)]);
  return voterRecord(1, { roster: { ...sampleRoster(1), inSync: Object.fromEntries(tokens) } });
}

export function slotWith(sequence: number, record: VoterRecord): Uint8Array {
  return encodeSlot(sequence, encodeRecord(record));
}

export function fileWith(first: Uint8Array, second: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([first, second]));
}

/** A slot after a change of its bytes, with the checksum that belongs to it then. */
export function resealed(slot: Uint8Array, change: (slot: Buffer) => void): Uint8Array {
  const bytes = Buffer.from(slot);
  change(bytes);
  const header = crc32(bytes.subarray(0, 24));
  bytes.writeUInt32LE(crc32(bytes.subarray(28, 28 + bytes.readUInt32LE(12)), header), 24);
  return new Uint8Array(bytes);
}
