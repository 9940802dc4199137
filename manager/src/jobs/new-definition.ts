// The definition that a session is to be given: a revision of its own net, the one in force unless another is named.
// Called by the routes, before the engine is asked.
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type { DefinitionCache } from './definition-cache.ts';
import type { NewDefinition } from './definition-swap.ts';

/** Throws `not_found`. */
export const loadNewDefinition = async (
  { database, definitions }: { readonly database: Database; readonly definitions: DefinitionCache },
  id: number,
  revision: number | undefined,
): Promise<NewDefinition> => {
  const [found] = await database.query<{ net: string; revision: number | null }>({
    name: 'definition_for_session',
    text: `SELECT s.net, (SELECT r.revision FROM net_revision r
             WHERE r.net = s.net AND r.revision = coalesce($2::integer, (SELECT n.revision FROM net n WHERE n.name = s.net))) AS revision
           FROM session s WHERE s.id = $1`,
    values: [id, revision ?? null],
  });
  if (found === undefined) throw new CodedError('not_found', `There is no session ${id}.`);
  if (found.revision === null)
    throw new CodedError(
      'not_found',
      revision === undefined
        ? `Job net "${found.net}" has been deleted; name a revision of it.`
        : `Job net "${found.net}" has no revision ${revision}.`,
    );
  const plan = await definitions.loadPlan({ net: found.net, revision: found.revision });
  return { plan, revision: found.revision };
};
