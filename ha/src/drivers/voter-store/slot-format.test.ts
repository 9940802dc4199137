// Tests of the bytes of a voter file, and of which slot speaks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  fileWith,
  largestVoterRecord,
  resealed,
  SAMPLE_IDENTITY,
  sampleRoster,
  slotWith,
  crowdedVoterRecord,
  voterRecord,
  wideVoterRecord,
} from '../../testing/voter-samples.ts';
import { FILE_BYTES, SLOT_BYTES } from './slot-disk.ts';
import { encodeRecord, encodeSlot, judgeFile, PAYLOAD_BYTES_MAX } from './slot-format.ts';

const zeros = new Uint8Array(SLOT_BYTES);
const older = slotWith(41, voterRecord(41));
const newer = slotWith(42, voterRecord(42));

function judge(first: Uint8Array, second: Uint8Array) {
  return judgeFile(fileWith(first, second), SAMPLE_IDENTITY);
}

function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = new Uint8Array(bytes);
  flipped[bit >> 3]! ^= 1 << (bit & 7);
  return flipped;
}

/** What a write leaves that was cut off: the new bytes up to `at`, the old ones behind it, or the other way round. */
function torn(before: Uint8Array, after: Uint8Array, at: number): Uint8Array {
  return new Uint8Array(Buffer.concat([after.subarray(0, at), before.subarray(at)]));
}

/** The one word that a case is about. */
function outcome(first: Uint8Array, second: Uint8Array): string {
  const judged = judge(first, second);
  return judged.ok ? `sequence ${judged.sequence}` : judged.refusal;
}

test('voter store: two whole slots: the newest speaks, in either place, and the stale one is simply older', () => {
  for (const [first, second, slot] of [
    [older, newer, 1],
    [newer, older, 0],
    [slotWith(3, voterRecord(3)), newer, 1],
  ] as const) {
    assert.deepEqual(judge(first, second), {
      ok: true,
      record: voterRecord(42),
      sequence: 42,
      slot,
      warnings: [],
    });
  }
});

test('voter store: one slot torn or empty: the other is used, with a warning', () => {
  assert.deepEqual(judge(flipBit(older, 2_000), newer), {
    ok: true,
    record: voterRecord(42),
    sequence: 42,
    slot: 1,
    warnings: ['the other slot was torn: used sequence 42'],
  });
  assert.deepEqual(judge(older, zeros), {
    ok: true,
    record: voterRecord(41),
    sequence: 41,
    slot: 0,
    warnings: ['the other slot was empty: used sequence 41'],
  });
});

test('voter store: a write torn at any 64 bytes, from either end: the old record or the new one, never another', () => {
  // Long, and different in its first bytes and in its last.
  const before = slotWith(40, wideVoterRecord(40, { maintenance: true }));
  const after = slotWith(42, wideVoterRecord(42));
  const beside = slotWith(41, wideVoterRecord(41));
  const seen = new Set<string>();
  for (let at = 0; at <= SLOT_BYTES; at += 64) {
    for (const slot of [torn(before, after, at), torn(after, before, at)]) {
      const judged = judge(beside, slot);
      assert(judged.ok);
      assert.deepEqual(judged.record, wideVoterRecord(judged.sequence));
      seen.add(`${judged.sequence}, ${judged.warnings.length} warnings`);
    }
  }
  assert.deepEqual([...seen].toSorted(), ['41, 0 warnings', '41, 1 warnings', '42, 0 warnings']);
});

test('voter store: no slot is usable: refused for the worse of the two reasons', () => {
  const broken = flipBit(newer, 300);
  const ofOtherVersion = resealed(older, (slot) => slot.writeUInt32LE(2, 8));
  const noRecord = resealed(older, (slot) => slot.write('{"id":1}', 28));
  const noText = resealed(older, (slot) => slot.writeUInt8(0xff, 60));
  const longAgo = resealed(older, (slot) => slot.writeBigUInt64LE(2n ** 60n, 16));
  const cases: readonly (readonly [string, Uint8Array, Uint8Array, string])[] = [
    ['both empty', zeros, zeros, 'empty'],
    ['both torn', flipBit(older, 300), broken, 'torn'],
    ['one torn, one empty', zeros, broken, 'torn'],
    ['not ours at all', new Uint8Array(SLOT_BYTES).fill(0x41), zeros, 'torn'],
    ['another version and torn', ofOtherVersion, broken, 'unreadable-version'],
    ['no voter record and torn', noRecord, broken, 'invalid-record'],
    ['no UTF-8 and empty', noText, zeros, 'invalid-record'],
    ['a sequence that was never counted', longAgo, zeros, 'invalid-record'],
    ['foreign cluster and torn', slotWith(41, voterRecord(1, { cluster: 'x' })), broken, 'foreign-cluster'],
    ['foreign voter and empty', slotWith(41, voterRecord(1, { id: 'z' })), zeros, 'foreign-voter'],
  ];
  for (const [name, first, second, expected] of cases) {
    assert.equal(outcome(first, second), expected, name);
    assert.equal(outcome(second, first), expected, `${name}, in the other order`);
  }
});

test('voter store: the newest slot is whole but not usable: refused, since the older one would forget a promise', () => {
  for (const [expected, slot] of [
    ['unreadable-version', resealed(newer, (bytes) => bytes.writeUInt32LE(2, 8))],
    ['invalid-record', resealed(newer, (bytes) => bytes.write('[', 28))],
    ['foreign-cluster', slotWith(42, voterRecord(42, { cluster: 'x' }))],
    ['foreign-voter', slotWith(42, voterRecord(42, { id: 'z' }))],
  ] as const) {
    assert.equal(outcome(older, slot), expected);
    assert.equal(outcome(slot, older), expected);
  }
});

test('voter store: equal sequences: the same content is one record, another content is refused', () => {
  assert.equal(outcome(newer, newer), 'sequence 42');
  assert.equal(outcome(newer, slotWith(42, voterRecord(42, { votedFor: 'a' }))), 'invalid-record');
  assert.equal(
    outcome(
      newer,
      resealed(newer, (slot) => slot.writeUInt32LE(2, 8)),
    ),
    'invalid-record',
  );
});

test('voter store: a file of another length: empty without content, else torn, however whole its first slot', () => {
  const whole = fileWith(older, newer);
  const refusalAt = (bytes: Uint8Array) => {
    const judged = judgeFile(bytes, SAMPLE_IDENTITY);
    return judged.ok ? 'ok' : judged.refusal;
  };
  assert.equal(refusalAt(whole.subarray(0, 0)), 'empty');
  for (const length of [1, 28, SLOT_BYTES, FILE_BYTES - 1])
    assert.equal(refusalAt(whole.subarray(0, length)), 'torn');
  assert.equal(refusalAt(new Uint8Array([...whole, 0])), 'torn');
});

test('voter store: bits flipped at random places: a record that was saved, or a refusal', () => {
  const bit = fc.integer({ min: 0, max: FILE_BYTES * 8 - 1 });
  fc.assert(
    fc.property(fc.array(bit, { minLength: 1, maxLength: 40 }), (bits) => {
      const judged = judgeFile(bits.reduce(flipBit, fileWith(older, newer)), SAMPLE_IDENTITY);
      if (!judged.ok) {
        assert.equal(judged.refusal, 'torn');
        return;
      }
      assert.deepEqual(judged.record, voterRecord(judged.sequence));
      if (judged.sequence !== 42) assert.deepEqual([judged.sequence, judged.warnings.length], [41, 1]);
    }),
    { numRuns: 1_000 },
  );
});

test('voter store: any bytes: judged, never an exception', () => {
  const slot = fc.oneof(
    fc.uint8Array({ minLength: SLOT_BYTES, maxLength: SLOT_BYTES }),
    // Behind an honest header and checksum, so that the payload is looked at.
    fc.uint8Array({ maxLength: PAYLOAD_BYTES_MAX }).map((payload) => encodeSlot(7, payload)),
    fc.json().map((text) => encodeSlot(8, Buffer.from(text).subarray(0, PAYLOAD_BYTES_MAX))),
  );
  fc.assert(
    fc.property(slot, slot, (first, second) => {
      assert.equal(judge(first, second).ok, false);
    }),
    { numRuns: 300 },
  );
});

test('voter store: any text and number in a record: comes back as it was', () => {
  const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const text = fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/);
  fc.assert(
    fc.property(number, number, text, (sequence, term, words) => {
      const roster = { ...sampleRoster(term), inSync: { a: words } };
      const record = voterRecord(term, { cluster: words, roster, fence: { peer: 'b', startId: words } });
      const judged = judgeFile(fileWith(slotWith(sequence, record), zeros), record);
      assert(judged.ok);
      assert.deepEqual([judged.record, judged.sequence], [record, sequence]);
    }),
    { numRuns: 500 },
  );
});

test('voter store: the largest record that the protocol allows: fits into a slot', () => {
  const bytes = encodeRecord(largestVoterRecord()).length;
  assert.ok(bytes <= PAYLOAD_BYTES_MAX, `${bytes} bytes`);
});

test('voter store: a record that does not fit, or is none: a broken invariant', () => {
  assert.throws(() => encodeRecord(crowdedVoterRecord()), {
    code: 'ERR_ASSERTION',
    message: /at most two members hold data/,
  });
  assert.throws(() => encodeSlot(1, new Uint8Array(PAYLOAD_BYTES_MAX + 1)), { code: 'ERR_ASSERTION' });
  assert.throws(() => encodeRecord({ ...voterRecord(1), term: -1 }), {
    code: 'ERR_ASSERTION',
    message: /not a voter record/,
  });
  assert.throws(() => encodeSlot(-1, encodeRecord(voterRecord(1))), { code: 'ERR_ASSERTION' });
});
