// "Did you mean": the nearest of the known words. Pure.

/** Length above which no distance is computed; nobody mistypes a word of this size into a command. */
const wordLengthMax = 40;

/** Optimal string alignment distance: insert, delete, replace, swap of neighbours. */
export const editDistance = (from: string, to: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length] ?? 0;
};

/** The known word nearest to what was typed, or undefined when nothing is near enough to be helpful. */
export const suggest = (typed: string, known: readonly string[]): string | undefined => {
  if (typed.length > wordLengthMax) return undefined;
  const limit = Math.max(1, Math.floor(typed.length / 3));
  const ranked = known
    .map((word) => ({
      word,
      distance: word.startsWith(typed) && typed.length >= 2 ? 0.5 : editDistance(typed, word),
    }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || a.word.localeCompare(b.word));
  return ranked[0]?.word;
};

/** The tail of a sentence: ` Did you mean "x"?`, or nothing. */
export const didYouMean = (typed: string, known: readonly string[], prefix = ''): string => {
  const word = suggest(typed, known);
  return word === undefined ? '' : ` Did you mean "${prefix}${word}"?`;
};
