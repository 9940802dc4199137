// Where the tiles of the node map stand: as large as all of them fit, in groups below each other. Pure. Called by the node map.

export type TileSize = { readonly width: number; readonly height: number; readonly isNamed: boolean };
export type GroupPlace = {
  readonly titleTop: number;
  readonly top: number;
  /** Of all tiles. */
  readonly first: number;
  readonly count: number;
};
export type MapLayout = {
  readonly tile: TileSize;
  readonly columns: number;
  readonly height: number;
  readonly groups: readonly GroupPlace[];
  readonly count: number;
};

/** From names that can be read to tiles whose shape can just be told; smaller ones are scrolled. */
const sizes: readonly TileSize[] = [
  { width: 150, height: 34, isNamed: true },
  ...[40, 34, 28, 24, 20, 17, 15, 13].map((side) => ({ width: side, height: side, isNamed: false })),
];
const titleHeight = 24;
const groupGap = 12;

type Room = { readonly width: number; readonly height: number; readonly hasTitles: boolean };

export const layOutMap = (counts: readonly number[], room: Room): MapLayout => {
  let layout = layOutWith(sizes[0] ?? { width: 13, height: 13, isNamed: false }, counts, room);
  for (const tile of sizes) {
    layout = layOutWith(tile, counts, room);
    if (layout.height <= room.height) break;
  }
  return layout;
};

const layOutWith = (tile: TileSize, counts: readonly number[], { width, hasTitles }: Room): MapLayout => {
  const columns = Math.max(1, Math.floor(width / tile.width));
  const groups: GroupPlace[] = [];
  let top = 0;
  let first = 0;
  for (const count of counts) {
    const tilesTop = top + (hasTitles ? titleHeight : 0);
    groups.push({ titleTop: top, top: tilesTop, first, count });
    top = tilesTop + Math.ceil(count / columns) * tile.height + groupGap;
    first += count;
  }
  return { tile, columns, height: Math.max(0, top - groupGap), groups, count: first };
};

export type Point = { readonly x: number; readonly y: number };

/** Upper left corner of a tile. */
export const placeOf = ({ groups, columns, tile }: MapLayout, index: number): Point => {
  const group = groups.findLast(({ first }) => first <= index);
  const within = index - (group?.first ?? 0);
  return {
    x: (within % columns) * tile.width,
    y: (group?.top ?? 0) + Math.floor(within / columns) * tile.height,
  };
};

/** Null: there is none. */
export const tileAt = ({ groups, columns, tile }: MapLayout, { x, y }: Point): number | null => {
  const group = groups.findLast(({ top }) => top <= y);
  const column = Math.floor(x / tile.width);
  if (group === undefined || column < 0 || column >= columns) return null;
  const within = Math.floor((y - group.top) / tile.height) * columns + column;
  return within < group.count ? group.first + within : null;
};

/** Where a key leads from a tile; null: it is no key of the map. */
export const tileByKey = (layout: MapLayout, index: number, key: string): number | null => {
  const last = layout.count - 1;
  switch (key) {
    case 'ArrowRight':
      return Math.min(last, index + 1);
    case 'ArrowLeft':
      return Math.max(0, index - 1);
    case 'ArrowDown':
      return vertical(layout, index, 1);
    case 'ArrowUp':
      return vertical(layout, index, -1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
};

/** The tile below or above, in the next group where the own one ends; of a shorter row its last. */
const vertical = (layout: MapLayout, index: number, by: 1 | -1): number => {
  const { groups, columns } = layout;
  const at = groups.findLastIndex(({ first }) => first <= index);
  const group = groups[at];
  if (group === undefined) return index;
  const within = index - group.first;
  const column = within % columns;
  const row = Math.floor(within / columns) + by;
  const rows = Math.ceil(group.count / columns);
  if (row >= 0 && row < rows) return group.first + Math.min(group.count - 1, row * columns + column);
  const next = groups[at + by];
  if (next === undefined) return index;
  const nextRow = by === 1 ? 0 : Math.ceil(next.count / columns) - 1;
  return next.first + Math.min(next.count - 1, nextRow * columns + column);
};
