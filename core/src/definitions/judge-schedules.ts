// Judges schedules: unique names, zones, cron expressions that can be read and will ever fire, and parameters that the net declares.
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import type { ParameterDefinition } from '@nezuban/protocol/jobs/parameter';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { isRequired, namedSecretOf, valueProblem } from '../jobs/variables/parameter-values.ts';
import { judgeCron } from '../schedules/cron.ts';
import { judgeScheduleDays } from '../schedules/judge-schedule-days.ts';
import { isTimeZone } from '../schedules/time-zone.ts';
import { nearestHint } from '../text/did-you-mean.ts';
import { duplicateNames } from './duplicate-names.ts';
import { judgeTimeZone } from './judge-time-zone.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';

export function judgeSchedules(definition: JobNetDefinition): PathIssue[] {
  return [
    ...duplicateNames(definition.schedules, ['schedules'], 'schedule'),
    ...definition.schedules.flatMap((schedule, index) =>
      judgeSchedule(definition, schedule, ['schedules', index]),
    ),
  ];
}

function judgeSchedule(
  definition: JobNetDefinition,
  schedule: ScheduleDefinition,
  path: readonly PathSegment[],
): PathIssue[] {
  const issues: PathIssue[] = [];
  const zone =
    schedule.timezone === undefined ? null : judgeTimeZone(schedule.timezone, [...path, 'timezone']);
  if (zone !== null) issues.push(zone);
  const zoneName = schedule.timezone ?? definition.timezone;
  const cron =
    schedule.cron === undefined ? null : judgeCron(schedule.cron, isTimeZone(zoneName) ? zoneName : 'UTC');
  if (cron !== null) issues.push({ path: [...path, 'cron'], ...cron });
  const days = judgeScheduleDays(schedule).map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
  return [...issues, ...days, ...judgeScheduleParameters(definition, schedule, path)];
}

/** A scheduled start has nobody who could be asked for a missing value, so it must bring every one. */
function judgeScheduleParameters(
  definition: JobNetDefinition,
  schedule: ScheduleDefinition,
  path: readonly PathSegment[],
): PathIssue[] {
  const given = schedule.parameters ?? {};
  const declared = definition.parameters.map((parameter) => parameter.name);
  const unknown = Object.keys(given)
    .filter((name) => !declared.includes(name))
    .map((name) => ({
      path: [...path, 'parameters', name],
      atKey: true,
      ...say('no_parameter', { name, hint: nearestHint(name, declared) }),
    }));
  const missing = definition.parameters
    .filter((parameter) => isRequired(parameter) && !Object.hasOwn(given, parameter.name))
    .map(({ name }) => ({
      path: [...path, 'parameters'],
      ...say('schedule_gives_no_value', { name }),
    }));
  const wrong = definition.parameters.flatMap((parameter) => {
    const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined;
    const problem = value === undefined ? null : givenProblem(parameter, value);
    return problem === null ? [] : [{ path: [...path, 'parameters', parameter.name], ...problem }];
  });
  return [...unknown, ...missing, ...wrong];
}

function givenProblem(parameter: ParameterDefinition, value: string): Said | null {
  if (parameter.type !== 'secret') return valueProblem(parameter, value);
  return namedSecretOf(value) === null ? say('given_no_secret') : null;
}
