// Tests of pages of output.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesToSkip, wholeBytes } from './output-page.ts';

/** 日本 in each encoding, as bytes of two characters. */
const samples = [
  ['utf-8', [0xe6, 0x97, 0xa5, 0xe6, 0x9c, 0xac], 3],
  ['shift_jis', [0x93, 0xfa, 0x96, 0x7b], 2],
  ['euc-jp', [0xc6, 0xfc, 0xcb, 0xdc], 2],
  ['utf-16le', [0xe5, 0x65, 0x2c, 0x67], 2],
] as const;

for (const [encoding, bytes, width] of samples) {
  test(`output page: ${encoding}: ends between characters wherever it is cut`, () => {
    for (let length = 0; length <= bytes.length; length += 1) {
      assert.equal(
        wholeBytes(Uint8Array.from(bytes.slice(0, length)), encoding),
        Math.floor(length / width) * width,
        `cut at ${length}`,
      );
    }
  });
}

test('output page: four bytes of UTF-8, a surrogate pair, three bytes of EUC-JP: kept together', () => {
  assert.equal(wholeBytes(Uint8Array.from([0x61, 0xf0, 0x9f, 0x98]), 'utf-8'), 1);
  assert.equal(wholeBytes(Uint8Array.from([0x3d, 0xd8]), 'utf-16le'), 0);
  assert.equal(wholeBytes(Uint8Array.from([0x61, 0x8f, 0xb0]), 'euc-jp'), 1);
});

test('output page: bytes that are no UTF-8: passed on, so that a reader never waits for ever', () => {
  assert.equal(wholeBytes(Uint8Array.from([0x80, 0x80, 0x80, 0x80]), 'utf-8'), 4);
});

test('output page: ISO-2022-JP: ends behind a line, where no shift is open', () => {
  const line = [0x1b, 0x24, 0x42, 0x46, 0x7c, 0x1b, 0x28, 0x42, 0x0a];
  assert.equal(wholeBytes(Uint8Array.from([...line, 0x1b, 0x24, 0x42, 0x46]), 'iso-2022-jp'), line.length);
});

test('output page: begins anywhere: at a character where that can be told, else behind a line', () => {
  assert.equal(bytesToSkip(Uint8Array.from([0x97, 0xa5, 0x61]), 'utf-8', 1), 2);
  assert.equal(bytesToSkip(Uint8Array.from([0x61]), 'utf-8', 1), 0);
  assert.equal(bytesToSkip(Uint8Array.from([0x65, 0x61, 0x00]), 'utf-16le', 7), 1);
  assert.equal(bytesToSkip(Uint8Array.from([0x7b, 0x0a, 0x93, 0xfa]), 'shift_jis', 5), 2);
  assert.equal(bytesToSkip(Uint8Array.from([0x93, 0xfa]), 'shift_jis', 0), 0);
});
