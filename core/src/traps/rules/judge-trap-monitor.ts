/**
 * What is wrong with a trap monitor beyond its shape, and what is odd about it though it can be saved.
 *
 * Responsible for patterns that do not compile, templates with unknown places, conditions that this source cannot meet, and rules that are
 * never reached. Not responsible for what only a running manager knows (scopes, names of MIBs). Called when definitions are read and by the
 * manager, which shows the hints.
 */
import type { TrapMonitor, TrapRule } from '@nezuban/protocol/traps/trap-monitor';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { duplicateNames } from '../../definitions/duplicate-names.ts';
import { quote, type PathIssue, type PathSegment } from '../../definitions/path-issue.ts';
import { issuesMax } from '../../definitions/reading-bounds.ts';
import { compilePattern } from './bounded-pattern.ts';
import { templateProblems } from './message-template.ts';
import { isOidPattern } from './oid-patterns.ts';
import { covers } from './rule-cover.ts';

type Condition = TrapRule['when'];

/** What it must not be saved with. */
export function judgeTrapMonitor(monitor: TrapMonitor): PathIssue[] {
  const issues: PathIssue[] = duplicateNames(monitor.rules, ['rules'], 'rule');
  for (const [index, rule] of monitor.rules.entries()) {
    if (issues.length >= issuesMax) break;
    issues.push(...judgeRule(rule, monitor.source, ['rules', index]));
  }
  return issues.slice(0, issuesMax);
}

/** Rules that an earlier one leaves nothing for. */
export function hintsOnTrapMonitor(monitor: TrapMonitor): PathIssue[] {
  const hints: PathIssue[] = [];
  const earlier: { readonly name: string; readonly when: Condition }[] = [];
  for (const [index, rule] of monitor.rules.entries()) {
    if (!rule.enabled) continue;
    const taker = earlier.find(({ when }) => covers(when, rule.when));
    if (taker !== undefined)
      hints.push({
        path: ['rules', index],
        ...say('rule_never_reached', { rule: rule.name, taker: taker.name }),
      });
    // One that is covered takes nothing that its taker does not.
    else earlier.push(rule);
    if (hints.length >= issuesMax || earlier.length >= COMPARED_RULES_MAX) break;
  }
  const catchAll = monitor.rules.find(({ enabled, when }) => enabled && Object.keys(when).length === 0);
  if (catchAll !== undefined && monitor.unmatched !== 'ignore')
    hints.push({
      path: ['unmatched'],
      ...say('unmatched_says_nothing', { rule: catchAll.name }),
    });
  return hints;
}

/** Each rule is compared with those before it; beyond this a save would take seconds. */
const COMPARED_RULES_MAX = 300;

function judgeRule(rule: TrapRule, source: TrapMonitor['source'], at: readonly PathSegment[]): PathIssue[] {
  const issues: PathIssue[] = [];
  const { when } = rule;
  const wrong = (path: readonly PathSegment[], said: Said): void => {
    issues.push({ path: [...at, ...path], ...said });
  };
  for (const [key, owner] of Object.entries(sourceOfCondition))
    if (when[key as keyof Condition] !== undefined && owner !== source)
      wrong(['when', key], say('belongs_to_source', { owner, source }));
  for (const key of ['facilities', 'severities', 'apps', 'hosts', 'trap_oids', 'fields'] as const)
    if (when[key]?.length === 0) wrong(['when', key], say('names_nothing'));
  for (const key of ['apps', 'hosts'] as const)
    for (const [index, pattern] of (when[key] ?? []).entries())
      if (hasInnerStar(pattern)) wrong(['when', key, index], say('inner_star', { pattern: quote(pattern) }));
  for (const [index, pattern] of (when.trap_oids ?? []).entries()) {
    if (!isOidPattern(pattern))
      wrong(['when', 'trap_oids', index], say('oid_pattern', { found: quote(pattern) }));
  }
  if (when.enterprise !== undefined && !isOidPattern(when.enterprise))
    wrong(['when', 'enterprise'], say('oid_pattern', { found: quote(when.enterprise) }));
  for (const [index, { matches, ignore_case: ignoreCase }] of (when.fields ?? []).entries()) {
    const compiled = matches === undefined ? null : compilePattern(matches, ignoreCase);
    if (compiled?.ok === false) wrong(['when', 'fields', index, 'matches'], compiled.problem);
  }
  let groups = 0;
  if (when.text !== undefined) {
    const { matches, contains, ignore_case: ignoreCase } = when.text;
    if (matches === undefined && contains === undefined) wrong(['when', 'text'], say('text_needs_one'));
    const compiled = matches === undefined ? null : compilePattern(matches, ignoreCase);
    if (compiled?.ok === false) {
      wrong(['when', 'text', 'matches'], compiled.problem);
      // How many groups it would have is not known, so nothing is said of places for them.
      groups = Number.POSITIVE_INFINITY;
    } else if (compiled?.ok === true) ({ groups } = compiled.pattern);
  }
  const templates: [readonly PathSegment[], string | undefined][] = [
    [['message'], rule.message],
    [['key'], rule.key],
    ...Object.entries(rule.fields ?? {}).map(([name, template]): [PathSegment[], string] => [
      ['fields', name],
      template,
    ]),
  ];
  for (const [path, template] of templates)
    for (const problem of template === undefined ? [] : templateProblems(template, groups))
      wrong(path, problem);
  if (rule.clears && rule.key === undefined) wrong(['clears'], say('clears_needs_key'));
  return issues;
}

const sourceOfCondition = {
  facilities: 'syslog',
  severities: 'syslog',
  apps: 'syslog',
  trap_oids: 'snmp',
  enterprise: 'snmp',
  generic: 'snmp',
  specific: 'snmp',
} as const satisfies Partial<Record<keyof Condition, TrapMonitor['source']>>;

export function hasInnerStar(pattern: string): boolean {
  const star = pattern.indexOf('*');
  return star !== -1 && star !== pattern.length - 1;
}
