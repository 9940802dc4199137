/**
 * OIDs as rules name them: dotted numbers or a symbolic name, with `.*` behind for all below.
 *
 * Responsible for reading them, for resolving names by the imported MIBs, and for what SNMPv1 calls enterprise, generic and specific of a
 * trap of any version (RFC 3584, 3.1 and 3.2).
 */
import { fullSymbolOf, type OidNames } from '../mib/oid-names.ts';
import type { SnmpFacts } from '../parsed-trap.ts';

/** Imported MIBs, as far as rules ask them. */
export type RuleNames = {
  /** `IF-MIB::linkDown`, or `linkDown` where only one module has it, as dotted numbers; null: nobody knows it. */
  readonly resolve: (name: string) => string | null;
  /** The other way, as people read it; null: it has no name. Left out: nothing has. */
  readonly nameOf?: (oid: string) => string | null;
};

export function toRuleNames(names: OidNames): RuleNames {
  return {
    resolve: names.oidOf,
    nameOf(oid) {
      const symbol = fullSymbolOf(names.find(oid), oid);
      return symbol === oid ? null : symbol;
    },
  };
}

export type OidList = {
  readonly has: (oid: string) => boolean;
  /** Names that no MIB knows: nothing fits them. */
  readonly unresolved: readonly string[];
};

const DOTTED = /^\.?\d+(?:\.\d+)*$/;
const SYMBOLIC = /^(?:[A-Za-z][\w-]*::)?[A-Za-z][\w-]*(?:\.\d+)*$/;

/** Dotted numbers or a symbolic name, with or without a star behind. Whether a name is known is another question. */
export function isOidPattern(pattern: string): boolean {
  const name = withoutStar(pattern);
  return name === '' || DOTTED.test(name) || SYMBOLIC.test(name);
}

export function compileOidList(patterns: readonly string[], names: RuleNames): OidList {
  const whole = new Set<string>();
  const beginnings: string[] = [];
  const unresolved: string[] = [];
  for (const pattern of patterns) {
    const name = withoutStar(pattern);
    const oid = name === '' ? '' : toOid(name, names);
    if (oid === null) unresolved.push(pattern);
    else if (!pattern.endsWith('*')) whole.add(oid);
    else beginnings.push(oid === '' ? '' : `${oid}.`);
  }
  return {
    unresolved,
    has: (oid) => whole.has(oid) || beginnings.some((beginning) => oid.startsWith(beginning)),
  };
}

/** Null: a name that no MIB knows. An index behind a name stays behind its number. */
export function toOid(name: string, names: RuleNames): string | null {
  if (DOTTED.test(name)) return name.startsWith('.') ? name.slice(1) : name;
  const [symbol = '', ...index] = name.split('.');
  const oid = names.resolve(symbol);
  return oid === null ? null : [oid, ...index].join('.');
}

export type V1View = { readonly enterprise: string; readonly generic: number; readonly specific: number };

const STANDARD_TRAPS = '1.3.6.1.6.3.1.1.5';
/** enterpriseSpecific(6). */
const ENTERPRISE_SPECIFIC = 6;

export function v1ViewOf(snmp: SnmpFacts): V1View {
  if (snmp.v1 !== null) return snmp.v1;
  const parts = snmp.trapOid.split('.');
  const last = Number(parts.at(-1));
  const above = parts.slice(0, -1).join('.');
  if (above === STANDARD_TRAPS && last >= 1 && last <= ENTERPRISE_SPECIFIC)
    return { enterprise: above, generic: last - 1, specific: 0 };
  const enterprise = parts.at(-2) === '0' ? parts.slice(0, -2).join('.') : above;
  return { enterprise, generic: ENTERPRISE_SPECIFIC, specific: last };
}

function withoutStar(pattern: string): string {
  if (!pattern.endsWith('*')) return pattern;
  const name = pattern.slice(0, -1);
  return name.endsWith('.') ? name.slice(0, -1) : name === '' ? '' : `${name}*`;
}
