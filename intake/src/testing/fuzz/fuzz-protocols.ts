/**
 * The protocols that the fuzzer knows: what it mutates, what listens, what reads.
 *
 * Responsible for one entry a protocol; a new one adds its line to `fuzzProtocols`. Called by `fuzz-run.ts`.
 */
import { readCustomBody } from '@nezuban/core/traps/custom/custom-body';
import { parseCustom } from '@nezuban/core/traps/custom/parse-custom';
import type { ParsedTrap } from '@nezuban/core/traps/parsed-trap';
import { parseSyslog } from '@nezuban/core/traps/syslog/parse-syslog';
import { realWorldLines } from '@nezuban/core/testing/syslog/real-world-lines';
import type { IntakeSettings } from '@nezuban/protocol/intake/orders';
import { RECORD_PAYLOAD_MAX, type TrapRecord } from '@nezuban/protocol/intake/record';
import { createHttpReceiver } from '../../receivers/http-receiver.ts';
import type { Receiver, ReceiverPorts } from '../../receivers/receiver.ts';
import { createSyslogUdpReceiver } from '../../receivers/syslog-udp.ts';
import type { FuzzShape } from './fuzz-random.ts';
import { fuzzSnmp } from './fuzz-snmp.ts';

export type FuzzProtocol = {
  readonly name: 'syslog' | 'custom' | 'snmp';
  readonly shape: FuzzShape;
  readonly transport: 'udp' | 'http';
  readonly createReceiver: (ports: ReceiverPorts) => Receiver;
  /** Which receiver of the settings listens. */
  readonly setting: keyof Pick<IntakeSettings, 'syslog_udp' | 'http' | 'snmp'>;
  /** The receiver gives each datagram on as it came: every one is compared. */
  readonly keepsAll: boolean;
  readonly parse: (record: TrapRecord) => readonly ParsedTrap[];
  /** A good message with a number, and how it is known again. */
  readonly neighbour: (number: number) => Buffer;
  readonly numberOf: (trap: ParsedTrap) => number | null;
  /** What must be said to be malformed, by another judgement than the parser's; null: this one says nothing. */
  readonly mustBeMalformed: (payload: Uint8Array) => boolean | null;
};

/** What a UDP datagram over IPv4 can hold. */
const DATAGRAM_MAX = 65_507;

const numberIn = (text: string): number | null => {
  const digits = /^good neighbour (\d+)$/.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
};

const syslog: FuzzProtocol = {
  name: 'syslog',
  shape: {
    corpus: [Buffer.from('<13>x'), ...realWorldLines.map(({ line }) => Buffer.from(line))],
    pieces: [
      '<191>', '<192>', '1 ', ': ', '[', ']', '="', '"', '\\', '%', '\0', '\uFEFF', '- ', ' - - - ', 'Jan  2 10:20:30 ', '*Mar  1 00:00:00.123: ',
      '2024-01-02T10:20:30.123456+09:00 ', 'Feb 29 23:59:60 ', '[a b="', '[a b="c"]', 'last message repeated', 'Message forwarded from ', 'CEF:', '::1 ',
      'a=b c=d ', '=', '\u001B$B', '\u001B(J', '夜間バッチ', '99999999999', ' ',
    ], // prettier-ignore
    bytesMax: DATAGRAM_MAX,
  },
  transport: 'udp',
  createReceiver: createSyslogUdpReceiver,
  setting: 'syslog_udp',
  keepsAll: true,
  parse: (record) => [parseSyslog(record)],
  neighbour: (number) => Buffer.from(`<13>Jan  2 10:20:30 web1 fuzz[1]: good neighbour ${number}`),
  numberOf: ({ text }) => numberIn(text),
  mustBeMalformed: (payload) =>
    /^[\0\s]*$/.test(Buffer.from(payload).toString('latin1')) ? null : priorityIsWrong(payload) || null,
};

function priorityIsWrong(payload: Uint8Array): boolean {
  const digits = /^<(\d{1,10})>/.exec(Buffer.from(payload.subarray(0, 14)).toString('latin1'))?.[1];
  return digits !== undefined && Number(digits) > 191;
}

const custom: FuzzProtocol = {
  name: 'custom',
  shape: {
    corpus: [
      Buffer.from('{"key":"backup","text":"no space left"}'),
      ...[
        '{"host":"web1","key":"disk:/var","text":"空きがありません","priority":"critical","at":"2024-01-02T10:20:30+09:00","fields":{"used":98.5,"mounted":true,"s":"x"}}',
        '[{"key":"a","text":"1"},{"key":"b","text":"2","at":1704158430000}]',
        '{"FacilityID":"DB01","DATA":[{"DATE":"2024-01-02 10:20:30","TYPE":"NUM","KEY":"cpu","MSG":"97.5"},{"TYPE":"STRING","KEY":"batch","MSG":"異常終了"}]}',
      ].map((text) => Buffer.from(text)),
    ],
    pieces: [
      '{', '}', '[', ']', '"', '\\', ',', ':', 'null', 'true', '1e999', '-0', '\\u0000', '\\ud800', '"__proto__":', '"key":', '"DATA":', '"FacilityID":',
      '"fields":{', '"at":', '\0', '\uFEFF', '\u001B$B', ' ', '\n',
    ], // prettier-ignore
    bytesMax: RECORD_PAYLOAD_MAX,
  },
  transport: 'http',
  createReceiver: (ports) => createHttpReceiver(ports, '/nonexistent'),
  setting: 'http',
  keepsAll: false,
  parse: parseCustom,
  neighbour: (number) => Buffer.from(JSON.stringify({ key: 'fuzz', text: `good neighbour ${number}` })),
  numberOf: ({ text, malformed }) => (malformed === null ? numberIn(text) : null),
  mustBeMalformed: (payload) => (readCustomBody(payload).form === 'bad' ? true : null),
};

export const fuzzProtocols: readonly FuzzProtocol[] = [syslog, custom, fuzzSnmp];
