// The syslog parser against the table of real lines, at New Year, in other encodings, and against anything at all.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { recordFlags, type TrapRecord } from '@nezuban/protocol/intake/record';
import { parseAddress } from '../address-list.ts';
import { FIELDS_MAX } from '../fields.ts';
import type { ParsedTrap } from '../parsed-trap.ts';
import { createSyslogParser, identityOfSyslog, parseSyslog } from './parse-syslog.ts';
import {
  HEARD_AT,
  HEARD_IN,
  realWorldLines,
  type Understood,
} from '../../testing/syslog/real-world-lines.ts';

const parser = createSyslogParser({ timeZone: HEARD_IN });

function recordOf(payload: Uint8Array | string, heardAt: string = HEARD_AT): TrapRecord {
  return {
    seq: 1,
    receivedUs: Date.parse(heardAt) * 1000 + 17,
    protocol: 'syslog',
    flags: recordFlags.stream,
    address: parseAddress('192.0.2.200')!,
    port: 514,
    extra: null,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
  };
}

/** The same shape as the table has it. */
function understood(trap: ParsedTrap): Understood {
  const entries = {
    ...trap.syslog,
    host: trap.claimedHost,
    said: trap.saidAtMs === null ? null : new Date(trap.saidAtMs).toISOString(),
    fields: Object.keys(trap.fields).length === 0 ? null : trap.fields,
    malformed: trap.malformed,
  };
  const named = Object.entries(entries).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(named), text: trap.text };
}

const saidAt = (line: string, heardAt: string, timeZone = 'UTC'): string | null => {
  const ms = createSyslogParser({ timeZone })(recordOf(line, heardAt)).saidAtMs;
  return ms === null ? null : new Date(ms).toISOString();
};

test('syslog: lines of the real world: each as it is meant', () => {
  assert.ok(realWorldLines.length >= 80);
  for (const { of, line, is } of realWorldLines)
    assert.deepEqual(understood(parser(recordOf(line))), is, `${of}: ${line}`);
});

test('syslog: who sent it and when it was heard: as the record says', () => {
  const trap = parser(recordOf('<13>x'));
  assert.equal(trap.address, '192.0.2.200');
  assert.equal(trap.receivedMs, Date.parse(HEARD_AT));
  assert.equal(trap.snmp, null);
});

test('syslog: no year at New Year: the year that is near', () => {
  assert.equal(saidAt('<13>Dec 31 23:59:59 h a: x', '2024-01-01T00:00:02Z'), '2023-12-31T23:59:59.000Z');
  assert.equal(saidAt('<13>Jan  1 00:00:03 h a: x', '2023-12-31T23:59:58Z'), '2024-01-01T00:00:03.000Z');
  assert.equal(saidAt('<13>Jan  1 00:00:03 h a: x', '2024-01-01T00:00:04Z'), '2024-01-01T00:00:03.000Z');
  // In Tokyo it is New Year nine hours earlier.
  const tokyo = 'Asia/Tokyo';
  assert.equal(
    saidAt('<13>Jan  1 00:00:01 h a: x', '2023-12-31T15:00:02Z', tokyo),
    '2023-12-31T15:00:01.000Z',
  );
  assert.equal(
    saidAt('<13>Dec 31 23:59:59 h a: x', '2023-12-31T15:00:02Z', tokyo),
    '2023-12-31T14:59:59.000Z',
  );
  const honolulu = 'Pacific/Honolulu';
  assert.equal(
    saidAt('<13>Dec 31 23:59:59 h a: x', '2024-01-01T10:00:01Z', honolulu),
    '2024-01-01T09:59:59.000Z',
  );
});

test('syslog: 29 February without a year: the nearest year that has one', () => {
  assert.equal(saidAt('<13>Feb 29 12:00:00 h a: x', '2024-03-01T00:00:00Z'), '2024-02-29T12:00:00.000Z');
  assert.equal(saidAt('<13>Feb 29 12:00:00 h a: x', '2025-02-28T00:00:00Z'), '2024-02-29T12:00:00.000Z');
});

test('syslog: summer time: the offset of that day', () => {
  const paris = 'Europe/Paris';
  assert.equal(
    saidAt('<13>Jul  1 12:00:00 h a: x', '2024-07-01T10:00:00Z', paris),
    '2024-07-01T10:00:00.000Z',
  );
  assert.equal(
    saidAt('<13>Jan 15 12:00:00 h a: x', '2024-01-15T11:00:00Z', paris),
    '2024-01-15T11:00:00.000Z',
  );
});

test('syslog: a clock that is not set: believed near to when it was heard, else not', () => {
  assert.equal(
    saidAt('<189>1: *Jan  2 10:20:30: %A-1-B: x', '2024-01-02T10:21:00Z'),
    '2024-01-02T10:20:30.000Z',
  );
  assert.equal(saidAt('<189>1: *Mar  1 00:00:30: %A-1-B: x', '2024-01-02T10:21:00Z'), null);
});

test('syslog: Japanese encodings: read as what they are', () => {
  const head = Buffer.from('<11>Jan  2 10:20:30 db1 nightly[33]: ');
  // 夜間バッチが異常終了しました
  const shiftJis = Buffer.from('96e98ad4836f8362836082aa88d98fed8f4997b982b582dc82b582bd', 'hex');
  const eucJp = Buffer.from('ccebb4d6a5d0a5c3a5c1a4acb0dbbeefbdaacebba4b7a4dea4b7a4bf', 'hex');
  for (const bytes of [shiftJis, eucJp]) {
    const trap = parser(recordOf(Buffer.concat([head, bytes])));
    assert.equal(trap.text, '夜間バッチが異常終了しました');
    assert.equal(trap.syslog?.app, 'nightly');
    assert.equal(trap.malformed, null);
  }
});

test('syslog: bytes that are no text: shown as far as they are, and said to be malformed', () => {
  const trap = parser(recordOf(Buffer.from([0x3c, 0x31, 0x33, 0x3e, 0x61, 0xff, 0xfe, 0x80, 0x62])));
  assert.match(trap.malformed ?? '', /no text/);
  assert.ok(trap.text.startsWith('a') && trap.text.endsWith('b'));
});

test('syslog: the other copy of a message: known by the whole payload', () => {
  assert.equal(Buffer.from(identityOfSyslog(recordOf('<13>x'))).toString(), '<13>x');
});

test('syslog: one name as often as a datagram holds it: numbered, up to the bound of fields', () => {
  const trap = parser(recordOf(`<13>${'a=b '.repeat(15_000)}`));
  assert.equal(Object.keys(trap.fields).length, FIELDS_MAX);
  assert.deepEqual([trap.fields['a'], trap.fields['a.2'], trap.fields[`a.${FIELDS_MAX}`]], ['b', 'b', 'b']);
});

test('syslog: structured data as anybody may write it: every value comes back', () => {
  const name = fc.stringMatching(/^[A-Za-z@.-]{1,12}$/);
  const value = fc
    .string({ unit: 'grapheme', maxLength: 30 })
    .filter((text) => !text.includes('\0') && !text.includes('\u001B'));
  const escape = (text: string): string => text.replace(/["\\\]]/g, String.raw`\$&`);
  fc.assert(
    fc.property(
      name,
      fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 5 }),
      (id, params) => {
        const data = params.map(([key, text]) => ` ${key}="${escape(text)}"`).join('');
        const trap = parser(recordOf(`<13>1 2024-01-02T01:20:30Z h a p m [${id}${data}] text`));
        for (const [key, text] of params) assert.equal(trap.fields[`${id}.${key}`], text);
        assert.equal(trap.text, 'text');
        assert.equal(trap.malformed, null);
      },
    ),
  );
});

test('syslog: anything at all: a trap, and text that a database can hold', () => {
  const mutated = fc
    .tuple(
      fc.constantFrom(...realWorldLines.map(({ line }) => line)),
      fc.nat(),
      fc.uint8Array({ maxLength: 4 }),
    )
    .map(([line, place, bytes]) => {
      const original = Buffer.from(line);
      const at = original.length === 0 ? 0 : place % original.length;
      return Buffer.concat([original.subarray(0, at), bytes, original.subarray(at + (place % 5))]);
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated), (payload) => {
      for (const parse of [parser, parseSyslog]) {
        const trap = parse(recordOf(payload));
        const texts = [
          trap.text,
          trap.claimedHost ?? '',
          trap.syslog?.app ?? '',
          JSON.stringify(trap.fields),
        ];
        for (const text of texts) assert.ok(!text.includes('\0') && text.isWellFormed());
        assert.ok(trap.saidAtMs === null || Number.isSafeInteger(trap.saidAtMs));
      }
    }),
    { numRuns: 500 },
  );
});
