/**
 * DISPLAY-HINT of textual conventions (RFC 2579, 3.1): how octets and numbers are shown.
 *
 * Responsible for formatting by a hint; a hint that is none gives null, and the caller shows the value as it shows others. Pure, bounded by
 * the length of the value.
 */

/** `0009:...`: fields with a date get a form that people read at once. */
const DATE_AND_TIME_HINT = '2d-1d-1d,1d:1d:1d.1d,1a1d:1d';

type HintPart = {
  readonly repeated: boolean;
  readonly length: number;
  readonly format: string;
  readonly separator: string;
  readonly terminator: string;
};

const PART = /(\*?)(\d{1,5})([xdoat])([^\d*])?([^\d*])?/y;

const partsOf = (hint: string): readonly HintPart[] | null => {
  const parts: HintPart[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < hint.length) {
    const found = PART.exec(hint);
    if (found === null) return null;
    const [, star = '', length = '', format = '', separator = '', terminator = ''] = found;
    parts.push({ repeated: star === '*', length: Number(length), format, separator, terminator });
  }
  return parts.length === 0 ? null : parts;
};

/** Whether the hint only says that the octets are text. */
export const isTextHint = (hint: string): boolean => /^\d+[at]$/.test(hint);

export const formatOctets = (hint: string, octets: Uint8Array): string | null => {
  if (hint === DATE_AND_TIME_HINT) return formatDateAndTime(octets);
  const parts = partsOf(hint);
  if (parts === null || octets.length === 0) return null;
  let text = '';
  let at = 0;
  for (let index = 0; at < octets.length; index += 1) {
    // The last part serves for all that is left.
    const part = parts[Math.min(index, parts.length - 1)];
    if (part === undefined) return null;
    const before = at;
    const times = part.repeated ? (octets[at++] ?? 0) : 1;
    for (let time = 0; time < times && at < octets.length; time += 1) {
      const end = Math.min(octets.length, at + part.length);
      text += formatPart(part.format, octets.subarray(at, end));
      at = end;
      if (at < octets.length && (time + 1 < times || part.terminator === '')) text += part.separator;
    }
    if (at < octets.length && part.terminator !== '' && part.repeated) text += part.terminator;
    // A part of length zero, or repeated zero times at the end, would stand still for ever.
    if (at === before) return null;
  }
  return text;
};

const formatPart = (format: string, octets: Uint8Array): string => {
  if (format === 'a' || format === 't') return new TextDecoder().decode(octets).replaceAll(/\p{Cc}/gu, '.');
  let value = 0n;
  for (const octet of octets) value = value * 256n + BigInt(octet);
  if (format === 'x') return value.toString(16).padStart(octets.length * 2, '0');
  return format === 'o' ? value.toString(8) : value.toString();
};

const two = (value: number | undefined): string => String(value ?? 0).padStart(2, '0');

/** RFC 2579, DateAndTime: eight octets, or eleven with the distance from UTC. */
const formatDateAndTime = (octets: Uint8Array): string | null => {
  if (octets.length !== 8 && octets.length !== 11) return null;
  const [yearHigh = 0, yearLow = 0, month, day, hour, minute, second, tenths = 0] = octets;
  const date = `${yearHigh * 256 + yearLow}-${two(month)}-${two(day)}`;
  const time = `${two(hour)}:${two(minute)}:${two(second)}.${tenths}`;
  const sign = octets[8] === 0x2d ? '-' : '+';
  return octets.length === 8
    ? `${date}T${time}`
    : `${date}T${time}${sign}${two(octets[9])}:${two(octets[10])}`;
};

/** `d`, `d-2` (two decimals), `x`, `o`, `b`. */
export const formatInteger = (hint: string, value: number): string | null => {
  if (hint === 'x') return value.toString(16);
  if (hint === 'o') return value.toString(8);
  if (hint === 'b') return value.toString(2);
  const decimals = /^d(?:-(\d{1,2}))?$/.exec(hint);
  if (decimals === null) return null;
  const places = Number(decimals[1] ?? 0);
  if (places === 0) return String(value);
  const digits = String(Math.abs(value)).padStart(places + 1, '0');
  return `${value < 0 ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
};
