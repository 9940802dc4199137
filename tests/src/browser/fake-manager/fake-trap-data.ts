// Traps of the fake manager as devices send them, read by the product's own parsers, so that what pages show of them is what they are.
import { readFileSync } from 'node:fs';
import { formatAddress, parseAddress } from '@nezuban/core/traps/address-list';
import { parseCustom } from '@nezuban/core/traps/custom/parse-custom';
import { builtInMibs } from '@nezuban/core/traps/mib/built-in-mibs';
import { parseMib } from '@nezuban/core/traps/mib/mib-parser';
import { buildMibTree } from '@nezuban/core/traps/mib/mib-tree';
import type { ParsedTrap, PlacedTrap } from '@nezuban/core/traps/parsed-trap';
import { parseSnmp } from '@nezuban/core/traps/snmp/parse-snmp';
import { writeV2cMessage } from '@nezuban/core/traps/snmp/trap-writer';
import { parseSyslog } from '@nezuban/core/traps/syslog/parse-syslog';
import type { TrapProtocol, TrapRecord } from '@nezuban/protocol/intake/record';
import type { TrapDetail } from '@nezuban/protocol/traps/trap';

const builtIn = builtInMibs();
const ourMib = parseMib(
  readFileSync(new URL('../../../../docs/reference/NEZUBAN-MIB.txt', import.meta.url), 'utf8'),
);
export const mibTree = buildMibTree({ builtIn, uploaded: ourMib });
export const mibModules = { builtIn, uploaded: ourMib };

/** Of senders, by address; others are unknown. */
const nodes: Readonly<Record<string, string>> = {
  '10.0.3.21': 'sw-core-01',
  '10.0.4.12': 'batch-02',
  '10.0.5.7': '基幹-01',
};
const scopesOfNode: Readonly<Record<string, readonly string[]>> = {
  'batch-02': ['batch', 'tokyo', 'japan'],
  '基幹-01': ['batch'],
};

export type FakeTrap = {
  readonly detail: TrapDetail;
  readonly parsed: readonly ParsedTrap[];
};
type Sent = {
  readonly protocol: Exclude<TrapProtocol, 'control'>;
  readonly address: string;
  readonly payload: Uint8Array;
  readonly receivedMs: number;
};

export const readTrap = ({ protocol, address, payload, receivedMs }: Sent): readonly ParsedTrap[] => {
  const record: TrapRecord = {
    seq: 1,
    receivedUs: receivedMs * 1_000,
    protocol,
    flags: 0,
    address: parseAddress(address) ?? new Uint8Array(16),
    port: 514,
    extra: null,
    payload,
  };
  if (protocol === 'syslog') return [parseSyslog(record)];
  return protocol === 'snmp' ? [parseSnmp(record, mibTree.names)] : parseCustom(record);
};

export const placed = (trap: ParsedTrap): PlacedTrap => {
  const node = nodes[trap.address] ?? null;
  return { ...trap, node, scopes: new Set(node === null ? [] : scopesOfNode[node]) };
};

const factsOf = (trap: ParsedTrap): TrapDetail['facts'][number] => ({
  text: trap.text,
  host: trap.claimedHost,
  saidAt: trap.saidAtMs === null ? null : new Date(trap.saidAtMs).toISOString(),
  malformed: trap.malformed,
  fields: { ...trap.fields },
  syslog: trap.syslog,
  snmp:
    trap.snmp === null
      ? null
      : {
          version: trap.snmp.version,
          kind: trap.snmp.kind,
          trapOid: trap.snmp.trapOid,
          v1: trap.snmp.v1,
          varbinds: trap.snmp.varbinds.map((varbind) => ({ ...varbind })),
        },
});

const trapOf = (id: number, sent: Sent, more: Partial<TrapDetail>): FakeTrap => {
  const parsed = readTrap(sent);
  const [first] = parsed;
  const receivedAt = new Date(sent.receivedMs).toISOString();
  return {
    parsed,
    detail: {
      id,
      receivedAt,
      recordedAt: new Date(sent.receivedMs + 40).toISOString(),
      protocol: sent.protocol,
      address: formatAddress(parseAddress(sent.address) ?? new Uint8Array(16)),
      node: nodes[sent.address] ?? null,
      host: first?.claimedHost ?? null,
      text: first?.text.slice(0, 500) ?? '',
      matched: false,
      malformed: first?.malformed ?? null,
      heardBoth: id % 3 !== 0,
      perhapsRepeat: false,
      port: 40_000 + (id % 1_000),
      heardBy: 'nezu-a.example.jp',
      seq: 880_000 + id,
      flags: sent.protocol === 'custom' ? ['stream'] : [],
      extra: {},
      bytes: sent.payload.length,
      raw: Buffer.from(sent.payload).toString('hex'),
      facts: parsed.map(factsOf),
      events: [],
      ...more,
    },
  };
};

const text = (line: string) => new TextEncoder().encode(line);
const linkTrap = (last: number, port: number) =>
  writeV2cMessage(text('public'), {
    kind: 'trap',
    requestId: port,
    upTime: 360_000,
    trapOid: `1.3.6.1.6.3.1.1.5.${last}`,
    varbinds: [
      { oid: `1.3.6.1.2.1.2.2.1.1.${port}`, value: { type: 'integer', value: port } },
      { oid: `1.3.6.1.2.1.2.2.1.8.${port}`, value: { type: 'integer', value: last === 3 ? 2 : 1 } },
      { oid: `1.3.6.1.2.1.2.2.1.2.${port}`, value: { type: 'octets', value: text(`Gi0/${port}`) } },
    ],
  });

const kinds: readonly ((index: number) => Omit<Sent, 'receivedMs'> & { readonly matched: boolean })[] = [
  (index) => ({
    protocol: 'syslog',
    address: '10.0.4.12',
    payload: text(
      `<${index % 7 === 0 ? 10 : 14}>Nov 26 12:00:00 batch-02 kernel: nvme0n1: I/O error, sector ${4_096 + index}`,
    ),
    matched: index % 7 === 0,
  }),
  (index) => ({
    protocol: 'syslog',
    address: '10.0.3.21',
    payload: text(
      `<187>Nov 26 12:00:00 sw-core-01 ifmgr: interface Gi0/${(index % 24) + 1} is ${index % 4 === 1 ? 'down' : 'up'}`,
    ),
    matched: true,
  }),
  (index) => ({
    protocol: 'snmp',
    address: '10.0.3.21',
    payload: linkTrap(index % 4 === 0 ? 3 : 4, (index % 24) + 1),
    matched: true,
  }),
  (index) => ({
    protocol: 'syslog',
    address: '203.0.113.40',
    payload: text(
      `<38>1 2026-11-26T12:00:00+09:00 fw-osaka sshd ${900 + index} - - Failed password for root from 198.51.100.${index % 250} port 4022 ssh2`,
    ),
    matched: false,
  }),
  () => ({
    protocol: 'custom',
    address: '10.0.5.7',
    payload: text(
      JSON.stringify({
        host: '基幹-01',
        key: '夜間バックアップ',
        text: '空き容量が不足しています',
        priority: 'critical',
        fields: { used: 98.5 },
      }),
    ),
    matched: true,
  }),
  (index) => ({
    protocol: 'snmp',
    address: '203.0.113.41',
    payload: new Uint8Array([0x30, 0x82, 0x01, index % 250, 0x02, 0x01]),
    matched: false,
  }),
];

/** The newest first. */
export const sampleTraps = (count = 420): readonly FakeTrap[] => {
  const nowMs = Date.now();
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length];
    if (kind === undefined) throw new Error('no such kind');
    const { matched, ...sent } = kind(index);
    return trapOf(count - index, { ...sent, receivedMs: nowMs - index * 37_000 }, { matched });
  });
};
