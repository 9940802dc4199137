/**
 * The fingerprint by which the copies of one message, heard by both hosts of a pair, recognise each other.
 *
 * Responsible for 64 bits of HalfSipHash-2-4 (Aumasson, Bernstein: SipHash, 2012; reference code `halfsiphash.c`) over protocol, sender and
 * identity of the message. Keyed, so that nobody can write a message that passes for another's copy and makes it vanish. Pure; called for
 * each record where there are two hosts.
 */
import { trapProtocols, type TrapProtocol } from '@nezuban/protocol/intake/record';

export type HashKey = { readonly low: number; readonly high: number };
export type Identity = {
  readonly protocol: TrapProtocol;
  /** Sixteen bytes, as in a record. */
  readonly address: Uint8Array;
  /** What stays the same in both copies. */
  readonly bytes: Uint8Array;
};

/** Two unsigned numbers of 32 bits. */
export type Fingerprint = { low: number; high: number };

const INITIAL_2 = 0x6c796765;
const INITIAL_3 = 0x74656462;
const WIDE_OUTPUT = 0xee;
const SECOND_HALF = 0xdd;
const ROUNDS_PER_WORD = 2;
const ROUNDS_AT_END = 4;
const ADDRESS_WORDS = 4;

/** Writes to `into`, so that no object is made for each of tens of thousands a second. */
export function fingerprint({ protocol, address, bytes }: Identity, key: HashKey, into: Fingerprint): void {
  const { length } = bytes;
  const whole = length - (length % 4);
  const words = 1 + ADDRESS_WORDS + whole / 4;
  let v0 = key.low | 0;
  let v1 = (key.high ^ WIDE_OUTPUT) | 0;
  let v2 = INITIAL_2 ^ key.low;
  let v3 = INITIAL_3 ^ key.high;
  // One loop for all: the words of the message, the last word with its length, and the two ends.
  for (let index = 0; index < words + 3; index += 1) {
    let word = 0;
    let rounds = ROUNDS_PER_WORD;
    if (index === 0) word = trapProtocols.indexOf(protocol);
    else if (index <= ADDRESS_WORDS) word = wordAt(address, (index - 1) * 4);
    else if (index < words) word = wordAt(bytes, (index - 1 - ADDRESS_WORDS) * 4);
    else if (index === words) word = lastWord(bytes, whole);
    else {
      rounds = ROUNDS_AT_END;
      if (index === words + 1) v2 ^= WIDE_OUTPUT;
      else {
        into.low = (v1 ^ v3) >>> 0;
        v1 ^= SECOND_HALF;
      }
    }
    v3 ^= word;
    for (let round = 0; round < rounds; round += 1) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    v0 ^= word;
  }
  into.high = (v1 ^ v3) >>> 0;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function lastWord(bytes: Uint8Array, whole: number): number {
  let word = bytes.length << 24;
  for (let at = whole; at < bytes.length; at += 1) word |= (bytes[at] ?? 0) << (8 * (at - whole));
  return word;
}
