// Values of parameters: whether they are what the definition asks for, and what a session keeps of them.
// Pure. Called at the start of a session, before it by the routes (which answer for each field), and for references to nets.
// Not responsible for the definition's own mistakes (core/definitions/judge-parameters.ts).
import type { Issue } from '@nezuban/protocol/errors';
import type { BusinessDays } from '@nezuban/protocol/jobs/business-date';
import { parameterLimits, type ParameterDefinition } from '@nezuban/protocol/jobs/parameter';
import { say, type Said, type Sentence } from '@nezuban/protocol/sentences/sentence';
import { businessDate } from '../../calendars/business-days.ts';
import { nearestHint } from '../../text/did-you-mean.ts';
import { compilePattern } from '../../traps/rules/bounded-pattern.ts';
import { dayOffsetMax, formatWall, wallDay, wallTime } from './date-text.ts';

export type Given = Readonly<Record<string, string>>;
/** The moment of the start, milliseconds since 1970, and the zone whose day it is. */
export type StartMoment = {
  readonly startedAt: number;
  readonly zone: string;
  /** Of a session whose net has a business date. */
  readonly business?: BusinessDays | undefined;
};
/** `byDefinition`: a schedule or another net gives the values, not a person or a program; only these may name a kept secret. */
export type Start = StartMoment & { readonly byDefinition: boolean };

/** What a session keeps of a secret that was given at its start; the value lies sealed beside it. */
export const sealedValue = '{{secret}}';
const namedSecret = /^\{\{\s*secret\.([^{}\s]+)\s*\}\}$/u;
const relativeDay = /^today([+-]\d{1,4})?$/;
const relativeBusinessDay = /^business_date([+-]\d{1,2})?$/;

/** The name of the kept secret that a definition gives as value of a secret parameter; null if the text is none. */
export function namedSecretOf(text: string): string | null {
  return namedSecret.exec(text)?.[1] ?? null;
}

export function isRequired({ required, default: byDefault }: ParameterDefinition): boolean {
  return byDefault === undefined && required !== false;
}

/** Parameters without a value, values that do not fit, and values without a declared parameter. Empty if the net can run with them. */
export function judgeValues(declared: readonly ParameterDefinition[], given: Given): Issue[] {
  const issues: Issue[] = [];
  const names = new Set(declared.map(({ name }) => name));
  for (const parameter of declared) {
    const { name } = parameter;
    const value = valueGiven(parameter, given);
    const path = `parameters.${name}`;
    if (value === undefined) {
      if (isRequired(parameter)) issues.push({ path, ...missing(parameter) });
      continue;
    }
    const problem = value.includes('\0') ? say('text_without_nul') : valueProblem(parameter, value);
    if (problem !== null) issues.push({ path, ...problem });
  }
  for (const name of Object.keys(given))
    if (!names.has(name))
      issues.push({
        path: `parameters.${name}`,
        ...say('no_parameter', { name, hint: nearestHint(name, names) }),
      });
  return issues;
}

function missing({ name, required }: ParameterDefinition): Said {
  return required === true ? say('needs_a_value') : say('needs_a_value_no_default', { name });
}

/** An empty answer to anything but a text is no answer. */
function valueGiven({ name, type, required }: ParameterDefinition, given: Given): string | undefined {
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  if (value !== '') return value;
  return (type ?? 'text') === 'text' && required !== true ? value : undefined;
}

/** What is wrong with a value, as the rest of a sentence; null: nothing. */
export function valueProblem(parameter: ParameterDefinition, value: string): Said | null {
  switch (parameter.type ?? 'text') {
    case 'text':
      return textProblem(parameter, value);
    case 'number':
      return numberProblem(parameter, value);
    case 'choice': {
      const values = choicesOf(parameter).map((choice) => choice.value);
      const shown = values.slice(0, shownChoicesMax);
      if (values.includes(value)) return null;
      return say(values.length > shownChoicesMax ? 'value_one_of_more' : 'value_one_of', { values: shown });
    }
    case 'date':
      return !asksBusinessDate(parameter, value) &&
        dayOf(parameter, value, { startedAt: 0, zone: 'UTC' }) === null
        ? say('value_day', { form: formHint(parameter.format ?? isoDay) })
        : null;
    case 'boolean':
      return value === 'true' || value === 'false' ? null : say('value_true_or_false');
    case 'secret':
      return value.length < parameterLimits.secretCharsMin || value.length > parameterLimits.secretCharsMax
        ? say('value_secret_length', {
            min: parameterLimits.secretCharsMin,
            max: parameterLimits.secretCharsMax,
          })
        : null;
  }
}

const shownChoicesMax = 20;
const isoDay = 'YYYY-MM-DD';

function formHint(format: string): Sentence | '' {
  return format === isoDay ? '' : { code: 'value_day_form', values: { format } };
}

function textProblem({ pattern, length_min: least, length_max: most }: ParameterDefinition, value: string) {
  const length = Array.from(value).length;
  if (least !== undefined && length < least) return say('value_length_min', { min: least });
  if (most !== undefined && length > most) return say('value_length_max', { max: most });
  if (pattern === undefined) return null;
  const compiled = compilePattern(`^(?:${pattern})$`, false);
  return compiled.ok && compiled.pattern.test(value) ? null : say('value_pattern', { pattern });
}

function numberProblem({ min, max }: ParameterDefinition, value: string): Said | null {
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(value) || !Number.isFinite(Number(value)))
    return say('value_number');
  if (min !== undefined && Number(value) < min) return say('value_min', { min });
  return max !== undefined && Number(value) > max ? say('value_max', { max }) : null;
}

export function choicesOf({
  choices,
}: ParameterDefinition): { readonly value: string; readonly label: string }[] {
  return (choices ?? []).map((choice) =>
    typeof choice === 'string' ? { value: choice, label: choice } : choice,
  );
}

/** Of a date: a value that only a session with a business date can have. */
export function asksBusinessDate({ type }: ParameterDefinition, value: string): boolean {
  return type === 'date' && relativeBusinessDay.test(value);
}

/** Values and defaults that ask for a business date that the session does not have. */
export function judgeBusinessValues(
  declared: readonly ParameterDefinition[],
  given: Given,
  start: StartMoment,
): Issue[] {
  return declared.flatMap((parameter) => {
    const value = valueGiven(parameter, given) ?? parameter.default;
    if (value === undefined || !asksBusinessDate(parameter, value) || dayOf(parameter, value, start) !== null)
      return [];
    return [{ path: `parameters.${parameter.name}`, ...say('value_business_date_none', { value }) }];
  });
}

/** The day of a date's value in the parameter's form; null if it is none. */
function dayOf({ format = isoDay }: ParameterDefinition, value: string, start: StartMoment): string | null {
  const relative = relativeDay.exec(value);
  if (relative !== null) {
    const offset = Number(relative[1] ?? 0);
    if (Math.abs(offset) > dayOffsetMax) return null;
    return formatWall(wallTime(start.startedAt, start.zone, offset), format);
  }
  const business = relativeBusinessDay.exec(value);
  const text =
    business === null
      ? value
      : start.business === undefined
        ? ''
        : (businessDate(start.business, Number(business[1] ?? 0)) ?? '');
  const day = wallDay(text) ?? wallDay(text, format);
  return day === null ? null : formatWall(day, format);
}

/**
 * What the session keeps: values and defaults, days by the day of its start. Of a secret that somebody gave `sealedValue`, of one that the
 * definition names its name. The values have been found right.
 */
export function valuesToKeep(
  declared: readonly ParameterDefinition[],
  given: Given,
  start: Start,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const parameter of declared) {
    const { name, type, default: byDefault } = parameter;
    const own = valueGiven(parameter, given);
    const value = own ?? byDefault;
    if (value === undefined) continue;
    const named = (own === undefined || start.byDefinition) && namedSecretOf(value) !== null;
    if (type === 'secret') kept[name] = named ? value : sealedValue;
    else kept[name] = type === 'date' ? (dayOf(parameter, value, start) ?? value) : value;
  }
  return kept;
}

/** The values of secrets that were given at the start, to be sealed. */
export function secretsGiven(
  declared: readonly ParameterDefinition[],
  given: Given,
  byDefinition: boolean,
): Record<string, string> {
  const secrets: Record<string, string> = {};
  for (const parameter of declared) {
    const value = parameter.type === 'secret' ? valueGiven(parameter, given) : undefined;
    if (value !== undefined && !(byDefinition && namedSecretOf(value) !== null))
      secrets[parameter.name] = value;
  }
  return secrets;
}
