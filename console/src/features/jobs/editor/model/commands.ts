// What can be done to a draft, as data: each command gives another draft, or says in one word why not. Pure, and never half done.
// Edges never lead nowhere: whatever takes a unit away or gives it another name takes the edges along.
// Called by the history (history.ts). Not responsible for where units stand when nobody has placed them (layout).
import type { EdgeOutcome } from '@nezuban/protocol/jobs/units/unit-base';
import { pathIn } from '../../layout/graph-unit.ts';
import type { Point } from '../../layout/layout.ts';
import {
  childrenAt,
  edgesOf,
  followNames,
  followPaths,
  freeName,
  hasCircle,
  isWithin,
  leadsTo,
  nameOf,
  parentOf,
  unitAt,
  usualOutcomes,
  withChildren,
  withEdges,
  without,
  type AfterMode,
  type DraftNet,
  type DraftUnit,
} from './draft-net.ts';
import { dissolveNet, groupUnits } from './nest-units.ts';

export type EdgeEnds = { readonly from: string; readonly to: string };
export type DraftCommand =
  /** A unit of this form; its name is changed until it is free. `after`: siblings it shall wait for. */
  | {
      readonly type: 'add';
      readonly parent: string | null;
      readonly unit: DraftUnit;
      readonly after?: readonly string[];
    }
  | { readonly type: 'delete'; readonly paths: readonly string[] }
  | { readonly type: 'rename'; readonly path: string; readonly name: string }
  | {
      readonly type: 'connect';
      readonly parent: string | null;
      readonly edges: readonly EdgeEnds[];
      readonly on?: readonly EdgeOutcome[];
    }
  | { readonly type: 'disconnect'; readonly parent: string | null; readonly edges: readonly EdgeEnds[] }
  | {
      readonly type: 'outcomes';
      readonly parent: string | null;
      readonly edge: EdgeEnds;
      readonly on: readonly EdgeOutcome[];
    }
  | { readonly type: 'mode'; readonly path: string; readonly mode: AfterMode }
  /** By name; what is not named keeps its place. */
  | {
      readonly type: 'move';
      readonly parent: string | null;
      readonly positions: Readonly<Record<string, Point>>;
    }
  /** Takes all positions of a net away, so that it is laid out by itself. */
  | { readonly type: 'arrange'; readonly parent: string | null }
  /** `outside`: edges to siblings that are already there are kept, as a copy beside the original wants them. */
  | {
      readonly type: 'paste';
      readonly parent: string | null;
      readonly units: readonly DraftUnit[];
      readonly outside?: boolean;
    }
  | { readonly type: 'group'; readonly paths: readonly string[]; readonly name: string }
  | { readonly type: 'dissolve'; readonly path: string }
  /** A field of units, anywhere in the net; undefined takes it away. */
  | {
      readonly type: 'set';
      readonly paths: readonly string[];
      readonly field: string;
      readonly value: unknown;
    }
  | { readonly type: 'setNet'; readonly field: string; readonly value: unknown }
  /** Moves units into a net, before the one with this index among those that stay there. */
  | {
      readonly type: 'place';
      readonly paths: readonly string[];
      readonly parent: string | null;
      readonly index: number;
    }
  /** Another net altogether: text that was read, a merge. */
  | { readonly type: 'replace'; readonly net: DraftNet };

export const refusals = ['gone', 'name_taken', 'circle', 'into_itself', 'not_beside', 'no_net'] as const;
export type Refusal = (typeof refusals)[number];
export type Applied =
  | {
      readonly ok: true;
      readonly net: DraftNet;
      /** What is selected then. */ readonly selection: readonly string[];
    }
  | { readonly ok: false; readonly refusal: Refusal };

export const refuse = (refusal: Refusal): Applied => ({ ok: false, refusal });
const done = (net: DraftNet, selection: readonly string[]): Applied => ({ ok: true, net, selection });

/** Fields that have commands of their own. */
const ownFields: ReadonlySet<string> = new Set(['name', 'after', 'units', 'position']);

export const applyCommand = (net: DraftNet, selection: readonly string[], command: DraftCommand): Applied => {
  switch (command.type) {
    case 'add': {
      const { parent, unit, after = [] } = command;
      const units = childrenAt(net, parent);
      if (units === null) return refuse('no_net');
      const name = freeName(new Set(units.map((each) => each.name)), unit.name);
      const added = withEdges(
        { ...unit, name },
        units
          .filter((each) => after.includes(each.name))
          .map((each) => ({ unit: each.name, on: outcomesFrom(each) })),
      );
      return done(
        withChildren(net, parent, (siblings) => [...siblings, added]),
        [pathIn(parent, name)],
      );
    }
    case 'delete':
      return remove(net, command.paths);
    case 'rename':
      return rename(net, command.path, command.name);
    case 'connect':
      return connect(net, selection, command);
    case 'disconnect':
      return changeEdges(net, selection, command.parent, (unit) => {
        const gone = new Set(command.edges.flatMap(({ from, to }) => (to === unit.name ? [from] : [])));
        if (gone.size === 0) return unit;
        return withEdges(
          unit,
          edgesOf(unit).edges.filter((edge) => !gone.has(edge.unit)),
        );
      });
    case 'outcomes':
      return changeEdges(net, selection, command.parent, (unit) =>
        unit.name === command.edge.to && command.on.length > 0
          ? withEdges(
              unit,
              edgesOf(unit).edges.map((edge) =>
                edge.unit === command.edge.from ? { ...edge, on: command.on } : edge,
              ),
            )
          : unit,
      );
    case 'mode':
      return changeEdges(net, selection, parentOf(command.path), (unit) =>
        unit.name === nameOf(command.path) ? withEdges(unit, edgesOf(unit).edges, command.mode) : unit,
      );
    case 'move':
      return changeEdges(net, selection, command.parent, (unit) => {
        const position = command.positions[unit.name];
        return position === undefined ? unit : { ...unit, position };
      });
    case 'arrange':
      return changeEdges(net, selection, command.parent, (unit) => without(unit, 'position'));
    case 'paste':
      return paste(net, command);
    case 'group':
      return groupUnits(net, command.paths, command.name);
    case 'dissolve':
      return dissolveNet(net, command.path);
    case 'set':
      return set(net, selection, command);
    case 'setNet':
      return done(setField(net, command.field, command.value), selection);
    case 'place':
      return place(net, command);
    case 'replace': {
      const kept = selection.filter((path) => unitAt(command.net, path) !== undefined);
      return done(command.net, kept);
    }
  }
};

/** A judgment answers; what follows it first is what follows a yes. */
const outcomesFrom = (source: DraftUnit): readonly EdgeOutcome[] =>
  source.type === 'judgment' ? [true] : usualOutcomes;

type ChangeUnit = (unit: DraftUnit) => DraftUnit;

const changeEdges = (
  net: DraftNet,
  selection: readonly string[],
  ...[parent, change]: readonly [string | null, ChangeUnit]
): Applied => {
  if (childrenAt(net, parent) === null) return refuse('gone');
  return done(
    withChildren(net, parent, (units) => units.map(change)),
    selection,
  );
};

const setField = <Holder extends Readonly<Record<string, unknown>>>(
  holder: Holder,
  field: string,
  value: unknown,
): Holder => {
  if (value !== undefined) return { ...holder, [field]: value };
  const { [field]: _, ...rest } = holder;
  return rest as unknown as Holder;
};

const set = (
  net: DraftNet,
  selection: readonly string[],
  { paths, field, value }: Extract<DraftCommand, { readonly type: 'set' }>,
): Applied => {
  if (ownFields.has(field)) return refuse('gone');
  return done(
    byParent(paths).reduce(
      (before, [parent, names]) =>
        withChildren(before, parent, (units) =>
          units.map((unit) => (names.has(unit.name) ? setField(unit, field, value) : unit)),
        ),
      net,
    ),
    selection,
  );
};

/** Names by the net around them, the outermost first. */
export const byParent = (paths: readonly string[]): [string | null, ReadonlySet<string>][] => {
  const groups = new Map<string | null, Set<string>>();
  for (const path of paths) {
    const parent = parentOf(path);
    const names = groups.get(parent);
    if (names === undefined) groups.set(parent, new Set([nameOf(path)]));
    else names.add(nameOf(path));
  }
  return [...groups].toSorted(([a], [b]) => (a ?? '').length - (b ?? '').length);
};

/** Paths without those that lie below another one of them. */
export const outermost = (paths: readonly string[]): string[] => {
  const all = new Set(paths);
  return [...all].filter((path) => {
    for (let outer = parentOf(path); outer !== null; outer = parentOf(outer))
      if (all.has(outer)) return false;
    return true;
  });
};

/**
 * The chosen units without what lies in others of them, each net's in its order. Where they come from several nets, names that stand twice are
 * changed, and no unit waits for one of another net.
 */
export const unitsToCopy = (net: DraftNet, selection: readonly string[]): DraftUnit[] => {
  const taken = new Set<string>();
  return byParent(outermost(selection)).flatMap(([parent, chosen]) => {
    const units = (childrenAt(net, parent) ?? []).filter(({ name }) => chosen.has(name));
    const names = new Map<string, string | null>();
    for (const edge of units.flatMap((unit) => edgesOf(unit).edges))
      if (!chosen.has(edge.unit) && taken.has(edge.unit)) names.set(edge.unit, null);
    for (const { name } of units) {
      const free = freeName(taken, name);
      if (free !== name) names.set(name, free);
    }
    const copies = units.map((unit) =>
      followNames({ ...unit, name: names.get(unit.name) ?? unit.name }, names),
    );
    for (const { name } of copies) taken.add(name);
    return copies;
  });
};

const remove = (net: DraftNet, paths: readonly string[]): Applied => {
  const found = outermost(paths).filter((path) => unitAt(net, path) !== undefined);
  if (found.length === 0) return refuse('gone');
  const next = byParent(found).reduce((before, [parent, names]) => {
    const gone = new Map([...names].map((name) => [name, null] as const));
    return withChildren(before, parent, (units) =>
      units.filter((unit) => !names.has(unit.name)).map((unit) => followNames(unit, gone)),
    );
  }, net);
  return done(next, []);
};

const rename = (net: DraftNet, path: string, name: string): Applied => {
  const parent = parentOf(path);
  const siblings = childrenAt(net, parent);
  const before = nameOf(path);
  if (siblings === null || !siblings.some((unit) => unit.name === before)) return refuse('gone');
  if (name === before) return done(net, [path]);
  if (name === '' || name.includes('/') || siblings.some((unit) => unit.name === name))
    return refuse('name_taken');
  const names = new Map([[before, name]]);
  const renamed = withChildren(net, parent, (units) =>
    units.map((unit) => followNames(unit.name === before ? { ...unit, name } : unit, names)),
  );
  return done(renameFromOutside(renamed, path, pathIn(parent, name)), [pathIn(parent, name)]);
};

/** What the nets around say of a unit inside, by its path from where they are: a judgment of an output. */
const renameFromOutside = (net: DraftNet, from: string, to: string): DraftNet => {
  let next = net;
  for (let inner = parentOf(from); inner !== null; inner = parentOf(inner)) {
    const level = parentOf(inner);
    const start = level === null ? 0 : level.length + 1;
    const [was, is] = [from.slice(start), to.slice(start)];
    next = withChildren(next, level, (units) =>
      units.map((unit) =>
        followPaths(unit, (path) => (isWithin(path, was) ? is + path.slice(was.length) : null)),
      ),
    );
  }
  return next;
};

const connect = (
  net: DraftNet,
  selection: readonly string[],
  { parent, edges, on }: Extract<DraftCommand, { readonly type: 'connect' }>,
): Applied => {
  const siblings = childrenAt(net, parent);
  if (siblings === null) return refuse('gone');
  let units = siblings;
  for (const { from, to } of edges) {
    const source = units.find((unit) => unit.name === from);
    const target = units.find((unit) => unit.name === to);
    if (source === undefined || target === undefined) return refuse('gone');
    if (edgesOf(target).edges.some((edge) => edge.unit === from)) continue;
    if (leadsTo(units, to, from)) return refuse('circle');
    units = units.map((unit) =>
      unit === target
        ? withEdges(unit, [...edgesOf(unit).edges, { unit: from, on: on ?? outcomesFrom(source) }])
        : unit,
    );
  }
  return done(
    withChildren(net, parent, () => units),
    selection,
  );
};

const paste = (
  net: DraftNet,
  { parent, units, outside = false }: Extract<DraftCommand, { readonly type: 'paste' }>,
): Applied => {
  const siblings = childrenAt(net, parent);
  if (siblings === null) return refuse('no_net');
  const taken = new Set(siblings.map(({ name }) => name));
  const present = new Set(taken);
  const names = new Map<string, string | null>();
  if (new Set(units.map(({ name }) => name)).size < units.length || hasCircle(units)) return refuse('circle');
  for (const unit of units) {
    const name = freeName(taken, unit.name);
    taken.add(name);
    names.set(unit.name, name);
  }
  for (const { unit: name } of units.flatMap((unit) => edgesOf(unit).edges))
    if (!names.has(name) && !(outside && present.has(name))) names.set(name, null);
  const pasted = units.map((unit) =>
    followNames({ ...unit, name: names.get(unit.name) ?? unit.name }, names),
  );
  return done(
    withChildren(net, parent, (before) => [...before, ...pasted]),
    pasted.map(({ name }) => pathIn(parent, name)),
  );
};

const place = (
  net: DraftNet,
  { paths, parent, index }: Extract<DraftCommand, { readonly type: 'place' }>,
): Applied => {
  const moved = outermost(paths);
  const units = unitsToCopy(net, moved);
  if (units.length < moved.length || units.length === 0) return refuse('gone');
  if (parent !== null && moved.some((path) => isWithin(parent, path))) return refuse('into_itself');
  if (childrenAt(net, parent) === null) return refuse('no_net');
  const stays = moved.every((path) => parentOf(path) === parent);
  if (stays) {
    const names = new Set(moved.map(nameOf));
    return done(
      withChildren(net, parent, (siblings) => {
        const rest = siblings.filter((unit) => !names.has(unit.name));
        return [
          ...rest.slice(0, index),
          ...siblings.filter((unit) => names.has(unit.name)),
          ...rest.slice(index),
        ];
      }),
      moved,
    );
  }
  const removed = remove(net, moved);
  if (!removed.ok) return removed;
  // A place in one net means nothing in another.
  const arriving = units.map((unit) => without(unit, 'position'));
  const pasted = paste(removed.net, { type: 'paste', parent, units: arriving });
  if (!pasted.ok) return pasted;
  const names = new Set(pasted.selection.map(nameOf));
  return done(
    withChildren(pasted.net, parent, (siblings) => {
      const rest = siblings.filter((unit) => !names.has(unit.name));
      return [
        ...rest.slice(0, index),
        ...siblings.filter((unit) => names.has(unit.name)),
        ...rest.slice(index),
      ];
    }),
    pasted.selection,
  );
};
