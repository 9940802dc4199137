/**
 * Writes SNMP traps and informs: what senders, tests and benchmarks put on the wire.
 *
 * Responsible for PDUs of v1, v2c and v3 and for whole messages of v1 and v2c; messages of v3 are `v3-message.ts`. Pure.
 */
import { berTags } from './ber-reader.ts';
import {
  writeElement,
  writeInteger,
  writeOctets,
  writeOid,
  writeSequence,
  writeUnsigned,
} from './ber-writer.ts';
import { knownOids, messageVersions, pduTags } from './snmp-numbers.ts';

export type ValueToWrite =
  | { readonly type: 'integer' | 'counter32' | 'gauge32' | 'timeticks'; readonly value: number }
  | { readonly type: 'counter64'; readonly value: bigint }
  | { readonly type: 'octets' | 'ipaddress' | 'opaque'; readonly value: Uint8Array }
  | { readonly type: 'oid'; readonly value: string }
  | { readonly type: 'null' };

export type VarbindToWrite = { readonly oid: string; readonly value: ValueToWrite };

export type TrapToWrite = {
  readonly kind: 'trap' | 'inform';
  readonly requestId: number;
  /** Hundredths of a second. */
  readonly upTime: number;
  readonly trapOid: string;
  readonly varbinds: readonly VarbindToWrite[];
};

const numberTags = {
  integer: berTags.integer,
  counter32: berTags.counter32,
  gauge32: berTags.gauge32,
  timeticks: berTags.timeTicks,
} as const;
const octetTags = {
  octets: berTags.octets,
  ipaddress: berTags.ipAddress,
  opaque: berTags.opaque,
} as const;

const writeValue = (value: ValueToWrite): Uint8Array => {
  switch (value.type) {
    case 'integer':
    case 'counter32':
    case 'gauge32':
    case 'timeticks':
      return writeInteger(value.value, numberTags[value.type]);
    case 'counter64':
      return writeUnsigned(value.value, berTags.counter64);
    case 'octets':
    case 'ipaddress':
    case 'opaque':
      return writeElement(octetTags[value.type], value.value);
    case 'oid':
      return writeOid(value.value);
    case 'null':
      return writeElement(berTags.null);
  }
};

const writeVarbind = ({ oid, value }: VarbindToWrite): Uint8Array =>
  writeSequence(writeOid(oid), writeValue(value));

/** RFC 3416, 4.2.6 and 4.2.7. */
export const writeTrapPdu = (trap: TrapToWrite): Uint8Array =>
  writeElement(
    trap.kind === 'inform' ? pduTags.inform : pduTags.trap,
    writeInteger(trap.requestId),
    writeInteger(0),
    writeInteger(0),
    writeSequence(
      writeVarbind({ oid: knownOids.sysUpTime, value: { type: 'timeticks', value: trap.upTime } }),
      writeVarbind({ oid: knownOids.snmpTrapOid, value: { type: 'oid', value: trap.trapOid } }),
      ...trap.varbinds.map(writeVarbind),
    ),
  );

export const writeV2cMessage = (community: Uint8Array, trap: TrapToWrite): Uint8Array =>
  writeSequence(writeInteger(messageVersions.v2c), writeOctets(community), writeTrapPdu(trap));

export type V1TrapToWrite = {
  readonly enterprise: string;
  readonly agent: Uint8Array;
  readonly generic: number;
  readonly specific: number;
  readonly upTime: number;
  readonly varbinds: readonly VarbindToWrite[];
};

/** RFC 1157, 4.1.6. */
export const writeV1Message = (community: Uint8Array, trap: V1TrapToWrite): Uint8Array =>
  writeSequence(
    writeInteger(messageVersions.v1),
    writeOctets(community),
    writeElement(
      pduTags.trapV1,
      writeOid(trap.enterprise),
      writeElement(berTags.ipAddress, trap.agent),
      writeInteger(trap.generic),
      writeInteger(trap.specific),
      writeInteger(trap.upTime, berTags.timeTicks),
      writeSequence(...trap.varbinds.map(writeVarbind)),
    ),
  );

/** RFC 3412, 6: what v3 carries in clear or encrypted. */
export const writeScopedPdu = (engineId: Uint8Array, contextName: Uint8Array, pdu: Uint8Array): Uint8Array =>
  writeSequence(writeOctets(engineId), writeOctets(contextName), pdu);
