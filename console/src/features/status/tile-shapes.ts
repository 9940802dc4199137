// How the status of a node looks on the map: each worst priority has a shape and a sign of its own beside its colour, for who tells colours
// badly. Called by the canvas and by the legend, which must show the same.
import type { Priority } from '@nezuban/protocol/priority';
import type { Tone } from '../../components/status.ts';

/** `silent`: nothing was ever said about the node. */
export type TileKind = Priority | 'silent';
export const tileKinds: readonly TileKind[] = ['critical', 'warning', 'unknown', 'info', 'silent'];

export const tileKindOf = (worst: Priority | null): TileKind => worst ?? 'silent';

export const toneOfTile: Readonly<Record<TileKind, Tone>> = {
  critical: 'critical',
  warning: 'warning',
  unknown: 'unknown',
  info: 'normal',
  silent: 'neutral',
};

/** Drawn within the shape where there is room. */
export const signOfTile: Readonly<Record<TileKind, string>> = {
  critical: '×',
  warning: '!',
  unknown: '?',
  info: '',
  silent: '',
};

type Point = readonly [x: number, y: number];

/** Corners of the shape in a square of side 1: square, triangle, diamond, small octagon; what is silent is that one's outline. */
export const cornersOfTile: Readonly<Record<TileKind, readonly Point[]>> = {
  critical: [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ],
  warning: [
    [0.5, 0],
    [1, 1],
    [0, 1],
  ],
  unknown: [
    [0.5, 0],
    [1, 0.5],
    [0.5, 1],
    [0, 0.5],
  ],
  info: octagon(),
  silent: octagon(),
};

function octagon(): readonly Point[] {
  return [
    [0.35, 0.15],
    [0.65, 0.15],
    [0.85, 0.35],
    [0.85, 0.65],
    [0.65, 0.85],
    [0.35, 0.85],
    [0.15, 0.65],
    [0.15, 0.35],
  ];
}
