// Suggests the known word that a mistyped one was probably meant to be.
import type { Sentence } from '@nezuban/protocol/sentences/sentence';

/** Longest word compared; distances of longer ones mean little and cost the square of the length. */
const comparedLengthMax = 60;
/** Known words looked at; a net has up to 20,000 units, and every wrong name costs one look at each. */
const candidatesMax = 2_000;

/** `; did you mean "x"?` as a half of a sentence in both languages, or nothing where no known word is near. */
export function nearestHint(word: string, known: Iterable<string>): Sentence | '' {
  const best = nearest(word, known);
  return best === null ? '' : { code: 'did_you_mean', values: { name: best } };
}

/** The nearest known word within a third of the word's length (at least one edit, a swap of neighbours counting as one). */
export function nearest(word: string, known: Iterable<string>): string | null {
  if (word.length > comparedLengthMax) return null;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  let looked = 0;
  for (const candidate of known) {
    if (looked >= candidatesMax) break;
    looked += 1;
    if (Math.abs(candidate.length - word.length) >= bestDistance || candidate === word) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment distance (insertions, deletions, replacements, swaps of neighbours), or `limit` where it is no smaller. */
function editDistance(a: string, b: string, limit: number): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    if (Math.min(...row) >= limit) return limit;
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
