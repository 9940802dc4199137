// In which language sentences of the manager are told: those that come with a code and values, and events. The command line's own words are English.
// Responsible for the choice, and for saying what an answer says. The tables of sentences are loaded by whoever reads Japanese alone.
// Called by program.ts. Not responsible for answers as JSON, which are the same for everybody.
import type { EventView } from '@nezuban/protocol/events/event';

export type Telling = {
  readonly message: string;
  readonly code?: string | undefined;
  readonly values?: unknown;
};
export type Teller = {
  readonly tell: (said: Telling) => string;
  /** An answer of the API with its sentences told; the answer itself stays as it is. */
  readonly retell: (answer: unknown) => unknown;
};

const inEnglish: Teller = { tell: ({ message }) => message, retell: (answer) => answer };

/** `NEZUBAN_LANG` before the locale of the terminal, in the order of POSIX; all but Japanese is English. */
export const languageOf = (env: Readonly<Record<string, string | undefined>>): 'en' | 'ja' => {
  const locale = [env['NEZUBAN_LANG'], env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return /^ja(?:$|[_.@-])/iu.test(locale ?? '') ? 'ja' : 'en';
};

export const loadTeller = async (language: 'en' | 'ja'): Promise<Teller> => {
  if (language === 'en') return inEnglish;
  const [{ sentenceIn }, { eventText }] = await Promise.all([
    import('@nezuban/protocol/sentences/sentence'),
    import('@nezuban/protocol/events/event-text'),
  ]);
  const tell = (said: Telling): string => sentenceIn(said, language);
  const retellPart = (whole: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown => {
    const said = Object.hasOwn(whole, `${name}Said`) ? whole[`${name}Said`] : undefined;
    if (typeof value === 'string') return isSaid(said) ? tell({ message: value, ...said }) : value;
    if (name === 'issues' && Array.isArray(value))
      return value.map((issue: unknown) => (isIssue(issue) ? { ...issue, message: tell(issue) } : issue));
    return retell(value);
  };
  const retell = (answer: unknown): unknown => {
    if (Array.isArray(answer)) return answer.map(retell);
    if (typeof answer !== 'object' || answer === null) return answer;
    const told = Object.entries(answer).map(([name, value]): [string, unknown] => [
      name,
      retellPart(answer as Record<string, unknown>, name, value),
    ]);
    const copy = Object.fromEntries(told);
    return isEvent(answer) ? { ...copy, message: eventText(answer, language, sentenceIn) } : copy;
  };
  return { tell, retell };
};

const isSaid = (value: unknown): value is { readonly code: string; readonly values?: unknown } =>
  typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string';

const isIssue = (value: unknown): value is Telling =>
  typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';

/** Only events have all of these. */
const isEvent = (value: object): value is EventView =>
  'code' in value && 'message' in value && 'details' in value && 'priority' in value && 'fields' in value;
