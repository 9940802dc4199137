// The definition that a session is to be given: a revision of its own net, the one in force unless another is named.
// Responsible for who may have which: the one in force whoever may run the net; another one only who could bring that into force, as its edges,
// its secrets and its users are those of another time; and past the approvals of a session only who may correct results, as nobody has looked
// at what would run behind them then; of a session that holds secrets only who may use secrets. Called by the routes, before the engine is asked.
import { say } from '@nezuban/protocol/sentences/sentence';
import { isDeepStrictEqual } from 'node:util';
import type { NetPlan } from '@nezuban/core/jobs/net-plan';
import { holdsSecrets } from '@nezuban/core/jobs/operate/definition-change';
import { CodedError } from '@nezuban/protocol/errors';
import type { SessionId } from '@nezuban/protocol/ids';
import type { Database } from '../database/database.ts';
import type { RequestActor } from '../ports.ts';
import type { AuthorRights } from './author-rights.ts';
import type { DefinitionCache } from './definition-cache.ts';
import type { NewDefinition } from './definition-swap.ts';
import { isSameNet } from './named-elsewhere.ts';
import type { SessionReader } from './session-reader.ts';

export type NewDefinitionPorts = {
  readonly database: Database;
  readonly definitions: DefinitionCache;
  readonly authors: AuthorRights;
  readonly reader: SessionReader;
};

type Found = { readonly net: string; readonly in_force: number | null; readonly revision: number | null };

/** Throws `not_found` and `forbidden`. That the actor may operate the session has been asked. */
export const loadNewDefinition = async (
  { database, definitions, authors, reader }: NewDefinitionPorts,
  id: SessionId,
  { revision, actor }: { readonly revision: number | undefined; readonly actor: RequestActor },
): Promise<NewDefinition> => {
  const found = await find(database, id, revision);
  const plan = await definitions.loadPlan({ net: found.net, revision: found.revision });
  if (found.revision !== found.in_force) {
    if (!actor.permissions.onNet('nets.write', found.net))
      throw new CodedError(
        'forbidden',
        say('refused_revision_not_in_force', {
          revision: found.revision,
          net: found.net,
          inForce: found.in_force ?? '-',
        }),
      );
    await database.inTransaction(async (transaction) =>
      authors.assertMayDefine(transaction, actor, plan.definition),
    );
  }
  await assertPastApprovals(reader, id, actor);
  await assertMaySendSecrets(reader, { id, plan }, actor);
  return { plan, revision: found.revision };
};

/** Throws `forbidden` where a session with approvals would be given a definition by somebody who may not correct results. */
export const assertPastApprovals = async (
  reader: SessionReader,
  id: SessionId,
  { permissions }: RequestActor,
): Promise<void> => {
  const { net, approval } = await reader.read(id, ({ plan }) => ({
    net: plan.definition.name,
    approval: firstApproval(plan),
  }));
  if (approval === null || permissions.onNet('nets.correct', net)) return;
  throw new CodedError('forbidden', say('problem_the_session_has_the_approval_which_was', { approval }));
};

/**
 * Throws `forbidden` where a session that holds secrets would be given another definition than its own by somebody who may not use secrets:
 * what it was given, and what its units gave, would be there for whatever the new one does with it.
 */
export const assertMaySendSecrets = async (
  reader: SessionReader,
  { id, plan }: { readonly id: SessionId; readonly plan: NetPlan },
  { permissions }: RequestActor,
): Promise<void> => {
  if (permissions.holds('secrets.use')) return;
  const isOther = await reader.read(
    id,
    (session) => holdsSecrets(session) && !isSameContent(session.plan, plan),
  );
  if (isOther) throw new CodedError('forbidden', say('problem_the_session_holds_secrets_that_were_given'));
};

/** The net and all that it refers to. */
const isSameContent = (one: NetPlan, other: NetPlan): boolean =>
  isDeepStrictEqual(one.revisions, other.revisions) &&
  isSameNet({ before: one.definition, after: other.definition });

const find = async (
  database: Database,
  id: number,
  revision: number | undefined,
): Promise<Found & { readonly revision: number }> => {
  const [found] = await database.query<Found>({
    name: 'definition_for_session',
    text: `SELECT s.net, n.revision AS in_force, (SELECT r.revision FROM net_revision r
             WHERE r.net = s.net AND r.revision = coalesce($2::integer, n.revision)) AS revision
           FROM session s LEFT JOIN net n ON n.name = s.net WHERE s.id = $1`,
    values: [id, revision ?? null],
  });
  if (found === undefined) throw new CodedError('not_found', say('problem_there_is_no_session', { id }));
  if (found.revision === null)
    throw new CodedError(
      'not_found',
      revision === undefined
        ? `Job net "${found.net}" has been deleted; name a revision of it.`
        : `Job net "${found.net}" has no revision ${revision}.`,
    );
  return { ...found, revision: found.revision };
};

const firstApproval = ({ units }: NetPlan): string | null =>
  units.find(({ type }) => type === 'approval')?.path ?? null;
