// Where chosen units stand after they were aligned or spread evenly. Pure. Called by the toolbar of the graph editor.
import type { Box, Point } from '../../layout/layout.ts';

export const alignments = ['left', 'centre', 'right', 'top', 'middle', 'bottom', 'across', 'down'] as const;
/** `across` and `down` spread units evenly between the first and the last. */
export type Alignment = (typeof alignments)[number];

/** By name; boxes of the units that are aligned. Fewer than two, or than three to be spread, stay where they are. */
export const alignBoxes = (boxes: ReadonlyMap<string, Box>, how: Alignment): Record<string, Point> => {
  const all = [...boxes];
  const left = Math.min(...all.map(([, { x }]) => x));
  const right = Math.max(...all.map(([, { x, width }]) => x + width));
  const top = Math.min(...all.map(([, { y }]) => y));
  const bottom = Math.max(...all.map(([, { y, height }]) => y + height));
  if (how === 'across' || how === 'down') return spread(all, how);
  const place = ({ x, y, width, height }: Box): Point => {
    switch (how) {
      case 'left':
        return { x: left, y };
      case 'right':
        return { x: right - width, y };
      case 'centre':
        return { x: Math.round((left + right - width) / 2), y };
      case 'top':
        return { x, y: top };
      case 'bottom':
        return { x, y: bottom - height };
      case 'middle':
        return { x, y: Math.round((top + bottom - height) / 2) };
    }
  };
  return Object.fromEntries(all.map(([name, box]) => [name, place(box)]));
};

const spread = (all: readonly (readonly [string, Box])[], how: 'across' | 'down'): Record<string, Point> => {
  const start = ({ x, y }: Box) => (how === 'across' ? x : y);
  const size = ({ width, height }: Box) => (how === 'across' ? width : height);
  const ordered = all.toSorted(([, a], [, b]) => start(a) - start(b));
  const first = ordered[0]?.[1];
  const last = ordered.at(-1)?.[1];
  if (first === undefined || last === undefined) return {};
  const room = start(last) + size(last) - start(first);
  const gap = (room - ordered.reduce((sum, [, box]) => sum + size(box), 0)) / Math.max(1, ordered.length - 1);
  let at = start(first);
  return Object.fromEntries(
    ordered.map(([name, box]) => {
      const here = Math.round(at);
      at += size(box) + gap;
      return [name, how === 'across' ? { x: here, y: box.y } : { x: box.x, y: here }];
    }),
  );
};
