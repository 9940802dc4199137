// Why an attempt or a unit is as it is, in a language: by the sentence that the manager has stored, else by its English text where that is known,
// else as it came.
import { saidIn, wordsIn } from '../../i18n/said.ts';

type Reasoned = {
  readonly reason: string | null;
  readonly reasonSaid?: { readonly code: string; readonly values?: unknown } | undefined;
};

export const saidReason = ({ reason, reasonSaid }: Reasoned, language: string): string | null => {
  if (reason === null) return null;
  const said = saidIn({ message: reason, ...reasonSaid }, language);
  return said === reason ? wordsIn(reason, language) : said;
};
