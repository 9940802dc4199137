// Where units stand in the picture: positions from the definition where a net has them all, else a layered layout from left to right in
// (nearly) linear time, so that a net of 10,000 units needs no waiting and no worker. Pure. Called by the graph.
//
// Layered: a unit's layer is one more than the highest of what it waits for; in a layer, units are ordered by the mean place of those;
// layers that would be too tall are broken into several columns. Nets are laid out from the inside out and then stand as one box.
import type { EndStatus } from '@nezuban/protocol/jobs/definition';
import type { GraphUnit } from './graph-unit.ts';

export const metrics = {
  unitWidth: 208,
  unitHeight: 56,
  columnGap: 72,
  /** Where an edge carries a word, such as the end status it holds on. */
  labelledGap: 150,
  rowGap: 20,
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
export type Layout = {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly width: number;
  readonly height: number;
};

type Size = { readonly width: number; readonly height: number };

export const layoutUnits = (units: readonly GraphUnit[]): Layout => {
  const childrenOf = new Map<string | null, GraphUnit[]>();
  for (const unit of units) {
    const siblings = childrenOf.get(unit.parent);
    if (siblings === undefined) childrenOf.set(unit.parent, [unit]);
    else siblings.push(unit);
  }
  const boxes = new Map<string, Box>();
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
    const corners = children.every((child) => child.position !== null)
      ? givenCorners(children)
      : layeredCorners(children, sizes);
    const offset = parent === null ? { x: 0, y: 0 } : { x: metrics.netPadding, y: metrics.netHeader };
    let width = 0;
    let height = 0;
    for (const child of children) {
      const corner = corners.get(child.name) ?? { x: 0, y: 0 };
      const size = sizes.get(child.name) ?? { width: 0, height: 0 };
      boxes.set(child.path, { x: corner.x + offset.x, y: corner.y + offset.y, ...size });
      width = Math.max(width, corner.x + size.width);
      height = Math.max(height, corner.y + size.height);
    }
    return { width, height };
  };
  return { boxes, ...place(null) };
};

const netSize = (inner: Size): Size => ({
  width: Math.max(metrics.unitWidth, inner.width + 2 * metrics.netPadding),
  height: inner.height + metrics.netHeader + metrics.netPadding,
});

/** Edges on the usual end statuses need no word. */
export const hasLabel = (on: readonly EndStatus[]): boolean =>
  !(on.length === 2 && on.includes('normal') && on.includes('warning'));

type Corner = { readonly x: number; readonly y: number };

/** As drawn by the author, moved so that the picture begins at 0,0. */
const givenCorners = (children: readonly GraphUnit[]): Map<string, Corner> => {
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

const layeredCorners = (
  children: readonly GraphUnit[],
  sizes: ReadonlyMap<string, Size>,
): Map<string, Corner> => {
  const rowsMax = Math.max(metrics.rowsMin, Math.ceil(Math.sqrt(children.length)));
  const columnGap = children.some((child) => child.after.edges.some((edge) => hasLabel(edge.on)))
    ? metrics.labelledGap
    : metrics.columnGap;
  const columns = layersOf(children).flatMap((layer) => wrapLayer(layer, rowsMax));
  const heights = columns.map(({ units }) =>
    units.reduce((sum, unit) => sum + (sizes.get(unit.name)?.height ?? 0) + metrics.rowGap, -metrics.rowGap),
  );
  const tallest = Math.max(0, ...heights);
  const corners = new Map<string, Corner>();
  let x = 0;
  columns.forEach(({ units, endsLayer }, index) => {
    let y = (tallest - (heights[index] ?? 0)) / 2;
    let width = 0;
    for (const unit of units) {
      const size = sizes.get(unit.name) ?? { width: 0, height: 0 };
      corners.set(unit.name, { x, y: Math.round(y) });
      y += size.height + metrics.rowGap;
      width = Math.max(width, size.width);
    }
    x += width + (endsLayer ? columnGap : metrics.wrapGap);
  });
  return corners;
};

type Column = { readonly units: readonly GraphUnit[]; readonly endsLayer: boolean };

const wrapLayer = (layer: readonly GraphUnit[], rowsMax: number): Column[] => {
  const count = Math.ceil(layer.length / rowsMax);
  const rows = Math.ceil(layer.length / count);
  return Array.from({ length: count }, (_, index) => ({
    units: layer.slice(index * rows, (index + 1) * rows),
    endsLayer: index === count - 1,
  }));
};

/** Units by layer, ordered inside each. What a cycle or a missing unit keeps from being reached stands in the first layer. */
const layersOf = (children: readonly GraphUnit[]): GraphUnit[][] => {
  const byName = new Map(children.map((unit) => [unit.name, unit]));
  const predecessors = (unit: GraphUnit) =>
    unit.after.edges.filter((edge) => byName.has(edge.unit) && edge.unit !== unit.name);
  const open = new Map<string, number>();
  const followers = new Map<string, GraphUnit[]>();
  for (const unit of children) {
    const edges = predecessors(unit);
    open.set(unit.name, edges.length);
    for (const { unit: from } of edges) {
      const list = followers.get(from);
      if (list === undefined) followers.set(from, [unit]);
      else list.push(unit);
    }
  }
  const layer = new Map<string, number>(children.map((unit) => [unit.name, 0]));
  const queue = children.filter((unit) => open.get(unit.name) === 0);
  for (let next = 0; next < queue.length; next += 1) {
    const unit = queue[next];
    if (unit === undefined) break;
    for (const follower of followers.get(unit.name) ?? []) {
      layer.set(follower.name, Math.max(layer.get(follower.name) ?? 0, (layer.get(unit.name) ?? 0) + 1));
      const left = (open.get(follower.name) ?? 1) - 1;
      open.set(follower.name, left);
      if (left === 0) queue.push(follower);
    }
  }
  const layers: GraphUnit[][] = [];
  for (const unit of children) {
    const index = open.get(unit.name) === 0 ? (layer.get(unit.name) ?? 0) : 0;
    (layers[index] ??= []).push(unit);
  }
  const place = new Map<string, number>();
  return Array.from(layers, (units) => {
    const ordered = (units ?? [])
      .map((unit, index) => ({ unit, index, mean: meanPlace(predecessors(unit), place) }))
      .sort((a, b) => a.mean - b.mean || a.index - b.index)
      .map(({ unit }) => unit);
    ordered.forEach((unit, index) => place.set(unit.name, (index + 0.5) / ordered.length));
    return ordered;
  }).filter((units) => units.length > 0);
};

/** Places are fractions of a layer's height, so that layers of different length compare. */
const meanPlace = (edges: readonly { readonly unit: string }[], place: ReadonlyMap<string, number>): number =>
  edges.length === 0
    ? 0.5
    : edges.reduce((sum, edge) => sum + (place.get(edge.unit) ?? 0.5), 0) / edges.length;
