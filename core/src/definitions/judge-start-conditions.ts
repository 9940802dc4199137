// Judges start conditions of a net: names, patterns, places, parameters. Pure. Called by `judgeJobNetPaths`.
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { FileWatcher, StartWatcher, TimeWatcher } from '@nezuban/protocol/jobs/start-conditions';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { eventPlaceProblems, namedPlaceProblems } from '../jobs/start-conditions/event-places.ts';
import { timesBetween } from '../jobs/start-conditions/watched-times.ts';
import { judgeMatch } from '../notifications/judge-notification.ts';
import { judgeCron } from '../schedules/cron.ts';
import { judgeScheduleDays } from '../schedules/judge-schedule-days.ts';
import { isTimeZone } from '../schedules/time-zone.ts';
import { nearestHint } from '../text/did-you-mean.ts';
import { compilePattern } from '../traps/rules/bounded-pattern.ts';
import { duplicateNames } from './duplicate-names.ts';
import { judgeTimeZone } from './judge-time-zone.ts';
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
  } else if ('files' in watcher) issues.push(...judgeFiles(watcher, [...path, 'files']));
  else if ('time' in watcher) issues.push(...judgeTime(watcher, [...path, 'time'], net));
  else if (watcher.net === net.name)
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
    for (const said of placeProblems(watcher, text, groups)) issues.push({ path: at, ...said });
  }
  return issues;
}

function placeProblems(watcher: StartWatcher, text: string, groups: ReadonlySet<string>): Said[] {
  if ('files' in watcher) return namedPlaceProblems(text, 'file');
  return 'time' in watcher ? namedPlaceProblems(text, 'time') : eventPlaceProblems(text, groups);
}

function judgeFiles({ files }: FileWatcher, path: readonly PathSegment[]): PathIssue[] {
  return files.watch === 'changed' && files.already_there === 'counts'
    ? [
        {
          path: [...path, 'already_there'],
          ...say('there_already_changed'),
        },
      ]
    : [];
}

function judgeTime(
  { time, name }: TimeWatcher,
  path: readonly PathSegment[],
  net: JobNetDefinition,
): PathIssue[] {
  const { every_minutes: every, from, until, ...rest } = time;
  const zone = time.timezone === undefined ? null : judgeTimeZone(time.timezone, [...path, 'timezone']);
  const zoneName = time.timezone ?? net.timezone;
  const cron = time.cron === undefined ? null : judgeCron(time.cron, isTimeZone(zoneName) ? zoneName : 'UTC');
  // As a schedule with the same days would be judged.
  const times = every === undefined ? time.times : timesBetween(every, { from, until });
  const days = judgeScheduleDays({ ...rest, times, name, enabled: true, missed: 'run_once' });
  return [
    ...(zone === null ? [] : [zone]),
    ...(cron === null ? [] : [{ path: [...path, 'cron'], ...cron }]),
    ...days.map((issue) => ({ ...issue, path: [...path, ...issue.path] })),
  ];
}
