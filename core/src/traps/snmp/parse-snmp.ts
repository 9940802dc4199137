/**
 * Reads what the SNMP receiver has journaled as a trap.
 *
 * Responsible for v1, v2c, v3 and informs in one shape (v1 mapped by RFC 3584, 3.1), names and labels from MIBs, and the text that people
 * read. Pure, never throws: what is no trap comes out as one that says why (`malformed`). Called by the manager for each record.
 */
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { formatAddress } from '../address-list.ts';
import type { ParsedTrap, Varbind } from '../parsed-trap.ts';
import { fullSymbolOf, symbolOf } from '../mib/oid-names.ts';
import type { OidNames } from '../mib/oid-names.ts';
import { hideCommunity } from './hide-community.ts';
import { berTags, oidOf, unsignedOf } from './ber-reader.ts';
import { bareValue, hexOf, shownValue, textOf, VALUE_TEXT_MAX } from './render-value.ts';
import { GENERIC_ENTERPRISE, knownOids } from './snmp-numbers.ts';
import { readScopedPdu, readTrapMessage } from './trap-message.ts';
import type { ReadMessage, TrapMessage, VarbindPlace } from './trap-message.ts';

/** What is longer is cut: an event is read by people, and the raw trap keeps all. */
const TEXT_MAX = 8_192;
/** Fields for conditions and templates; a trap with more varbinds than that has no more names. */
const FIELD_VARBINDS_MAX = 256;
/** How much of what could not be read is shown. */
const MALFORMED_SHOWN_BYTES = 256;

/** A record of SNMPv3 holds the scoped PDU alone; who said it stands in `extra`. */
export const readRecord = (record: TrapRecord): ReadMessage =>
  record.extra?.['engine'] === undefined ? readTrapMessage(record.payload) : readScopedPdu(record.payload);

/** The bytes as people may see them. */
export const shownBytes = ({ extra, payload }: TrapRecord): Uint8Array =>
  extra?.['engine'] === undefined ? hideCommunity(payload) : payload;

export const parseSnmp = (record: TrapRecord, names: OidNames): ParsedTrap => {
  const read = readRecord(record);
  const common = {
    protocol: 'snmp',
    receivedMs: Math.floor(record.receivedUs / 1000),
    // Traps say how long a device has been up, not what time it is.
    saidAtMs: null,
    address: formatAddress(record.address),
    syslog: null,
  } as const;
  if (!read.ok)
    return {
      ...common,
      claimedHost: null,
      text: hexOf(shownBytes(record).subarray(0, MALFORMED_SHOWN_BYTES)),
      fields: {},
      snmp: null,
      malformed: `This is no SNMP trap: ${read.says}.`,
    };
  const { message } = read;
  const mapped = message.v1 === null ? takeOutOfV2(message) : mapV1(message);
  const fields: Record<string, string> = {};
  const trapName = fullSymbolOf(names.find(mapped.trapOid), mapped.trapOid);
  fields['snmpTrapOID'] = trapName;
  if (mapped.upTime !== null) fields['sysUpTime'] = mapped.upTime;
  const rendered = render(message, { places: mapped.places, names, fields });
  return {
    ...common,
    claimedHost: mapped.claimed,
    text: clip(rendered.text === '' ? trapName : `${trapName} ${rendered.text}`, TEXT_MAX),
    fields,
    snmp: {
      version: message.version,
      kind: message.kind,
      name: nameOf(record, message),
      trapOid: mapped.trapOid,
      v1:
        message.v1 === null
          ? null
          : {
              enterprise: message.v1.enterprise,
              generic: message.v1.generic,
              specific: message.v1.specific,
            },
      varbinds: rendered.varbinds,
    },
    malformed: null,
  };
};

const nameOf = (record: TrapRecord, message: TrapMessage): string =>
  record.extra?.['user'] ?? textOf(message.name) ?? hexOf(message.name);

type Mapped = {
  readonly trapOid: string;
  readonly upTime: string | null;
  readonly claimed: string | null;
  readonly places: readonly VarbindPlace[];
};

/** RFC 3584, 3.1 (2) and (4). */
const mapV1 = (message: TrapMessage): Mapped => {
  const { v1 } = message;
  if (v1 === null) throw new Error('A message of v2 was taken for one of v1');
  const trapOid =
    v1.generic >= 0 && v1.generic < GENERIC_ENTERPRISE
      ? `${knownOids.snmpTraps}.${v1.generic + 1}`
      : `${v1.enterprise}.0.${v1.specific}`;
  const unsaid = v1.agent === null || v1.agent.every((byte) => byte === 0);
  return {
    trapOid,
    upTime: v1.upTime,
    // A proxy that speaks v1 to us may carry the address in a varbind.
    claimed: claimedBy(message) ?? (unsaid ? null : (v1.agent?.join('.') ?? null)),
    places: message.varbinds,
  };
};

const takeOutOfV2 = (message: TrapMessage): Mapped => {
  const { bytes, varbinds } = message;
  let trapOid: string | null = null;
  let upTime: string | null = null;
  const places: VarbindPlace[] = [];
  for (const place of varbinds)
    if (trapOid === null && place.oid === knownOids.snmpTrapOid && place.tag === berTags.oid)
      trapOid = oidOf(bytes, place.valueStart, place.end);
    else if (upTime === null && place.oid === knownOids.sysUpTime)
      upTime = unsignedOf(bytes, place.valueStart, place.end);
    else places.push(place);
  // RFC 3416 demands both; a trap without its OID is still worth hearing. `0.0` is zeroDotZero of SNMPv2-SMI.
  return { trapOid: trapOid ?? '0.0', upTime, claimed: claimedBy(message), places };
};

const claimedBy = ({ bytes, varbinds }: TrapMessage): string | null => {
  for (const place of varbinds)
    if (place.oid === knownOids.snmpTrapAddress && place.end - place.valueStart === 4) {
      const address = bytes.subarray(place.valueStart, place.end).join('.');
      return address === '0.0.0.0' ? null : address;
    }
  return null;
};

type Rendering = {
  readonly places: readonly VarbindPlace[];
  readonly names: OidNames;
  /** Is filled. */
  readonly fields: Record<string, string>;
};

const render = (
  message: TrapMessage,
  { places, names, fields }: Rendering,
): { readonly text: string; readonly varbinds: readonly Varbind[] } => {
  const { bytes } = message;
  const varbinds: Varbind[] = [];
  let text = '';
  for (const place of places) {
    const found = names.find(place.oid);
    const bare = bareValue(bytes, place);
    varbinds.push({ oid: place.oid, type: bare.type, value: bare.value });
    const { shown, plain } = shownValue(bare, bytes.subarray(place.valueStart, place.end), {
      syntax: found?.entry.syntax ?? null,
      names,
    });
    const symbol = symbolOf(found, place.oid);
    if (varbinds.length <= FIELD_VARBINDS_MAX) {
      const value = clip(plain, VALUE_TEXT_MAX);
      fields[place.oid] = clip(bare.value, VALUE_TEXT_MAX);
      if (symbol !== place.oid) {
        fields[symbol] = value;
        // The first of its column: most traps are about one thing.
        if (found !== null && !Object.hasOwn(fields, found.entry.name)) fields[found.entry.name] = value;
      }
      fields[`varbind.${varbinds.length}`] = value;
    }
    if (text.length < TEXT_MAX)
      text += `${text === '' ? '' : ', '}${symbol}=${oneLine(clip(shown, VALUE_TEXT_MAX))}`;
  }
  return { text, varbinds };
};

const oneLine = (text: string): string =>
  text.includes('\n') || text.includes('\r') ? text.replaceAll(/[\r\n]+/g, ' ').trim() : text;

/** Never within a character of two units. */
const clip = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')}...`;
