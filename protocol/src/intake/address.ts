/**
 * Addresses of senders, as sockets write them and as records hold them: sixteen bytes, IPv4 mapped (RFC 4291, 2.5.5.2).
 *
 * Responsible for both directions. Pure: called by the intake for each message, by the manager for each record.
 */

export const ADDRESS_BYTES = 16;
const MAPPED_PREFIX_BYTES = 12;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const GROUPS = 8;

/**
 * Writes the address (IPv4, IPv6, IPv4 mapped, with or without a zone such as `fe80::1%eth0`) at `offset`. False: it is none; the bytes are
 * all zero then (the unspecified address).
 */
export function writeAddress(text: string, target: Uint8Array, offset: number): boolean {
  target.fill(0, offset, offset + ADDRESS_BYTES);
  if (!text.includes(':')) {
    if (!writeDotted(text, target, offset + MAPPED_PREFIX_BYTES)) return false;
    target[offset + 10] = 0xff;
    target[offset + 11] = 0xff;
    return true;
  }
  if (writeColons(text, target, offset)) return true;
  target.fill(0, offset, offset + ADDRESS_BYTES);
  return false;
}

/** Four decimal numbers; writes nothing that is not whole. */
function writeDotted(text: string, target: Uint8Array, offset: number): boolean {
  let part = 0;
  let value = 0;
  let digits = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const code = index === text.length ? DOT : text.charCodeAt(index);
    if (code === DOT) {
      if (digits === 0 || value > 255 || part > 3) return clear(target, offset);
      target[offset + part] = value;
      part += 1;
      value = 0;
      digits = 0;
    } else if (code >= ZERO && code <= NINE && digits < 3) {
      value = value * 10 + code - ZERO;
      digits += 1;
    } else {
      return clear(target, offset);
    }
  }
  return part === 4 || clear(target, offset);
}

function clear(target: Uint8Array, offset: number): false {
  target.fill(0, offset, offset + 4);
  return false;
}

function writeColons(text: string, target: Uint8Array, offset: number): boolean {
  const zone = text.indexOf('%');
  const bare = zone === -1 ? text : text.slice(0, zone);
  const [front = '', back, more] = bare.split('::');
  if (more !== undefined) return false;
  const before = front === '' ? [] : front.split(':');
  const after = back === undefined || back === '' ? [] : back.split(':');
  const words: number[] = [];
  if (!readGroups(before, words, back === undefined)) return false;
  const gapAt = words.length;
  if (!readGroups(after, words, true)) return false;
  if (back === undefined ? words.length !== GROUPS : words.length >= GROUPS) return false;
  const gap = GROUPS - words.length;
  for (let index = 0; index < words.length; index += 1) {
    const at = offset + 2 * (index < gapAt ? index : index + gap);
    const word = words[index] ?? 0;
    target[at] = word >> 8;
    target[at + 1] = word & 0xff;
  }
  return true;
}

/** `mayEndDotted`: the last group may be an IPv4 address. */
function readGroups(groups: readonly string[], words: number[], mayEndDotted: boolean): boolean {
  for (const [index, group] of groups.entries()) {
    if (mayEndDotted && index === groups.length - 1 && group.includes('.')) {
      const dotted = new Uint8Array(4);
      if (!writeDotted(group, dotted, 0)) return false;
      words.push(((dotted[0] ?? 0) << 8) | (dotted[1] ?? 0), ((dotted[2] ?? 0) << 8) | (dotted[3] ?? 0));
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return false;
      words.push(Number.parseInt(group, 16));
    }
  }
  return true;
}

/** As people read it: IPv4 dotted where it is mapped, else IPv6 in its short form (RFC 5952). */
export function addressText(bytes: Uint8Array): string {
  if (isMapped(bytes)) return `${bytes[12] ?? 0}.${bytes[13] ?? 0}.${bytes[14] ?? 0}.${bytes[15] ?? 0}`;
  const words: number[] = [];
  for (let at = 0; at < ADDRESS_BYTES; at += 2) words.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  const { from, length } = longestZeros(words);
  const hex = (part: readonly number[]): string => part.map((word) => word.toString(16)).join(':');
  if (length < 2) return hex(words);
  return `${hex(words.slice(0, from))}::${hex(words.slice(from + length))}`;
}

function isMapped(bytes: Uint8Array): boolean {
  for (let at = 0; at < 10; at += 1) if (bytes[at] !== 0) return false;
  return bytes[10] === 0xff && bytes[11] === 0xff;
}

function longestZeros(words: readonly number[]): { readonly from: number; readonly length: number } {
  let best = { from: 0, length: 0 };
  let from = 0;
  for (let at = 0; at <= words.length; at += 1) {
    if (at < words.length && words[at] === 0) continue;
    if (at - from > best.length) best = { from, length: at - from };
    from = at + 1;
  }
  return best;
}
