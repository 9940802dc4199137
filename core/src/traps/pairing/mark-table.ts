/**
 * Marks by fingerprint: equal ones in a row, the oldest first.
 *
 * Responsible for finding and removing without a search. Half a million marks are normal while one host hears what the other does not, so a
 * mark is one small object and its key a plain number. Pure; the table of `pairing.ts`.
 */
import type { Fingerprint } from './identity-hash.ts';

export type Mark = {
  readonly low: number;
  readonly high: number;
  readonly us: number;
  readonly tag: number;
  /** 0: not yet stored. */
  segment: number;
  place: number;
  open: boolean;
  /** It stands in the table. */
  isListed: boolean;
  /** The next of the same key. */
  next: Mark | null;
};

export type MarkTable = {
  /** Behind those that are there. */
  readonly add: (mark: Mark) => void;
  readonly first: (print: Fingerprint) => Mark | null;
  /** The next that is equal to this one. */
  readonly after: (mark: Mark) => Mark | null;
  readonly remove: (mark: Mark) => void;
};

/** 53 bits, as many as a number holds exactly; the other eleven are compared. */
const HIGH_BITS = 0x1fffff;
const keyOf = ({ low, high }: Fingerprint): number => low + (high & HIGH_BITS) * 2 ** 32;

export function createMarkTable(): MarkTable {
  const heads = new Map<number, Mark>();
  const tails = new Map<number, Mark>();
  return {
    add(mark) {
      const key = keyOf(mark);
      const head = heads.get(key);
      if (head === undefined) {
        heads.set(key, mark);
        return;
      }
      // Rows longer than one are rare; only they have a tail.
      const tail = tails.get(key) ?? head;
      tail.next = mark;
      tails.set(key, mark);
    },
    first(print) {
      let mark = heads.get(keyOf(print)) ?? null;
      while (mark !== null && mark.high !== print.high) mark = mark.next;
      return mark;
    },
    after({ low, high, next }) {
      let mark = next;
      while (mark !== null && (mark.high !== high || mark.low !== low)) mark = mark.next;
      return mark;
    },
    remove(mark) {
      const key = keyOf(mark);
      const head = heads.get(key);
      if (head === undefined) return;
      if (head === mark) {
        if (mark.next === null) heads.delete(key);
        else heads.set(key, mark.next);
        if (mark.next === null || mark.next.next === null) tails.delete(key);
      } else {
        let before: Mark = head;
        while (before.next !== null && before.next !== mark) before = before.next;
        if (before.next === null) return;
        before.next = mark.next;
        if (mark.next === null) {
          if (before === head) tails.delete(key);
          else tails.set(key, before);
        }
      }
      mark.next = null;
    },
  };
}
