// Custom traps: our own form, Hinemos's, bodies that are neither, and anything at all.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { parseAddress } from '../address-list.ts';
import { readCustomBody } from './custom-body.ts';
import { createCustomParser, identityOfCustom, IDEMPOTENCY_KEY, parseCustom } from './parse-custom.ts';

const parser = createCustomParser({ timeZone: 'Asia/Tokyo' });

function recordOf(body: unknown, extra: Record<string, string> | null = null): TrapRecord {
  return {
    seq: 1,
    receivedUs: Date.parse('2024-01-02T01:20:45Z') * 1000,
    protocol: 'custom',
    flags: 0,
    address: parseAddress('::ffff:192.0.2.9')!,
    port: 40_000,
    extra,
    payload:
      body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  };
}

const iso = (ms: number | null | undefined): string | null =>
  ms == null ? null : new Date(ms).toISOString();

test('custom trap: our own form: host, text, time and fields', () => {
  const [trap, ...others] = parser(
    recordOf({
      host: 'web1',
      key: 'disk:/var',
      text: '空きがありません',
      priority: 'critical',
      at: '2024-01-02T10:20:30.5+09:00',
      fields: { used: 98.5, mounted: true, key: 'mine' },
    }),
  );
  assert.equal(others.length, 0);
  assert.equal(trap?.claimedHost, 'web1');
  assert.equal(trap?.address, '192.0.2.9');
  assert.equal(trap?.text, '空きがありません');
  assert.equal(iso(trap?.saidAtMs), '2024-01-02T01:20:30.500Z');
  assert.deepEqual(trap?.fields, {
    key: 'disk:/var',
    priority: 'critical',
    used: '98.5',
    mounted: 'true',
    'key.2': 'mine',
  });
  assert.equal(trap?.malformed, null);
});

test('custom trap: several in one body, times in any writing: each is one', () => {
  const traps = parser(
    recordOf([
      { key: 'a', text: 'one' },
      { key: 'b', text: '', at: 1_704_158_430_000 },
      { key: 'c', text: 'three', at: '2024-01-02T10:20:30' },
      { key: 'd', text: 'four', at: '2024-01-02T10:20' },
    ]),
  );
  assert.deepEqual(
    traps.map((trap) => [trap.text, trap.claimedHost, iso(trap.saidAtMs)]),
    [
      ['one', null, null],
      ['', null, '2024-01-02T01:20:30.000Z'],
      ['three', null, '2024-01-02T01:20:30.000Z'],
      ['four', null, '2024-01-02T01:20:00.000Z'],
    ],
  );
});

test('custom trap: as Hinemos takes it: each entry is one, a bad one leaves its neighbours', () => {
  const traps = parser(
    recordOf({
      FacilityID: 'DB01',
      DATA: [
        { DATE: '2024-01-02 10:20:30', TYPE: 'NUM', KEY: 'cpu', MSG: '97.5' },
        { DATE: '', TYPE: 'string', KEY: 'batch', MSG: '異常終了', UNKNOWN: 1 },
        { TYPE: 'NUM', KEY: 'cpu', MSG: 'high' },
        { TYPE: 'STRING', KEY: '', MSG: 'x' },
        { DATE: '2024-1-2 1:2:3', TYPE: 'NUM', KEY: 'cpu', MSG: -1e3 },
        7,
      ],
    }),
  );
  assert.deepEqual(
    traps.map((trap) => [trap.claimedHost, trap.text, iso(trap.saidAtMs), trap.malformed === null]),
    [
      ['DB01', '97.5', '2024-01-02T01:20:30.000Z', true],
      ['DB01', '異常終了', null, true],
      ['DB01', '{"TYPE":"NUM","KEY":"cpu","MSG":"high"}', null, false],
      ['DB01', '{"TYPE":"STRING","KEY":"","MSG":"x"}', null, false],
      ['DB01', '-1000', '2024-01-01T16:02:03.000Z', true],
      ['DB01', '7', null, false],
    ],
  );
  assert.deepEqual(traps[0]?.fields, { key: 'cpu', type: 'NUM', cpu: '97.5' });
  assert.equal(traps[2]?.malformed, 'DATA[2].MSG: must be a number, since TYPE is NUM');
  assert.match(traps[3]?.malformed ?? '', /^DATA\[3\]\.KEY: /);
});

test('custom trap: a body in Shift_JIS: read as what it is', () => {
  const sjis = Buffer.from('96e98ad4836f8362836082aa88d98fed8f4997b982b582dc82b582bd', 'hex');
  const body = Buffer.concat([Buffer.from('{"key":"batch","text":"'), sjis, Buffer.from('"}')]);
  assert.equal(parser(recordOf(body))[0]?.text, '夜間バッチが異常終了しました');
});

test('custom trap: bodies that are neither form: malformed, with the place and what would be right', () => {
  const rows: readonly (readonly [unknown, RegExp])[] = [
    ['not json', /^The body must be JSON/],
    ['7', /^The body must be a JSON object/],
    ['[]', /1 to 1000 traps/],
    [{ text: 'x' }, /^key: /],
    [{ key: 'k', text: 'x', colour: 'red' }, /colour/],
    [[{ key: 'k', text: 'x' }, { key: 'k' }], /^\[1\]\.text: /],
    [{ key: 'k', text: 'x', at: 'yesterday' }, /^at: must be a time such as 2024-01-02T10:20:30\+09:00/],
    [{ key: 'k', text: 'x', fields: { a: [] } }, /^fields\.a: /],
    [{ FacilityID: 'x' }, /^DATA: /],
    [{ DATA: [] }, /^DATA: /],
  ];
  for (const [body, says] of rows) {
    const traps = parser(recordOf(body));
    assert.equal(traps.length, 1);
    assert.match(traps[0]?.malformed ?? '', says, JSON.stringify(body));
  }
});

test('custom trap: the other copy: known by the key of the sender, else by the body', () => {
  const record = recordOf({ key: 'a', text: 'x' });
  assert.equal(identityOfCustom(record), record.payload);
  assert.equal(identityOfCustom(recordOf('{}', { [IDEMPOTENCY_KEY]: '42' })), 'key 42');
});

test('custom trap: characters that no database holds: shown by others', () => {
  const [trap] = parser(
    recordOf(
      String.raw`{"key":"k\u0000","text":"a\u0000b\ud800c","fields":{"__proto__":"x","n\u0000":"v\u0000"}}`,
    ),
  );
  assert.equal(trap?.text, 'a\u2400b\uFFFDc');
  assert.deepEqual(trap?.fields, { key: 'k\u2400', 'n\u2400': 'v\u2400' });
});

test('custom trap: nested as deep as a body may be: refused, not thrown', () => {
  const deep = '['.repeat(32_000) + ']'.repeat(32_000);
  assert.ok(parser(recordOf(deep))[0]?.malformed !== null);
  assert.ok(parser(recordOf(`{"DATA":[${deep}]}`))[0]?.malformed !== null);
});

test('custom trap: numbers as Java writes them: numbers; a long row of digits with a letter: none, at once', () => {
  const isNumber = (MSG: string): boolean =>
    parser(recordOf({ DATA: [{ TYPE: 'NUM', KEY: 'k', MSG }] }))[0]?.malformed === null;
  for (const number of ['0', '-1', '+1.', '.5', '1.25', '1e3', '-1.5E-10'])
    assert.ok(isNumber(number), number);
  for (const other of ['', '.', 'e3', '1e', '1,5', '0x10', 'NaN', ' 1', `${'1'.repeat(49_000)}x`])
    assert.ok(!isNumber(other), other.slice(0, 20));
});

test('custom trap: any time that the schema takes: understood', () => {
  const when = fc.tuple(
    fc.date({ min: new Date('1980-01-01'), max: new Date('2080-01-01'), noInvalidDate: true }),
    fc.constantFrom(16, 19, 21, 23),
    fc.constantFrom('Z', '+09:00', '-03:30', ''),
  );
  fc.assert(
    fc.property(when, ([date, length, zone]) => {
      const at = date.toISOString().slice(0, length) + zone;
      const expected = Date.parse(zone === '' ? `${at}+09:00` : at);
      const [trap] = parser(recordOf({ key: 'k', text: 'x', at }));
      if (trap?.malformed === null) assert.equal(trap.saidAtMs, expected, at);
      else assert.match(trap?.malformed ?? '', /^at: /);
    }),
  );
});

test('custom trap: anything at all: at least one trap, never thrown', () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json(),
    fc.record(
      { key: fc.string(), text: fc.string(), at: fc.oneof(fc.string(), fc.integer()), fields: fc.object() },
      { requiredKeys: [] },
    ),
    fc.record({
      FacilityID: fc.string(),
      DATA: fc.array(
        fc.record({ KEY: fc.string(), MSG: fc.string(), TYPE: fc.constantFrom('NUM', 'STRING', 'x') }),
      ),
    }),
  );
  fc.assert(
    fc.property(body, (given) => {
      const record = recordOf(given);
      const traps = parseCustom(record);
      assert.ok(traps.length > 0);
      assert.equal(
        readCustomBody(record.payload).form === 'bad',
        traps.length === 1 && traps[0]?.malformed !== null && !traps[0]?.malformed.startsWith('DATA['),
      );
      for (const trap of traps) assert.ok(trap.text.isWellFormed() && !trap.text.includes('\0'));
    }),
  );
});
