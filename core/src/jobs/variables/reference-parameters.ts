// The parameters of a referenced net: its reference's texts, filled when it begins, and kept with the unit, so that they stay what they were
// whatever is rerun around it.
// Pure. Called by the unit type "net".
import { say, sentenceFrom, type Said, type Sentence } from '@nezuban/protocol/sentences/sentence';
import type { Session, UnitRecord } from '../session-state.ts';
import type { ParameterDefinition } from '@nezuban/protocol/jobs/parameter';
import { judgeValues, namedSecretOf, valuesToKeep } from './parameter-values.ts';
import { momentOf, placeValues } from './place-values.ts';
import { fillText } from './places.ts';
import { hasMark, secretMark, splitMarks, type SplitText } from './secret-marks.ts';

type Declared = readonly ParameterDefinition[];

/** Characters of a value, as of a parameter that is given at a start. */
const valueCharsMax = 10_000;

/** Null: they are as that net wants them, or the unit is no reference. Else a sentence that says what is wrong. */
export function takeParameters(session: Session, record: UnitRecord): Said | null {
  const { unit } = record;
  const scope = session.plan.scopes.get(unit.index);
  if (unit.type !== 'net' || unit.reference === null || scope === undefined || unit.index === 0) return null;
  const values = placeValues(session, record);
  const given: Record<string, string> = {};
  for (const [name, text] of Object.entries(unit.reference.given)) {
    const filled = fillText(text, values, { charsMax: valueCharsMax, reading: 'program' });
    if (filled.cut) return say('reason_value_too_long', { name, max: valueCharsMax });
    given[name] = filled.text;
  }
  const plain = scope.parameters.filter(({ type }) => type !== 'secret');
  const secret = scope.parameters.filter(({ type }) => type === 'secret');
  const problem =
    session.isPreview === true ? null : (plainProblem(plain, secret, given) ?? secretProblem(secret, given));
  if (problem !== null) return say('reason_reference_cannot_run', { net: unit.reference.net, why: problem });
  const start = {
    startedAt: momentOf(session),
    zone: scope.zone,
    business: session.trigger.business,
    byDefinition: true,
  };
  const kept: Record<string, SplitText> = valuesToKeep(plain, given, start);
  for (const { name, default: byDefault } of secret) {
    // Only a definition names a kept secret: what came of places may have been written by anybody.
    const text = given[name] ?? (byDefault === undefined ? undefined : withNamedSecret(byDefault));
    if (text !== undefined) kept[name] = splitMarks(text);
  }
  record.variables = { ...record.variables, parameters: kept };
  return null;
}

function plainProblem(
  plain: Declared,
  secret: Declared,
  given: Readonly<Record<string, string>>,
): Sentence | null {
  const secretNames = new Set(secret.map(({ name }) => name));
  const values = Object.fromEntries(Object.entries(given).filter(([name]) => !secretNames.has(name)));
  for (const [name, text] of Object.entries(values))
    if (hasMark(text)) return { code: 'value_would_hold_secret', values: { name } };
  const [issue] = judgeValues(plain, values);
  return issue === undefined
    ? null
    : {
        code: 'value_of_parameter',
        values: { name: issue.path.slice('parameters.'.length), issue: sentenceFrom(issue) },
      };
}

/** What it was given is a secret as a whole; whether it is a good one was seen where it came from. */
function secretProblem(secret: Declared, given: Readonly<Record<string, string>>): Sentence | null {
  for (const parameter of secret) {
    const text = given[parameter.name];
    if (text === undefined || text === '') {
      const needed = parameter.default === undefined && parameter.required !== false;
      if (needed || text === '') return { code: 'value_missing', values: { name: parameter.name } };
      continue;
    }
    if (!hasMark(text)) return { code: 'value_in_plain_text', values: { name: parameter.name } };
  }
  return null;
}

function withNamedSecret(text: string): string {
  const named = namedSecretOf(text);
  return named === null ? text : secretMark(`secret/${named}`);
}
