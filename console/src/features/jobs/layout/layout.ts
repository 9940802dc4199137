// Where units stand in the picture: positions from the definition where a net has them all, else a layered layout from left to right in
// (nearly) linear time, so that a net of 10,000 units needs no waiting and no worker. Pure. Called by the graph.
//
// Layered (layers.ts): a unit's layer is one more than the highest of what it waits for; in a layer, units are ordered by the mean place of those;
// layers that would be too tall are broken into several columns. Nets are laid out from the inside out and then stand as one box.
import type { EdgeOutcome } from '@nezuban/protocol/jobs/units/unit-base';
import { pathIn, type GraphUnit } from './graph-unit.ts';
import { sortIntoLayers, type LayerItem } from './layers.ts';

export const metrics = {
  unitWidth: 208,
  unitHeight: 56,
  columnGap: 60,
  /** Where an edge carries a word, such as the end status it holds on. */
  labelledGap: 140,
  rowGap: 20,
  /** Of an edge that passes a layer. */
  slotHeight: 14,
  /** Between the columns that one tall layer is broken into: no edges run between them. */
  wrapGap: 24,
  netPadding: 20,
  /** Room for the name of a net above its units. */
  netHeader: 40,
  /** Rows of a layer before it is broken, at least; more for large nets, so that their picture is not a strip. */
  rowsMin: 12,
} as const;

/** Left upper corner relative to the net around it, and size. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type Point = { readonly x: number; readonly y: number };
export type Layout = {
  readonly boxes: ReadonlyMap<string, Box>;
  /** Points that an edge passes on its way, in the plane of the whole picture; by `edgeKey`. */
  readonly ways: ReadonlyMap<string, readonly Point[]>;
  readonly width: number;
  readonly height: number;
};

export const edgeKey = (source: string, target: string): string => `${source}\u0000${target}`;

type Size = { readonly width: number; readonly height: number };
/** How the children of one net stand: left upper corners by name, and points of edges. */
type Arrangement = {
  readonly corners: ReadonlyMap<string, Point>;
  readonly ways: ReadonlyMap<string, readonly Point[]>;
};

export const layoutUnits = (units: readonly GraphUnit[]): Layout => {
  const childrenOf = new Map<string | null, GraphUnit[]>();
  for (const unit of units) {
    const siblings = childrenOf.get(unit.parent);
    if (siblings === undefined) childrenOf.set(unit.parent, [unit]);
    else siblings.push(unit);
  }
  const boxes = new Map<string, Box>();
  const waysIn = new Map<string | null, ReadonlyMap<string, readonly Point[]>>();
  const place = (parent: string | null): Size => {
    const children = childrenOf.get(parent) ?? [];
    const sizes = new Map<string, Size>();
    for (const child of children) {
      sizes.set(
        child.name,
        child.type === 'net'
          ? netSize(place(child.path))
          : { width: metrics.unitWidth, height: metrics.unitHeight },
      );
    }
    const { corners, ways } = children.every((child) => child.position !== null)
      ? { corners: givenCorners(children), ways: new Map<string, Point[]>() }
      : arrangeInLayers(children, sizes);
    const offset = innerOffset(parent);
    let width = 0;
    let height = 0;
    for (const child of children) {
      const corner = corners.get(child.name) ?? { x: 0, y: 0 };
      const size = sizes.get(child.name) ?? { width: 0, height: 0 };
      boxes.set(child.path, { x: corner.x + offset.x, y: corner.y + offset.y, ...size });
      width = Math.max(width, corner.x + size.width);
      height = Math.max(height, corner.y + size.height);
    }
    waysIn.set(parent, ways);
    return { width, height };
  };
  const size = place(null);
  return { boxes, ways: toPlane(waysIn, boxes), ...size };
};

const innerOffset = (parent: string | null): Point =>
  parent === null ? { x: 0, y: 0 } : { x: metrics.netPadding, y: metrics.netHeader };

/** Points inside nets moved to where the nets stand. */
const toPlane = (
  waysIn: ReadonlyMap<string | null, ReadonlyMap<string, readonly Point[]>>,
  boxes: ReadonlyMap<string, Box>,
): Map<string, Point[]> => {
  const all = new Map<string, Point[]>();
  for (const [parent, ways] of waysIn) {
    let origin = innerOffset(parent);
    for (
      let path = parent;
      path !== null;
      path = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : null
    ) {
      const box = boxes.get(path) ?? { x: 0, y: 0 };
      origin = { x: origin.x + box.x, y: origin.y + box.y };
    }
    for (const [key, points] of ways)
      all.set(
        key,
        points.map((point) => ({ x: point.x + origin.x, y: point.y + origin.y })),
      );
  }
  return all;
};

const netSize = (inner: Size): Size => ({
  width: Math.max(metrics.unitWidth, inner.width + 2 * metrics.netPadding),
  height: inner.height + metrics.netHeader + metrics.netPadding,
});

/** Edges on the usual end statuses need no word. */
export const hasLabel = ({
  on,
  word,
}: {
  readonly on: readonly EdgeOutcome[];
  readonly word?: string | undefined;
}): boolean => word !== undefined || !(on.length === 2 && on.includes('normal') && on.includes('warning'));

/** As drawn by the author, moved so that the picture begins at 0,0. */
const givenCorners = (children: readonly GraphUnit[]): Map<string, Point> => {
  let left = Infinity;
  let top = Infinity;
  for (const { position } of children) {
    left = Math.min(left, position?.x ?? 0);
    top = Math.min(top, position?.y ?? 0);
  }
  return new Map(
    children.map(({ name, position }) => [
      name,
      { x: (position?.x ?? 0) - left, y: (position?.y ?? 0) - top },
    ]),
  );
};

const arrangeInLayers = (children: readonly GraphUnit[], sizes: ReadonlyMap<string, Size>): Arrangement => {
  const { layers, layerOf, slotsOf } = sortIntoLayers(children);
  const rowsMax = Math.max(metrics.rowsMin, Math.ceil(Math.sqrt(children.length)));
  const labelled = new Set(
    children
      .filter((child) => child.after.edges.some((edge) => hasLabel(edge)))
      .map(({ name }) => layerOf.get(name) ?? 0),
  );
  const columns = layers.flatMap((items, layer) =>
    wrapLayer(items, { rowsMax, gap: labelled.has(layer + 1) ? metrics.labelledGap : metrics.columnGap }),
  );
  const heightOf = (item: LayerItem) =>
    item.unit === null ? metrics.slotHeight : (sizes.get(item.id)?.height ?? 0);
  const heights = columns.map(({ items }) =>
    items.reduce((sum, item) => sum + heightOf(item) + metrics.rowGap, -metrics.rowGap),
  );
  const tallest = Math.max(0, ...heights);
  const corners = new Map<string, Point>();
  const slots = new Map<string, readonly Point[]>();
  let x = 0;
  columns.forEach(({ items, gap }, index) => {
    let y = Math.round((tallest - (heights[index] ?? 0)) / 2);
    const width = Math.max(metrics.unitWidth, ...items.map((item) => sizes.get(item.id)?.width ?? 0));
    for (const item of items) {
      const middle = y + metrics.slotHeight / 2;
      if (item.unit === null)
        slots.set(item.id, [
          { x, y: middle },
          { x: x + width, y: middle },
        ]);
      else corners.set(item.id, { x, y });
      y += heightOf(item) + metrics.rowGap;
    }
    x += width + gap;
  });
  const ways = new Map<string, readonly Point[]>();
  for (const child of children) {
    for (const edge of child.after.edges) {
      const points = slotsOf(edge.unit, child.name).flatMap((id) => slots.get(id) ?? []);
      if (points.length > 0) ways.set(edgeKey(pathIn(child.parent, edge.unit), child.path), points);
    }
  }
  return { corners, ways };
};

type Column = { readonly items: readonly LayerItem[]; readonly gap: number };

const wrapLayer = (
  items: readonly LayerItem[],
  { rowsMax, gap }: { readonly rowsMax: number; readonly gap: number },
): Column[] => {
  const count = Math.ceil(items.length / rowsMax);
  if (count === 1) return [{ items, gap }];
  // A layer of several columns has no straight way through it.
  const units = items.filter((item) => item.unit !== null);
  const rows = Math.ceil(units.length / count);
  return Array.from({ length: Math.ceil(units.length / rows) }, (_, index) => ({
    items: units.slice(index * rows, (index + 1) * rows),
    gap: (index + 1) * rows >= units.length ? gap : metrics.wrapGap,
  }));
};
