// Revisions of nets that are in use, kept parsed, so that sessions of one revision share one definition.
// Responsible for a bounded memory of them; a revision never changes, so nothing here is ever stale. Called by the stores.
import { planNet, type NetPlan } from '@nezuban/core/jobs/net-plan';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import { jobsLimits } from './jobs-limits.ts';

export type NetRevision = { readonly net: string; readonly revision: number };

export type DefinitionCache = {
  /** Throws if there is no such revision: rows refer to it by a foreign key, so that is a bug. */
  readonly load: (of: NetRevision) => Promise<JobNetDefinition>;
  /** The same as a plan, made once as long as the definition is remembered. */
  readonly loadPlan: (of: NetRevision) => Promise<NetPlan>;
};

export const createDefinitionCache = (database: Database): DefinitionCache => {
  const cached = new Map<string, Promise<JobNetDefinition>>();

  const read = async ({ net, revision }: NetRevision): Promise<JobNetDefinition> => {
    const [row] = await database.query<{ definition: JobNetDefinition }>({
      name: 'load_net_revision',
      text: 'SELECT definition FROM net_revision WHERE net = $1 AND revision = $2',
      values: [net, revision],
    });
    if (row === undefined)
      throw new CodedError('not_found', `There is no revision ${revision} of job net ${net}.`);
    return row.definition;
  };

  const plans = new WeakMap<JobNetDefinition, NetPlan>();

  const load = (of: NetRevision): Promise<JobNetDefinition> => {
    const key = `${of.revision} ${of.net}`;
    const known = cached.get(key);
    // Taken out and put back, the newest are last and the first is the one longest unused.
    cached.delete(key);
    const definition = known ?? read(of);
    cached.set(key, definition);
    // A failure is not kept: the next caller tries again.
    definition.catch(() => cached.delete(key));
    const [oldest] = cached.keys();
    if (cached.size > jobsLimits.definitionsCachedMax && oldest !== undefined) cached.delete(oldest);
    return definition;
  };

  return {
    load,
    async loadPlan(of) {
      const definition = await load(of);
      const plan = plans.get(definition) ?? planNet(definition);
      plans.set(definition, plan);
      return plan;
    },
  };
};
