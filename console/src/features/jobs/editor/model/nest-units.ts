// Units put into a nested net of their own, and a nested net dissolved again, so that the order in which all run stays what it was as far as
// a net can say it. Pure. Called by commands.ts.
import { pathIn } from '../../layout/graph-unit.ts';
import type { Point } from '../../layout/layout.ts';
import type { Applied } from './commands.ts';
import {
  bothOutcomes,
  childrenAt,
  edgesOf,
  followNames,
  freeName,
  hasCircle,
  nameOf,
  parentOf,
  unitAt,
  withChildren,
  withEdges,
  type DraftEdge,
  type DraftNet,
  type DraftUnit,
} from './draft-net.ts';

const mergeEdges = (edges: readonly DraftEdge[]): DraftEdge[] => {
  const merged = new Map<string, DraftEdge>();
  for (const edge of edges) {
    const known = merged.get(edge.unit);
    merged.set(edge.unit, known === undefined ? edge : { ...edge, on: bothOutcomes(known.on, edge.on) });
  }
  return [...merged.values()];
};

const shift = (unit: DraftUnit, by: Point): DraftUnit =>
  unit.position === undefined
    ? unit
    : { ...unit, position: { x: unit.position.x + by.x, y: unit.position.y + by.y } };

/** Edges into the chosen units become edges into the net around them, edges out of them edges out of it. */
export const groupUnits = (net: DraftNet, paths: readonly string[], wanted: string): Applied => {
  const [first] = paths;
  if (first === undefined) return { ok: false, refusal: 'gone' };
  const parent = parentOf(first);
  if (paths.some((path) => parentOf(path) !== parent)) return { ok: false, refusal: 'not_beside' };
  const siblings = childrenAt(net, parent) ?? [];
  const chosen = new Set(paths.map(nameOf));
  const members = siblings.filter((unit) => chosen.has(unit.name));
  if (members.length < chosen.size) return { ok: false, refusal: 'gone' };
  const rest = siblings.filter((unit) => !chosen.has(unit.name));
  const name = freeName(new Set(rest.map((unit) => unit.name)), wanted);
  const waiting = members.filter((unit) => edgesOf(unit).edges.some((edge) => !chosen.has(edge.unit)));
  const incoming = mergeEdges(
    waiting.flatMap((unit) => edgesOf(unit).edges.filter((edge) => !chosen.has(edge.unit))),
  );
  const [only] = waiting;
  const mode = waiting.length === 1 && only !== undefined ? edgesOf(only).mode : 'all';
  const corner = {
    x: Math.min(...members.map(({ position }) => position?.x ?? 0)),
    y: Math.min(...members.map(({ position }) => position?.y ?? 0)),
  };
  const placed = members.every(({ position }) => position !== undefined);
  const inner = members
    .map((unit) =>
      withEdges(
        unit,
        edgesOf(unit).edges.filter((edge) => chosen.has(edge.unit)),
      ),
    )
    .map((unit) => (placed ? shift(unit, { x: -corner.x, y: -corner.y }) : unit));
  const group = withEdges(
    { name, type: 'net', ...(placed ? { position: corner } : {}), units: inner },
    incoming,
    mode,
  );
  const into = new Map([...chosen].map((each) => [each, name] as const));
  const at = siblings.findIndex((unit) => chosen.has(unit.name));
  const before = siblings.slice(0, at).filter((unit) => !chosen.has(unit.name)).length;
  const outside = rest.map((unit) => followEdges(unit, into));
  const units = [...outside.slice(0, before), group, ...outside.slice(before)];
  if (hasCircle(units)) return { ok: false, refusal: 'circle' };
  return {
    ok: true,
    net: withChildren(net, parent, () => units),
    selection: [pathIn(parent, name)],
  };
};

/** Edges alone: what else a unit says of a sibling (a judgment of its exit code) cannot be said of a net. */
const followEdges = (unit: DraftUnit, names: ReadonlyMap<string, string>): DraftUnit => {
  const { edges } = edgesOf(unit);
  if (!edges.some((edge) => names.has(edge.unit))) return unit;
  return withEdges(
    unit,
    mergeEdges(edges.map((edge) => ({ ...edge, unit: names.get(edge.unit) ?? edge.unit }))),
  );
};

/** Its first units wait for what it waited for; what waited for it waits for its last units. */
export const dissolveNet = (net: DraftNet, path: string): Applied => {
  const unit = unitAt(net, path);
  if (unit?.units === undefined) return { ok: false, refusal: 'no_net' };
  const parent = parentOf(path);
  const siblings = childrenAt(net, parent) ?? [];
  const rest = siblings.filter((each) => each !== unit);
  const taken = new Set(rest.map(({ name }) => name));
  const names = new Map<string, string>();
  for (const child of unit.units) {
    const name = freeName(taken, child.name);
    taken.add(name);
    names.set(child.name, name);
  }
  const { edges, mode } = edgesOf(unit);
  const origin = unit.position ?? null;
  const { target } = unit;
  const followed = new Set(unit.units.flatMap((child) => edgesOf(child).edges.map((edge) => edge.unit)));
  const released = unit.units.map((child) => {
    const isFirst = edgesOf(child).edges.length === 0;
    const renamed = followNames({ ...child, name: names.get(child.name) ?? child.name }, names);
    const waiting = isFirst ? withEdges(renamed, edges, mode) : renamed;
    const aimed =
      target !== undefined &&
      waiting['target'] === undefined &&
      (waiting.type === 'command' || waiting.type === 'net')
        ? { ...waiting, target }
        : waiting;
    return origin === null ? aimed : shift(aimed, origin);
  });
  const last = unit.units
    .filter((child) => !followed.has(child.name))
    .map((child) => names.get(child.name) ?? '');
  const outside = (each: DraftUnit): DraftUnit => {
    const own = edgesOf(each).edges;
    if (!own.some((edge) => edge.unit === unit.name)) return each;
    return withEdges(
      each,
      mergeEdges(
        own.flatMap((edge) =>
          edge.unit === unit.name ? last.map((name) => ({ ...edge, unit: name })) : [edge],
        ),
      ),
    );
  };
  const at = siblings.indexOf(unit);
  return {
    ok: true,
    net: withChildren(net, parent, () => [
      ...siblings.slice(0, at).map(outside),
      ...released,
      ...siblings.slice(at + 1).map(outside),
    ]),
    selection: released.map(({ name }) => pathIn(parent, name)),
  };
};
