/**
 * Values of varbinds as text: bare, as conditions compare them, and as people read them with what a MIB says.
 *
 * Responsible for numbers, octets that are text in UTF-8 or Shift_JIS, labels of enumerations and BITS, and OIDs by name. Pure, never throws.
 * Called by `parse-snmp.ts`.
 */
import { fullSymbolOf } from '../mib/oid-names.ts';
import type { ObjectSyntax, OidNames } from '../mib/oid-names.ts';
import { berTags, oidOf, signedOf, unsignedOf } from './ber-reader.ts';
import { formatInteger, formatOctets, isTextHint } from './display-hint.ts';
import type { VarbindPlace } from './trap-message.ts';

/** Longer values are cut in text and fields; the raw trap keeps all. */
export const VALUE_TEXT_MAX = 4_096;

export type BareValue = { readonly type: string; readonly value: string };

const unreadable = (bytes: Uint8Array, place: VarbindPlace): string =>
  hexOf(bytes.subarray(place.valueStart, place.end));

/** Type by name, and the value without any MIB. */
export const bareValue = (bytes: Uint8Array, place: VarbindPlace): BareValue => {
  const { tag, valueStart: start, end } = place;
  switch (tag) {
    case berTags.integer: {
      const value = signedOf(bytes, start, end);
      return { type: 'integer', value: value === null ? unreadable(bytes, place) : String(value) };
    }
    case berTags.octets: {
      const octets = bytes.subarray(start, end);
      return { type: 'octets', value: textOf(octets) ?? hexOf(octets) };
    }
    case berTags.oid:
      return { type: 'oid', value: oidOf(bytes, start, end) ?? unreadable(bytes, place) };
    case berTags.ipAddress:
      return {
        type: 'ipaddress',
        value: end - start === 4 ? bytes.subarray(start, end).join('.') : hexOf(bytes.subarray(start, end)),
      };
    case berTags.counter32:
      return { type: 'counter32', value: unsignedOf(bytes, start, end) ?? unreadable(bytes, place) };
    case berTags.gauge32:
      return { type: 'gauge32', value: unsignedOf(bytes, start, end) ?? unreadable(bytes, place) };
    case berTags.timeTicks:
      return { type: 'timeticks', value: unsignedOf(bytes, start, end) ?? unreadable(bytes, place) };
    case berTags.counter64:
      return { type: 'counter64', value: unsignedOf(bytes, start, end) ?? unreadable(bytes, place) };
    case berTags.opaque:
      return { type: 'opaque', value: opaqueOf(bytes.subarray(start, end)) };
    case berTags.null:
    case berTags.noSuchObject:
    case berTags.noSuchInstance:
    case berTags.endOfMibView:
      return { type: 'null', value: '' };
    default:
      return { type: `0x${tag.toString(16)}`, value: unreadable(bytes, place) };
  }
};

export type ShownValue = {
  /** For people: `down(2)`. */
  readonly shown: string;
  /** For conditions by name: `down`. */
  readonly plain: string;
};

/** With what the MIB says of the object. Octets are looked at again, since text of them may not be what they mean. */
export const shownValue = (
  bare: BareValue,
  octets: Uint8Array,
  what: { readonly syntax: ObjectSyntax | null; readonly names: OidNames },
): ShownValue => {
  const { syntax, names } = what;
  if (bare.type === 'oid') return same(fullSymbolOf(names.find(bare.value), bare.value));
  if (syntax === null) return same(bare.value);
  if (bare.type === 'octets') {
    if (syntax.bits) return same(bitsOf(octets, syntax.labels));
    if (syntax.hint === null || isTextHint(syntax.hint)) return same(bare.value);
    return same(formatOctets(syntax.hint, octets.subarray(0, VALUE_TEXT_MAX)) ?? bare.value);
  }
  if (syntax.labels !== null) {
    const label = syntax.labels.get(Number(bare.value));
    return label === undefined ? same(bare.value) : { shown: `${label}(${bare.value})`, plain: label };
  }
  if (bare.type === 'integer' && syntax.hint !== null)
    return same(formatInteger(syntax.hint, Number(bare.value)) ?? bare.value);
  return same(bare.value);
};

const same = (value: string): ShownValue => ({ shown: value, plain: value });

/** RFC 2578, 7.1.4: bit 0 is the highest of the first octet. */
const bitsOf = (octets: Uint8Array, labels: ReadonlyMap<number, string> | null): string => {
  const set: string[] = [];
  const last = Math.min(octets.length * 8, VALUE_TEXT_MAX);
  for (let bit = 0; bit < last; bit += 1)
    if (((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) set.push(labels?.get(bit) ?? String(bit));
  return set.join(' ');
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const shiftJis = new TextDecoder('shift_jis', { fatal: true });

/** The octets as text, if they are: printable UTF-8 or Shift_JIS, zeros at the end left out. Null: they are none. */
export const textOf = (octets: Uint8Array): string | null => {
  let end = octets.length;
  while (end > 0 && octets[end - 1] === 0) end -= 1;
  if (end === 0) return octets.length === 0 ? '' : null;
  if (octets.length - end > 1 && end < 4) return null;
  let text = '';
  for (let at = 0; at < end; at += 1) {
    const octet = octets[at] ?? 0;
    if (octet >= 0x80) return decodedText(octets.subarray(0, end));
    if (octet < 0x20 ? octet !== 0x09 && octet !== 0x0a && octet !== 0x0d : octet === 0x7f) return null;
    text += String.fromCharCode(octet);
  }
  return text;
};

/** C0 and C1 controls but for tab and line ends, and what is no character at all. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd\ufffe\uffff]/;
/** Half-width katakana alone are what random bytes look like when read as Shift_JIS. */
const ONLY_HALF_WIDTH = /^[\uff61-\uff9f]*$/;
const SHIFT_JIS_BYTES_MIN = 4;

const decodedText = (octets: Uint8Array): string | null => {
  try {
    const text = utf8.decode(octets);
    return UNPRINTABLE.test(text) ? null : text;
  } catch {
    // Not UTF-8: the older encoding of Japanese devices may fit.
  }
  if (octets.length < SHIFT_JIS_BYTES_MIN) return null;
  try {
    const text = shiftJis.decode(octets);
    return UNPRINTABLE.test(text) || ONLY_HALF_WIDTH.test(text) ? null : text;
  } catch {
    return null;
  }
};

const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export const hexOf = (octets: Uint8Array): string => {
  let text = '0x';
  const last = Math.min(octets.length, VALUE_TEXT_MAX / 2);
  for (let at = 0; at < last; at += 1) text += hexDigits[octets[at] ?? 0] ?? '';
  return last < octets.length ? `${text}...` : text;
};

/** Opaque numbers as net-snmp and others send them: 9f 78 is a float, 9f 79 a double (draft-perkins-opaque-01). */
const opaqueOf = (octets: Uint8Array): string => {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (octets[0] === 0x9f && octets[1] === 0x78 && octets[2] === 4 && octets.length === 7)
    return String(Number(view.getFloat32(3).toPrecision(7)));
  if (octets[0] === 0x9f && octets[1] === 0x79 && octets[2] === 8 && octets.length === 11)
    return String(view.getFloat64(3));
  return hexOf(octets);
};
