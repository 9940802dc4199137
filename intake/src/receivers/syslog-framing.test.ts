// Cutting streams into messages: both framings, mixed, cut anywhere, too long, torn.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { createSyslogFraming } from './syslog-framing.ts';

type Cut = readonly (readonly [text: string, isTruncated: boolean])[];

function cut(chunks: readonly Buffer[], payloadMax?: number): Cut {
  const framing = createSyslogFraming(payloadMax);
  const messages: [string, boolean][] = [];
  const take = (message: ReturnType<typeof framing.next>): boolean => {
    if (message === null) return false;
    messages.push([message.payload.toString('latin1'), message.isTruncated]);
    return true;
  };
  for (const chunk of chunks) {
    framing.add(chunk);
    while (take(framing.next()));
  }
  take(framing.rest());
  return messages;
}

const whole = (...texts: string[]): Cut => texts.map((text) => [text, false] as const);

test('syslog framing: ends of lines of every kind: one message each', () => {
  assert.deepEqual(
    cut([Buffer.from('<13>a\n<13>b\r\n\n<13>c\0<13>d\n\0')]),
    whole('<13>a', '<13>b', '<13>c', '<13>d'),
  );
});

test('syslog framing: octet-counted: line ends within belong to the message', () => {
  assert.deepEqual(cut([Buffer.from('7 <13>a\nb6 <13>cd')]), whole('<13>a\nb', '<13>cd'));
});

test('syslog framing: both in one stream, a line end behind a count: told apart for each message', () => {
  assert.deepEqual(
    cut([Buffer.from('5 <13>a\n<13>b\n5 <13>c<13>d\n45 errors found\n2024-01-02 x\n')]),
    whole('<13>a', '<13>b', '<13>c', '<13>d', '45 errors found', '2024-01-02 x'),
  );
});

test('syslog framing: a number that is no length: a line', () => {
  assert.deepEqual(
    cut([Buffer.from('99999999999 <13>a\n0 <13>b\n12\n')]),
    whole('99999999999 <13>a', '0 <13>b', '12'),
  );
});

test('syslog framing: the stream ends within a message: kept, and said to be torn', () => {
  assert.deepEqual(cut([Buffer.from('<13>a\n<13>b')]), [
    ['<13>a', false],
    ['<13>b', true],
  ]);
  assert.deepEqual(cut([Buffer.from('50 <13>a')]), [['<13>a', true]]);
  assert.deepEqual(cut([Buffer.from('50')]), [['50', true]]);
});

test('syslog framing: longer than may be: cut, the rest passed by, the next one whole', () => {
  assert.deepEqual(cut([Buffer.from('<13>abcdefgh\n<13>i\n')], 8), [
    ['<13>abcd', true],
    ['<13>i', false],
  ]);
  assert.deepEqual(cut([Buffer.from('12 <13>abcdefgh5 <13>i')], 8), [
    ['<13>abcd', true],
    ['<13>i', false],
  ]);
});

test('syslog framing: any messages, any framing, cut anywhere: all of them, in order', () => {
  const message = fc.stringMatching(/^<1>[a-z0-9 ]{0,20}$/);
  const framed = fc
    .tuple(message, fc.constantFrom('lf', 'crlf', 'nul', 'count', 'count lf'))
    .map(([text, kind]) => {
      switch (kind) {
        case 'lf':
          return { text, bytes: `${text}\n` };
        case 'crlf':
          return { text, bytes: `${text}\r\n` };
        case 'nul':
          return { text, bytes: `${text}\0` };
        case 'count':
          return { text, bytes: `${text.length} ${text}` };
        default:
          return { text, bytes: `${text.length} ${text}\n` };
      }
    });
  fc.assert(
    fc.property(
      fc.array(framed),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (messages, sizes) => {
        const stream = Buffer.from(messages.map(({ bytes }) => bytes).join(''));
        const chunks: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i += 1) {
          const size = sizes[i % sizes.length]!;
          chunks.push(stream.subarray(at, at + size));
          at += size;
        }
        assert.deepEqual(cut(chunks), whole(...messages.map(({ text }) => text)));
      },
    ),
  );
});

test('syslog framing: anything at all: ends, and gives no more than came', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
      const messages = cut(
        chunks.map((chunk) => Buffer.from(chunk)),
        16,
      );
      const came = chunks.reduce((sum, { length }) => sum + length, 0);
      assert.ok(messages.reduce((sum, [text]) => sum + text.length, 0) <= came);
      for (const [text] of messages) assert.ok(text.length > 0 && text.length <= 16);
    }),
  );
});
