// The editor's form of a trap monitor, its way to and from the definition, and what can be done with its rules. Pure.
import type { Issue } from '@nezuban/protocol/errors';
import {
  trapMonitorSchema,
  type rulePriorities,
  type syslogFacilities,
  type syslogSeverities,
  type TrapMonitor,
  type TrapRule,
} from '@nezuban/protocol/traps/trap-monitor';

export type TrapSource = TrapMonitor['source'];
export type RulePriority = (typeof rulePriorities)[number];
export type Facility = (typeof syslogFacilities)[number];
export type Severity = (typeof syslogSeverities)[number];

export const fieldOperators = ['equals', 'matches', 'at_least', 'at_most'] as const;
export type FieldOperator = (typeof fieldOperators)[number];
/** One condition on one field; a definition with several on the same field has a row for each: all must hold either way. */
export type FieldDraft = {
  readonly name: string;
  readonly operator: FieldOperator;
  readonly value: string;
  readonly ignoreCase: boolean;
};

export type RuleDraft = {
  /** Of the form alone: the name may change while it is edited. */
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly contains: string;
  readonly matches: string;
  readonly ignoreCase: boolean;
  readonly facilities: readonly Facility[];
  readonly severities: readonly Severity[];
  readonly apps: readonly string[];
  readonly hosts: readonly string[];
  readonly trapOids: readonly string[];
  readonly enterprise: string;
  readonly generic: string;
  readonly specific: string;
  readonly fields: readonly FieldDraft[];
  readonly do: TrapRule['do'];
  readonly priority: RulePriority;
  readonly message: string;
  readonly key: string;
  readonly clears: boolean;
  /** Seconds; empty: each is an event of its own. */
  readonly collapseS: string;
  readonly eventFields: readonly { readonly name: string; readonly template: string }[];
};

export type MonitorDraft = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly source: TrapSource;
  /** Empty: traps of anybody. */
  readonly scope: string;
  readonly unmatched: TrapMonitor['unmatched'];
  readonly rules: readonly RuleDraft[];
};

export const emptyRule = (id: string, name: string): RuleDraft => ({
  id,
  name,
  enabled: true,
  contains: '',
  matches: '',
  ignoreCase: false,
  facilities: [],
  severities: [],
  apps: [],
  hosts: [],
  trapOids: [],
  enterprise: '',
  generic: '',
  specific: '',
  fields: [],
  do: 'event',
  priority: 'warning',
  message: '{{text}}',
  key: '',
  clears: false,
  collapseS: '',
  eventFields: [],
});

export const emptyMonitor = (source: TrapSource): MonitorDraft => ({
  name: '',
  title: '',
  description: '',
  enabled: true,
  source,
  scope: '',
  unmatched: 'ignore',
  rules: [],
});

const toFieldDrafts = (field: NonNullable<TrapRule['when']['fields']>[number]): FieldDraft[] =>
  fieldOperators.flatMap((operator) => {
    const value = field[operator];
    return value === undefined
      ? []
      : [{ name: field.name, operator, value: String(value), ignoreCase: field.ignore_case }];
  });

export const toRuleDraft = (rule: TrapRule, id: string): RuleDraft => ({
  id,
  name: rule.name,
  enabled: rule.enabled,
  contains: rule.when.text?.contains ?? '',
  matches: rule.when.text?.matches ?? '',
  ignoreCase: rule.when.text?.ignore_case ?? false,
  facilities: rule.when.facilities ?? [],
  severities: rule.when.severities ?? [],
  apps: rule.when.apps ?? [],
  hosts: rule.when.hosts ?? [],
  trapOids: rule.when.trap_oids ?? [],
  enterprise: rule.when.enterprise ?? '',
  generic: rule.when.generic === undefined ? '' : String(rule.when.generic),
  specific: rule.when.specific === undefined ? '' : String(rule.when.specific),
  fields: (rule.when.fields ?? []).flatMap(toFieldDrafts),
  do: rule.do,
  priority: rule.priority,
  message: rule.message,
  key: rule.key ?? '',
  clears: rule.clears,
  collapseS: rule.collapse_s === undefined ? '' : String(rule.collapse_s),
  eventFields: Object.entries(rule.fields ?? {}).map(([name, template]) => ({ name, template })),
});

export const toMonitorDraft = (monitor: TrapMonitor): MonitorDraft => ({
  name: monitor.name,
  title: monitor.title ?? '',
  description: monitor.description ?? '',
  enabled: monitor.enabled,
  source: monitor.source,
  scope: monitor.scope ?? '',
  unmatched: monitor.unmatched,
  rules: monitor.rules.map((rule, index) => toRuleDraft(rule, `rule-${index}`)),
});

const given = <Value>(key: string, value: Value, isGiven: boolean): { [key: string]: Value } =>
  isGiven ? { [key]: value } : {};

/** Conditions that this source cannot meet stay out: they may be left over from another one. */
const toWhen = (rule: RuleDraft, source: TrapSource): Record<string, unknown> => ({
  ...(rule.contains === '' && rule.matches === ''
    ? {}
    : {
        text: {
          ...given('contains', rule.contains, rule.contains !== ''),
          ...given('matches', rule.matches, rule.matches !== ''),
          ...given('ignore_case', true, rule.ignoreCase),
        },
      }),
  ...(source === 'syslog'
    ? {
        ...given('facilities', rule.facilities, rule.facilities.length > 0),
        ...given('severities', rule.severities, rule.severities.length > 0),
        ...given('apps', rule.apps, rule.apps.length > 0),
      }
    : {}),
  ...given('hosts', rule.hosts, rule.hosts.length > 0),
  ...(source === 'snmp'
    ? {
        ...given('trap_oids', rule.trapOids, rule.trapOids.length > 0),
        ...given('enterprise', rule.enterprise.trim(), rule.enterprise.trim() !== ''),
        ...given('generic', Number(rule.generic), rule.generic !== ''),
        ...given('specific', Number(rule.specific), rule.specific !== ''),
      }
    : {}),
  ...given(
    'fields',
    rule.fields.map(({ name, operator, value, ignoreCase }) => ({
      name,
      [operator]: operator === 'at_least' || operator === 'at_most' ? toNumber(value) : value,
      ...given('ignore_case', true, ignoreCase),
    })),
    rule.fields.length > 0,
  ),
});

const toNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

const toRule = (rule: RuleDraft, source: TrapSource): Record<string, unknown> => ({
  name: rule.name.trim(),
  enabled: rule.enabled,
  when: toWhen(rule, source),
  do: rule.do,
  priority: rule.priority,
  message: rule.message,
  ...given('key', rule.key, rule.key !== ''),
  clears: rule.clears,
  ...given('collapse_s', toNumber(rule.collapseS), rule.collapseS !== ''),
  ...given(
    'fields',
    Object.fromEntries(rule.eventFields.map(({ name, template }) => [name.trim(), template])),
    rule.eventFields.length > 0,
  ),
});

export type JudgedDraft =
  | { readonly ok: true; readonly monitor: TrapMonitor }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** What the form says, checked by the shape alone: patterns and templates are judged by the manager. */
export const judgeDraft = (draft: MonitorDraft): JudgedDraft => {
  const { title, description, scope } = draft;
  const parsed = trapMonitorSchema.safeParse({
    kind: 'trap_monitor',
    name: draft.name.trim(),
    ...given('title', title.trim(), title.trim() !== ''),
    ...given('description', description, description.trim() !== ''),
    enabled: draft.enabled,
    source: draft.source,
    ...given('scope', scope, scope !== ''),
    rules: draft.rules.map((rule) => toRule(rule, draft.source)),
    unmatched: draft.unmatched,
  });
  if (parsed.success) return { ok: true, monitor: parsed.data };
  return {
    ok: false,
    issues: parsed.error.issues.map(({ path, message }) => ({ path: toPath(path), message })),
  };
};

/** As the manager writes it: `rules[2].when.text.matches`. */
const toPath = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`,
    )
    .join('');

/** Issues of one rule, by their place within it; `''`: the rule as a whole. */
export const issuesOfRule = (issues: readonly Issue[], index: number): readonly Issue[] => {
  const start = `rules[${index}]`;
  return issues
    .filter(({ path }) => path === start || path.startsWith(`${start}.`))
    .map((issue) => ({ ...issue, path: issue.path.slice(start.length + 1) }));
};

/** Those that belong to no rule. */
export const issuesOfMonitor = (issues: readonly Issue[]): readonly Issue[] =>
  issues.filter(({ path }) => !path.startsWith('rules['));

export const moveRule = (rules: readonly RuleDraft[], from: number, to: number): readonly RuleDraft[] => {
  const moved = rules[from];
  if (moved === undefined || to < 0 || to >= rules.length || from === to) return rules;
  const rest = rules.toSpliced(from, 1);
  return rest.toSpliced(to, 0, moved);
};

/** A name that no rule of these has yet: `rule-3`, or the wanted one with a number behind it. */
export const freeRuleName = (rules: readonly RuleDraft[], wanted: string): string => {
  const taken = new Set(rules.map(({ name }) => name));
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  // At most as many steps as there are rules.
  while (taken.has(`${wanted}-${number}`)) number += 1;
  return `${wanted}-${number}`;
};
