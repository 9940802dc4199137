// SNMP traps: what devices send, as bytes, and what comes out.
import assert from 'node:assert/strict';
import test from 'node:test';
import { recordFlags } from '@nezuban/protocol/intake/record';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import fc from 'fast-check';
import { parseAddress } from '../address-list.ts';
import { builtInMibs } from '../mib/built-in-mibs.ts';
import { buildMibTree } from '../mib/mib-tree.ts';
import { createOidNames } from '../mib/oid-names.ts';
import type { OidEntry } from '../mib/oid-names.ts';
import { oidOf } from './ber-reader.ts';
import { writeElement, writeInteger, writeOid, writeSequence } from './ber-writer.ts';
import { formatInteger, formatOctets } from './display-hint.ts';
import { parseSnmp } from './parse-snmp.ts';
import { textOf } from './render-value.ts';
import { identityOfSnmp } from './snmp-identity.ts';
import { readTrapMessage } from './trap-message.ts';
import { writeScopedPdu, writeTrapPdu, writeV1Message, writeV2cMessage } from './trap-writer.ts';
import type { TrapToWrite } from './trap-writer.ts';
import { readV3Envelope, writeV3Message } from './v3-message.ts';

const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

const entries: readonly OidEntry[] = [
  { oid: '1.3.6.1.6.3.1.1.5.3', name: 'linkDown', module: 'IF-MIB', kind: 'notification', syntax: null },
  { oid: '1.3.6.1.2.1.2.2.1.1', name: 'ifIndex', module: 'IF-MIB', kind: 'object', syntax: null },
  {
    oid: '1.3.6.1.2.1.2.2.1.8',
    name: 'ifOperStatus',
    module: 'IF-MIB',
    kind: 'object',
    syntax: {
      type: 'INTEGER',
      labels: new Map([
        [1, 'up'],
        [2, 'down'],
      ]),
      bits: false,
      hint: null,
    },
  },
  { oid: '1.3.6.1.4.1', name: 'enterprises', module: 'SNMPv2-SMI', kind: 'node', syntax: null },
].map((entry) => ({ ...entry, description: null }) as OidEntry);
const names = createOidNames(
  new Map(entries.map((entry) => [entry.oid, entry])),
  new Map(
    entries.flatMap((entry) => [[entry.name, entry] as const, [`${entry.module}::${entry.name}`, entry]]),
  ),
);

const record = (payload: Uint8Array, more: Partial<TrapRecord> = {}): TrapRecord => ({
  seq: 1,
  receivedUs: 1_700_000_000_123_456,
  protocol: 'snmp',
  flags: 0,
  address: parseAddress('192.0.2.7') as Uint8Array,
  port: 50_000,
  extra: null,
  payload,
  ...more,
});

const linkDown = (more: Partial<TrapToWrite> = {}): TrapToWrite => ({
  kind: 'trap',
  requestId: 4711,
  upTime: 123_456,
  trapOid: '1.3.6.1.6.3.1.1.5.3',
  varbinds: [
    { oid: '1.3.6.1.2.1.2.2.1.1.3', value: { type: 'integer', value: 3 } },
    { oid: '1.3.6.1.2.1.2.2.1.8.3', value: { type: 'integer', value: 2 } },
  ],
  ...more,
});

test('snmp: a v2c trap as a capture has it: name, labels, fields, without uptime and trap OID', () => {
  // snmptrap -v 2c -c public HOST 123456 1.3.6.1.6.3.1.1.5.3 1.3.6.1.2.1.2.2.1.1.3 i 3 1.3.6.1.2.1.2.2.1.8.3 i 2
  const capture = hex(`
    3067 020101 0406 7075626c6963 a75a 02040295c54a 020100 020100 304c
    300f 0608 2b06010201010300 4303 01e240
    3017 060a 2b060106030101040100 0609 2b0601060301010503
    300f 060a 2b060102010202010103 020103
    300f 060a 2b060102010202010803 020102`);
  assert.deepEqual(
    Buffer.from(writeV2cMessage(ascii('public'), linkDown({ requestId: 0x02_95_c5_4a }))),
    Buffer.from(capture),
  );
  const trap = parseSnmp(record(capture), names);
  assert.deepEqual(trap, {
    protocol: 'snmp',
    receivedMs: 1_700_000_000_123,
    saidAtMs: null,
    address: '192.0.2.7',
    claimedHost: null,
    text: 'IF-MIB::linkDown ifIndex.3=3, ifOperStatus.3=down(2)',
    fields: {
      snmpTrapOID: 'IF-MIB::linkDown',
      sysUpTime: '123456',
      '1.3.6.1.2.1.2.2.1.1.3': '3',
      'ifIndex.3': '3',
      ifIndex: '3',
      'varbind.1': '3',
      '1.3.6.1.2.1.2.2.1.8.3': '2',
      'ifOperStatus.3': 'down',
      ifOperStatus: 'down',
      'varbind.2': 'down',
    },
    syslog: null,
    snmp: {
      version: 2,
      kind: 'trap',
      name: 'public',
      trapOid: '1.3.6.1.6.3.1.1.5.3',
      v1: null,
      varbinds: [
        { oid: '1.3.6.1.2.1.2.2.1.1.3', type: 'integer', value: '3' },
        { oid: '1.3.6.1.2.1.2.2.1.8.3', type: 'integer', value: '2' },
      ],
    },
    malformed: null,
  });
});

test('snmp: v1 traps: mapped by RFC 3584, the agent address is whom it is about', () => {
  const v1 = (generic: number, specific: number) =>
    parseSnmp(
      record(
        writeV1Message(ascii('public'), {
          enterprise: '1.3.6.1.4.1.9.1.14',
          agent: Uint8Array.of(10, 1, 2, 3),
          generic,
          specific,
          upTime: 77,
          varbinds: [],
        }),
      ),
      names,
    );
  assert.equal(v1(2, 0).snmp?.trapOid, '1.3.6.1.6.3.1.1.5.3');
  assert.equal(v1(2, 0).text, 'IF-MIB::linkDown');
  assert.equal(v1(6, 25).snmp?.trapOid, '1.3.6.1.4.1.9.1.14.0.25');
  assert.deepEqual(v1(6, 25).snmp?.v1, { enterprise: '1.3.6.1.4.1.9.1.14', generic: 6, specific: 25 });
  assert.equal(v1(6, 25).claimedHost, '10.1.2.3');
  assert.equal(v1(6, 25).fields['sysUpTime'], '77');
});

test('snmp: a v1 trap as a capture has it: enterprise, text, uptime', () => {
  // snmptrap -v 1 -c public HOST 1.3.6.1.4.1.9.1.14 10.1.2.3 6 25 77 1.3.6.1.4.1.9.2.1 s power
  const trap = parseSnmp(
    record(
      hex(`303b 020100 0406 7075626c6963 a42e 0608 2b0601040109010e 4004 0a010203 020106 020119 4301 4d
           3013 3011 0608 2b06010401090201 0405 706f776572`),
    ),
    names,
  );
  assert.equal(trap.text, '1.3.6.1.4.1.9.1.14.0.25 1.3.6.1.4.1.9.2.1=power');
  assert.equal(trap.claimedHost, '10.1.2.3');
  assert.equal(trap.snmp?.version, 1);
});

test('snmp: a proxy: snmpTrapAddress.0 is whom it is about', () => {
  const address = {
    oid: '1.3.6.1.6.3.18.1.3.0',
    value: { type: 'ipaddress', value: Uint8Array.of(10, 9, 8, 7) },
  } as const;
  const trap = parseSnmp(record(writeV2cMessage(ascii('public'), linkDown({ varbinds: [address] }))), names);
  assert.equal(trap.claimedHost, '10.9.8.7');
});

test('snmp: values of every type: as text', () => {
  const values = [
    [{ type: 'counter64', value: 2n ** 64n - 1n }, 'counter64', '18446744073709551615'],
    [{ type: 'counter32', value: 4_294_967_295 }, 'counter32', '4294967295'],
    [{ type: 'gauge32', value: 0 }, 'gauge32', '0'],
    [{ type: 'integer', value: -2_147_483_648 }, 'integer', '-2147483648'],
    [{ type: 'ipaddress', value: Uint8Array.of(1, 2, 3, 4) }, 'ipaddress', '1.2.3.4'],
    [{ type: 'oid', value: '2.999.4294967295' }, 'oid', '2.999.4294967295'],
    [{ type: 'octets', value: ascii('電源異常') }, 'octets', '電源異常'],
    [{ type: 'octets', value: hex('93 64 8c b9 88 d9 8f ed') }, 'octets', '電源異常'],
    [{ type: 'octets', value: hex('00 1b 21 aa bb cc') }, 'octets', '0x001b21aabbcc'],
    [{ type: 'octets', value: ascii('text\0') }, 'octets', 'text'],
    [{ type: 'octets', value: new Uint8Array(0) }, 'octets', ''],
    [{ type: 'opaque', value: hex('9f 78 04 42 f6 00 00') }, 'opaque', '123'],
    [{ type: 'null' }, 'null', ''],
  ] as const;
  const varbinds = values.map(([value], index) => ({ oid: `1.3.6.1.4.1.5.${index}`, value }));
  const trap = parseSnmp(record(writeV2cMessage(ascii('public'), linkDown({ varbinds }))), names);
  assert.deepEqual(
    trap.snmp?.varbinds.map(({ type, value }) => [type, value]),
    values.map(([, type, value]) => [type, value]),
  );
});

test('snmp: v3 as the receiver leaves it: the scoped PDU, the user from beside it', () => {
  const payload = writeScopedPdu(
    hex('8000000001020304'),
    ascii(''),
    writeTrapPdu(linkDown({ kind: 'inform' })),
  );
  const trap = parseSnmp(
    record(payload, { flags: recordFlags.authentic, extra: { user: 'ops', engine: '8000000001020304' } }),
    names,
  );
  assert.equal(trap.malformed, null);
  assert.deepEqual(
    [trap.snmp?.version, trap.snmp?.kind, trap.snmp?.name, trap.snmp?.trapOid],
    [3, 'inform', 'ops', '1.3.6.1.6.3.1.1.5.3'],
  );
});

test('snmp: no trap: kept with the reason', () => {
  const why = (payload: Uint8Array): string => parseSnmp(record(payload), names).malformed ?? '';
  assert.match(why(new Uint8Array(0)), /ends before the message/);
  assert.match(why(ascii('hello')), /message should have the type 0x30, not 0x68/);
  assert.match(why(hex('3003020102')), /no SNMP version with the number 2/);
  assert.match(why(hex('30 84 7f ff ff ff 00')), /says 2147483647 bytes/);
  assert.match(why(hex('30 80 02 01 00 00 00')), /a form that SNMP does not use/);
  const get = writeV2cMessage(ascii('public'), linkDown());
  get[readPduStart(get)] = 0xa0;
  assert.match(why(get), /a "get" is neither trap nor inform/);
  const text = parseSnmp(record(ascii('hello')), names).text;
  assert.equal(text, '0x68656c6c6f');
});

const readPduStart = (bytes: Uint8Array): number => {
  const read = readTrapMessage(bytes);
  assert.ok(read.ok);
  return read.message.pduStart;
};

test('snmp: the copy that the other host heard: recognised, another trap is not', () => {
  const of = (trap: TrapToWrite, community = 'public'): string =>
    Buffer.from(identityOfSnmp(record(writeV2cMessage(ascii(community), trap)))).toString('hex');
  const one = of(linkDown());
  assert.equal(of(linkDown({ requestId: 99, upTime: 1 })), one);
  assert.notEqual(of(linkDown({ kind: 'inform' })), one);
  assert.notEqual(of(linkDown(), 'private'), one);
  assert.notEqual(of(linkDown({ trapOid: '1.3.6.1.6.3.1.1.5.4' })), one);
  assert.notEqual(of(linkDown({ varbinds: linkDown().varbinds.slice(1) })), one);
  const v1 = (upTime: number, specific: number): string =>
    Buffer.from(
      identityOfSnmp(
        record(
          writeV1Message(ascii('public'), {
            enterprise: '1.3.6.1.4.1.9',
            agent: Uint8Array.of(1, 2, 3, 4),
            generic: 6,
            specific,
            upTime,
            varbinds: [],
          }),
        ),
      ),
    ).toString('hex');
  assert.equal(v1(1, 5), v1(2, 5));
  assert.notEqual(v1(1, 5), v1(1, 6));
  const v3 = (engine: string, user: string): string =>
    Buffer.from(
      identityOfSnmp(
        record(writeScopedPdu(hex(engine), ascii(''), writeTrapPdu(linkDown({ kind: 'inform' }))), {
          extra: { user, engine },
        }),
      ),
    ).toString('hex');
  // To each host an inform names that host's engine.
  assert.equal(v3('8000000001020304', 'ops'), v3('8000000005060708', 'ops'));
  assert.notEqual(v3('8000000001020304', 'ops'), v3('8000000001020304', 'dev'));
});

test('snmp: DISPLAY-HINT: as RFC 2579 says', () => {
  assert.equal(formatOctets('1x:', hex('001b21aabbcc')), '00:1b:21:aa:bb:cc');
  assert.equal(formatOctets('1d.1d.1d.1d/2d', hex('c0000207 00a2')), '192.0.2.7/162');
  assert.equal(
    formatOctets('2d-1d-1d,1d:1d:1d.1d,1a1d:1d', hex('07ea 0b 1a 0c 3b 34 05 2b 09 00')),
    '2026-11-26T12:59:52.5+09:00',
  );
  assert.equal(formatOctets('255a', ascii('abc')), 'abc');
  assert.equal(formatOctets('*1x:/1x:', hex('02 aabb cc dd')), 'aa:bb/cc:dd');
  assert.equal(formatOctets('nonsense', ascii('abc')), null);
  assert.equal(formatOctets('0d', ascii('abc')), null);
  assert.equal(formatInteger('d-2', -5), '-0.05');
  assert.equal(formatInteger('d', 12), '12');
});

test('snmp: random octets are no Shift_JIS: hexadecimal', () => {
  assert.equal(textOf(hex('b1b2b3b4b5')), null);
  assert.equal(textOf(hex('80000000')), null);
  assert.equal(textOf(ascii('line\r\nnext')), 'line\r\nnext');
});

test('snmp: what is written is read again: numbers, OIDs, v3 envelopes', () => {
  fc.assert(
    fc.property(fc.integer({ min: -0x80_00_00_00, max: 0x7f_ff_ff_ff }), (value) => {
      const bytes = writeInteger(value);
      assert.equal(bytes.length, (bytes[1] ?? 0) + 2);
      const read = parseSnmp(
        record(
          writeV2cMessage(
            ascii('c'),
            linkDown({ varbinds: [{ oid: '1.3.6', value: { type: 'integer', value } }] }),
          ),
        ),
        names,
      );
      assert.equal(read.snmp?.varbinds[0]?.value, String(value));
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.nat(0xff_ff_ff_ff - 80), { minLength: 1, maxLength: 60 }), (rest) => {
      const oid = ['2', ...rest].join('.');
      const bytes = writeOid(oid);
      const head = (bytes[1] ?? 0) < 0x80 ? 2 : 3;
      assert.equal(oidOf(bytes, head, bytes.length), oid);
    }),
  );
  fc.assert(
    fc.property(
      fc.record({
        messageId: fc.nat(0x7f_ff_ff_ff),
        flags: fc.constantFrom(0, 1, 3, 4, 5, 7),
        engineId: fc.uint8Array({ minLength: 5, maxLength: 32 }),
        boots: fc.nat(0x7f_ff_ff_ff),
        time: fc.nat(0x7f_ff_ff_ff),
        user: fc.uint8Array({ maxLength: 32 }),
        authLength: fc.constantFrom(0, 12, 24, 48),
        privParameters: fc.uint8Array({ minLength: 8, maxLength: 8 }),
      }),
      (head) => {
        const data = writeScopedPdu(head.engineId, new Uint8Array(0), writeTrapPdu(linkDown()));
        const { bytes, authStart } = writeV3Message({ ...head, data });
        const read = readV3Envelope(bytes);
        assert.ok(read.ok);
        const { authStart: start, authEnd, ...rest } = read.envelope;
        assert.deepEqual([start, authEnd], [authStart, authStart + head.authLength]);
        const { authLength: _, ...expected } = { ...head, data };
        assert.deepEqual(rest, expected);
      },
    ),
  );
});

test('snmp: bytes that were changed anywhere: never a throw', () => {
  const good = writeV2cMessage(ascii('public'), linkDown());
  const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 6 }),
      fc.nat(good.length),
      fc.uint8Array(),
      (changes, cut, more) => {
        const bytes = Uint8Array.from([...good.subarray(0, cut), ...more]);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        for (const extra of [null, { user: 'u', engine: '80' }]) {
          const trap = parseSnmp(record(bytes, { extra }), names);
          assert.equal(trap.malformed === null, trap.snmp !== null);
          assert.ok(identityOfSnmp(record(bytes, { extra })).length >= 0);
        }
        readV3Envelope(bytes);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('snmp: well-formed messages of any shape: read, and text that a database can hold', () => {
  const { names: known } = buildMibTree({ builtIn: builtInMibs(), uploaded: [] });
  const objects = [
    '1.3.6.1.2.1.2.2.1.8.3',
    '1.3.6.1.2.1.2.2.1.6.3',
    '1.3.6.1.2.1.25.1.2.0',
    '1.3.6.1.2.1.131.1.1.1.5.1',
  ];
  const tag = fc.constantFrom(2, 4, 5, 6, 0x40, 0x41, 0x43, 0x44, 0x46, 0x80, 0x99);
  const value = fc.tuple(
    tag,
    fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.string({ unit: 'grapheme' }).map(ascii)),
  );
  const varbind = fc
    .tuple(
      fc.oneof(
        fc.constantFrom(...objects).map(writeOid),
        fc.uint8Array({ minLength: 1, maxLength: 9 }).map((oid) => writeElement(6, oid)),
      ),
      value,
    )
    .map(([oid, [type, content]]) => writeSequence(oid, writeElement(type, content)));
  fc.assert(
    fc.property(fc.array(varbind, { maxLength: 6 }), fc.constantFrom(0xa6, 0xa7), (varbinds, kind) => {
      const pdu = writeElement(
        kind,
        writeInteger(1),
        writeInteger(0),
        writeInteger(0),
        writeSequence(...varbinds),
      );
      const bytes = writeSequence(writeInteger(1), writeElement(4, ascii('c')), pdu);
      const trap = parseSnmp(record(bytes), known);
      identityOfSnmp(record(bytes));
      for (const text of [trap.text, ...Object.entries(trap.fields).flat()])
        assert.ok(text.isWellFormed() && !text.includes('\0'), text);
    }),
    { numRuns: 3_000 },
  );
});

test('snmp: the largest datagram of the deepest OIDs: read in bounded time', () => {
  const { names: known } = buildMibTree({ builtIn: builtInMibs(), uploaded: [] });
  const deep = ['1.3.6.1', ...Array.from({ length: 124 }, () => '4294967295')].join('.');
  const shallow = '1.3.6.1.4.1.9.9.9';
  for (const [oid, count] of [
    [deep, 100],
    [shallow, 3_500],
  ] as const) {
    const varbinds = Array.from({ length: count }, () => ({ oid, value: { type: 'null' } as const }));
    const bytes = writeV2cMessage(ascii('public'), linkDown({ varbinds }));
    assert.ok(bytes.length < 65_507);
    const trap = parseSnmp(record(bytes), known);
    assert.equal(trap.snmp?.varbinds.length, count);
    assert.ok(Object.keys(trap.fields).length < 600);
  }
});
