// Tests of bytes as people read them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexLines } from './hex-lines.ts';

test('hex: sixteen bytes a line, the last one padded, what is not printable as a dot', () => {
  const hex = Buffer.from('<13>host app: ok\n漢').toString('hex');
  assert.deepEqual(hexLines(hex), [
    '0000  3c 31 33 3e 68 6f 73 74 20 61 70 70 3a 20 6f 6b  <13>host app: ok',
    `0010  0a e6 bc a2${' '.repeat(36)}  ....`,
  ]);
  assert.deepEqual(hexLines(''), []);
});
