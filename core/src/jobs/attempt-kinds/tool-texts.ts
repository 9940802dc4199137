// Texts of tools with their places filled.
import { recordAt } from '../step.ts';
import { outputVariables, parameterVariables, scopeOf } from '../variables/place-values.ts';
import { programTexts } from '../variables/unit-texts.ts';
import type { AttemptPlace } from './attempt-kind.ts';
import { ownVariables } from './own-variables.ts';

/** `what`: for the sentence that says what became too long. `quote`: applied to each value. */
export type Fill = (text: string, what: string, quote?: (value: string) => string) => string;
type UnitPlace = Pick<AttemptPlace, 'session'> & { readonly attempt: { readonly unit: number } };

export function textsAt({ session, attempt }: UnitPlace) {
  return programTexts(session, recordAt(session, attempt.unit));
}

export function filled(
  texts: Readonly<Record<string, string>> | undefined,
  fill: Fill,
  what: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts ?? {}).map(([name, text]) => [name, fill(text, `${what} ${name}`)]),
  );
}

/** The environment of what is run elsewhere (another host, a container): as that of a command on the node. */
export function programEnvironment(
  place: AttemptPlace,
  own: Readonly<Record<string, string>> | undefined,
  fill: Fill,
): Record<string, string> {
  const { session, attempt } = place;
  const { unit } = recordAt(session, attempt.unit);
  return {
    ...parameterVariables(session, scopeOf(session, unit)),
    ...outputVariables(session, unit),
    ...ownVariables(place),
    NEZUBAN_ATTEMPT_ID: attempt.id,
    ...filled(own, fill, 'the environment variable'),
  };
}
