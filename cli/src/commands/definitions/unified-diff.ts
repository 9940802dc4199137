// Two texts as a unified diff, line by line, as `diff -u` and Git print it. Pure. The edits are found by protocol/text/line-edits.
import { lineEdits, type LineEdit } from '@nezuban/protocol/text/line-edits';

/** Lines around a change. */
const contextLines = 3;
export type DiffLine = { readonly type: ' ' | '-' | '+' | '@'; readonly text: string };

/** Lines of the difference without a heading of files; none: the texts are the same. */
export const unifiedDiff = (before: string, after: string): readonly DiffLine[] => {
  if (before === after) return [];
  const edits = lineEdits(before, after);
  return hunksOf(edits).flatMap((hunk) => [
    { type: '@' as const, text: headingOf(hunk, edits) },
    ...edits.slice(hunk.from, hunk.to).map(({ type, line }) => ({ type, text: `${type}${line}` })),
  ]);
};

type Hunk = { readonly from: number; readonly to: number };

/** Changes with the lines around them; what would overlap is one. */
const hunksOf = (edits: readonly LineEdit[]): readonly Hunk[] => {
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

const headingOf = ({ from, to }: Hunk, edits: readonly LineEdit[]): string => {
  const range = (without: '-' | '+', sign: string): string => {
    const count = edits.slice(from, to).filter(({ type }) => type !== without).length;
    const start = edits.slice(0, from).filter(({ type }) => type !== without).length;
    return `${sign}${count === 0 ? start : start + 1},${count}`;
  };
  return `@@ ${range('+', '-')} ${range('-', '+')} @@`;
};
