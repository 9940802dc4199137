// The difference of two texts as edits, line by line: what stays, goes and comes. Pure. For the command line and the console, which share
// nothing but this package. The shortest way from one to the other is looked for (Myers 1986) up to a bound; texts that differ more are
// shown as replaced.

/** Changed lines up to which the shortest way is looked for: time and memory grow with its square. */
const editsMax = 1_000;

export type LineEdit = { readonly type: ' ' | '-' | '+'; readonly line: string };

/** All lines of both texts in order. */
export const lineEdits = (before: string, after: string): readonly LineEdit[] =>
  findEdits(linesOf(before), linesOf(after));

const linesOf = (text: string): readonly string[] =>
  text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');

const findEdits = (before: readonly string[], after: readonly string[]): readonly LineEdit[] => {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1;
  const same = (line: string): LineEdit => ({ type: ' ', line });
  return [
    ...before.slice(0, start).map(same),
    ...editsBetween(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
};

const editsBetween = (before: readonly string[], after: readonly string[]): readonly LineEdit[] => {
  const trace = before.length === 0 || after.length === 0 ? undefined : shortestWay(before, after);
  if (trace !== undefined) return wayBack(trace, before, after);
  return [
    ...before.map((line): LineEdit => ({ type: '-', line })),
    ...after.map((line): LineEdit => ({ type: '+', line })),
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
): readonly LineEdit[] => {
  const edits: LineEdit[] = [];
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
