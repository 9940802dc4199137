// What a job net refers to: the nets that its units of type `net_ref` run, and those that these refer to, each in one revision.
// Pure: `lookup` says what there is. Called before a net is saved (with what is in force, to refuse circles and what is missing) and before a
// session is planned (to fix the revisions that it will run).
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { NetRefUnit } from '@nezuban/protocol/jobs/units/net-ref';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { nearestHint } from '../text/did-you-mean.ts';
import { isRequired, namedSecretOf, valueProblem } from './variables/parameter-values.ts';
import { hasPlaces, placesOf } from './variables/places.ts';

export type ReferencedNet = { readonly revision: number; readonly definition: JobNetDefinition };
export type NetReferences = ReadonlyMap<string, ReferencedNet>;
export type NetLookup = (name: string) => ReferencedNet | null;
/** `path`: of the unit in the definition that was asked about, such as `units[2].net`. */
export type ReferenceProblem = Said & { readonly path: string };
export type Expansion = {
  readonly references: NetReferences;
  readonly problems: readonly ReferenceProblem[];
  /** All units that a session of it has. */
  readonly units: number;
};

/** Characters of a unit's path; the schema of unit paths ends there. */
const pathCharsMax = 1000;

/** Stands for what somebody may not see. */
const hiddenName = '***';

/** Whatever is below it. */
const tooDeep = { units: 0, depth: definitionLimits.depthMax + 1, pathChars: 0 };

type Size = { readonly units: number; readonly depth: number; readonly pathChars: number };
/** A unit that refers, and where it stands. */
type Reference = {
  readonly unit: NetRefUnit;
  readonly path: string;
  readonly depth: number;
  readonly chars: number;
};

/** The units of type `net_ref`, at any depth. */
export function referencesOf(units: readonly UnitDefinition[]): Reference[] {
  return referencesIn(units, { path: 'units', depth: 1, chars: 0 });
}

function referencesIn(
  units: readonly UnitDefinition[],
  at: { readonly path: string; readonly depth: number; readonly chars: number },
): Reference[] {
  return units.flatMap((unit, index) => {
    const path = `${at.path}[${index}]`;
    const chars = at.chars + unit.name.length + 1;
    if (unit.type === 'net')
      return referencesIn(unit.units, { path: `${path}.units`, depth: at.depth + 1, chars });
    return unit.type === 'net_ref' ? [{ unit, path, depth: at.depth, chars }] : [];
  });
}

/** `sees`: whether whoever reads the problems may see a net; the names of others stand in none. */
export function expandNet(
  definition: JobNetDefinition,
  lookup: NetLookup,
  sees: (net: string) => boolean = () => true,
): Expansion {
  const references = new Map<string, ReferencedNet>();
  const sizes = new Map<string, Size>();
  const problems: ReferenceProblem[] = [];
  let at: Reference | null = null;
  const nameOf = (net: string): string => (sees(net) ? net : hiddenName);

  const report = (said: Said): void => {
    if (at !== null) problems.push({ path: `${at.path}.net`, ...said });
  };
  /** Of a net with all that it refers to. `chain`: who refers to whom on the way here. */
  const sizeOf = (net: JobNetDefinition, chain: readonly string[]): Size => {
    const own = ownSize(net.units);
    let { units, depth, pathChars } = own;
    for (const reference of referencesOf(net.units)) {
      if (chain.length === 1) at = reference;
      const inner = innerSize(reference.unit.net, chain);
      units += inner.units;
      depth = Math.max(depth, reference.depth + inner.depth);
      pathChars = Math.max(pathChars, reference.chars + inner.pathChars);
    }
    return { units, depth, pathChars };
  };
  const innerSize = (name: string, chain: readonly string[]): Size => {
    const nothing = { units: 0, depth: 0, pathChars: 0 };
    const known = sizes.get(name);
    if (known !== undefined) return known;
    if (chain.includes(name)) {
      const circle = [...chain.slice(chain.indexOf(name)), name];
      report(say('refers_to_itself', { chain: circle.map((net) => quoted(nameOf(net))).join(' -> ') }));
      return nothing;
    }
    const found = lookup(name);
    if (found === null) {
      report(
        chain.length === 1
          ? say('no_net', { name })
          : say('no_net_referred', { name: nameOf(name), by: nameOf(chain.at(-1) ?? '') }),
      );
      return nothing;
    }
    references.set(name, found);
    const size =
      chain.length > definitionLimits.depthMax ? tooDeep : sizeOf(found.definition, [...chain, name]);
    sizes.set(name, size);
    return size;
  };

  const whole = sizeOf(definition, [definition.name]);
  for (const reference of referencesOf(definition.units)) {
    const inner = references.get(reference.unit.net)?.definition;
    if (inner !== undefined) problems.push(...parameterProblems(reference, inner, definition));
  }
  if (problems.length === 0) problems.push(...sizeProblems(whole));
  if (problems.length === 0) problems.push(...lockProblems(definition, references));
  return { references, problems, units: whole.units };
}

function sizeProblems({ units, depth, pathChars }: Size): ReferenceProblem[] {
  const { unitsMax, depthMax } = definitionLimits;
  if (units > unitsMax)
    return [
      {
        path: 'units',
        ...say('units_with_references', { units, max: unitsMax }),
      },
    ];
  if (depth > depthMax)
    return [
      {
        path: 'units',
        ...say('depth_with_references', { depth, max: depthMax }),
      },
    ];
  return pathChars > pathCharsMax
    ? [
        {
          path: 'units',
          ...say('path_with_references', { max: pathCharsMax }),
        },
      ]
    : [];
}

/**
 * Locks of a referenced net that would be asked for while a net around it holds others: two sessions could wait for each other for ever.
 * Within one definition `judge-places.ts` sees to it.
 */
function lockProblems(definition: JobNetDefinition, references: NetReferences): ReferenceProblem[] {
  return lockProblemsIn(definition.units, { path: 'units', held: locksOf(definition), references });
}

function lockProblemsIn(
  units: readonly UnitDefinition[],
  { path: before, held, references }: Readonly<{ path: string; held: Locks; references: NetReferences }>,
): ReferenceProblem[] {
  return units.flatMap((unit, index) => {
    const path = `${before}[${index}]`;
    if (unit.type === 'net')
      return lockProblemsIn(unit.units, { path: `${path}.units`, held: bothOf(held, unit), references });
    if (unit.type !== 'net_ref') return [];
    const other = otherLockIn([unit], held, references);
    return other === null
      ? []
      : [
          {
            path: `${path}.net`,
            ...say('lock_inside_locks', { lock: other.name, held: [...other.held].map(quoted) }),
          },
        ];
  });
}

type Locks = ReadonlySet<string>;

/** The first lock that is asked for while others are held. */
function otherLockIn(
  units: readonly UnitDefinition[],
  held: Locks,
  references: NetReferences,
): { readonly name: string; readonly held: Locks } | null {
  for (const unit of units) {
    const inner = unit.type === 'net_ref' ? references.get(unit.net)?.definition : undefined;
    const own = inner === undefined ? locksOf(unit) : bothOf(locksOf(unit), inner);
    const name = held.size === 0 ? undefined : [...own].find((lock) => !held.has(lock));
    if (name !== undefined) return { name, held };
    const inside = inner?.units ?? (unit.type === 'net' ? unit.units : []);
    const other = otherLockIn(inside, own.size === 0 ? held : new Set([...held, ...own]), references);
    if (other !== null) return other;
  }
  return null;
}

function locksOf({ locks = [] }: Pick<UnitDefinition, 'locks'>): Locks {
  return new Set(locks.map(({ name }) => name));
}

function bothOf(held: Locks, more: Pick<UnitDefinition, 'locks'>): Locks {
  return new Set([...held, ...locksOf(more)]);
}

function ownSize(units: readonly UnitDefinition[]): Size {
  let [count, depth, pathChars] = [units.length, 1, 0];
  for (const unit of units) {
    const inner = unit.type === 'net' ? ownSize(unit.units) : { units: 0, depth: 0, pathChars: 0 };
    count += inner.units;
    depth = Math.max(depth, 1 + inner.depth);
    pathChars = Math.max(pathChars, unit.name.length + 1 + inner.pathChars);
  }
  return { units: count, depth, pathChars };
}

/** Values that the referenced net does not know, needs, or cannot take. Those with places are looked at when the unit begins. */
function parameterProblems(
  { unit, path }: Reference,
  inner: JobNetDefinition,
  outer: JobNetDefinition,
): ReferenceProblem[] {
  const given = unit.parameters ?? {};
  const declared = inner.parameters.map(({ name }) => name);
  const problems: ReferenceProblem[] = [];
  for (const name of Object.keys(given))
    if (!declared.includes(name))
      problems.push({
        path: `${path}.parameters.${name}`,
        ...say('net_no_parameter', { net: inner.name, name, hint: nearestHint(name, declared) }),
      });
  for (const parameter of inner.parameters) {
    const { name, type } = parameter;
    const text = Object.hasOwn(given, name) ? given[name] : undefined;
    if (text === undefined) {
      if (isRequired(parameter))
        problems.push({
          path: `${path}.parameters`,
          ...say('net_needs_parameter', { name, net: inner.name }),
        });
      continue;
    }
    const problem =
      type === 'secret' ? secretProblem(text, outer) : hasPlaces(text) ? null : valueProblem(parameter, text);
    if (problem !== null) problems.push({ path: `${path}.parameters.${name}`, ...problem });
  }
  return problems;
}

/** A definition holds no secret: it says which one is meant. */
function secretProblem(text: string, outer: JobNetDefinition): Said | null {
  const places = placesOf(text, 'program');
  const [place] = places;
  const isOnePlace = places.length === 1 && /^\{\{[^{}]*\}\}$/.test(text.trim());
  if (isOnePlace && namedSecretOf(text) !== null) return null;
  if (isOnePlace && place?.kind === 'unit_output') return null;
  const isSecret =
    isOnePlace &&
    place?.kind === 'parameter' &&
    outer.parameters.find(({ name }) => name === place.name)?.type === 'secret';
  return isSecret ? null : say('referenced_secret');
}

function quoted(name: string): string {
  return `"${name}"`;
}
