/**
 * Writes BER as SNMP uses it, in definite lengths and their shortest form.
 *
 * Responsible for single elements; a message is put together of them from inside out. Pure. Called by the SNMP receiver for responses and
 * reports, and by whoever sends traps.
 */
import { berTags } from './ber-reader.ts';

export const writeElement = (tag: number, ...contents: readonly Uint8Array[]): Uint8Array => {
  let length = 0;
  for (const content of contents) length += content.length;
  const head = length < 0x80 ? [tag, length] : [tag, ...longLength(length)];
  const bytes = new Uint8Array(head.length + length);
  bytes.set(head);
  let at = head.length;
  for (const content of contents) {
    bytes.set(content, at);
    at += content.length;
  }
  return bytes;
};

const longLength = (length: number): number[] => {
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
};

export const writeSequence = (...contents: readonly Uint8Array[]): Uint8Array =>
  writeElement(berTags.sequence, ...contents);

export const writeInteger = (value: number, tag: number = berTags.integer): Uint8Array => {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.unshift(((rest % 256) + 256) % 256);
    rest = Math.floor(rest / 256);
  } while (!(rest === 0 && (bytes[0] ?? 0) < 0x80) && !(rest === -1 && (bytes[0] ?? 0) >= 0x80));
  return writeElement(tag, Uint8Array.from(bytes));
};

/** Counter64; for the smaller ones a number is enough. */
export const writeUnsigned = (value: bigint, tag: number): Uint8Array => {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  } while (rest > 0n);
  if ((bytes[0] ?? 0) >= 0x80) bytes.unshift(0);
  return writeElement(tag, Uint8Array.from(bytes));
};

export const writeOctets = (octets: Uint8Array): Uint8Array => writeElement(berTags.octets, octets);

/** Of dotted numbers. Throws a RangeError for what is none. */
export const writeOid = (oid: string): Uint8Array => {
  const arcs = oid.split('.').map(Number);
  const [first, second, ...rest] = arcs;
  if (
    first === undefined ||
    second === undefined ||
    first > 2 ||
    (first < 2 && second > 39) ||
    arcs.some((arc) => !Number.isInteger(arc) || arc < 0 || arc > 0xff_ff_ff_ff)
  )
    throw new RangeError(`${oid} is no object identifier`);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const septets = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      septets.unshift(0x80 | (left % 128));
    bytes.push(...septets);
  }
  return writeElement(berTags.oid, Uint8Array.from(bytes));
};
