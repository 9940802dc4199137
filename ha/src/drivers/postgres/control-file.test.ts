/** Tests of what a stopped directory says of itself: positions, records, history files. Real control files are read by the actor's tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOfRecord, locateInWal, parseControlFile, parseLsn, parseSwitchPoint } from './control-file.ts';

const SEGMENT = 16 * 1024 * 1024;

test('control file: cut off, empty, of nobody: none', () => {
  assert.equal(parseControlFile(Buffer.alloc(100)), null);
  assert.equal(parseControlFile(Buffer.alloc(8192)), null);
});

test('wal position: as text: the number of bytes, or none', () => {
  assert.equal(parseLsn('0/4000138'), 0x4000138);
  assert.equal(parseLsn('16/B374D848'), 0x16 * 2 ** 32 + 0xb374d848);
  for (const text of ['', '0', '0/', '/1', '0/xyz', '1/2/3']) assert.equal(parseLsn(text), null);
});

test('wal position: in a later log: its segment and the place in it', () => {
  assert.deepEqual(locateInWal(0x4000138, 2, SEGMENT), { file: '000000020000000000000004', offset: 0x138 });
  assert.deepEqual(locateInWal(3 * 2 ** 32 + 0xff000010, 17, SEGMENT), {
    file: '0000001100000003000000FF',
    offset: 0x10,
  });
});

test('wal record: in a page, up to its end, over pages and segments: ends aligned, headers counted', () => {
  assert.equal(endOfRecord(0x4000028, 114, SEGMENT), 0x4000028 + 120);
  // Ends exactly with the page: no header follows yet.
  assert.equal(endOfRecord(8192 - 24, 24, SEGMENT), 8192);
  assert.equal(endOfRecord(8192 - 24, 30, SEGMENT), 8192 + 24 + 8);
  assert.equal(endOfRecord(SEGMENT - 8, 114, SEGMENT), SEGMENT + 40 + 112);
});

test('history file: several switches, comments: the newest counts', () => {
  const text = '1\t0/4000150\tno recovery target specified\n\n2\t0/5000A28\tno recovery target specified\n';
  assert.equal(parseSwitchPoint(text), 0x5000a28);
  assert.equal(parseSwitchPoint('# nothing\n'), null);
});
