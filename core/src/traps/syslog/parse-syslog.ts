/**
 * What a syslog message says: RFC 5424, or one of the many things that are called RFC 3164.
 *
 * Responsible for the priority, for telling the two apart, and for the trap that comes of it. It never throws: what cannot be understood is
 * shown as text, and `malformed` says why. Called by the manager on duty for each record of protocol `syslog`, by the fuzzer, and by the
 * test of trap monitors against past traps.
 */
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { formatAddress } from '../address-list.ts';
import { decodeTrapText } from '../decode-text.ts';
import { createLocalTime, type LocalTime } from '../local-time.ts';
import type { ParsedTrap } from '../parsed-trap.ts';
import { readKeyValues } from './key-values.ts';
import { readRfc3164 } from './rfc3164.ts';
import { readRfc5424 } from './rfc5424.ts';
import { digitsAt, digitsEnd, SPACE } from './scan.ts';
import { sayMalformed, type Finding, type SyslogFinding } from './finding.ts';

export type SyslogOptions = {
  /** Zone of dates that name none: IANA name of the zone that the receiving host is in; left out: that of this process. */
  readonly timeZone?: string;
};

export type SyslogParser = (record: TrapRecord) => ParsedTrap;

/** Highest priority: facility 23, severity 7 (RFC 5424, 6.2.1). */
const PRIORITY_MAX = 191;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;

export function createSyslogParser(options: SyslogOptions = {}): SyslogParser {
  const localTime = createLocalTime(options.timeZone);
  return (record) => parse(record, localTime);
}

/** With the zone of this process. */
export const parseSyslog: SyslogParser = createSyslogParser();

/** By what the other host's copy of a message is recognised, beside the address: all that was sent. */
export function identityOfSyslog(record: TrapRecord): Uint8Array {
  return record.payload;
}

function parse(record: TrapRecord, localTime: LocalTime): ParsedTrap {
  const decoded = decodeTrapText(withoutEnd(record.payload));
  const { text } = decoded;
  const finding: SyslogFinding = {
    text: '',
    host: null,
    app: null,
    procId: null,
    msgId: null,
    saidAtMs: null,
    fields: {},
    malformed: null,
  };
  if (decoded.damaged) sayMalformed(finding, 'it holds bytes that are no text in UTF-8, Shift_JIS or EUC-JP');
  const receivedMs = Math.floor(record.receivedUs / 1000);
  const priority = readPriority(text, finding);
  const context: Finding = { text, at: priority.end, receivedMs, localTime, finding };
  if (text.length === 0) sayMalformed(finding, 'it is empty');
  else if (!readRfc5424(context)) readRfc3164(context);
  readKeyValues(context);
  return {
    protocol: 'syslog',
    receivedMs,
    saidAtMs: finding.saidAtMs,
    address: formatAddress(record.address),
    claimedHost: finding.host,
    text: finding.text,
    fields: finding.fields,
    syslog: {
      facility: priority.value === null ? null : priority.value >> 3,
      severity: priority.value === null ? null : priority.value & 7,
      app: finding.app,
      procId: finding.procId,
      msgId: finding.msgId,
    },
    snmp: null,
    malformed: finding.malformed,
  };
}

/** Senders end a message with NUL, line ends or blanks. UTF-16 loses no more than half of a line end by it. */
function withoutEnd(payload: Uint8Array): Uint8Array {
  let end = payload.length;
  while (end > 0) {
    const byte = payload[end - 1] ?? 0;
    if (byte !== 0 && byte !== 0x0a && byte !== 0x0d && byte !== SPACE) break;
    end -= 1;
  }
  return end === payload.length ? payload : payload.subarray(0, end);
}

/** `<PRI>`. Without one the line is read from its beginning; one out of range is passed by and said. */
function readPriority(
  text: string,
  finding: SyslogFinding,
): { readonly value: number | null; readonly end: number } {
  let start = 0;
  while (text.charCodeAt(start) === SPACE) start += 1;
  if (text.charCodeAt(start) !== LESS_THAN) return { value: null, end: start };
  const end = digitsEnd(text, start + 1);
  const count = end - start - 1;
  if (count < 1 || count > 10 || text.charCodeAt(end) !== GREATER_THAN) return { value: null, end: start };
  const value = digitsAt(text, start + 1, count);
  if (value > PRIORITY_MAX) {
    sayMalformed(finding, `its priority ${value} is above ${PRIORITY_MAX}`);
    return { value: null, end: end + 1 };
  }
  return { value, end: end + 1 };
}
