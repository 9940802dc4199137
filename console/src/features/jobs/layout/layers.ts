// Sorts the units of one net into layers from left to right, and orders each layer. Long edges get a slot of their own in every layer that
// they cross, so that they run between the units instead of through them. Pure. Called by layout.ts.
import type { GraphUnit } from './graph-unit.ts';

export const layerLimits = {
  /** An edge over more layers than this runs straight: its slots would push everything apart. */
  crossedMax: 12,
  /** Slots in all, per unit; beyond, edges run straight, so that dense nets stay linear in their size. */
  slotsPerUnitMax: 1,
  /** Small nets may have some more. */
  slotsMin: 24,
} as const;

/** A place in a layer: a unit, or the slot through which edges to `target` pass. */
export type LayerItem = {
  readonly id: string;
  readonly unit: GraphUnit | null;
  readonly from: readonly string[];
};
export type Layers = {
  readonly layers: readonly (readonly LayerItem[])[];
  readonly layerOf: ReadonlyMap<string, number>;
  /** Slots that the edge between two units passes, from left to right. */
  readonly slotsOf: (from: string, to: string) => readonly string[];
};

const slotId = (target: string, layer: number): string => `${layer}\u0000${target}`;

export const sortIntoLayers = (children: readonly GraphUnit[]): Layers => {
  const layerOf = assignLayers(children);
  const depth = Math.max(0, ...layerOf.values()) + 1;
  const layers: LayerItem[][] = Array.from({ length: depth }, () => []);
  const slots = new Map<string, { readonly layer: number; readonly from: string[] }>();
  const slotsMax = Math.max(layerLimits.slotsMin, children.length * layerLimits.slotsPerUnitMax);
  for (const unit of children) {
    const layer = layerOf.get(unit.name) ?? 0;
    const from: string[] = [];
    for (const edge of edgesWithin(unit, layerOf)) {
      const start = (layerOf.get(edge.unit) ?? 0) + 1;
      const crossed = layer - start;
      if (crossed <= 0 || crossed > layerLimits.crossedMax || slots.size + crossed > slotsMax) {
        from.push(edge.unit);
        continue;
      }
      let before = edge.unit;
      for (let at = start; at < layer; at += 1) {
        const id = slotId(unit.name, at);
        const slot = slots.get(id);
        if (slot === undefined) slots.set(id, { layer: at, from: [before] });
        else if (!slot.from.includes(before)) slot.from.push(before);
        before = id;
      }
      from.push(before);
    }
    layers[layer]?.push({ id: unit.name, unit, from });
  }
  for (const [id, { layer, from }] of slots) layers[layer]?.push({ id, unit: null, from });
  return {
    layers: orderLayers(layers),
    layerOf,
    slotsOf: (from, to) => {
      const passed: string[] = [];
      for (let at = (layerOf.get(from) ?? 0) + 1; at < (layerOf.get(to) ?? 0); at += 1) {
        const id = slotId(to, at);
        if (slots.has(id)) passed.push(id);
      }
      return passed;
    },
  };
};

const edgesWithin = (unit: GraphUnit, known: ReadonlyMap<string, number>) =>
  unit.after.edges.filter((edge) => known.has(edge.unit) && edge.unit !== unit.name);

/** One more than the highest of what a unit waits for. What a cycle keeps from being reached stands in the first layer. */
const assignLayers = (children: readonly GraphUnit[]): Map<string, number> => {
  const layer = new Map<string, number>(children.map((unit) => [unit.name, 0]));
  const open = new Map<string, number>();
  const followers = new Map<string, string[]>();
  for (const unit of children) {
    const edges = edgesWithin(unit, layer);
    open.set(unit.name, edges.length);
    for (const { unit: from } of edges) {
      const list = followers.get(from);
      if (list === undefined) followers.set(from, [unit.name]);
      else list.push(unit.name);
    }
  }
  const queue = children.map(({ name }) => name).filter((name) => open.get(name) === 0);
  for (let next = 0; next < queue.length; next += 1) {
    const name = queue[next] ?? '';
    for (const follower of followers.get(name) ?? []) {
      layer.set(follower, Math.max(layer.get(follower) ?? 0, (layer.get(name) ?? 0) + 1));
      const left = (open.get(follower) ?? 1) - 1;
      open.set(follower, left);
      if (left === 0) queue.push(follower);
    }
  }
  for (const [name, left] of open) if (left > 0) layer.set(name, 0);
  return layer;
};

/** Each layer by the mean place of what leads to its items. Places are fractions, so that layers of different length compare. */
const orderLayers = (layers: readonly (readonly LayerItem[])[]): LayerItem[][] => {
  const place = new Map<string, number>();
  const meanPlace = ({ from }: LayerItem) =>
    from.length === 0 ? 0.5 : from.reduce((sum, id) => sum + (place.get(id) ?? 0.5), 0) / from.length;
  return layers
    .map((items) => {
      const ordered = items
        .map((item, index) => ({ item, index, mean: meanPlace(item) }))
        // Of equals, slots go below units: the usual way stays straight.
        .sort(
          (a, b) =>
            a.mean - b.mean ||
            Number(a.item.unit === null) - Number(b.item.unit === null) ||
            a.index - b.index,
        )
        .map(({ item }) => item);
      ordered.forEach((item, index) => place.set(item.id, (index + 0.5) / ordered.length));
      return ordered;
    })
    .filter((items) => items.length > 0);
};
