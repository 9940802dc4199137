/**
 * One rule of a trap monitor made ready: whether it fits a trap, cheapest question first, and what it then says.
 *
 * Responsible for the meaning of `when` and of the templates. Not responsible for the order of rules (`compile-monitors.ts`) nor for what is
 * wrong with them (`judge-trap-monitor.ts`). A name that no MIB knows makes a rule that never fits, and is told.
 */
import { syslogFacilities, syslogSeverities, type TrapRule } from '@nezuban/protocol/traps/trap-monitor';
import { compilePattern, type BoundedPattern, type PatternSpan } from './bounded-pattern.ts';
import { compileTemplate, type Filling, type MessageTemplate } from './message-template.ts';
import { compileHostList, compileNameList } from './name-patterns.ts';
import { compileOidList, toOid, type RuleNames } from './oid-patterns.ts';
import { foldCase, requiredLiterals } from './required-literals.ts';
import type { Subject } from './subject.ts';
import { literalBits, type LiteralBits } from './text-probe.ts';
import { fieldOf, toFieldReference } from './trap-fields.ts';

/** Characters of what a rule makes: a message is read by people, the whole text stays with the trap. */
export const ruleTextBounds = { messageCharsMax: 2_000, keyCharsMax: 500, fieldCharsMax: 2_000 } as const;

/** What keeps a rule, or a part of it, from ever fitting. */
export type RuleProblem = { readonly path: string; readonly message: string };

/**
 * Made at the first text that comes as far: a manager that takes over with thousands of rules must not wait for all their patterns. One that
 * does not compile fits nothing; the judge has refused it when it was saved.
 */
export type LazyPattern = Pick<BoundedPattern, 'test' | 'find'>;

/** A condition of a rule: true if it holds. */
type Check = (subject: Subject) => boolean;

/** Literals of which one must stand in the text. */
type Demand = {
  readonly anyOf: readonly { readonly text: string; readonly bits: LiteralBits }[];
  readonly folded: boolean;
};

export type CompiledRule = {
  readonly rule: TrapRule;
  readonly problems: readonly RuleProblem[];
  /** All conditions but the pattern on the text. */
  readonly mayFit: (subject: Subject) => boolean;
  /** The pattern on the text; null: there is none. */
  readonly pattern: LazyPattern | null;
  readonly message: MessageTemplate;
  readonly key: MessageTemplate | null;
  readonly fields: readonly (readonly [string, MessageTemplate])[];
  readonly usesGroups: boolean;
};

export type RuleOptions = {
  readonly names: RuleNames;
  /** Off in a test that proves that it changes nothing. */
  readonly prefilter: boolean;
};

export function compileRule(rule: TrapRule, { names, prefilter }: RuleOptions): CompiledRule {
  const { when } = rule;
  const problems: RuleProblem[] = [];
  const checks: Check[] = [];
  const demands: Demand[] = [];
  if (when.apps !== undefined) {
    const apps = compileNameList(when.apps);
    checks.push(({ trap }) => trap.syslog !== null && trap.syslog.app !== null && apps.has(trap.syslog.app));
  }
  if (when.trap_oids !== undefined) {
    const oids = compileOidList(when.trap_oids, names);
    for (const name of oids.unresolved) problems.push(unknownName('when.trap_oids', name));
    checks.push(({ trap }) => trap.snmp !== null && oids.has(trap.snmp.trapOid));
  }
  const { enterprise, generic, specific } = when;
  if (enterprise !== undefined) {
    const oids = compileOidList([enterprise], names);
    for (const name of oids.unresolved) problems.push(unknownName('when.enterprise', name));
    checks.push((subject) => {
      const v1 = subject.v1();
      return v1 !== null && oids.has(v1.enterprise);
    });
  }
  if (generic !== undefined) checks.push((subject) => subject.v1()?.generic === generic);
  if (specific !== undefined) checks.push((subject) => subject.v1()?.specific === specific);
  if (when.hosts !== undefined) {
    const hosts = compileHostList(when.hosts);
    checks.push(({ trap }) => hosts.has(trap));
  }
  for (const [index, condition] of (when.fields ?? []).entries()) {
    const path = `when.fields[${index}]`;
    const reference = toFieldReference(condition.name, names);
    if (condition.name.includes('::') && toOid(condition.name, names) === null)
      problems.push(unknownName(`${path}.name`, condition.name));
    const holds = compileFieldCondition(condition);
    checks.push(({ trap }) => {
      const value = fieldOf(trap, reference);
      return value !== undefined && holds(value);
    });
  }

  let pattern: LazyPattern | null = null;
  const { text } = when;
  if (text?.contains !== undefined) {
    const { contains, ignore_case: folded } = text;
    const wanted = folded ? foldCase(contains) : contains;
    demands.push({ anyOf: [{ text: wanted, bits: literalBits(wanted) }], folded });
    checks.push((subject) => (folded ? subject.folded() : subject.trap.text).includes(wanted));
  }
  if (text?.matches !== undefined) {
    pattern = toLazyPattern(text.matches, text.ignore_case);
    const required = requiredLiterals(text.matches, text.ignore_case);
    if (required !== null)
      demands.push({
        anyOf: required.anyOf.map((literal) => ({ text: literal, bits: literalBits(literal) })),
        folded: required.folded,
      });
  }

  const severities = maskOf(when.severities, syslogSeverities);
  const facilities = maskOf(when.facilities, syslogFacilities);
  const template = (source: string, charsMax: number): MessageTemplate =>
    compileTemplate(source, names, { charsMax });
  const message = template(rule.message, ruleTextBounds.messageCharsMax);
  const key = rule.key === undefined ? null : template(rule.key, ruleTextBounds.keyCharsMax);
  const fields = Object.entries(rule.fields ?? {}).map(
    ([name, source]) => [name, template(source, ruleTextBounds.fieldCharsMax)] as const,
  );
  const asked = prefilter ? demands : [];
  return {
    rule,
    problems,
    mayFit(subject) {
      if ((severities & subject.severityBit) === 0 || (facilities & subject.facilityBit) === 0) return false;
      for (const demand of asked) if (!isMet(demand, subject)) return false;
      for (const check of checks) if (!check(subject)) return false;
      return true;
    },
    pattern,
    message,
    key,
    fields,
    usesGroups: [message, key, ...fields.map(([, each]) => each)].some((each) => each?.usesGroups === true),
  };
}

/** What the rule makes of a trap that it fits. */
export function fillRule(
  { message, key, fields }: CompiledRule,
  filling: Filling,
): {
  readonly message: string;
  readonly key: string | null;
  readonly fields: Readonly<Record<string, string>>;
} {
  const filled = key?.fill(filling) ?? '';
  return {
    message: message.fill(filling),
    key: filled === '' ? null : filled,
    fields:
      fields.length === 0
        ? noFields
        : Object.fromEntries(fields.map(([name, template]) => [name, template.fill(filling)])),
  };
}

const noFields: Readonly<Record<string, string>> = {};

/** Groups of the pattern on the text; null where the rule has none. The text fits. */
export const groupsOf = ({ pattern }: CompiledRule, text: string): readonly PatternSpan[] | null =>
  pattern === null ? null : pattern.find(text);

function unknownName(path: string, name: string): RuleProblem {
  return { path, message: `names ${name}, which no imported MIB knows: nothing fits it` };
}

function isMet({ anyOf, folded }: Demand, subject: Subject): boolean {
  for (const { text, bits } of anyOf) {
    if (!subject.mayHold(bits, folded)) continue;
    if ((folded ? subject.folded() : subject.trap.text).includes(text)) return true;
  }
  return false;
}

/** Everything where nothing is named; a trap without one then fits too. */
function maskOf<Name extends string>(named: readonly Name[] | undefined, all: readonly Name[]): number {
  if (named === undefined) return -1;
  return named.reduce((mask, name) => mask | (1 << all.indexOf(name)), 0);
}

type FieldCondition = NonNullable<TrapRule['when']['fields']>[number];

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The value as a number; NaN: it is none. `0x` is how octets are written, not a number. */
function toNumber(value: string): number {
  const text = value.trim();
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}

function compileFieldCondition(condition: FieldCondition): (value: string) => boolean {
  const { equals, matches, at_least: least, at_most: most, ignore_case: folded } = condition;
  const wanted = equals === undefined || !folded ? equals : foldCase(equals);
  const pattern = matches === undefined ? null : toLazyPattern(matches, folded);
  return (value) =>
    (wanted === undefined || (folded ? foldCase(value) : value) === wanted) &&
    (least === undefined || toNumber(value) >= least) &&
    (most === undefined || toNumber(value) <= most) &&
    (pattern === null || pattern.test(value));
}

function toLazyPattern(source: string, ignoreCase: boolean): LazyPattern {
  let made: LazyPattern | undefined;
  const get = (): LazyPattern => {
    if (made === undefined) {
      const compiled = compilePattern(source, ignoreCase);
      made = compiled.ok ? compiled.pattern : fitsNothing;
    }
    return made;
  };
  return { test: (text) => get().test(text), find: (text) => get().find(text) };
}

const fitsNothing: LazyPattern = { test: () => false, find: () => null };
