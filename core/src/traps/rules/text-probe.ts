/**
 * Says cheaply that a literal does not stand in a text: by the pairs of characters that the text holds.
 *
 * Responsible for one pass over a text and a few bits asked for each literal, so that hundreds of rules cost less than looking for each of
 * their literals. It may say that something could stand there which does not, never the other way. Used by `compile-monitors.ts`.
 */

/** Pairs are kept as bits; a line of 200 characters sets less than a twentieth of them. */
const BITS = 4096;
/** Of longer texts so many bits are set that asking is in vain. */
const TEXT_CHARS_MAX = 2_048;
/** Pairs asked of a literal: each lets less than a twentieth through. */
const PAIRS_MAX = 3;

/** Places of the bits that must be set. Empty: nothing is known of it. */
export type LiteralBits = readonly number[];

export function literalBits(literal: string): LiteralBits {
  const bits = new Set<number>();
  // From the end: beginnings of words are more alike.
  for (let at = literal.length - 2; at >= 0 && bits.size < PAIRS_MAX; at -= 1)
    bits.add(bitOf(literal.charCodeAt(at), literal.charCodeAt(at + 1)));
  return [...bits];
}

export type TextProbe = {
  /** Forgets the text before. */
  readonly read: (text: string) => void;
  readonly mayHold: (literal: LiteralBits) => boolean;
};

export function createTextProbe(): TextProbe {
  const words = new Int32Array(BITS / 32);
  let isBlind = false;
  return {
    read(text) {
      isBlind = text.length > TEXT_CHARS_MAX;
      if (isBlind) return;
      words.fill(0);
      let before = text.charCodeAt(0);
      for (let at = 1; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        const bit = bitOf(before, code);
        words[bit >> 5] = (words[bit >> 5] ?? 0) | (1 << (bit & 31));
        before = code;
      }
    },
    mayHold(literal) {
      if (isBlind) return true;
      for (const bit of literal) if (((words[bit >> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
      return true;
    },
  };
}

function bitOf(first: number, second: number): number {
  return (first * 61 + second) & (BITS - 1);
}
