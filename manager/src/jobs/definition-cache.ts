// Revisions of nets that are in use, kept as plans, so that sessions of one revision share one.
// Responsible for a bounded memory of them; a revision never changes, so nothing here is ever stale. Called by the stores.
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import { expandNet, referencesOf, type NetReferences } from '@nezuban/core/jobs/expand-net';
import { planNet, type NetPlan } from '@nezuban/core/jobs/net-plan';
import { withNumbers, type UnitNumbers } from '@nezuban/core/jobs/unit-numbers';
import { CodedError } from '@nezuban/protocol/errors';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { Database } from '../database/database.ts';
import { jobsLimits } from './jobs-limits.ts';
import { loadReferences } from './net-references.ts';

/** `references`: the revisions of the nets that it refers to, as a session keeps them; left out: those in force now, for a new session. */
export type NetRevision = {
  readonly net: string;
  readonly revision: number;
  readonly references?: Readonly<Record<string, number>> | null | undefined;
  /** Of a session that was given another definition. */
  readonly numbers?: UnitNumbers | null | undefined;
};

export type DefinitionCache = {
  /**
   * Throws if there is no such revision: rows refer to it by a foreign key, so that is a bug. Of a new session throws `invalid_definition` if
   * what it refers to cannot be run with it any more.
   */
  readonly loadPlan: (of: NetRevision) => Promise<NetPlan>;
  /**
   * Of a definition that is not stored, with the nets that it refers to as they are in force. `sees`: whether whoever reads what is wrong may
   * see a net. Throws `invalid_definition`.
   */
  readonly planNow: (definition: JobNetDefinition, sees: (net: string) => boolean) => Promise<NetPlan>;
};

export const createDefinitionCache = (database: Database): DefinitionCache => {
  const cached = new Map<string, Promise<NetPlan>>();
  /** Nets that refer to others, by revision: those are looked up at each start. All others need not be. */
  const referring = new Map<string, JobNetDefinition>();

  const readDefinition = async ({ net, revision }: NetRevision): Promise<JobNetDefinition> => {
    const [row] = await database.query<{ definition: JobNetDefinition }>({
      name: 'load_net_revision',
      text: 'SELECT definition FROM net_revision WHERE net = $1 AND revision = $2',
      values: [net, revision],
    });
    if (row === undefined) throw new Error(`there is no revision ${revision} of job net ${net}`);
    return row.definition;
  };
  const readReferences = async (revisions: Readonly<Record<string, number>>): Promise<NetReferences> => {
    const rows = await database.query<{ net: string; revision: number; definition: JobNetDefinition }>({
      name: 'load_net_revisions',
      text: `SELECT r.net, r.revision, r.definition FROM jsonb_each_text($1::jsonb) AS asked (net, revision)
             JOIN net_revision r ON r.net = asked.net AND r.revision = asked.revision::integer`,
      values: [JSON.stringify(revisions)],
    });
    return new Map(rows.map(({ net, revision, definition }) => [net, { revision, definition }]));
  };
  /** The nets that are in force now, in one revision each. */
  const expandNow = async (
    definition: JobNetDefinition,
    sees?: (net: string) => boolean,
  ): Promise<NetReferences> => {
    const { references, problems } = expandNet(definition, await loadReferences(database, definition), sees);
    const [problem] = problems;
    if (problem !== undefined)
      throw new CodedError(
        'invalid_definition',
        say('problem_cannot_run_with_the_job_nets_that', {
          name: definition.name,
          path: problem.path,
          message: sentenceFrom(problem),
        }),
        { issues: [...problems] },
      );
    return references;
  };
  const planInForce = async (definition: JobNetDefinition, key: string): Promise<NetPlan> => {
    const references = await expandNow(definition);
    const revisions = [...references].map(([name, { revision }]) => [name, revision] as const);
    return await keep(keyOf(key, Object.fromEntries(revisions)), () =>
      Promise.resolve(planNet(definition, references)),
    );
  };
  const keep = (key: string, make: () => Promise<NetPlan>): Promise<NetPlan> => {
    const known = cached.get(key);
    // Taken out and put back, the newest are last and the first is the one longest unused.
    cached.delete(key);
    const plan = known ?? make();
    cached.set(key, plan);
    // A failure is not kept: the next caller tries again.
    plan.catch(() => cached.delete(key));
    const [oldest] = cached.keys();
    if (cached.size > jobsLimits.definitionsCachedMax && oldest !== undefined) cached.delete(oldest);
    return plan;
  };

  const loadPlan = async (of: NetRevision): Promise<NetPlan> => {
    const key = `${of.revision} ${of.net}`;
    const { references } = of;
    if (references !== undefined && references !== null)
      return await keep(keyOf(key, references), async () =>
        planNet(await readDefinition(of), await readReferences(references)),
      );
    if (references === null || cached.has(key))
      return await keep(key, async () => planNet(await readDefinition(of)));
    const definition = referring.get(key) ?? (await readDefinition(of));
    if (referencesOf(definition.units).length === 0)
      return await keep(key, () => Promise.resolve(planNet(definition)));
    referring.delete(key);
    referring.set(key, definition);
    const [oldest] = referring.keys();
    if (referring.size > jobsLimits.definitionsCachedMax && oldest !== undefined) referring.delete(oldest);
    return await planInForce(definition, key);
  };
  return {
    async loadPlan(of) {
      const plan = await loadPlan(of);
      const { numbers = null } = of;
      if (numbers === null) return plan;
      const key = `${keyOf(`${of.revision} ${of.net}`, plan.revisions ?? {})} ${JSON.stringify(numbers)}`;
      return await keep(key, () => Promise.resolve(withNumbers(plan, numbers)));
    },
    planNow: async (definition, sees) => planNet(definition, await expandNow(definition, sees)),
  };
};

/** The same revisions give the same key, whatever their order. */
const keyOf = (key: string, references: Readonly<Record<string, number>>): string =>
  `${key} ${JSON.stringify(Object.entries(references).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;
