// Bytes as people read them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexDump, textOfHex } from './hex.ts';

const hexOf = (bytes: readonly number[]) => Buffer.from(bytes).toString('hex');

test('hex: a dump: places, bytes and ASCII beside them', () => {
  const text = 'Hello, syslog world';
  assert.equal(
    hexDump(Buffer.from(text).toString('hex')),
    [
      '0000  48 65 6c 6c 6f 2c 20 73 79 73 6c 6f 67 20 77 6f  Hello, syslog wo',
      `0010  72 6c 64${' '.repeat(39)}  rld`,
    ].join('\n'),
  );
  assert.equal(hexDump(''), '');
});

test('hex: text: UTF-8, Shift_JIS, and neither; what cannot be seen is shown', () => {
  assert.equal(textOfHex(Buffer.from('障害\0').toString('hex')), '障害␀');
  assert.equal(textOfHex(hexOf([0x8f, 0xe1, 0x8a, 0x51])), '障害');
  assert.match(textOfHex(hexOf([0xff, 0x41, 0xff, 0xff])), /A/);
});
