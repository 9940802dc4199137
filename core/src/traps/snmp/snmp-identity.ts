/**
 * By what the copy of an SNMP trap that the other host heard is recognised.
 *
 * A sender gives each host a datagram of its own: request ids, message ids, salts and often the value of sysUpTime differ between the two.
 * What stays: version, kind, community or user, context name, the head of a v1 trap without its time stamp, and the varbinds. Responsible for
 * those bytes; who sent it from where is the caller's. Pure, never throws.
 */
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { readRecord } from './parse-snmp.ts';
import { knownOids } from './snmp-numbers.ts';
import type { TrapMessage } from './trap-message.ts';

/** What is to be hashed. Of what is no trap: all its bytes. */
export const identityOfSnmp = (record: TrapRecord): Uint8Array => {
  const read = readRecord(record);
  if (!read.ok) return record.payload;
  const { message } = read;
  const user = record.extra?.['user'];
  return joined(
    [
      Uint8Array.of(message.version, message.kind === 'inform' ? 1 : 0),
      ...(user === undefined ? [] : [charCodes(user)]),
      message.name,
      ...(message.v1 === null ? [] : [message.bytes.subarray(message.v1.headStart, message.v1.headEnd)]),
    ],
    varbindBytes(message),
  );
};

/** Whole varbinds; of sysUpTime.0 only up to its value. */
const varbindBytes = ({ bytes, varbinds }: TrapMessage): Uint8Array[] =>
  varbinds.map(({ oid, start, end }) =>
    oid === knownOids.sysUpTime ? charCodes(oid) : bytes.subarray(start, end),
  );

/** Two bytes each: only equal texts give equal bytes. */
const charCodes = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length * 2);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    bytes[at * 2] = code >> 8;
    bytes[at * 2 + 1] = code & 0xff;
  }
  return bytes;
};

/** Each head with its length before it, so that no two lists of parts give the same bytes. */
const joined = (heads: readonly Uint8Array[], rest: readonly Uint8Array[]): Uint8Array => {
  let length = 0;
  for (const head of heads) length += head.length + 2;
  for (const part of rest) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const head of heads) {
    all[at] = head.length >> 8;
    all[at + 1] = head.length & 0xff;
    all.set(head, at + 2);
    at += head.length + 2;
  }
  for (const part of rest) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
