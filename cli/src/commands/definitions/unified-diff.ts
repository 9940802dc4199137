// Two texts as a unified diff, line by line, as `diff -u` and Git print it. Pure.
// The shortest way from one to the other is looked for (Myers 1986) up to a bound; texts that differ more are shown as replaced.

/** Lines around a change. */
const contextLines = 3;
/** Changed lines up to which the shortest way is looked for: time and memory grow with its square. */
const editsMax = 1_000;

type Edit = { readonly type: ' ' | '-' | '+'; readonly line: string };

export type DiffLine = { readonly type: ' ' | '-' | '+' | '@'; readonly text: string };

/** Lines of the difference without a heading of files; none: the texts are the same. */
export const unifiedDiff = (before: string, after: string): readonly DiffLine[] => {
  if (before === after) return [];
  const edits = findEdits(linesOf(before), linesOf(after));
  return hunksOf(edits).flatMap((hunk) => [
    { type: '@' as const, text: headingOf(hunk, edits) },
    ...edits.slice(hunk.from, hunk.to).map(({ type, line }) => ({ type, text: `${type}${line}` })),
  ]);
};

const linesOf = (text: string): readonly string[] =>
  text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');

const findEdits = (before: readonly string[], after: readonly string[]): readonly Edit[] => {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1;
  const same = (line: string): Edit => ({ type: ' ', line });
  return [
    ...before.slice(0, start).map(same),
    ...editsBetween(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
};

const editsBetween = (before: readonly string[], after: readonly string[]): readonly Edit[] => {
  const trace = before.length === 0 || after.length === 0 ? undefined : shortestWay(before, after);
  if (trace !== undefined) return wayBack(trace, before, after);
  return [
    ...before.map((line): Edit => ({ type: '-', line })),
    ...after.map((line): Edit => ({ type: '+', line })),
  ];
};

type Furthest = ReadonlyMap<number, number>;

/** How far each diagonal is reached with 0, 1, 2, ... edits; undefined: more than the bound are needed. */
const shortestWay = (
  before: readonly string[],
  after: readonly string[],
): readonly Furthest[] | undefined => {
  const trace: Furthest[] = [];
  let reached: Furthest = new Map([[1, 0]]);
  for (let edits = 0; edits <= Math.min(editsMax, before.length + after.length); edits += 1) {
    const next = new Map<number, number>();
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = isDown(reached, diagonal, edits)
        ? (reached.get(diagonal + 1) ?? 0)
        : (reached.get(diagonal - 1) ?? 0) + 1;
      let y = x - diagonal;
      while (x < before.length && y < after.length && before[x] === after[y]) {
        x += 1;
        y += 1;
      }
      next.set(diagonal, x);
      if (x >= before.length && y >= after.length) return [...trace, reached];
    }
    trace.push(reached);
    reached = next;
  }
  return undefined;
};

/** Whether the best way onto this diagonal comes by a line that is added. */
const isDown = (reached: Furthest, diagonal: number, edits: number): boolean =>
  diagonal === -edits ||
  (diagonal !== edits && (reached.get(diagonal - 1) ?? -1) < (reached.get(diagonal + 1) ?? -1));

const wayBack = (
  trace: readonly Furthest[],
  before: readonly string[],
  after: readonly string[],
): readonly Edit[] => {
  const edits: Edit[] = [];
  let x = before.length;
  let y = after.length;
  for (let step = trace.length - 1; step >= 0; step -= 1) {
    const reached = trace[step] ?? new Map<number, number>();
    const diagonal = x - y;
    const from = isDown(reached, diagonal, step) ? diagonal + 1 : diagonal - 1;
    const fromX = step === 0 ? 0 : (reached.get(from) ?? 0);
    const fromY = step === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      edits.push({ type: ' ', line: before[x] ?? '' });
    }
    if (step === 0) break;
    if (x === fromX) edits.push({ type: '+', line: after[(y -= 1)] ?? '' });
    else edits.push({ type: '-', line: before[(x -= 1)] ?? '' });
  }
  return edits.reverse();
};

type Hunk = { readonly from: number; readonly to: number };

/** Changes with the lines around them; what would overlap is one. */
const hunksOf = (edits: readonly Edit[]): readonly Hunk[] => {
  const hunks: Hunk[] = [];
  edits.forEach(({ type }, index) => {
    if (type === ' ') return;
    const from = Math.max(0, index - contextLines);
    const to = Math.min(edits.length, index + 1 + contextLines);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) hunks[hunks.length - 1] = { from: last.from, to };
    else hunks.push({ from, to });
  });
  return hunks;
};

const headingOf = ({ from, to }: Hunk, edits: readonly Edit[]): string => {
  const range = (without: '-' | '+', sign: string): string => {
    const count = edits.slice(from, to).filter(({ type }) => type !== without).length;
    const start = edits.slice(0, from).filter(({ type }) => type !== without).length;
    return `${sign}${count === 0 ? start : start + 1},${count}`;
  };
  return `@@ ${range('+', '-')} ${range('-', '+')} @@`;
};
