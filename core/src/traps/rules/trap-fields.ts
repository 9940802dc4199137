/**
 * Fields of a trap by the names that rules give them.
 *
 * Responsible for finding a field whether its sender or the imported MIBs named it: `ifIndex`, `IF-MIB::ifIndex`, `ifIndex.3`, its OID. What a
 * device sends as names may be anything, so nothing is read from an object's prototype.
 */
import type { ParsedTrap } from '../parsed-trap.ts';
import { toOid, type RuleNames } from './oid-patterns.ts';

export type FieldReference = {
  readonly names: readonly string[];
  /** As a varbind; null: no MIB knows the name. */
  readonly oid: string | null;
};

export function toFieldReference(name: string, oids: RuleNames): FieldReference {
  const module = name.indexOf('::');
  const names = module === -1 ? [name] : [name, name.slice(module + 2)];
  return { names, oid: toOid(name, oids) };
}

/** Undefined: the trap has none. */
export function fieldOf(trap: ParsedTrap, { names, oid }: FieldReference): string | undefined {
  for (const name of names) if (Object.hasOwn(trap.fields, name)) return trap.fields[name];
  if (oid === null || trap.snmp === null) return undefined;
  return trap.snmp.varbinds.find((varbind) => varbind.oid === oid || varbind.oid.startsWith(`${oid}.`))
    ?.value;
}
