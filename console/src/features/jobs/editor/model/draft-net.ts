// A job net while it is being edited: the form of a definition, but allowed to be unfinished. Every field beyond those that the editor itself
// needs is carried along untouched, so that new kinds of units and new keys need no word here. Pure; nothing is ever changed in place.
// Not responsible for what is right (the judge of core/definitions) nor for how it came about (commands.ts).
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { EdgeOutcome } from '@nezuban/protocol/jobs/units/unit-base';
import { pathIn } from '../../layout/graph-unit.ts';
import type { Point } from '../../layout/layout.ts';

export type DraftEdge = { readonly unit: string; readonly on: readonly EdgeOutcome[] };
export type DraftAfter = { readonly all: readonly DraftEdge[] } | { readonly any: readonly DraftEdge[] };
export type DraftUnit = {
  readonly name: string;
  readonly type: string;
  readonly after?: DraftAfter | undefined;
  readonly position?: Point | undefined;
  /** Of a nested net. */
  readonly units?: readonly DraftUnit[] | undefined;
  readonly [field: string]: unknown;
};
export type DraftNet = {
  readonly kind: 'jobnet';
  readonly name: string;
  readonly units: readonly DraftUnit[];
  readonly [field: string]: unknown;
};
export type AfterMode = 'all' | 'any';
export type PlacedDraftUnit = {
  readonly path: string;
  readonly parent: string | null;
  readonly unit: DraftUnit;
};

/** On which ends of the unit before an edge leads on when nothing else is said. */
export const usualOutcomes: readonly EdgeOutcome[] = ['normal', 'warning'];

export const draftOf = (definition: JobNetDefinition): DraftNet => definition;

export const parentOf = (path: string): string | null => {
  const end = path.lastIndexOf('/');
  return end === -1 ? null : path.slice(0, end);
};
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
/** Whether a path is this one or lies below it. */
export const isWithin = (path: string, outer: string): boolean =>
  path === outer || path.startsWith(`${outer}/`);

/** Units of a nested net, or of the net itself; null where no net is. */
export const childrenAt = (net: DraftNet, parent: string | null): readonly DraftUnit[] | null => {
  let units: readonly DraftUnit[] | undefined = net.units;
  if (parent === null) return units;
  for (const name of parent.split('/')) {
    units = units?.find((unit) => unit.name === name)?.units;
    if (units === undefined) return null;
  }
  return units;
};

export const unitAt = (net: DraftNet, path: string): DraftUnit | undefined => {
  const name = nameOf(path);
  return childrenAt(net, parentOf(path))?.find((unit) => unit.name === name);
};

/** All units, each net before what lies in it. */
export const walkUnits = (net: DraftNet): PlacedDraftUnit[] => {
  const placed: PlacedDraftUnit[] = [];
  const visit = (units: readonly DraftUnit[], parent: string | null): void => {
    for (const unit of units) {
      const path = pathIn(parent, unit.name);
      placed.push({ path, parent, unit });
      if (unit.units !== undefined) visit(unit.units, path);
    }
  };
  visit(net.units, null);
  return placed;
};

export type ChangeUnits = (units: readonly DraftUnit[]) => readonly DraftUnit[];

/** The net with the units of one of its nets changed. What is not on the way to them stays the same object. */
export const withChildren = (net: DraftNet, parent: string | null, change: ChangeUnits): DraftNet => {
  const visit = (units: readonly DraftUnit[], names: readonly string[]): readonly DraftUnit[] => {
    const [name, ...rest] = names;
    if (name === undefined) return change(units);
    return units.map((unit) =>
      unit.name === name && unit.units !== undefined ? { ...unit, units: visit(unit.units, rest) } : unit,
    );
  };
  const units = visit(net.units, parent === null ? [] : parent.split('/'));
  return units === net.units ? net : { ...net, units };
};

export const edgesOf = ({
  after,
}: Pick<DraftUnit, 'after'>): { readonly mode: AfterMode; readonly edges: readonly DraftEdge[] } => {
  if (after === undefined) return { mode: 'all', edges: [] };
  return 'any' in after ? { mode: 'any', edges: after.any } : { mode: 'all', edges: after.all };
};

/** Without edges there is nothing to wait for, and the key goes away. */
export const withEdges = (unit: DraftUnit, edges: readonly DraftEdge[], mode?: AfterMode): DraftUnit => {
  const how = mode ?? edgesOf(unit).mode;
  if (edges.length === 0) return without(unit, 'after');
  return { ...unit, after: how === 'any' ? { any: edges } : { all: edges } };
};

export const without = (unit: DraftUnit, field: string): DraftUnit => {
  if (!(field in unit)) return unit;
  const { [field]: _, ...rest } = unit;
  return rest as DraftUnit;
};

/** The name itself, or with the first number behind it that nobody has. */
export const freeName = (taken: ReadonlySet<string>, wanted: string): string => {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/-\d+$/, '');
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
};

/** Whether waiting leads from one unit to another, by way of any others. */
export const leadsTo = (units: readonly DraftUnit[], from: string, to: string): boolean => {
  const before = new Map(units.map((unit) => [unit.name, edgesOf(unit).edges]));
  const seen = new Set([to]);
  const open = [to];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === from) return true;
    for (const edge of before.get(name) ?? [])
      if (!seen.has(edge.unit)) {
        seen.add(edge.unit);
        open.push(edge.unit);
      }
  }
  return false;
};

/** Whether any unit waits for itself by way of others. */
export const hasCircle = (units: readonly DraftUnit[]): boolean => {
  const names = new Set(units.map(({ name }) => name));
  const open = new Map<string, number>();
  const followers = new Map<string, string[]>();
  for (const unit of units) {
    const edges = edgesOf(unit).edges.filter((edge) => names.has(edge.unit));
    open.set(unit.name, edges.length);
    for (const edge of edges) {
      const list = followers.get(edge.unit);
      if (list === undefined) followers.set(edge.unit, [unit.name]);
      else list.push(unit.name);
    }
  }
  const free = [...names].filter((name) => open.get(name) === 0);
  let reached = 0;
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    reached += 1;
    for (const follower of followers.get(name) ?? []) {
      const left = (open.get(follower) ?? 1) - 1;
      open.set(follower, left);
      if (left === 0) free.push(follower);
    }
  }
  return reached < names.size;
};

/** References of a unit that are no edges, by the type of the unit: the way to the field that holds a sibling's name, or a path that begins with it. */
const siblingReferences: Readonly<Record<string, readonly (readonly string[])[]>> = {
  judgment: [['if', 'unit']],
};

const replaceAt = (
  value: unknown,
  way: readonly string[],
  change: (name: string) => string | null,
): unknown => {
  const [key, ...rest] = way;
  if (key === undefined) return typeof value === 'string' ? (change(value) ?? value) : value;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !(key in value)) return value;
  const before = (value as Readonly<Record<string, unknown>>)[key];
  const after = replaceAt(before, rest, change);
  return after === before ? value : { ...value, [key]: after };
};

/**
 * A unit whose edges and other references follow new names of its siblings. An edge to a name that is given as null goes away; two edges
 * that come to lead to the same unit become one with the outcomes of both.
 */
export const followNames = (unit: DraftUnit, names: ReadonlyMap<string, string | null>): DraftUnit => {
  let next = unit;
  const { edges, mode } = edgesOf(unit);
  if (edges.some((edge) => names.has(edge.unit))) {
    const merged = new Map<string, DraftEdge>();
    for (const edge of edges) {
      const name = names.has(edge.unit) ? (names.get(edge.unit) ?? null) : edge.unit;
      if (name === null || name === unit.name) continue;
      const known = merged.get(name);
      merged.set(name, { unit: name, on: known === undefined ? edge.on : bothOutcomes(known.on, edge.on) });
    }
    next = withEdges(unit, [...merged.values()], mode);
  }
  return followPaths(next, (path) => {
    const end = path.indexOf('/');
    const renamed = names.get(end === -1 ? path : path.slice(0, end));
    return renamed === undefined || renamed === null ? null : renamed + (end === -1 ? '' : path.slice(end));
  });
};

/** A unit whose references other than edges are changed; null: stays. */
export const followPaths = (unit: DraftUnit, change: (path: string) => string | null): DraftUnit =>
  (siblingReferences[unit.type] ?? []).reduce(
    (before, way) => replaceAt(before, way, change) as DraftUnit,
    unit,
  );

export const bothOutcomes = (
  a: readonly EdgeOutcome[],
  b: readonly EdgeOutcome[],
): readonly EdgeOutcome[] => [...a, ...b.filter((outcome) => !a.includes(outcome))];
