// Judges values that ask for a business date in a net that has none. Pure. Called by `judgeJobNetPaths`; places in texts are `judge-variables.ts`'s.
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { say } from '@nezuban/protocol/sentences/sentence';
import { asksBusinessDate } from '../jobs/variables/parameter-values.ts';
import type { PathIssue } from './path-issue.ts';

export function judgeBusinessDate(definition: JobNetDefinition): PathIssue[] {
  if (definition.business_date !== undefined) return [];
  const { parameters, schedules } = definition;
  const defaults = parameters.flatMap((parameter, index): PathIssue[] => {
    const value = parameter.default;
    return value === undefined || !asksBusinessDate(parameter, value)
      ? []
      : [{ path: ['parameters', index, 'default'], ...say('value_business_date_none', { value }) }];
  });
  const given = schedules.flatMap((schedule, index) =>
    parameters.flatMap((parameter): PathIssue[] => {
      const value = schedule.parameters?.[parameter.name];
      return value === undefined || !asksBusinessDate(parameter, value)
        ? []
        : [
            {
              path: ['schedules', index, 'parameters', parameter.name],
              ...say('value_business_date_none', { value }),
            },
          ];
    }),
  );
  return [...defaults, ...given];
}
