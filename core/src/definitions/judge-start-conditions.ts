// Judges start conditions of a net: names, patterns, places, parameters. Pure. Called by `judgeJobNetPaths`.
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { StartWatcher } from '@nezuban/protocol/jobs/start-conditions';
import { say } from '@nezuban/protocol/sentences/sentence';
import { eventPlaceProblems } from '../jobs/start-conditions/event-places.ts';
import { judgeMatch } from '../notifications/judge-notification.ts';
import { nearestHint } from '../text/did-you-mean.ts';
import { compilePattern } from '../traps/rules/bounded-pattern.ts';
import { duplicateNames } from './duplicate-names.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';

export function judgeStartConditions(definition: JobNetDefinition): PathIssue[] {
  const { start_conditions: conditions } = definition;
  if (conditions === undefined) return [];
  const [mode, watchers] =
    conditions.any === undefined
      ? (['all', conditions.all ?? []] as const)
      : (['any', conditions.any] as const);
  const path = ['start_conditions', mode];
  const issues = [
    ...duplicateNames(watchers, path, 'condition'),
    ...watchers.flatMap((watcher, index) => judgeWatcher(watcher, [...path, index], definition)),
  ];
  if (conditions.within_s !== undefined && mode === 'any')
    issues.push({
      path: ['start_conditions', 'within_s'],
      ...say('start_within_with_any'),
    });
  const given = new Set(watchers.flatMap(({ parameters }) => Object.keys(parameters ?? {})));
  const missing = definition.parameters.find(
    ({ name, default: byDefault, required }) =>
      byDefault === undefined && required !== false && !given.has(name),
  );
  if (missing !== undefined)
    issues.push({
      path: ['start_conditions'],
      ...say('start_parameter_missing', { name: missing.name }),
    });
  return issues;
}

function judgeWatcher(
  watcher: StartWatcher,
  path: readonly PathSegment[],
  net: JobNetDefinition,
): PathIssue[] {
  const issues: PathIssue[] = [];
  const groups = new Set<string>();
  if ('event' in watcher) {
    const { event } = watcher;
    if (Object.values(event).every((value) => Array.isArray(value) && value.length === 0))
      issues.push({
        path: [...path, 'event'],
        ...say('start_event_empty'),
      });
    issues.push(...judgeMatch(event, [...path, 'event']));
    const compiled = event.text?.matches === undefined ? null : compilePattern(event.text.matches, false);
    if (compiled?.ok === true) for (const name of Object.keys(compiled.pattern.names)) groups.add(name);
  } else if (watcher.net === net.name)
    issues.push({
      path: [...path, 'net'],
      ...say('start_by_itself'),
    });
  const declared = new Set(net.parameters.map(({ name }) => name));
  for (const [name, text] of Object.entries(watcher.parameters ?? {})) {
    const at = [...path, 'parameters', name];
    if (!declared.has(name))
      issues.push({
        path: at,
        ...say('no_parameter', { name, hint: nearestHint(name, declared) }),
      });
    for (const said of eventPlaceProblems(text, groups)) issues.push({ path: at, ...said });
  }
  return issues;
}
