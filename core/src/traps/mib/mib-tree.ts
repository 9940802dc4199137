/**
 * All MIB modules put together: names of OIDs, and the tree that people browse.
 *
 * Responsible for resolving names over modules in whatever order they came, for what is missing (told as a problem, resolved once the missing
 * module is there), and for who wins where two say the same: an uploaded module over the built-in table, but the bare name of a standard
 * object (`linkDown`) stays the standard's. Pure. Called by the manager at its start and with each change.
 */
import type { MibDefinition, MibModule, MibOid, MibProblem, MibSyntax } from './mib-module.ts';
import { mibLimits } from './mib-module.ts';
import { createOidNames } from './oid-names.ts';
import type { ObjectSyntax, OidEntry, OidNames } from './oid-names.ts';

export type MibTree = {
  readonly names: OidNames;
  readonly entry: (oid: string) => OidEntry | null;
  /** What lies directly below, in the order of numbers; null: the roots. */
  readonly children: (oid: string | null) => readonly OidEntry[];
  readonly hasChildren: (oid: string) => boolean;
  /** Names that hold the text, whatever its case; shortest first. */
  readonly search: (text: string, limit: number) => readonly OidEntry[];
  /** What is wrong in a module that could be read: names that nobody has defined. */
  readonly problems: ReadonlyMap<string, readonly MibProblem[]>;
  readonly size: number;
};

export type MibSources = {
  /** The table of standards. */
  readonly builtIn: readonly MibModule[];
  readonly uploaded: readonly MibModule[];
};

/** Chains of parents or of types are never that long; a circle is. */
const CHAIN_MAX = mibLimits.subIdsMax;

const roots = new Map([
  ['ccitt', '0'],
  ['iso', '1'],
  ['joint-iso-ccitt', '2'],
]);

type Scope = {
  readonly module: MibModule;
  readonly oids: Map<string, MibOid>;
  readonly types: Map<string, Extract<MibDefinition, { kind: 'type' }>>;
};

export const buildMibTree = ({ builtIn, uploaded }: MibSources): MibTree => {
  const scopes = new Map<string, Scope[]>();
  const all = [...uploaded, ...builtIn].map(scopeOf);
  for (const scope of all) {
    const same = scopes.get(scope.module.name);
    if (same === undefined) scopes.set(scope.module.name, [scope]);
    else same.push(scope);
  }
  const resolver = createResolver(all, scopes);
  const byOid = new Map<string, OidEntry>();
  const byName = new Map<string, OidEntry>();
  const problems = new Map<string, MibProblem[]>();

  // The built-in ones first: what is uploaded replaces what they say of an OID.
  for (const modules of [builtIn, uploaded])
    for (const module of modules) {
      const found = new Problems(module, scopes);
      for (const definition of module.definitions) {
        if (definition.kind === 'type') continue;
        const oid = resolver.oidOf(module.name, definition);
        if (oid === null) {
          found.unresolved(definition);
          continue;
        }
        const entry = toEntry(resolver, module, { definition, oid });
        const before = byOid.get(oid);
        // A group or a plain value tells less than the object that is there.
        if (before === undefined || entry.kind !== 'node' || before.kind === 'node') byOid.set(oid, entry);
        byName.set(`${module.name}::${entry.name}`, entry);
        if (modules === builtIn || !byName.has(entry.name)) byName.set(entry.name, entry);
      }
      if (found.list.length > 0) problems.set(module.name, found.list);
    }

  const { children, tops } = layOut(byOid);
  const sorted = [...byOid.values()].sort(
    (a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1),
  );
  return {
    names: createOidNames(byOid, byName),
    entry: (oid) => byOid.get(oid) ?? null,
    children: (oid) => (oid === null ? tops : (children.get(oid) ?? [])),
    hasChildren: (oid) => children.has(oid),
    search(text, limit) {
      const wanted = text.toLowerCase();
      const found: OidEntry[] = [];
      for (const entry of sorted) {
        if (found.length >= limit) break;
        if (entry.name.toLowerCase().includes(wanted)) found.push(entry);
      }
      return found;
    },
    problems,
    size: byOid.size,
  };
};

const scopeOf = (module: MibModule): Scope => {
  const oids = new Map<string, MibOid>();
  const types: Scope['types'] = new Map();
  for (const definition of module.definitions)
    if (definition.kind === 'type') types.set(definition.name, definition);
    else if (definition.kind !== 'trap') oids.set(definition.name, definition.oid);
  return { module, oids, types };
};

type Resolver = {
  readonly oidOf: (module: string, definition: Exclude<MibDefinition, { kind: 'type' }>) => string | null;
  readonly syntaxOf: (module: string, syntax: MibSyntax) => ObjectSyntax;
};

const createResolver = (all: readonly Scope[], scopes: ReadonlyMap<string, readonly Scope[]>): Resolver => {
  const known = new Map<string, string | null>();
  const anyOid = new Map<string, Scope>();
  const anyType = new Map<string, Scope>();
  // Standards first: a vendor's own `system` is not what others mean.
  for (const scope of all) {
    for (const name of scope.oids.keys()) anyOid.set(name, scope);
    for (const name of scope.types.keys()) anyType.set(name, scope);
  }

  /** Where a name is defined, seen from a module: there, where it imports it from, anywhere. */
  const find = (module: string, name: string, kind: 'oids' | 'types'): Scope | null => {
    const here = scopes.get(module) ?? [];
    for (const scope of here) if (scope[kind].has(name)) return scope;
    for (const scope of here)
      for (const imported of scopes.get(scope.module.imports.get(name) ?? '') ?? [])
        if (imported[kind].has(name)) return imported;
    return (kind === 'oids' ? anyOid : anyType).get(name) ?? null;
  };

  const oidOfName = (module: string, name: string, depth: number): string | null => {
    const root = roots.get(name);
    if (root !== undefined) return root;
    const scope = find(module, name, 'oids');
    const value = scope?.oids.get(name);
    if (scope === null || value === undefined || depth > CHAIN_MAX) return null;
    const key = `${scope.module.name}::${name}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const oid = oidOfValue(scope.module.name, value, depth + 1);
    // Within a circle, what is unknown here may be known from elsewhere; it is looked for again.
    if (oid !== null) known.set(key, oid);
    return oid;
  };

  const oidOfValue = (module: string, value: MibOid, depth: number): string | null => {
    const rest = value.rest.join('.');
    if (value.parent === null) return rest;
    const parent = oidOfName(module, value.parent, depth);
    if (parent === null) return null;
    return rest === '' ? parent : `${parent}.${rest}`;
  };

  return {
    oidOf(module, definition) {
      if (definition.kind !== 'trap') return limited(oidOfValue(module, definition.oid, 0));
      const enterprise = oidOfValue(module, definition.enterprise, 0);
      if (enterprise === null) return null;
      // RFC 3584, 2.1.2: traps of `snmp` itself are the generic ones.
      return enterprise === '1.3.6.1.2.1.11'
        ? `1.3.6.1.6.3.1.1.5.${definition.number + 1}`
        : `${enterprise}.0.${definition.number}`;
    },
    syntaxOf(module, syntax) {
      let labels = syntax.labels;
      let hint: string | null = null;
      let base = syntax.type;
      let from = module;
      for (let step = 0; step < CHAIN_MAX; step += 1) {
        const scope = find(from, base, 'types');
        const type = scope?.types.get(base);
        if (scope === null || type === undefined || type.syntax.type === base) break;
        hint ??= type.hint;
        labels ??= type.syntax.labels;
        base = type.syntax.type;
        from = scope.module.name;
      }
      return {
        type: syntax.type,
        labels: labels === null ? null : new Map(labels),
        bits: base === 'BITS',
        hint,
      };
    },
  };
};

const limited = (oid: string | null): string | null =>
  oid !== null && oid.split('.').length <= mibLimits.subIdsMax ? oid : null;

const toEntry = (
  resolver: Resolver,
  module: MibModule,
  {
    definition,
    oid,
  }: { readonly definition: Exclude<MibDefinition, { kind: 'type' }>; readonly oid: string },
): OidEntry => ({
  oid,
  module: module.name,
  name: definition.name,
  kind: definition.kind === 'trap' ? 'notification' : definition.kind,
  syntax:
    definition.kind === 'object' && definition.syntax !== null
      ? resolver.syntaxOf(module.name, definition.syntax)
      : null,
  description: definition.description,
});

/** Gathers what could not be resolved, each missing name once. */
class Problems {
  readonly list: MibProblem[] = [];
  readonly #module: MibModule;
  readonly #scopes: ReadonlyMap<string, readonly Scope[]>;
  readonly #told = new Set<string>();

  constructor(module: MibModule, scopes: ReadonlyMap<string, readonly Scope[]>) {
    this.#module = module;
    this.#scopes = scopes;
  }

  unresolved(definition: Exclude<MibDefinition, { kind: 'type' }>): void {
    const value = definition.kind === 'trap' ? definition.enterprise : definition.oid;
    const parent = value.parent ?? definition.name;
    if (this.#told.has(parent) || this.list.length >= mibLimits.problemsMax) return;
    const from = this.#module.imports.get(parent);
    // Whoever hangs on another unresolved one of this module is told of by that one.
    if (from === undefined && this.#module.definitions.some(({ name }) => name === parent)) return;
    this.#told.add(parent);
    const message =
      from === undefined
        ? `"${parent}", which "${definition.name}" stands below, is defined nowhere and not imported`
        : this.#scopes.has(from)
          ? `"${parent}" is imported from ${from}, which does not define it`
          : `"${parent}" is imported from ${from}, which is not here yet: upload that module, too`;
    this.list.push({ line: definition.line, message });
  }
}

/** Each entry below the nearest one that has a name. */
const layOut = (
  byOid: ReadonlyMap<string, OidEntry>,
): { readonly children: ReadonlyMap<string, OidEntry[]>; readonly tops: readonly OidEntry[] } => {
  const children = new Map<string, OidEntry[]>();
  const tops: OidEntry[] = [];
  for (const entry of byOid.values()) {
    let parent: string | null = entry.oid;
    do {
      const dot: number = parent.lastIndexOf('.');
      parent = dot === -1 ? null : parent.slice(0, dot);
    } while (parent !== null && !byOid.has(parent));
    const siblings = parent === null ? tops : (children.get(parent) ?? []);
    siblings.push(entry);
    if (parent !== null) children.set(parent, siblings);
  }
  for (const siblings of [tops, ...children.values()]) siblings.sort((a, b) => compareOids(a.oid, b.oid));
  return { children, tops };
};

/** By numbers, not by digits. */
const compareOids = (a: string, b: string): number => {
  const left = a.split('.');
  const right = b.split('.');
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const difference = Number(left[at]) - Number(right[at]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
};
