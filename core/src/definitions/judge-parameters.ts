// Judges the parameters that a job net declares: which keys go with which type, patterns, bounds, choices, formats and defaults.
// Called once for a whole definition by `judgeJobNetPaths`. Values that are given at a start are core/jobs/variables/parameter-values.ts.
import type { ParameterDefinition, ParameterType } from '@nezuban/protocol/jobs/parameter';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
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
  const report = (key: Key | 'type' | 'default', said: Said): void => {
    issues.push({ path: [...path, key], ...said });
  };
  for (const key of Object.keys(typeOfKey) as Key[])
    if (parameter[key] !== undefined && typeOfKey[key] !== type)
      report(key, say('key_of_other_type', { owner: typeOfKey[key], type }));
  if (type === 'choice' && choices === undefined) report('type', say('choice_needs_choices'));
  const values = choicesOf(parameter).map(({ value }) => value);
  if (new Set(values).size !== values.length) report('choices', say('choice_twice'));
  if (above(parameter.min, parameter.max)) report('max', say('below_min', { min: parameter.min ?? '' }));
  if (above(parameter.length_min, parameter.length_max))
    report('length_max', say('below_length_min', { min: parameter.length_min ?? '' }));
  if (pattern !== undefined) {
    const compiled = compilePattern(`^(?:${pattern})$`, false);
    if (!compiled.ok) report('pattern', compiled.problem);
  }
  if (format !== undefined && (!isDateFormat(format) || /HH|mm|ss/.test(format)))
    report('format', say('date_format'));
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
        ? say('default_no_secret')
        : null
      : valueProblem(parameter, byDefault);
  return problem === null ? [] : [{ path: [...path, 'default'], ...problem }];
}
