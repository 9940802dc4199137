// The line of an edge: level where it leaves, passes and arrives, curved between. Pure.
import type { Point } from '../layout/layout.ts';

export type EdgeLine = { readonly path: string; readonly label: Point };

/** `points` holds two for each layer passed: its left and right side. The label stands before the end, where the edge is alone. */
export const edgeLine = (source: Point, target: Point, points: readonly Point[]): EdgeLine => {
  const stops = [source, ...points, target];
  const parts = stops.slice(1).map((to, index) => {
    const from = stops[index] ?? to;
    if (from.y === to.y) return `L ${to.x} ${to.y}`;
    const half = (to.x - from.x) / 2;
    return `C ${from.x + half} ${from.y} ${to.x - half} ${to.y} ${to.x} ${to.y}`;
  });
  const last = stops.at(-2) ?? source;
  return {
    path: `M ${source.x} ${source.y} ${parts.join(' ')}`,
    label: { x: (last.x + target.x) / 2, y: (last.y + target.y) / 2 },
  };
};
