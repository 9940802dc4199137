// Which units of job nets in force rules of who runs as whom would refuse when they go to their agents.
// Responsible for reading all nets in force, a few at a time, and for nodes that references name for units of other nets. What a rule allows is
// core/src/access/run-as.ts. Called by rights-outlook.ts.
import { placedRuns, type RunsAs } from '@nezuban/core/access/run-as-places';
import { expandNet, referencesOf } from '@nezuban/core/jobs/expand-net';
import { isPlannedAttempt, planNet } from '@nezuban/core/jobs/net-plan';
import { outlookLimits, type RefusedRun, type RunAsOutlook } from '@nezuban/protocol/access/outlook';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { Target } from '@nezuban/protocol/jobs/units/unit-base';
import type { RunAsRule } from '@nezuban/protocol/settings/job-bounds';
import type { Database } from '../../database/database.ts';
import { channelFolder } from '../channel-runs.ts';
import { loadReferences } from '../net-references.ts';
import { createRunAsJudge, whoOf, type RunAsPlaces } from '../run-as-guard.ts';

/** A definition may have 10,000 units: few at a time are in memory, and others have their turn between. */
const NETS_AT_ONCE = 20;

export type RunAsChange = {
  readonly before: readonly RunAsRule[];
  readonly after: readonly RunAsRule[];
};
/** Where something runs. `net`: in whose definition it stands. `isJudged`: it was asked of its author whether it may. */
type Run = Pick<RefusedRun, 'unit' | 'what'> & {
  readonly net: string;
  readonly target: Target;
  readonly runs: RunsAs;
  readonly isJudged: boolean;
};
type Row = { readonly name: string; readonly definition: JobNetDefinition };

/** Every one that the rules refuse, net by net in the order of their names. */
export async function* refusedRuns(
  { database, inventory }: { readonly database: Pick<Database, 'query'>; readonly inventory: RunAsPlaces },
  { before, after }: RunAsChange,
): AsyncGenerator<RefusedRun> {
  const [old, next] = [before, after].map((rules) => createRunAsJudge(inventory, () => rules).mayOn);
  if (old === undefined || next === undefined) return;
  for await (const { name, definition } of netsInForce(database)) {
    const known = new Map<string, { readonly isRefused: boolean; readonly isNew: boolean }>();
    for (const { net, unit, what, target, runs, isJudged } of await runsOf(database, {
      ...definition,
      name,
    })) {
      // Without any role a rule that names some is none.
      const wish = { net, ...whoOf(runs), roles: isJudged ? null : [] };
      const key = JSON.stringify([wish, target]);
      const found = known.get(key) ?? { isRefused: !next(target, wish), isNew: old(target, wish) };
      known.set(key, found);
      if (!found.isRefused) continue;
      const { user, group } = wish;
      yield { net: name, unit, what, target: placeOf(target), user, group, isNew: found.isNew };
    }
  }
}

/** As somebody sees it: what lies in nets that he may not see is counted alone. */
export const lookAtRunAs = async (
  ports: Parameters<typeof refusedRuns>[0],
  change: RunAsChange,
  sees: (net: string) => boolean,
): Promise<RunAsOutlook> => {
  const items: { readonly fresh: RefusedRun[]; readonly old: RefusedRun[] } = { fresh: [], old: [] };
  const counts = { newCount: 0, oldCount: 0, newNets: 0, hidden: 0 };
  let lastNewNet: string | null = null;
  for await (const run of refusedRuns(ports, change)) {
    if (run.isNew) {
      counts.newCount += 1;
      if (run.net !== lastNewNet) counts.newNets += 1;
      lastNewNet = run.net;
    } else counts.oldCount += 1;
    if (!sees(run.net)) {
      counts.hidden += 1;
      continue;
    }
    const into = run.isNew ? items.fresh : items.old;
    if (into.length < outlookLimits.itemsMax) into.push(run);
  }
  return { items: [...items.fresh, ...items.old].slice(0, outlookLimits.itemsMax), ...counts };
};

async function* netsInForce(database: Pick<Database, 'query'>): AsyncGenerator<Row> {
  let after = '';
  for (;;) {
    const rows = await database.query<Row>({
      name: 'nets_in_force_after',
      text: `SELECT n.name, r.definition FROM net n JOIN net_revision r ON r.net = n.name AND r.revision = n.revision
             WHERE n.name > $1 ORDER BY n.name LIMIT $2`,
      values: [after, NETS_AT_ONCE],
    });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < NETS_AT_ONCE) return;
    after = last.name;
  }
}

const runsOf = async (
  database: Pick<Database, 'query'>,
  definition: JobNetDefinition,
): Promise<readonly Run[]> => {
  const { name: net } = definition;
  const isJudged = !net.startsWith(`${channelFolder}/`);
  const own = placedRuns(definition).flatMap(({ name: unit, what, target, runs }): Run[] =>
    target === undefined ? [] : [{ net, unit, what, target, runs, isJudged }],
  );
  return [...own, ...(await runsByReference(database, definition))];
};

/** Units of other nets, where a reference here says on which node they run. All others are told of at their own net. */
const runsByReference = async (
  database: Pick<Database, 'query'>,
  definition: JobNetDefinition,
): Promise<readonly Run[]> => {
  if (!referencesOf(definition.units).some(({ unit }) => unit.target !== undefined)) return [];
  const { references, problems } = expandNet(definition, await loadReferences(database, definition));
  // It cannot run anyway, and says so when it is to.
  if (problems.length > 0) return [];
  const { units, scopes } = planNet(definition, references);
  return units.flatMap((unit): Run[] =>
    isPlannedAttempt(unit) && unit.targetGiven && unit.target !== null
      ? [
          {
            net: scopes.get(unit.scope)?.net ?? definition.name,
            unit: unit.path,
            what: 'unit',
            target: unit.target,
            runs: unit.definition,
            isJudged: false,
          },
        ]
      : [],
  );
};

const placeOf = (target: Target): RefusedRun['target'] =>
  'node' in target ? { node: target.node } : { scope: target.scope };
