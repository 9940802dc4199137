// The channel `snmp_trap`: tells another manager by SNMPv2c, as a trap or as an inform that has to be answered.
// The objects stand in docs/reference/NEZUBAN-MIB.txt; a test holds both together. Source: RFC 3416, 4.2.6 and 4.2.7.
import { createHash } from 'node:crypto';
import { berTags, enter, readInteger, readOctets, type BerCursor } from '@nezuban/core/traps/snmp/ber-reader';
import { pduTags } from '@nezuban/core/traps/snmp/snmp-numbers';
import { writeV2cMessage, type VarbindToWrite } from '@nezuban/core/traps/snmp/trap-writer';
import { priorities } from '@nezuban/protocol/priority';
import type { ChannelKind, ChannelOf, DeliveryMessage } from './channel.ts';
import { sendDatagram } from './datagram.ts';
import { secretsAt } from './secret-places.ts';
import { stateOf } from './template.ts';

type SnmpTrapChannel = ChannelOf<'snmp_trap'>;

/** Below the branch that Net-SNMP keeps free for whoever has no number of his own. */
export const NEZUBAN_OID = '1.3.6.1.4.1.8072.9999.9999.7380';
export const trapNumbers = { raised: 1, recovered: 2, reminder: 3 } as const;
export const objectNumbers = {
  eventId: 1,
  eventAt: 2,
  eventPriority: 3,
  eventCode: 4,
  eventNode: 5,
  eventMonitor: 6,
  eventKey: 7,
  eventMessage: 8,
  ruleName: 9,
  deliveryKey: 10,
  repeated: 11,
} as const;
/** So that the whole stays one datagram on every path. */
const TEXT_BYTES_MAX = 400;

export const snmpTrapChannel: ChannelKind<SnmpTrapChannel> = {
  describe: ({ host, port, inform }) => `SNMP ${inform ? 'inform' : 'trap'} ${host}:${port}`,
  send: async (channel, message, { signal }) => {
    // The same message has the same number, so that a receiver recognises a repeat.
    const requestId = createHash('sha256').update(message.key).digest().readUInt32BE() & 0x7fffffff;
    const bytes = writeV2cMessage(Buffer.from(channel.community, 'utf8'), {
      kind: channel.inform ? 'inform' : 'trap',
      requestId,
      upTime: Math.floor(process.uptime() * 100),
      trapOid: `${NEZUBAN_OID}.0.${trapNumbers[stateOf(message)]}`,
      varbinds: varbindsOf(message),
    });
    return await sendDatagram(channel, bytes, {
      signal,
      ...(channel.inform ? { isAnswer: (datagram: Uint8Array) => answers(datagram, requestId) } : {}),
    });
  },
  ...secretsAt<SnmpTrapChannel>(({ host, port }) => [
    { path: 'community', boundTo: `${host}:${port}`, boundBy: 'host or port', required: true },
  ]),
};

const varbindsOf = (message: DeliveryMessage): readonly VarbindToWrite[] => {
  const { event } = message;
  const number = (name: keyof typeof objectNumbers, value: number): VarbindToWrite => ({
    oid: oidOf(name),
    value: { type: 'integer', value },
  });
  const text = (name: keyof typeof objectNumbers, value: string): VarbindToWrite => ({
    oid: oidOf(name),
    value: { type: 'octets', value: cut(value) },
  });
  return [
    text('eventId', String(event.id)),
    text('eventAt', event.at),
    number('eventPriority', priorities.indexOf(event.priority)),
    text('eventCode', event.code),
    text('eventNode', event.node ?? ''),
    text('eventMonitor', event.monitor ?? ''),
    text('eventKey', event.key ?? ''),
    text('eventMessage', event.message),
    text('ruleName', message.rule),
    text('deliveryKey', message.key),
    number('repeated', message.repeat ? 1 : 2),
  ];
};

const oidOf = (name: keyof typeof objectNumbers): string => `${NEZUBAN_OID}.1.${objectNumbers[name]}.0`;

/** Whole characters only. */
const cut = (text: string): Uint8Array => {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= TEXT_BYTES_MAX) return bytes;
  let end = TEXT_BYTES_MAX;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
};

/** A response to our number: whatever else arrives at this port is not for us. */
const answers = (datagram: Uint8Array, requestId: number): boolean => {
  try {
    const cursor: BerCursor = { bytes: datagram, at: 0, end: datagram.length };
    cursor.end = enter(cursor, berTags.sequence, 'message');
    readInteger(cursor, 'version');
    readOctets(cursor, 'community');
    cursor.end = enter(cursor, pduTags.response, 'response');
    return readInteger(cursor, 'request-id') === requestId;
  } catch {
    return false;
  }
};
