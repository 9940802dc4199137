// Revisions of nets that are in use, kept as plans, so that sessions of one revision share one.
// Responsible for a bounded memory of them; a revision never changes, so nothing here is ever stale. Called by the stores.
import { planNet, type NetPlan } from '@nezuban/core/jobs/net-plan';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { Database } from '../database/database.ts';
import { jobsLimits } from './jobs-limits.ts';

export type NetRevision = { readonly net: string; readonly revision: number };

export type DefinitionCache = {
  /** Throws if there is no such revision: rows refer to it by a foreign key, so that is a bug. */
  readonly loadPlan: (of: NetRevision) => Promise<NetPlan>;
};

export const createDefinitionCache = (database: Database): DefinitionCache => {
  const cached = new Map<string, Promise<NetPlan>>();

  const read = async ({ net, revision }: NetRevision): Promise<NetPlan> => {
    const [row] = await database.query<{ definition: JobNetDefinition }>({
      name: 'load_net_revision',
      text: 'SELECT definition FROM net_revision WHERE net = $1 AND revision = $2',
      values: [net, revision],
    });
    if (row === undefined) throw new Error(`there is no revision ${revision} of job net ${net}`);
    return planNet(row.definition);
  };

  return {
    loadPlan(of) {
      const key = `${of.revision} ${of.net}`;
      const known = cached.get(key);
      // Taken out and put back, the newest are last and the first is the one longest unused.
      cached.delete(key);
      const plan = known ?? read(of);
      cached.set(key, plan);
      // A failure is not kept: the next caller tries again.
      plan.catch(() => cached.delete(key));
      const [oldest] = cached.keys();
      if (cached.size > jobsLimits.definitionsCachedMax && oldest !== undefined) cached.delete(oldest);
      return plan;
    },
  };
};
