/**
 * Texts with places: `Link {{field.ifIndex}} of {{host}} is down`.
 *
 * Responsible for reading a template, for what is wrong with it, and for filling it within bounds: a place that a trap has nothing for is
 * empty. What devices send is mended so that a database can hold it. Used by `compile-rule.ts` and the judge of definitions.
 */
import { syslogFacilities, syslogSeverities } from '@nezuban/protocol/traps/trap-monitor';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import type { PlacedTrap } from '../parsed-trap.ts';
import type { PatternSpan } from './bounded-pattern.ts';
import type { RuleNames } from './oid-patterns.ts';
import { fieldOf, toFieldReference } from './trap-fields.ts';

/** What a template is filled from. */
export type Filling = {
  readonly trap: PlacedTrap;
  /** Of the rule's pattern; null: it has none, or nobody asked. */
  readonly groups: readonly PatternSpan[] | null;
};

export type MessageTemplate = {
  /** It says a group of the rule's pattern. */
  readonly usesGroups: boolean;
  readonly fill: (filling: Filling) => string;
};

export type TemplateBounds = { readonly charsMax: number };

type Place = (filling: Filling) => string;

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;
const GROUP = /^\d{1,3}$/;

export const templateVariables = [
  'text',
  'node',
  'host',
  'address',
  'app',
  'facility',
  'severity',
  'trap',
] as const;
type Variable = (typeof templateVariables)[number];

/** What is wrong with a template; empty: nothing. `groups`: of the rule's pattern. */
export function templateProblems(template: string, groups: number): Said[] {
  const problems: Said[] = [];
  for (const [place, name = ''] of template.matchAll(PLACE)) {
    if (GROUP.test(name)) {
      if (Number(name) > groups) problems.push(missingGroup(place, groups));
    } else if (!isVariable(name) && !isField(name))
      problems.push(
        say('template_place_unknown', { place, known: templateVariables.map((each) => `{{${each}}}`) }),
      );
  }
  return problems;
}

function missingGroup(place: string, groups: number): Said {
  if (groups === 0) return say('template_no_pattern', { place });
  return groups === 1 ? say('template_one_group', { place }) : say('template_groups', { place, groups });
}

export function compileTemplate(template: string, names: RuleNames, bounds: TemplateBounds): MessageTemplate {
  const parts: (string | Place)[] = [];
  let usesGroups = false;
  let from = 0;
  for (const match of template.matchAll(PLACE)) {
    parts.push(template.slice(from, match.index));
    from = match.index + match[0].length;
    const name = match[1] ?? '';
    usesGroups ||= GROUP.test(name);
    parts.push(toPlace(name, names));
  }
  parts.push(template.slice(from));
  const fill = (filling: Filling): string => {
    let text = '';
    for (const part of parts) {
      text += typeof part === 'string' ? part : part(filling);
      if (text.length > bounds.charsMax) break;
    }
    return shorten(mend(text), bounds.charsMax);
  };
  return { usesGroups, fill };
}

function toPlace(name: string, names: RuleNames): Place {
  if (GROUP.test(name)) {
    const group = Number(name);
    return ({ trap, groups }) => {
      const span = groups?.[group] ?? null;
      return span === null ? '' : trap.text.slice(span.start, span.end);
    };
  }
  if (isField(name)) {
    const reference = toFieldReference(name.slice(FIELD.length), names);
    return ({ trap }) => fieldOf(trap, reference) ?? '';
  }
  if (!isVariable(name)) return () => '';
  switch (name) {
    case 'text':
      return ({ trap }) => trap.text;
    case 'node':
      return ({ trap }) => trap.node ?? '';
    case 'host':
      return ({ trap }) => trap.claimedHost ?? trap.address;
    case 'address':
      return ({ trap }) => trap.address;
    case 'app':
      return ({ trap }) => trap.syslog?.app ?? '';
    case 'facility':
      return ({ trap }) => syslogFacilities[trap.syslog?.facility ?? -1] ?? '';
    case 'severity':
      return ({ trap }) => syslogSeverities[trap.syslog?.severity ?? -1] ?? '';
    case 'trap':
      return ({ trap }) =>
        trap.snmp === null ? '' : (names.nameOf?.(trap.snmp.trapOid) ?? trap.snmp.trapOid);
  }
}

const FIELD = 'field.';

function isField(name: string): boolean {
  return name.startsWith(FIELD) && name.length > FIELD.length;
}

function isVariable(name: string): name is Variable {
  return (templateVariables as readonly string[]).includes(name);
}

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
function mend(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed();
}

function shorten(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  // Not through the middle of a pair.
  return `${text.slice(0, charsMax - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
