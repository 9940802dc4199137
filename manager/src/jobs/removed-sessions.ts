// What to say of a session that is not there: never was, or was removed because it was too old.
// Reads only. Called by whoever looks a session up.
import { thing } from '@nezuban/protocol/sentences/thing';
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';

export const sessionNotFound = async (database: Database, id: number): Promise<CodedError> => {
  const [range] = await database.query<{ removed_at: Date }>({
    name: 'range_of_removed_session',
    text: 'SELECT removed_at FROM session_range WHERE first_id <= $1 AND end_id > $1 AND removed_at IS NOT NULL',
    values: [id],
  });
  return new CodedError(
    'not_found',
    range === undefined
      ? `There is no session ${id}.`
      : `There is no session ${id} any more: sessions of its time were removed on ${dayOf(range.removed_at)} by the retention policy.`,
  );
};

export const outputRemoved = (what: string, at: Date): CodedError =>
  new CodedError(
    'not_found',
    say('problem_the_output_of_was_removed_on_by', { what: thing(what), value: dayOf(at) }),
  );

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
