// Tests of the record codec, of addresses and of frames: what is written is read, what is not whole is told apart from what is wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { addressText, writeAddress } from './address.ts';
import { createFrameReader, encodeControl, FrameError, writeFrameHead } from './frame-codec.ts';
import { frameTypes } from './hand-over.ts';
import { decodeRecord, decodeRecords, encodeRecord } from './record-codec.ts';
import type { TrapRecord } from './record.ts';

const addressOf = (text: string): Uint8Array => {
  const bytes = new Uint8Array(16);
  assert.equal(writeAddress(text, bytes, 0), true, text);
  return bytes;
};

const record = (change: Partial<TrapRecord> = {}): TrapRecord => ({
  seq: 2 ** 40 + 7,
  receivedUs: 1_764_000_000_123_456,
  protocol: 'snmp',
  flags: 8,
  address: addressOf('192.0.2.1'),
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

test('addresses: all forms: sixteen bytes and back in the short form', () => {
  const pairs = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
  ] as const;
  for (const [written, read] of pairs) assert.equal(addressText(addressOf(written)), read);
  for (const wrong of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.4x',
    '::1::',
    '1:2:3:4:5:6:7:8:9',
    'g::',
    ':1',
  ])
    assert.equal(writeAddress(wrong, new Uint8Array(16), 0), false, wrong);
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
