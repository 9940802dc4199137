/**
 * Messages that are a row of `key=value`, as firewalls write them (Fortinet, Sophos, SonicWall, Stormshield, Linux netfilter not).
 *
 * Responsible for the fields of such a message, and for the host and time that it names in them. Called by `parse-syslog.ts` behind the
 * readers of the header; a message whose text begins otherwise costs one look at its first word.
 */
import { createFields, putField } from '../fields.ts';
import { takeStamp, type Finding } from './finding.ts';
import { quotedEnd, unescapeValue } from './rfc5424.ts';
import { isDigit, skipSpaces, SPACE } from './scan.ts';
import { readTimestamp } from './timestamp.ts';

const EQUALS = 0x3d;
const QUOTE = 0x22;
/** One `a=b` at the beginning of a sentence is no row. */
const PAIRS_MIN = 2;

/** Behind readers: `finding.text` is set. Structured data of RFC 5424, where there is any, is what the sender means by fields. */
export function readKeyValues(context: Finding): void {
  const { finding } = context;
  const { text } = finding;
  const first = keyEnd(text, 0);
  if (first === 0 || text.charCodeAt(first) !== EQUALS) return;
  for (const _ in finding.fields) return;
  const sink = createFields();
  let i = 0;
  while (i < text.length) {
    const end = keyEnd(text, i);
    if (end === i || text.charCodeAt(end) !== EQUALS) {
      // A word without a value: passed by.
      const blank = text.indexOf(' ', i);
      if (blank === -1) break;
      i = skipSpaces(text, blank);
      continue;
    }
    const valueAt = end + 1;
    if (text.charCodeAt(valueAt) === QUOTE) {
      const closing = quotedEnd(text, valueAt + 1);
      if (closing === -1) break;
      putField(sink, text.slice(i, end), unescapeValue(text.slice(valueAt + 1, closing)));
      i = skipSeparators(text, closing + 1);
    } else {
      const blank = text.indexOf(' ', valueAt);
      const valueEnd = blank === -1 ? text.length : blank;
      putField(sink, text.slice(i, end), text.slice(valueAt, valueEnd));
      i = skipSpaces(text, valueEnd);
    }
  }
  if (sink.count < PAIRS_MIN) return;
  finding.fields = sink.fields;
  takeNamed(context);
}

/** Host and time by the names that Fortinet, Sophos and SonicWall use. */
function takeNamed(context: Finding): void {
  const { finding } = context;
  const { fields } = finding;
  finding.host ??= fields['devname'] ?? fields['device_name'] ?? null;
  if (finding.saidAtMs !== null) return;
  const time = fields['time'];
  if (time === undefined) return;
  const date = fields['date'];
  const zone = fields['tz'] ?? fields['timezone'] ?? '';
  const full = date === undefined ? time : `${date} ${time}${zone === '' ? '' : ` ${zone}`}`;
  const stamp = readTimestamp(full, 0);
  if (stamp !== null) takeStamp(context, stamp);
}

function keyEnd(text: string, at: number): number {
  let i = at;
  while (i < text.length && isKey(text.charCodeAt(i))) i += 1;
  return i;
}

function isKey(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    isDigit(code) ||
    code === 0x5f ||
    code === 0x2d ||
    code === 0x2e
  );
}

function skipSeparators(text: string, at: number): number {
  let i = at;
  while (text.charCodeAt(i) === SPACE || text.charCodeAt(i) === 0x2c) i += 1;
  return i;
}
