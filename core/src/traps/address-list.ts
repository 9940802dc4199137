/**
 * Addresses of senders as 16 bytes, and lists of networks that an address is looked up in.
 *
 * Responsible for reading and writing IPv4, IPv6 and IPv4-mapped addresses (all are 16 bytes here, IPv4 as ::ffff:a.b.c.d, RFC 4291, 2.5.5.2),
 * and for the question whether an address lies in one of many networks. Not responsible for what follows from the answer: the intake asks
 * with each datagram whether its sender may speak, aliases and rules of the manager ask who it is.
 */

const ADDRESS_BYTES = 16;
const WORDS = 4;
const MAPPED_BITS = 96;

export type AddressList = {
  /** Not one network was given: the caller decides what that means (usually anybody). Entries that are no network do not make it empty. */
  readonly isEmpty: boolean;
  /** Entries that are neither address nor network: they match nobody. */
  readonly invalid: readonly string[];
  /** `address`: 16 bytes, as in a record. */
  readonly has: (address: Uint8Array) => boolean;
  /** The same for the text that a socket gives; what is no address is in no list. */
  readonly hasText: (address: string) => boolean;
};

/**
 * The networks as one sorted row of intervals without overlap: a look-up costs a binary search, however many there are. `::/0` is everybody,
 * IPv4 included; `0.0.0.0/0` is IPv4 alone.
 */
export function compileAddressList(networks: readonly string[]): AddressList {
  const invalid: string[] = [];
  const intervals: Interval[] = [];
  for (const text of networks) {
    const interval = toInterval(text);
    if (interval === null) invalid.push(text);
    else intervals.push(interval);
  }
  const { first, last } = joinIntervals(intervals);
  const has = (address: Uint8Array): boolean =>
    address.length === ADDRESS_BYTES && isWithin({ first, last }, address);
  return {
    isEmpty: networks.length === 0,
    invalid,
    has,
    hasText: (text) => {
      const address = parseAddress(text);
      return address !== null && has(address);
    },
  };
}

/** Canonical text (RFC 5952); IPv4-mapped as IPv4. */
export function formatAddress(bytes: Uint8Array): string {
  if (isMapped(bytes)) return `${bytes[12]}.${bytes[13]}.${bytes[14]}.${bytes[15]}`;
  const groups: number[] = [];
  for (let i = 0; i < ADDRESS_BYTES; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  const [start, length] = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  // One zero group is written out, not shortened (RFC 5952, 4.2.2).
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** 16 bytes of an IPv4 or IPv6 address; a zone (`%eth0`) is left out. Null: it is none. */
export function parseAddress(text: string): Uint8Array | null {
  const address = new Uint8Array(ADDRESS_BYTES);
  if (!text.includes(':')) {
    address[10] = 0xff;
    address[11] = 0xff;
    return writeIpv4(text, address, 12) ? address : null;
  }
  const zone = text.indexOf('%');
  return writeIpv6(zone === -1 ? text : text.slice(0, zone), address) ? address : null;
}

/** IPv4 as ::ffff:a.b.c.d. */
export function isMapped(bytes: Uint8Array): boolean {
  for (let i = 0; i < 10; i += 1) if (bytes[i] !== 0) return false;
  return bytes[10] === 0xff && bytes[11] === 0xff;
}

function writeIpv4(text: string, into: Uint8Array, at: number): boolean {
  let byte = 0;
  let digits = 0;
  let place = at;
  for (let i = 0; i <= text.length; i += 1) {
    const code = i === text.length ? 0x2e : text.charCodeAt(i);
    if (code === 0x2e) {
      if (digits === 0 || place === at + 4) return false;
      into[place] = byte;
      place += 1;
      byte = 0;
      digits = 0;
      continue;
    }
    if (code < 0x30 || code > 0x39) return false;
    // "010" is octal to some programs and decimal to others: refused by all careful ones.
    if (digits > 0 && byte === 0) return false;
    byte = byte * 10 + code - 0x30;
    digits += 1;
    if (byte > 255) return false;
  }
  return place === at + 4;
}

function writeIpv6(text: string, into: Uint8Array): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const head = toGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? toGroups(halves[1] ?? '', true) : [];
  if (head === null || tail === null) return false;
  const given = head.length + tail.length;
  if (halves.length === 1 ? given !== 8 : given > 7) return false;
  const put = (group: number, index: number): void => {
    into[index * 2] = group >> 8;
    into[index * 2 + 1] = group & 0xff;
  };
  head.forEach(put);
  tail.forEach((group, index) => put(group, 8 - tail.length + index));
  return true;
}

/** Groups of one side of `::`; an IPv4 address may stand at the very end. */
function toGroups(text: string, isEnd: boolean): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const bytes = new Uint8Array(4);
      if (!isEnd || index !== parts.length - 1 || !writeIpv4(part, bytes, 0)) return null;
      groups.push(((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0), ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0));
      continue;
    }
    if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
    groups.push(Number.parseInt(part, 16));
  }
  return groups;
}

function longestZeros(groups: readonly number[]): readonly [start: number, length: number] {
  let best: readonly [number, number] = [0, 0];
  let start = 0;
  for (let i = 0; i <= groups.length; i += 1) {
    if (i < groups.length && groups[i] === 0) continue;
    if (i - start > best[1]) best = [start, i - start];
    start = i + 1;
  }
  return best;
}

type Interval = { readonly first: Uint32Array; readonly last: Uint32Array };

function toInterval(text: string): Interval | null {
  const slash = text.indexOf('/');
  const name = slash === -1 ? text : text.slice(0, slash);
  const address = name.includes('%') ? null : parseAddress(name);
  if (address === null) return null;
  const isIpv4 = !name.includes(':');
  let bits = isIpv4 ? 32 : 128;
  if (slash !== -1) {
    const length = text.slice(slash + 1);
    if (!/^\d{1,3}$/.test(length) || Number(length) > bits) return null;
    bits = Number(length);
  }
  if (isIpv4) bits += MAPPED_BITS;
  const first = toWords(address);
  const last = toWords(address);
  for (let word = 0; word < WORDS; word += 1) {
    const fixed = Math.min(32, Math.max(0, bits - word * 32));
    const mask = fixed === 0 ? 0 : (0xffffffff << (32 - fixed)) >>> 0;
    first[word] = ((first[word] ?? 0) & mask) >>> 0;
    last[word] = ((last[word] ?? 0) | ~mask) >>> 0;
  }
  return { first, last };
}

function toWords(address: Uint8Array): Uint32Array {
  const words = new Uint32Array(WORDS);
  for (let word = 0; word < WORDS; word += 1) words[word] = wordAt(address, word);
  return words;
}

function wordAt(address: Uint8Array, word: number): number {
  const at = word * 4;
  return (
    (((address[at] ?? 0) << 24) |
      ((address[at + 1] ?? 0) << 16) |
      ((address[at + 2] ?? 0) << 8) |
      (address[at + 3] ?? 0)) >>>
    0
  );
}

function compareWords(a: Uint32Array, b: Uint32Array): number {
  for (let word = 0; word < WORDS; word += 1) {
    const difference = (a[word] ?? 0) - (b[word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Sorted, what overlaps joined, four words an end, one behind the other. */
function joinIntervals(intervals: readonly Interval[]): Interval {
  const joined: { first: Uint32Array; last: Uint32Array }[] = [];
  for (const interval of [...intervals].sort((a, b) => compareWords(a.first, b.first))) {
    const previous = joined.at(-1);
    if (previous === undefined || compareWords(interval.first, previous.last) > 0)
      joined.push({ ...interval });
    else if (compareWords(interval.last, previous.last) > 0) previous.last = interval.last;
  }
  const first = new Uint32Array(joined.length * WORDS);
  const last = new Uint32Array(joined.length * WORDS);
  joined.forEach((interval, index) => {
    first.set(interval.first, index * WORDS);
    last.set(interval.last, index * WORDS);
  });
  return { first, last };
}

function isWithin(intervals: Interval, address: Uint8Array): boolean {
  let low = 0;
  let high = intervals.first.length / WORDS - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (compareTo(address, intervals.first, middle) < 0) high = middle - 1;
    else if (compareTo(address, intervals.last, middle) > 0) low = middle + 1;
    else return true;
  }
  return false;
}

function compareTo(address: Uint8Array, row: Uint32Array, index: number): number {
  for (let word = 0; word < WORDS; word += 1) {
    const difference = wordAt(address, word) - (row[index * WORDS + word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
