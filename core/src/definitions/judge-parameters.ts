// Judges the parameters that a job net declares: which keys go with which type, patterns, bounds, choices, formats and defaults.
// Called once for a whole definition by `judgeJobNetPaths`. Values that are given at a start are core/jobs/variables/parameter-values.ts.
import type { ParameterDefinition, ParameterType } from '@nezuban/protocol/jobs/parameter';
import { isDateFormat } from '../jobs/variables/date-text.ts';
import { choicesOf, namedSecretOf, valueProblem } from '../jobs/variables/parameter-values.ts';
import { compilePattern } from '../traps/rules/bounded-pattern.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';

type Key = 'pattern' | 'length_min' | 'length_max' | 'min' | 'max' | 'choices' | 'format';

const typeOfKey: Readonly<Record<Key, ParameterType>> = {
  pattern: 'text',
  length_min: 'text',
  length_max: 'text',
  min: 'number',
  max: 'number',
  choices: 'choice',
  format: 'date',
};

export function judgeParameters(parameters: readonly ParameterDefinition[]): PathIssue[] {
  return parameters.flatMap((parameter, index) => judgeParameter(parameter, ['parameters', index]));
}

function judgeParameter(parameter: ParameterDefinition, path: readonly PathSegment[]): PathIssue[] {
  const { type = 'text', pattern, choices, format } = parameter;
  const issues: PathIssue[] = [];
  const say = (key: Key | 'type' | 'default', message: string): void => {
    issues.push({ path: [...path, key], message });
  };
  for (const key of Object.keys(typeOfKey) as Key[])
    if (parameter[key] !== undefined && typeOfKey[key] !== type)
      say(key, `belongs to the type ${typeOfKey[key]}, and this is a ${type}`);
  if (type === 'choice' && choices === undefined) say('type', 'a choice needs "choices"');
  const values = choicesOf(parameter).map(({ value }) => value);
  if (new Set(values).size !== values.length) say('choices', 'has the same value twice');
  if (above(parameter.min, parameter.max)) say('max', `is below "min" (${parameter.min ?? ''})`);
  if (above(parameter.length_min, parameter.length_max))
    say('length_max', `is below "length_min" (${parameter.length_min ?? ''})`);
  if (pattern !== undefined) {
    const compiled = compilePattern(`^(?:${pattern})$`, false);
    if (!compiled.ok) say('pattern', compiled.problem.message);
  }
  if (format !== undefined && (!isDateFormat(format) || /HH|mm|ss/.test(format)))
    say('format', 'is made of YYYY, YY, MM, DD and separators, such as YYYYMMDD or DD.MM.YYYY');
  // What is wrong with the form makes every default wrong.
  if (issues.length === 0) issues.push(...judgeDefault(parameter, path));
  return issues;
}

function above(least: number | undefined, most: number | undefined): boolean {
  return least !== undefined && most !== undefined && least > most;
}

function judgeDefault(parameter: ParameterDefinition, path: readonly PathSegment[]): PathIssue[] {
  const { default: byDefault, type } = parameter;
  if (byDefault === undefined) return [];
  const problem =
    type === 'secret'
      ? namedSecretOf(byDefault) === null
        ? 'a definition holds no secret: name a kept one as {{secret.NAME}}, or leave it out'
        : null
      : valueProblem(parameter, byDefault);
  return problem === null ? [] : [{ path: [...path, 'default'], message: problem }];
}
