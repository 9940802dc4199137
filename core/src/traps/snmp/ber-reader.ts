/**
 * Reads BER (ITU-T X.690) as SNMP uses it: definite lengths, tags of one byte.
 *
 * Responsible for never reading beyond the bytes or the element that it was given: every length is held against the end of what holds it.
 * What does not fit throws a `BerError` that says where; the readers of messages turn it into a reason. There is no recursion here, so a
 * hostile nesting costs nothing. Pure. Called by `trap-message.ts` and by the SNMP receiver.
 */

export const berTags = {
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  ipAddress: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeTicks: 0x43,
  opaque: 0x44,
  counter64: 0x46,
  noSuchObject: 0x80,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
} as const;

/** RFC 2578, 3.5: an OID has at most 128 numbers. */
export const OID_ARCS_MAX = 128;
const LENGTH_BYTES_MAX = 4;
const INTEGER_BYTES_MAX = 9;

export class BerError extends Error {}

/** A place in bytes: `at` moves on, `end` is where the element that is being read ends. */
export type BerCursor = { readonly bytes: Uint8Array; at: number; end: number };

const broken = (cursor: BerCursor, says: string): BerError => new BerError(`at byte ${cursor.at}: ${says}`);

/** The tag of the next element, 0 at the end. */
export const peekTag = (cursor: BerCursor): number =>
  cursor.at < cursor.end ? (cursor.bytes[cursor.at] ?? 0) : 0;

/** Steps over the head of an element with this tag and gives where its content ends. */
export const enter = (cursor: BerCursor, tag: number, what: string): number => {
  const found = peekTag(cursor);
  if (found !== tag)
    throw broken(
      cursor,
      cursor.at >= cursor.end
        ? `the message ends before the ${what}`
        : `the ${what} should have the type 0x${tag.toString(16)}, not 0x${found.toString(16)}`,
    );
  return enterAny(cursor, what);
};

/** The same with whatever tag it has. */
export const enterAny = (cursor: BerCursor, what: string): number => {
  if (cursor.at + 2 > cursor.end) throw broken(cursor, `the ${what} is cut off`);
  const first = cursor.bytes[cursor.at + 1] ?? 0;
  let at = cursor.at + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > LENGTH_BYTES_MAX)
      throw broken(cursor, `the length of the ${what} has a form that SNMP does not use`);
    if (at + count > cursor.end) throw broken(cursor, `the ${what} is cut off`);
    length = 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + (cursor.bytes[at + index] ?? 0);
    at += count;
  }
  if (length > cursor.end - at)
    throw broken(cursor, `the ${what} says ${length} bytes, but only ${cursor.end - at} are left`);
  cursor.at = at;
  return at + length;
};

/** An INTEGER that fits 32 bits, signed. */
export const readInteger = (cursor: BerCursor, what: string): number => {
  const end = enter(cursor, berTags.integer, what);
  const value = signedOf(cursor.bytes, cursor.at, end);
  if (value === null || value > 0x7f_ff_ff_ff || value < -0x80_00_00_00)
    throw broken(cursor, `the ${what} is no number of 32 bits`);
  cursor.at = end;
  return value;
};

/** OCTET STRING: a view, not a copy. */
export const readOctets = (cursor: BerCursor, what: string): Uint8Array => {
  const end = enter(cursor, berTags.octets, what);
  const octets = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return octets;
};

export const readOid = (cursor: BerCursor, what: string): string => {
  const end = enter(cursor, berTags.oid, what);
  const oid = oidOf(cursor.bytes, cursor.at, end);
  if (oid === null) throw broken(cursor, `the ${what} is no object identifier`);
  cursor.at = end;
  return oid;
};

/** Two's complement. Null: no byte, or more than a number can hold exactly. */
export const signedOf = (bytes: Uint8Array, start: number, end: number): number | null => {
  const length = end - start;
  if (length === 0 || length > 6) return null;
  let value = (bytes[start] ?? 0) >= 0x80 ? -1 : 0;
  for (let at = start; at < end; at += 1) value = value * 256 + (bytes[at] ?? 0);
  return value;
};

/** Counters and gauges; devices are known to send them with and without the leading zero. Null: no byte, or too many. */
export const unsignedOf = (bytes: Uint8Array, start: number, end: number): string | null => {
  const length = end - start;
  if (length === 0 || length > INTEGER_BYTES_MAX) return null;
  if (length === INTEGER_BYTES_MAX && bytes[start] !== 0) return null;
  if (length <= 6) {
    let value = 0;
    for (let at = start; at < end; at += 1) value = value * 256 + (bytes[at] ?? 0);
    return String(value);
  }
  let value = 0n;
  for (let at = start; at < end; at += 1) value = value * 256n + BigInt(bytes[at] ?? 0);
  return value.toString();
};

/** Dotted numbers. Null: cut off, too long, or a number beyond 32 bits. */
export const oidOf = (bytes: Uint8Array, start: number, end: number): string | null => {
  if (start >= end) return null;
  let text = '';
  let arcs = 0;
  let value = 0;
  let open = false;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (value > 0xff_ff_ff_ff + 80) return null;
    open = byte >= 0x80;
    if (open) continue;
    if (arcs === 0) {
      const first = value < 40 ? 0 : value < 80 ? 1 : 2;
      text = `${first}.${value - first * 40}`;
      arcs = 2;
    } else {
      text += `.${value}`;
      arcs += 1;
    }
    if (arcs > OID_ARCS_MAX) return null;
    value = 0;
  }
  return open ? null : text;
};
