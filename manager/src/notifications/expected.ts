// What must be there before a change of a definition of notifications. Pure; throws `precondition_failed`.
import { CodedError } from '@nezuban/protocol/errors';

/** Null: anything. */
export type Expected = { readonly revision: number } | 'absent' | null;

export const assertExpected = (
  { what, name }: { readonly what: string; readonly name: string },
  before: { readonly revision: number; readonly updatedBy: string } | null,
  expected: Expected,
): void => {
  if (expected === null) return;
  if (expected === 'absent') {
    if (before !== null)
      throw new CodedError(
        'precondition_failed',
        `There is ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what} "${name}" already, at version ${before.revision}.`,
      );
  } else if (before === null)
    throw new CodedError('precondition_failed', `There is no ${what} "${name}" any more.`);
  else if (before.revision !== expected.revision)
    throw new CodedError(
      'precondition_failed',
      `The ${what} "${name}" is at version ${before.revision}, not ${expected.revision}: ${before.updatedBy} changed it.`,
    );
};
