/**
 * RFC 5424: `1 TIMESTAMP HOST APP PROCID MSGID [structured data] MSG` behind the priority.
 *
 * Responsible for the header and for structured data, which becomes fields `sdId.param`. Devices that leave the structured data away, or
 * break it, are read as far as they can be. Called by `parse-syslog.ts`.
 */
import { createFields, putField, type FieldSink } from '../fields.ts';
import { sayMalformed, takeStamp, type Finding } from './finding.ts';
import { skipSpaces, SPACE, wordEnd } from './scan.ts';
import { readTimestamp } from './timestamp.ts';

const ONE = 0x31;
const DASH = 0x2d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = 0x5b;
const CLOSING = 0x5d;
const EQUALS = 0x3d;
const BYTE_ORDER_MARK = 0xfeff;

/** False: it is none, nothing was taken. Version 1 is the only one there is. */
export function readRfc5424(context: Finding): boolean {
  const { text, at, finding } = context;
  if (text.charCodeAt(at) !== ONE || text.charCodeAt(at + 1) !== SPACE) return false;
  const stampAt = skipSpaces(text, at + 1);
  let i = stampAt;
  if (text.charCodeAt(i) === DASH && text.charCodeAt(i + 1) === SPACE) i += 1;
  else {
    const stamp = readTimestamp(text, i);
    if (stamp === null) return false;
    // Meraki writes `1 1704158430.123456789 host type text`: a version, but nothing else of RFC 5424.
    if (stamp.parts === null) {
      takeStamp(context, stamp);
      const host = word(text, stamp.end);
      finding.host = nilToNull(host.value);
      finding.text = text.slice(skipSpaces(text, host.end));
      return true;
    }
    takeStamp(context, stamp);
    i = stamp.end;
  }
  const host = word(text, i);
  const app = word(text, host.end);
  const procId = word(text, app.end);
  const msgId = word(text, procId.end);
  finding.host = nilToNull(host.value);
  finding.app = nilToNull(app.value);
  finding.procId = nilToNull(procId.value);
  finding.msgId = nilToNull(msgId.value);
  if (msgId.value === '') sayMalformed(finding, 'its RFC 5424 header ends too early');
  const dataAt = skipSpaces(text, msgId.end);
  const messageAt = readStructuredData(context, dataAt);
  // rsyslog writes the blank behind the tag of RFC 3164 into MSG.
  const textAt = skipSpaces(text, messageAt);
  finding.text = text.slice(text.charCodeAt(textAt) === BYTE_ORDER_MARK ? textAt + 1 : textAt);
  return true;
}

function word(text: string, at: number): { readonly value: string; readonly end: number } {
  const start = skipSpaces(text, at);
  const end = wordEnd(text, start);
  return { value: text.slice(start, end), end };
}

const nilToNull = (value: string): string | null => (value === '-' || value === '' ? null : value);

/** Where MSG begins. */
function readStructuredData(context: Finding, at: number): number {
  const { text, finding } = context;
  if (text.charCodeAt(at) === DASH && (at + 1 === text.length || text.charCodeAt(at + 1) === SPACE))
    return at + 1 === text.length ? at + 1 : at + 2;
  if (text.charCodeAt(at) !== OPENING) return at;
  const sink = createFields();
  let i = at;
  while (text.charCodeAt(i) === OPENING) {
    const end = readElement(text, i, sink);
    if (end === -1) {
      // Read as text from the first bracket: some devices begin their text with one, or write data of their own kind.
      finding.fields = sink.fields;
      if (i > at) sayMalformed(finding, `its structured data is broken behind character ${i}`);
      return i > at ? i : at;
    }
    i = end;
  }
  finding.fields = sink.fields;
  return text.charCodeAt(i) === SPACE ? i + 1 : i;
}

/** `[sdId name="value" ...]`: where it ends, or -1 if it is none. */
function readElement(text: string, at: number, sink: FieldSink): number {
  let i = at + 1;
  while (i < text.length && !endsName(text.charCodeAt(i))) i += 1;
  const id = text.slice(at + 1, i);
  if (id === '') return -1;
  const params: string[] = [];
  while (text.charCodeAt(i) !== CLOSING) {
    if (text.charCodeAt(i) !== SPACE) return -1;
    i = skipSpaces(text, i);
    if (text.charCodeAt(i) === CLOSING) break;
    const nameAt = i;
    while (i < text.length && !endsName(text.charCodeAt(i))) i += 1;
    if (i === nameAt || text.charCodeAt(i) !== EQUALS || text.charCodeAt(i + 1) !== QUOTE) return -1;
    const name = text.slice(nameAt, i);
    const valueEnd = quotedEnd(text, i + 2);
    if (valueEnd === -1) return -1;
    params.push(name, unescapeValue(text.slice(i + 2, valueEnd)));
    i = valueEnd + 1;
  }
  if (params.length === 0) putField(sink, id, '');
  for (let k = 0; k < params.length; k += 2) putField(sink, `${id}.${params[k]}`, params[k + 1] ?? '');
  return i + 1;
}

function endsName(code: number): boolean {
  return code === SPACE || code === EQUALS || code === CLOSING || code === QUOTE;
}

/** The quote that is not escaped, or -1. */
export function quotedEnd(text: string, at: number): number {
  for (let i = at; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i += 1;
    else if (code === QUOTE) return i;
  }
  return -1;
}

/** `\"`, `\\` and `\]`; a backslash before anything else is one (RFC 5424, 6.3.3). */
export function unescapeValue(value: string): string {
  if (!value.includes('\\')) return value;
  let plain = '';
  let from = 0;
  for (let i = 0; i < value.length - 1; i += 1) {
    const next = value.charCodeAt(i + 1);
    if (value.charCodeAt(i) !== BACKSLASH) continue;
    if (next !== QUOTE && next !== BACKSLASH && next !== CLOSING) continue;
    plain += value.slice(from, i);
    from = i + 1;
    i += 1;
  }
  return plain + value.slice(from);
}
