// Server-sent events, cut anywhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSseParser } from './sse.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('sse: messages in one chunk: each is given, comments and other fields are not', () => {
  assert.deepEqual(createSseParser()(bytes(': ping\n\nevent: a\nid: 1\ndata: {"x":1}\n\ndata:y\n\n')), [
    '{"x":1}',
    'y',
  ]);
});

test('sse: several data lines: joined by line feeds', () => {
  assert.deepEqual(createSseParser()(bytes('data: a\ndata: b\n\n')), ['a\nb']);
});

test('sse: cut anywhere, line ends of every kind: the same messages', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const whole = bytes(`data: 夜${end}${end}data: b${end}${end}data: c${end}${end}: last${end}`);
    const parse = createSseParser();
    const found = [...whole].flatMap((byte) => parse(Uint8Array.of(byte)));
    assert.deepEqual(found, ['夜', 'b', 'c'], JSON.stringify(end));
  }
});
