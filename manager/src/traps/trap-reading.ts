// What records say, by their protocol: the one list of protocols here.
// Responsible for choosing the parser and for bearing its faults: whatever it does, the record is told. Pure but for the clock's zone. Called by
// trap-batch.ts, and for traps that are shown.
import { formatAddress } from '@nezuban/core/traps/address-list';
import { identityOfCustom, parseCustom } from '@nezuban/core/traps/custom/parse-custom';
import type { OidNames } from '@nezuban/core/traps/mib/oid-names';
import type { ParsedTrap } from '@nezuban/core/traps/parsed-trap';
import { parseSnmp, shownBytes } from '@nezuban/core/traps/snmp/parse-snmp';
import { identityOfSnmp } from '@nezuban/core/traps/snmp/snmp-identity';
import { identityOfSyslog, parseSyslog } from '@nezuban/core/traps/syslog/parse-syslog';

import type { TrapRecord } from '@nezuban/protocol/intake/record';

export type TrapReading = {
  /** One body of a custom trap may hold several; never empty, never throws. Nothing for control records. */
  readonly parse: (record: TrapRecord) => readonly ParsedTrap[];
  /** What stays the same in the copy that the other host heard. */
  readonly identity: (record: TrapRecord) => Uint8Array;
};

const encoder = new TextEncoder();

export const createTrapReading = (names: () => OidNames): TrapReading => {
  const parse = (record: TrapRecord): readonly ParsedTrap[] => {
    switch (record.protocol) {
      case 'syslog':
        return [parseSyslog(record)];
      case 'snmp':
        return [parseSnmp(record, names())];
      case 'custom':
        return parseCustom(record);
      case 'control':
        return [];
    }
  };
  return {
    parse(record) {
      if (record.protocol === 'control') return [];
      try {
        const parsed = parse(record);
        if (parsed.length > 0) return parsed;
        return [unread(record, record.protocol, 'it holds nothing')];
      } catch (error) {
        return [unread(record, record.protocol, error instanceof Error ? error.message : String(error))];
      }
    },
    identity(record) {
      try {
        const identity = identityOf(record);
        return typeof identity === 'string' ? encoder.encode(identity) : identity;
      } catch {
        return record.payload;
      }
    },
  };
};

const identityOf = (record: TrapRecord): string | Uint8Array => {
  switch (record.protocol) {
    case 'syslog':
      return identityOfSyslog(record);
    case 'snmp':
      return identityOfSnmp(record);
    case 'custom':
      return identityOfCustom(record);
    case 'control':
      return record.payload;
  }
};

const SHOWN_BYTES_MAX = 2_000;

/** Kept and shown all the same. */
export const unread = (
  record: TrapRecord,
  protocol: ParsedTrap['protocol'],
  malformed: string,
): ParsedTrap => ({
  protocol,
  receivedMs: Math.floor(record.receivedUs / 1_000),
  saidAtMs: null,
  address: formatAddress(record.address),
  claimedHost: null,
  text: new TextDecoder()
    .decode((protocol === 'snmp' ? shownBytes(record) : record.payload).subarray(0, SHOWN_BYTES_MAX))
    .replaceAll('\0', '\u{fffd}'),
  fields: {},
  syslog: null,
  snmp: null,
  malformed,
});
