/**
 * What is called RFC 3164: `TIMESTAMP HOST TAG[PID]: text`, with any part missing, doubled or written in a maker's own way.
 *
 * Responsible for the header behind the priority: timestamp, the header of Cisco, host, tag. The text of a trap is what stands behind the tag;
 * codes that makers put in its place (`%LINK-3-UPDOWN:`, `CEF:0|`) are part of the text, and are the application too. Called by `parse-syslog.ts`.
 */
import { parseAddress } from '../address-list.ts';
import { takeStamp, type Finding, type SyslogFinding } from './finding.ts';
import { digitsEnd, isDigit, skipSpaces, SPACE, TAB, wordEnd } from './scan.ts';
import { readTimestamp, type Stamp } from './timestamp.ts';

const COLON = 0x3a;
const PERCENT = 0x25;
const OPENING = 0x5b;
const CLOSING = 0x5d;
const PIPE = 0x7c;

/** A tag longer than this is text with a colon in it. RFC 3164 has 32, RFC 5424 48, systemd units are longer. */
const TAG_LENGTH_MAX = 80;
const PID_LENGTH_MAX = 128;
const HOST_LENGTH_MAX = 255;
/** Sequence numbers and names before the timestamp: Cisco writes up to three. */
const CISCO_PARTS_MAX = 4;

export function readRfc3164(context: Finding): void {
  const { text, finding } = context;
  let i = skipSpaces(text, context.at);
  const stamp = readTimestamp(text, i);
  if (stamp !== null) {
    takeStamp(context, stamp);
    i = readHost(context, skipSpaces(text, stamp.end));
    const cisco = readCiscoHeader(text, i);
    if (cisco !== null) i = cisco.end;
  } else {
    const cisco = readCiscoHeader(text, i);
    if (cisco === null) i = readHostWithoutTime(context, i);
    else {
      if (cisco.stamp !== null) takeStamp(context, cisco.stamp);
      finding.host = cisco.host;
      i = cisco.end;
    }
  }
  i = skipRepeatedHost(context, i);
  finding.text = text.slice(readTag(context, i));
}

/** Behind a timestamp: a host, unless a tag or a sentence of syslogd itself stands there. */
function readHost(context: Finding, at: number): number {
  const { text, finding } = context;
  if (text.charCodeAt(at) === PERCENT) return at;
  if (text.startsWith('last message repeated', at) || text.startsWith('message repeated ', at)) return at;
  const forwarded = 'Message forwarded from ';
  if (text.startsWith(forwarded, at)) return readForwarded(context, at + forwarded.length);
  const end = wordEnd(text, at);
  const isAddress = text.charCodeAt(end - 1) !== COLON && looksLikeIpv6(text, at, end);
  if (!isAddress && (end === at || !isHostWord(text, at, end))) return at;
  finding.host = text.slice(at, end);
  const next = skipSpaces(text, end);
  // ASA: `asa1 : %ASA-6-302013: ...`
  return text.charCodeAt(next) === COLON && text.charCodeAt(next + 1) === SPACE
    ? skipSpaces(text, next + 1)
    : next;
}

/** AIX: `Message forwarded from host: tag: text`. */
function readForwarded(context: Finding, at: number): number {
  const { text, finding } = context;
  const end = wordEnd(text, at);
  const host = text.charCodeAt(end - 1) === COLON ? end - 1 : end;
  if (host === at) return at;
  finding.host = text.slice(at, host);
  return skipSpaces(text, end);
}

/** Without a timestamp only `host tag[123]:` tells a host from the first word of a text. */
function readHostWithoutTime(context: Finding, at: number): number {
  const { text, finding } = context;
  const end = wordEnd(text, at);
  if (end === at || text.charCodeAt(end) !== SPACE || !isHostWord(text, at, end)) return at;
  const next = skipSpaces(text, end);
  const tag = findTag(text, next);
  if (tag === null || tag.pidAt === -1 || tag.end === tag.pidEnd + 1 || !isDigit(text.charCodeAt(tag.pidAt)))
    return at;
  finding.host = text.slice(at, end);
  return next;
}

/** Relays and some devices write the host twice. */
function skipRepeatedHost(context: Finding, at: number): number {
  const { text, finding } = context;
  const { host } = finding;
  if (host === null || !text.startsWith(host, at)) return at;
  const end = at + host.length;
  if (text.charCodeAt(end) !== SPACE) return at;
  const next = skipSpaces(text, end);
  return findTag(text, next) === null ? at : next;
}

function isHostWord(text: string, at: number, end: number): boolean {
  if (end - at > HOST_LENGTH_MAX) return false;
  for (let i = at; i < end; i += 1) {
    const code = text.charCodeAt(i);
    const isName =
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x41 && code <= 0x5a) ||
      isDigit(code) ||
      code === 0x2d ||
      code === 0x2e ||
      code === 0x5f ||
      // Relays of syslog-ng and of rsyslog: `source@host/relay`.
      code === 0x2f ||
      code === 0x40 ||
      // Names of hosts and units beyond ASCII.
      code >= 0x80;
    if (!isName) return false;
  }
  return true;
}

function looksLikeIpv6(text: string, at: number, end: number): boolean {
  const colon = text.indexOf(':', at);
  if (colon === -1 || colon >= end || text.indexOf(':', colon + 1) >= end) return false;
  return parseAddress(text.slice(at, end)) !== null;
}

type CiscoHeader = { readonly end: number; readonly stamp: Stamp | null; readonly host: string | null };

/**
 * `45: router1: 000046: *Mar  1 00:00:00.123 UTC: %SYS-5-...`, `: 2024 Jan  2 10:20:30 JST: %ETHPORT-...`,
 * `1234: router RP/0/RSP0/CPU0:Jan  2 10:20:30.123 : ifmgr[227]: %PKT_INFRA-...`. It begins with a number or nothing, and a colon.
 */
function readCiscoHeader(text: string, at: number): CiscoHeader | null {
  const first = digitsEnd(text, at);
  if (text.charCodeAt(first) !== COLON) return null;
  let i = skipSpaces(text, first + 1);
  let host: string | null = null;
  for (let part = 0; part < CISCO_PARTS_MAX; part += 1) {
    const stamp = readTimestamp(text, i);
    if (stamp !== null) return { end: skipSpaces(text, stamp.end), stamp, host };
    if (text.charCodeAt(i) === PERCENT) return { end: i, stamp: null, host };
    let end = i;
    while (end < text.length && text.charCodeAt(end) !== COLON && text.charCodeAt(end) !== SPACE) end += 1;
    if (end === i || end === text.length) return null;
    if (host === null && digitsEnd(text, i) !== end && isHostWord(text, i, end)) host = text.slice(i, end);
    i = skipSpaces(text, end + 1);
  }
  return null;
}

type Tag = {
  readonly nameEnd: number;
  /** -1: none. */
  readonly pidAt: number;
  readonly pidEnd: number;
  /** Behind the colon, or behind `]`. */
  readonly end: number;
};

/** Where the text begins. */
function readTag(context: Finding, at: number): number {
  const { text, finding } = context;
  const tag = findTag(text, at);
  if (tag === null) return readOddTag(context, at);
  takeTag(text, { tag, at }, finding);
  // A message code is what rules look for.
  return text.charCodeAt(at) === PERCENT ? at : skipSpaces(text, tag.end);
}

function takeTag(
  text: string,
  found: { readonly tag: Tag; readonly at: number },
  finding: SyslogFinding,
): void {
  const { tag, at } = found;
  finding.app = text.slice(at, tag.nameEnd);
  if (tag.pidAt !== -1 && tag.pidEnd > tag.pidAt) finding.procId = text.slice(tag.pidAt, tag.pidEnd);
}

function findTag(text: string, at: number): Tag | null {
  let i = at;
  const limit = Math.min(text.length, at + TAG_LENGTH_MAX);
  while (i < limit && isTagCode(text.charCodeAt(i))) i += 1;
  if (i === at) return null;
  const nameEnd = i;
  const code = text.charCodeAt(i);
  if (code === COLON) {
    if (!endsTag(text, i + 1) && text.charCodeAt(at) !== PERCENT) return null;
    return { nameEnd, pidAt: -1, pidEnd: -1, end: i + 1 };
  }
  if (code !== OPENING) return null;
  const pidEnd = text.indexOf(']', i);
  if (pidEnd === -1 || pidEnd - i > PID_LENGTH_MAX) return null;
  if (text.charCodeAt(pidEnd + 1) === COLON) return { nameEnd, pidAt: i + 1, pidEnd, end: pidEnd + 2 };
  // Without a colon only a number is a process: `PP[01][in]` and `list[a]` are text.
  if (digitsEnd(text, i + 1) !== pidEnd || pidEnd === i + 1 || !endsTag(text, pidEnd + 1)) return null;
  return { nameEnd, pidAt: i + 1, pidEnd, end: pidEnd + 1 };
}

function endsTag(text: string, at: number): boolean {
  return at >= text.length || text.charCodeAt(at) === SPACE;
}

/** Letters, digits and signs, but no blank, quote, bracket, `=`, `,`, `;`, `<`, `>`, `{`, `|`. */
function isTagCode(code: number): boolean {
  if (code >= 0x80) return true;
  if (code <= SPACE || code === 0x7f) return false;
  switch (code) {
    case 0x22:
    case 0x27:
    case 0x2c:
    case COLON:
    case 0x3b:
    case 0x3c:
    case 0x3d:
    case 0x3e:
    case OPENING:
    case CLOSING:
    case 0x60:
    case 0x7b:
    case PIPE:
    case 0x7d:
      return false;
    default:
      return true;
  }
}

const severityWords: ReadonlySet<string> = new Set([
  'emerg',
  'alert',
  'crit',
  'err',
  'error',
  'warning',
  'warn',
  'notice',
  'info',
  'debug',
]);

/** No tag in its place: CEF and LEEF, Snare's tabs, F5's severity before the tag. */
function readOddTag(context: Finding, at: number): number {
  const { text, finding } = context;
  if (text.startsWith('CEF:', at)) finding.app = 'CEF';
  else if (text.startsWith('LEEF:', at)) finding.app = 'LEEF';
  const end = wordEnd(text, at);
  if (text.charCodeAt(end) === TAB && isHostWord(text, at, end) && end > at) {
    finding.app = text.slice(at, end);
    return at;
  }
  if (end - at <= 7 && severityWords.has(text.slice(at, end))) {
    const next = skipSpaces(text, end);
    const tag = findTag(text, next);
    if (tag !== null && tag.pidAt !== -1) {
      takeTag(text, { tag, at: next }, finding);
      return skipSpaces(text, tag.end);
    }
  }
  return at;
}
