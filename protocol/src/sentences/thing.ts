// The kind of a thing as a word that has two languages, by its English one. Pure. Called by the manager, whose parts know the word of what they keep.
import { thingSentences } from './thing-sentences.ts';
import type { SentenceValue } from './sentence.ts';

const codes: ReadonlyMap<string, keyof typeof thingSentences> = new Map(
  Object.entries(thingSentences).map(([code, { en }]) => [en, code as keyof typeof thingSentences]),
);

/** A word that is not known is said as it is. */
export function thing(word: string): SentenceValue {
  const code = codes.get(word);
  return code === undefined ? word : { code };
}
