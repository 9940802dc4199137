// English texts of the errors of the registry.
import { errorRegistry, type ErrorCode } from '@nezuban/protocol/errors';

/** The words of the registry itself, so that console, API and manual say the same. */
const problems = Object.fromEntries(
  Object.entries(errorRegistry).map(([code, { title, remedy }]) => [code, { title, remedy }]),
) as {
  readonly [Code in ErrorCode]: { readonly title: string; readonly remedy: string };
};

export const problemsEn = { problems };
