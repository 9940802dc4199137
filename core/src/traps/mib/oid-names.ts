/**
 * Names of object identifiers: what imported MIB modules and the built-in table say.
 *
 * Responsible for the port by which traps are named and the look-up behind it. Not responsible for reading modules (`mib-parser.ts`) nor for
 * putting them together (`mib-tree.ts`). Pure. Called for each trap, so a look-up is a few steps in one map.
 */

/** What a value of an object looks like. */
export type ObjectSyntax = {
  /** Base type or textual convention, as the module writes it. */
  readonly type: string;
  /** Names of numbers (INTEGER) or of bit places (BITS). */
  readonly labels: ReadonlyMap<number, string> | null;
  readonly bits: boolean;
  /** DISPLAY-HINT, RFC 2579, 3.1. */
  readonly hint: string | null;
};

export type OidKind = 'node' | 'object' | 'notification';

export type OidEntry = {
  readonly oid: string;
  readonly module: string;
  readonly name: string;
  readonly kind: OidKind;
  readonly syntax: ObjectSyntax | null;
  readonly description: string | null;
};

export type FoundName = {
  readonly entry: OidEntry;
  /** What stands behind the entry's own OID, without the dot: an index, `0`, or nothing. */
  readonly rest: string;
};

export type OidNames = {
  /** The deepest entry that the OID is or lies below. */
  readonly find: (oid: string) => FoundName | null;
  /** `IF-MIB::linkDown`, `linkDown`, `ifDescr.3`, `1.3.6.1`, `.1.3.6.1`: as dotted numbers. Null: nobody has said what it is. */
  readonly oidOf: (name: string) => string | null;
};

const NUMBERS = /^\.?\d+(?:\.\d+)*$/;

export const createOidNames = (
  byOid: ReadonlyMap<string, OidEntry>,
  byName: ReadonlyMap<string, OidEntry>,
): OidNames => {
  let arcsMax = 1;
  for (const oid of byOid.keys()) arcsMax = Math.max(arcsMax, oid.split('.').length);
  return { find: (oid) => findIn(byOid, oid, arcsMax), oidOf: (name) => findOid(byName, name) };
};

/** What is deeper than any entry is not looked up step by step: a hostile OID has 128 numbers of ten digits. */
const findIn = (byOid: ReadonlyMap<string, OidEntry>, oid: string, arcsMax: number): FoundName | null => {
  let start = -1;
  for (let arcs = 0; arcs < arcsMax && start < oid.length; arcs += 1) {
    const dot = oid.indexOf('.', start + 1);
    start = dot === -1 ? oid.length : dot;
  }
  for (let end = start; end > 0; end = oid.lastIndexOf('.', end - 1)) {
    const entry = byOid.get(end === oid.length ? oid : oid.slice(0, end));
    if (entry !== undefined) return { entry, rest: oid.slice(end + 1) };
  }
  return null;
};

const findOid = (byName: ReadonlyMap<string, OidEntry>, name: string): string | null => {
  if (NUMBERS.test(name)) return name.startsWith('.') ? name.slice(1) : name;
  const parts = /^((?:[A-Za-z][\w-]*::)?[A-Za-z][\w-]*)((?:\.\d+)*)$/.exec(name);
  const entry = parts?.[1] === undefined ? undefined : byName.get(parts[1]);
  return entry === undefined ? null : `${entry.oid}${parts?.[2] ?? ''}`;
};

/** As people read it: `linkDown`, `ifDescr.3`; dotted numbers where only some parent has a name. */
export const symbolOf = (found: FoundName | null, oid: string): string => {
  if (found === null || (found.entry.kind === 'node' && found.rest !== '')) return oid;
  return found.rest === '' ? found.entry.name : `${found.entry.name}.${found.rest}`;
};

/** The same with the module before it: `IF-MIB::linkDown`. */
export const fullSymbolOf = (found: FoundName | null, oid: string): string => {
  const symbol = symbolOf(found, oid);
  return found === null || symbol === oid ? oid : `${found.entry.module}::${symbol}`;
};
