/**
 * SNMP for the fuzzer: traps of all versions, informs and discoveries to be wounded, through the real receiver.
 *
 * Responsible for what is mutated and how a good neighbour is known again. One user sends unsigned, so that mutated scoped PDUs come through,
 * too; each payload is read as a message and as a scoped PDU.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { builtInMibs } from '@nezuban/core/traps/mib/built-in-mibs';
import { buildMibTree } from '@nezuban/core/traps/mib/mib-tree';
import { parseSnmp } from '@nezuban/core/traps/snmp/parse-snmp';
import { identityOfSnmp } from '@nezuban/core/traps/snmp/snmp-identity';
import {
  writeScopedPdu,
  writeTrapPdu,
  writeV1Message,
  writeV2cMessage,
} from '@nezuban/core/traps/snmp/trap-writer';
import type { VarbindToWrite } from '@nezuban/core/traps/snmp/trap-writer';
import { snmpUserSchema } from '@nezuban/protocol/intake/orders';
import { linkDown, writeV3Trap } from '@nezuban/tests/support/snmp-sender';
import type { Receiver, ReceiverPorts } from '../../receivers/receiver.ts';
import { createSnmpReceiver } from '../../receivers/snmp/snmp-receiver.ts';
import type { FuzzProtocol } from './fuzz-protocols.ts';

const { names } = buildMibTree({ builtIn: builtInMibs(), uploaded: [] });
const community = Buffer.from('public');
const engineId = Buffer.from('80000000050102030405060708', 'hex');
const open = snmpUserSchema.parse({ name: 'open', auth: 'none', priv: 'none' });
const ops = snmpUserSchema.parse({
  name: 'ops',
  auth_password: 'authpassword',
  priv_password: 'privpassword',
});
const NEIGHBOUR_OID = '1.3.6.1.2.1.1.5.0';

const varbinds: readonly VarbindToWrite[] = [
  { oid: '1.3.6.1.2.1.2.2.1.8.3', value: { type: 'integer', value: 2 } },
  { oid: '1.3.6.1.2.1.2.2.1.6.3', value: { type: 'octets', value: Buffer.from('001b21aabbcc', 'hex') } },
  {
    oid: '1.3.6.1.2.1.25.1.2.0',
    value: { type: 'octets', value: Buffer.from('07ea0b1a0c3b34052b0900', 'hex') },
  },
  { oid: '1.3.6.1.2.1.131.1.1.1.5.1', value: { type: 'octets', value: Buffer.from('20', 'hex') } },
  { oid: '1.3.6.1.2.1.2.2.1.2.3', value: { type: 'octets', value: Buffer.from('電源異常') } },
  { oid: '1.3.6.1.6.3.18.1.3.0', value: { type: 'ipaddress', value: Uint8Array.of(10, 1, 2, 3) } },
  { oid: '1.3.6.1.4.1.8072.1', value: { type: 'opaque', value: Buffer.from('9f780442f60000', 'hex') } },
  { oid: '1.3.6.1.2.1.31.1.1.1.6.1', value: { type: 'counter64', value: 2n ** 63n } },
  { oid: '1.3.6.1.6.3.1.1.4.3.0', value: { type: 'oid', value: '1.3.6.1.6.3.1.1.5' } },
];

/** Its engine's file goes with it. */
const createReceiver = (ports: ReceiverPorts): Receiver => {
  const stateFile = path.join(os.tmpdir(), `nezuban-fuzz-snmp-${randomUUID()}.json`);
  const receiver = createSnmpReceiver(ports, { stateFile });
  return {
    ...receiver,
    obey: (orders) => receiver.obey({ ...orders, snmpUsers: [open, ops] }),
    async stop() {
      await receiver.stop();
      rmSync(stateFile, { force: true });
    },
  };
};

export const fuzzSnmp: FuzzProtocol = {
  name: 'snmp',
  shape: {
    corpus: [
      writeV2cMessage(community, linkDown({ varbinds })),
      writeV2cMessage(community, linkDown({ kind: 'inform', varbinds })),
      writeV1Message(community, {
        enterprise: '1.3.6.1.4.1.9.1.14',
        agent: Uint8Array.of(10, 1, 2, 3),
        generic: 6,
        specific: 25,
        upTime: 77,
        varbinds,
      }),
      writeV3Trap({ user: open, engineId, boots: 1, time: 1, trap: linkDown({ varbinds }) }),
      writeV3Trap({ user: open, engineId, boots: 1, time: 1, trap: linkDown({ kind: 'inform' }) }),
      writeV3Trap({ user: ops, engineId, boots: 1, time: 1 }),
      writeV3Trap({ user: ops, engineId, boots: 1, time: 1, reportable: true }),
      writeScopedPdu(engineId, new Uint8Array(0), writeTrapPdu(linkDown({ varbinds }))),
    ],
    pieces: [
      '0', '0\u0000', '\u0002\u0001\u0000', '\u0002\u0001\u0003', '\u0004\u0006public', '\u0004\u0000', '\u0005\u0000', '\u0006\u0000', '\u0006\u0001+',
      '@\u0004\u0001\u0002\u0003\u0004', 'C\u0001\u0000', '\u0002\u0009\u0000', '~~~~', 'open', 'ops',
    ], // prettier-ignore
    bytesMax: 65_507,
  },
  transport: 'udp',
  createReceiver,
  setting: 'snmp',
  // What is refused, reported on or repeated is not journaled.
  keepsAll: false,
  parse(record) {
    const scoped = { ...record, extra: { user: 'open', engine: '80' } };
    identityOfSnmp(record);
    identityOfSnmp(scoped);
    const asMessage = parseSnmp(record, names);
    const asScoped = parseSnmp(scoped, names);
    return [asMessage.malformed === null ? asMessage : asScoped];
  },
  neighbour: (number) =>
    Buffer.from(
      writeV2cMessage(
        community,
        linkDown({
          requestId: number,
          varbinds: [
            {
              oid: NEIGHBOUR_OID,
              value: { type: 'octets', value: Buffer.from(`good neighbour ${number}`) },
            },
          ],
        }),
      ),
    ),
  numberOf(trap) {
    const digits = /^good neighbour (\d+)$/.exec(trap.fields[NEIGHBOUR_OID] ?? '')?.[1];
    return digits === undefined ? null : Number(digits);
  },
  mustBeMalformed: (payload) => (payload[0] === 0x30 ? null : true),
};
