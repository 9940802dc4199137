// The lines of two texts, left and right in rows. Pure.
import { lineEdits } from '@nezuban/protocol/text/line-edits';

type Side = { readonly number: number; readonly line: string };
export type SideRow =
  | { readonly type: 'same' | 'changed'; readonly left: Side; readonly right: Side }
  | { readonly type: 'removed'; readonly left: Side; readonly right: null }
  | { readonly type: 'added'; readonly left: null; readonly right: Side }
  /** Lines that are the same in both and are not shown. */
  | { readonly type: 'hidden'; readonly count: number };

/** Lines of the same text that are shown around a change. */
const contextLines = 4;

/** Lines that go and lines that come in the same place stand beside each other. */
export const sideBySide = (before: string, after: string): SideRow[] => {
  const rows: SideRow[] = [];
  let gone: Side[] = [];
  let come: Side[] = [];
  const flush = (): void => {
    for (let index = 0; index < Math.max(gone.length, come.length); index += 1) {
      const left = gone[index];
      const right = come[index];
      if (left !== undefined && right !== undefined) rows.push({ type: 'changed', left, right });
      else if (left !== undefined) rows.push({ type: 'removed', left, right: null });
      else if (right !== undefined) rows.push({ type: 'added', left: null, right });
    }
    gone = [];
    come = [];
  };
  let left = 0;
  let right = 0;
  for (const { type, line } of lineEdits(before, after)) {
    if (type !== '+') left += 1;
    if (type !== '-') right += 1;
    if (type === '-') gone.push({ number: left, line });
    else if (type === '+') come.push({ number: right, line });
    else {
      flush();
      rows.push({ type: 'same', left: { number: left, line }, right: { number: right, line } });
    }
  }
  flush();
  return rows;
};

/** Without what is far from any change; texts that are the same are shown whole. */
export const nearChanges = (rows: readonly SideRow[]): SideRow[] => {
  const near = new Set<number>();
  rows.forEach((row, index) => {
    if (row.type === 'same') return;
    for (let at = index - contextLines; at <= index + contextLines; at += 1) near.add(at);
  });
  if (near.size === 0) return [...rows];
  const shown: SideRow[] = [];
  let hidden = 0;
  rows.forEach((row, index) => {
    if (!near.has(index)) {
      hidden += 1;
      return;
    }
    if (hidden > 0) shown.push({ type: 'hidden', count: hidden });
    hidden = 0;
    shown.push(row);
  });
  if (hidden > 0) shown.push({ type: 'hidden', count: hidden });
  return shown;
};
