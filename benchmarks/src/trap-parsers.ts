// How many messages a second does one thread understand? Syslog as servers and devices write it, RFC 5424, the table of real lines, custom traps.
// On the wall, and by this process's processor time, which says what a quiet machine would take.
// Run: node benchmarks/src/trap-parsers.ts
import { parseAddress } from '@nezuban/core/traps/address-list';
import { parseCustom } from '@nezuban/core/traps/custom/parse-custom';
import { createSyslogParser, parseSyslog } from '@nezuban/core/traps/syslog/parse-syslog';
import { HEARD_AT, HEARD_IN, realWorldLines } from '@nezuban/core/testing/syslog/real-world-lines';
import type { TrapRecord } from '@nezuban/protocol/intake/record';

const rounds = 5;
const messages = 300_000;

const recordOf = (text: string): TrapRecord => ({
  seq: 1,
  receivedUs: Date.parse(HEARD_AT) * 1000,
  protocol: 'syslog',
  flags: 0,
  address: parseAddress('192.0.2.1') ?? new Uint8Array(16),
  port: 514,
  extra: null,
  payload: new Uint8Array(Buffer.from(text)),
});

const server = '<38>Jan  2 10:20:30 web1 sshd[1234]: Failed password for root from 192.0.2.9 port 55123 ssh2';
const structured =
  '<13>1 2024-01-02T01:20:30.123Z host.example app 1 m [origin ip="192.0.2.1" enterpriseId="1"] some text here';
const custom = JSON.stringify({
  host: 'db1',
  key: 'nightly',
  text: 'failed',
  priority: 'critical',
  fields: { exit: 8 },
});

type Case = {
  readonly name: string;
  readonly texts: readonly string[];
  readonly parse: (record: TrapRecord) => unknown;
};

const cases: readonly Case[] = [
  { name: 'syslog of a server (RFC 3164)', texts: [server], parse: parseSyslog },
  {
    name: 'the same, zone by name',
    texts: [server],
    parse: createSyslogParser({ timeZone: HEARD_IN }),
  },
  { name: 'RFC 5424 with structured data', texts: [structured], parse: parseSyslog },
  {
    name: `${realWorldLines.length} real lines in turn`,
    texts: realWorldLines.map(({ line }) => line),
    parse: parseSyslog,
  },
  { name: 'custom trap', texts: [custom], parse: parseCustom },
];

for (const { name, texts, parse } of cases) {
  const records = texts.map(recordOf);
  const wall: number[] = [];
  const processor: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startMs = performance.now();
    const before = process.cpuUsage();
    for (let i = 0; i < messages; i += 1) {
      const record = records[i % records.length];
      if (record !== undefined) parse(record);
    }
    const { user, system } = process.cpuUsage(before);
    wall.push(messages / ((performance.now() - startMs) / 1000));
    processor.push(messages / ((user + system) / 1e6));
  }
  const middle = (figures: readonly number[]): number =>
    Math.round((figures.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0) / 1000);
  console.log(`${name}: ${middle(wall)},000/s on the wall, ${middle(processor)},000/s of processor time`);
}
