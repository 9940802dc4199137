// What must be there before a change of a definition of notifications. Pure; throws `precondition_failed`.
import { thing } from '@nezuban/protocol/sentences/thing';
import { say } from '@nezuban/protocol/sentences/sentence';
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
        say('refused_there_already', { what: thing(what), name, revision: before.revision }),
      );
  } else if (before === null)
    throw new CodedError(
      'precondition_failed',
      say('problem_there_is_no_any_more_2', { what: thing(what), name }),
    );
  else if (before.revision !== expected.revision)
    throw new CodedError(
      'precondition_failed',
      say('problem_the_is_at_version_not_changed_it', {
        what: thing(what),
        name,
        revision: before.revision,
        revision2: expected.revision,
        updatedBy: before.updatedBy,
      }),
    );
};
