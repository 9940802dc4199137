// Tests of the record codec and of frames: what is written is read, what is not whole is told apart from what is wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { createFrameReader, encodeControl, FrameError, writeFrameHead } from './frame-codec.ts';
import { frameTypes } from './hand-over.ts';
import { decodeRecord, decodeRecords, encodeRecord } from './record-codec.ts';
import type { TrapRecord } from './record.ts';

const record = (change: Partial<TrapRecord> = {}): TrapRecord => ({
  seq: 2 ** 40 + 7,
  receivedUs: 1_764_000_000_123_456,
  protocol: 'snmp',
  flags: 8,
  address: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1),
  port: 50_123,
  extra: { user: '監視' },
  payload: Uint8Array.of(1, 2, 3),
  ...change,
});

test('record codec: several records in a row: read as they were written', () => {
  const records = [
    record(),
    record({ seq: 1, extra: null, payload: new Uint8Array(0), protocol: 'control' }),
  ];
  const bytes = Buffer.concat(records.map((one) => encodeRecord(one, crc32)));
  const plain = (one: TrapRecord) => ({
    ...one,
    address: [...one.address],
    payload: [...one.payload],
    extra: one.extra === null ? null : { ...one.extra },
  });
  assert.deepEqual(decodeRecords(bytes, crc32).map(plain), records.map(plain));
});

test('record codec: every prefix is cut, every changed byte is seen', () => {
  const bytes = encodeRecord(record(), crc32);
  for (let length = 0; length < bytes.length; length += 1) {
    const decoded = decodeRecord(bytes.subarray(0, length), 0, { crc32 });
    assert.equal(decoded.ok === false && decoded.problem, 'cut');
  }
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Uint8Array.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x40;
    assert.equal(decodeRecord(changed, 0, { crc32 }).ok, false, `byte ${at}`);
  }
});

test('frames: a stream in pieces of any size: the same frames', () => {
  const records = new Uint8Array(5 + 300).fill(7);
  writeFrameHead(records, frameTypes.records);
  const stream = Buffer.concat([
    encodeControl({ type: 'ask-status' }),
    records,
    encodeControl({ type: 'more', bytes: 5 }),
  ]);
  for (const size of [1, 2, 7, 64, stream.length]) {
    const reader = createFrameReader();
    const frames = [];
    for (let at = 0; at < stream.length; at += size)
      frames.push(...reader.push(stream.subarray(at, at + size)));
    assert.deepEqual(
      frames.map((frame) => (frame.type === 'control' ? frame.message : frame.bytes.length)),
      [{ type: 'ask-status' }, 300, { type: 'more', bytes: 5 }],
    );
  }
  assert.throws(() => createFrameReader().push(new Uint8Array(8).fill(255)), FrameError);
});
