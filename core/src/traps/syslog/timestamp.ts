/**
 * The timestamps that devices write, whatever the RFC says.
 *
 * Responsible for finding one at a place in a line and for where it ends. Known: `Jan  2 10:20:30`, with the year before or after, with the
 * day of the week in front, with fractions, with a zone, with Cisco's marks for a clock that is not set; ISO 8601 with `T`, blank or `/`;
 * seconds since 1970 (Meraki). Not responsible for the year that was meant (`../local-time.ts`).
 */
import type { LocalParts } from '../local-time.ts';
import { digitsAt, digitsEnd, isDigit, skipSpaces, SPACE, wordEnd } from './scan.ts';

export type Stamp = {
  /** Behind the timestamp, its zone and a colon that ends it; blanks not skipped. */
  readonly end: number;
  readonly parts: LocalParts | null;
  /** Seconds since 1970 as milliseconds, where that is what it says. */
  readonly epochMs: number | null;
  /** The device itself says that its clock is not set (`*` of Cisco). */
  readonly isUnset: boolean;
};

const COLON = 0x3a;
const DOT = 0x2e;
const COMMA = 0x2c;
const PLUS = 0x2b;
const MINUS = 0x2d;
const STAR = 0x2a;
const SLASH = 0x2f;
const PERCENT = 0x25;

const monthsByCode = new Map(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map((name, index) => [
    nameCode(name, 0),
    index + 1,
  ]),
);
const weekDayCodes = new Set(
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((name) => nameCode(name, 0)),
);

/** Zones that devices write by name and that mean one thing; others are taken for local time. */
const zoneOffsets: ReadonlyMap<string, number> = new Map([
  ['UTC', 0],
  ['GMT', 0],
  ['JST', 540],
  ['KST', 540],
  ['SGT', 480],
  ['HKT', 480],
  ['CET', 60],
  ['CEST', 120],
  ['EET', 120],
  ['EEST', 180],
  ['MSK', 180],
  ['EST', -300],
  ['EDT', -240],
  ['CDT', -300],
  ['MST', -420],
  ['MDT', -360],
  ['PST', -480],
  ['PDT', -420],
]);

/** Three letters as one number, without regard to case. */
function nameCode(text: string, at: number): number {
  const letter = (offset: number): number => {
    const code = text.charCodeAt(at + offset) | 0x20;
    return code >= 0x61 && code <= 0x7a ? code - 0x60 : 0;
  };
  const a = letter(0);
  const b = letter(1);
  const c = letter(2);
  return a === 0 || b === 0 || c === 0 ? 0 : (a << 10) | (b << 5) | c;
}

/** Null: what begins at `at` is no timestamp. */
export function readTimestamp(text: string, at: number): Stamp | null {
  let i = at;
  const mark = text.charCodeAt(i);
  const isUnset = mark === STAR;
  // Cisco: `*` was never set, `.` has lost its time server.
  if (isUnset || mark === DOT) i += 1;
  const first = text.charCodeAt(i);
  if (!isDigit(first)) {
    if (weekDayCodes.has(nameCode(text, i))) {
      const end = wordEnd(text, i);
      if (end - i > 4) return null;
      i = skipSpaces(text, end);
    }
    return readNamedMonth(text, { at: i, year: null, isUnset });
  }
  if (digitsEnd(text, i) - i === 4) {
    const separator = text.charCodeAt(i + 4);
    const year = digitsAt(text, i, 4);
    if (separator === SPACE) return readNamedMonth(text, { at: skipSpaces(text, i + 4), year, isUnset });
    return separator === MINUS || separator === SLASH ? readIso(text, i, isUnset) : null;
  }
  return readEpoch(text, i);
}

type Place = { readonly at: number; readonly year: number | null; readonly isUnset: boolean };

/** `Jan  2 10:20:30`, `Jan 02 2024 10:20:30.123`, `Jan  2 10:20:30 2024`. */
function readNamedMonth(text: string, place: Place): Stamp | null {
  const month = monthsByCode.get(nameCode(text, place.at));
  if (month === undefined || text.charCodeAt(place.at + 3) !== SPACE) return null;
  let i = skipSpaces(text, place.at + 3);
  let end = digitsEnd(text, i);
  if (end === i || end - i > 2) return null;
  const day = digitsAt(text, i, end - i);
  if (text.charCodeAt(end) === COMMA) end += 1;
  i = skipSpaces(text, end);
  let { year } = place;
  if (year === null && digitsEnd(text, i) - i === 4 && text.charCodeAt(i + 4) === SPACE) {
    year = digitsAt(text, i, 4);
    i = skipSpaces(text, i + 4);
  }
  const time = readTime(text, i);
  if (time === null) return null;
  const tail = readTail(text, { at: time.end, year });
  return {
    end: tail.end,
    parts: { ...time.parts, year: tail.year, month, day, offsetMinutes: tail.offsetMinutes },
    epochMs: null,
    isUnset: place.isUnset,
  };
}

/** `2024-01-02T10:20:30.123456+09:00`, `2024-01-02 10:20:30,123`, `2024/01/02 10:20:30`. */
function readIso(text: string, at: number, isUnset: boolean): Stamp | null {
  const month = digitsAt(text, at + 5, 2);
  const day = digitsAt(text, at + 8, 2);
  if (month < 1 || month > 12 || day < 1 || text.charCodeAt(at + 7) !== text.charCodeAt(at + 4)) return null;
  const separator = text.charCodeAt(at + 10);
  // T, t, a blank; some write an underscore or a colon.
  if (separator !== 0x54 && separator !== 0x74 && separator !== SPACE && separator !== COLON) return null;
  const time = readTime(text, at + 11);
  if (time === null) return null;
  const tail = readTail(text, { at: time.end, year: digitsAt(text, at, 4) });
  return {
    end: tail.end,
    parts: { ...time.parts, year: tail.year, month, day, offsetMinutes: tail.offsetMinutes },
    epochMs: null,
    isUnset,
  };
}

/** Ten digits with a fraction; without one it could be any number. */
function readEpoch(text: string, at: number): Stamp | null {
  const dot = digitsEnd(text, at);
  if (dot - at !== 10 || text.charCodeAt(dot) !== DOT) return null;
  const end = digitsEnd(text, dot + 1);
  if (end === dot + 1 || (end < text.length && text.charCodeAt(end) !== SPACE)) return null;
  return {
    end,
    parts: null,
    epochMs: digitsAt(text, at, 10) * 1000 + readFraction(text, dot + 1, end),
    isUnset: false,
  };
}

type TimeParts = Pick<LocalParts, 'hour' | 'minute' | 'second' | 'millisecond'>;

/** `10:20:30` with `.123`, `,123` or (H3C) `:123`. */
function readTime(text: string, at: number): { readonly end: number; readonly parts: TimeParts } | null {
  const first = digitsEnd(text, at);
  // Some write one digit for the hour.
  const width = first - at === 1 ? 1 : 2;
  const hour = digitsAt(text, at, width);
  let i = at + width;
  if (hour < 0 || hour > 23 || text.charCodeAt(i) !== COLON) return null;
  const minute = digitsAt(text, i + 1, 2);
  if (minute < 0 || minute > 59 || text.charCodeAt(i + 3) !== COLON) return null;
  const second = digitsAt(text, i + 4, 2);
  if (second < 0 || second > 60) return null;
  i += 6;
  let millisecond = 0;
  const separator = text.charCodeAt(i);
  if (separator === DOT || separator === COMMA || separator === COLON) {
    const end = digitsEnd(text, i + 1);
    if (end > i + 1 && (separator !== COLON || end === i + 4)) {
      millisecond = readFraction(text, i + 1, end);
      i = end;
    }
  }
  return { end: i, parts: { hour, minute, second, millisecond } };
}

function readFraction(text: string, at: number, end: number): number {
  let value = 0;
  for (let i = 0; i < 3; i += 1)
    value = value * 10 + (at + i < end ? Math.max(0, digitsAt(text, at + i, 1)) : 0);
  return value;
}

type Tail = {
  readonly end: number;
  readonly year: number | null;
  readonly offsetMinutes: number | null;
};

/** What may stand behind the time: a year, a zone by name or offset, a colon that ends it all. */
function readTail(text: string, from: { readonly at: number; readonly year: number | null }): Tail {
  let { at: end, year } = from;
  let offsetMinutes: number | null = null;
  const near = text.charCodeAt(end);
  if (near === PLUS || near === MINUS || near === 0x5a || near === 0x7a) {
    const offset = readOffset(text, end);
    if (offset !== null) {
      end = offset.end;
      offsetMinutes = offset.minutes;
    }
  } else if (near === SPACE) {
    const i = skipSpaces(text, end);
    const zone = readZone(text, i);
    if (zone !== null) {
      end = zone.end;
      offsetMinutes = zone.minutes;
    }
    const late = zone === null ? i : skipSpaces(text, end);
    const isYear = year === null && digitsEnd(text, late) - late === 4 && digitsAt(text, late, 2) === 20;
    // A colon ends it only before a blank: `2001:db8::1` is a host.
    const behind = text.charCodeAt(text.charCodeAt(late + 4) === COLON ? late + 5 : late + 4);
    if (isYear && (behind === SPACE || Number.isNaN(behind))) {
      year = digitsAt(text, late, 4);
      end = late + 4;
    }
  }
  if (text.charCodeAt(end) === COLON) end += 1;
  else if (text.charCodeAt(end) === SPACE && text.charCodeAt(end + 1) === COLON) {
    // ASA and IOS XR: `Jan 02 2024 10:20:30 : %ASA-...`
    const behind = text.charCodeAt(end + 2);
    if (behind === SPACE) end += 2;
  }
  return { end, year, offsetMinutes };
}

function readOffset(text: string, at: number): { readonly end: number; readonly minutes: number } | null {
  const sign = text.charCodeAt(at);
  if (sign === 0x5a || sign === 0x7a) return { end: at + 1, minutes: 0 };
  if (sign !== PLUS && sign !== MINUS) return null;
  const hours = digitsAt(text, at + 1, 2);
  if (hours < 0 || hours > 23) return null;
  const hasColon = text.charCodeAt(at + 3) === COLON;
  const minutesAt = hasColon ? at + 4 : at + 3;
  const minutes = digitsAt(text, minutesAt, 2);
  const isHoursAlone = minutes < 0 || minutes > 59;
  const total = hours * 60 + (isHoursAlone ? 0 : minutes);
  return { end: isHoursAlone ? at + 3 : minutesAt + 2, minutes: sign === PLUS ? total : -total };
}

/** A zone by name is one only if a blank, a colon or the end follows: `GMT` is one, `GMTserver` a host. */
function readZone(
  text: string,
  at: number,
): { readonly end: number; readonly minutes: number | null } | null {
  const code = text.charCodeAt(at);
  if (code === PLUS || code === MINUS) return readOffset(text, at);
  let end = at;
  while (end - at < 5 && text.charCodeAt(end) >= 0x41 && text.charCodeAt(end) <= 0x5a) end += 1;
  if (end === at) return null;
  const behind = text.charCodeAt(end);
  if (behind === PLUS || behind === MINUS) {
    const offset = readOffset(text, end);
    return offset !== null && zoneOffsets.get(text.slice(at, end)) === 0 ? offset : null;
  }
  if (behind !== COLON && behind !== SPACE && !Number.isNaN(behind)) return null;
  const minutes = zoneOffsets.get(text.slice(at, end));
  if (minutes !== undefined) return { end, minutes };
  // A zone unknown here, told by what Cisco writes behind it: local time.
  return behind === COLON && text.charCodeAt(end + 2) === PERCENT ? { end, minutes: null } : null;
}
