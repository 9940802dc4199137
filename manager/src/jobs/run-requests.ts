// "Run now": from a caller's wish to a session.
// Responsible for the definition in force, for the caller's key by which a repeat gives the same session, and for the audit row.
// Called by the routes.
import { say } from '@nezuban/protocol/sentences/sentence';
import { isPlannedAttempt, type NetPlan } from '@nezuban/core/jobs/net-plan';
import { judgeValues } from '@nezuban/core/jobs/variables/parameter-values';
import type { Clock } from '@nezuban/platform/clock';
import { CodedError } from '@nezuban/protocol/errors';
import type { Target } from '@nezuban/protocol/jobs/units/unit-base';
import type { SessionSummary, SessionTrigger } from '@nezuban/protocol/jobs/session';
import type { Database } from '../database/database.ts';
import type {
  Actor,
  AuditLog,
  Freezes,
  Inventory,
  InventorySnapshot,
  RequestActor,
  SessionSecrets,
} from '../ports.ts';
import type { DefinitionCache } from './definition-cache.ts';
import type { Engine } from './engine.ts';
import { jobsLimits } from './jobs-limits.ts';
import { findSummary } from './session-lists.ts';
import { findUnstorable } from '../database/storable-text.ts';
import { secretsOfPlan } from '../secrets/secret-uses.ts';

/** Of the keys of starts by units; longer than any that a caller of the API may give, so nobody can take one first. They are kept longer, too. */
export const unitKeyChars = 120;

export type RunRequest = {
  readonly net: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly idempotencyKey: string | undefined;
  /** Who starts it although the net is frozen; refused to whoever may not end that freeze. Null: a frozen net is not started. */
  readonly overriding: RequestActor | null;
  readonly actor: Actor;
  /** Left out: the actor by hand. */
  readonly trigger?: SessionTrigger;
};
export type RunRequestPorts = {
  readonly database: Database;
  readonly definitions: DefinitionCache;
  readonly engine: Pick<Engine, 'run'>;
  readonly inventory: Inventory;
  readonly secrets: Pick<SessionSecrets, 'named'>;
  readonly freezes: Pick<Freezes, 'startRefusal' | 'assertMayOverride'>;
  readonly audit: AuditLog;
  readonly clock: Clock;
};
export type RunRequests = {
  readonly run: (request: RunRequest) => Promise<SessionSummary>;
  /** The session that a run with this key has begun, or is just beginning; null: none has. */
  readonly find: (of: { readonly net: string; readonly key: string }) => Promise<SessionSummary | null>;
};

export const createRunRequests = ({
  database,
  definitions,
  engine,
  inventory,
  secrets,
  freezes,
  audit,
  clock,
}: RunRequestPorts): RunRequests => {
  /** Runs with a key that are under way: a second caller with the same key waits for the first. */
  const underWay = new Map<string, Promise<SessionSummary>>();

  /** The freeze that is overridden; null if the net is not frozen. Throws where it may not start. */
  const judgeFreeze = ({ net, overriding }: RunRequest): string | null => {
    const frozen = freezes.startRefusal(net);
    if (frozen === null) return null;
    if (overriding === null) throw new CodedError('frozen', frozen);
    freezes.assertMayOverride(net, overriding);
    return frozen.message;
  };
  const runNew = async (request: RunRequest): Promise<SessionSummary> => {
    const { net, parameters, idempotencyKey, actor } = request;
    const [current] = await database.query<{ revision: number }>({
      name: 'net_revision_now',
      text: 'SELECT revision FROM net WHERE name = $1',
      values: [net],
    });
    if (current === undefined) throw new CodedError('not_found', say('problem_there_is_no_job_net', { net }));
    const overridden = judgeFreeze(request);
    const plan = await definitions.loadPlan({ net, revision: current.revision });
    assertCanRun(plan, parameters, inventory.snapshot());
    assertSecrets(plan, secrets);
    return await engine.run({
      plan,
      netRevision: current.revision,
      parameters,
      trigger: request.trigger ?? { type: 'manual', user: actor.name },
      overrideFreeze: request.overriding !== null,
      async alsoWrite(transaction, session) {
        await audit.record(transaction, {
          actor,
          action: 'runNet',
          target: net,
          details: {
            session: session.id,
            revision: current.revision,
            ...(overridden === null ? {} : { overrideFreeze: overridden }),
          },
        });
        if (idempotencyKey === undefined) return;
        const at = new Date(clock.epochMs());
        // One that counts no more may still be there: whoever takes those away comes later.
        const { rowCount } = await transaction.query(
          `INSERT INTO run_key AS known (net, key, session_id, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (net, key) DO UPDATE SET session_id = excluded.session_id, created_at = excluded.created_at
             WHERE known.created_at < $5 OR NOT EXISTS (SELECT FROM session WHERE id = known.session_id)`,
          [net, idempotencyKey, session.id, at, new Date(at.getTime() - keptMsOf(idempotencyKey))],
        );
        if (rowCount === 0)
          throw new Error(`The key "${idempotencyKey}" has begun another session of ${net} in this moment`);
      },
    });
  };
  const findMade = async (net: string, key: string): Promise<SessionSummary | null> => {
    const [known] = await database.query<{ session_id: number }>({
      name: 'find_run_key',
      text: 'SELECT session_id FROM run_key WHERE net = $1 AND key = $2 AND created_at >= $3',
      values: [net, key, new Date(clock.epochMs() - keptMsOf(key))],
    });
    return known === undefined ? null : await findSummary(database, known.session_id);
  };
  const runOnce = async (request: RunRequest, key: string): Promise<SessionSummary> =>
    (await findMade(request.net, key)) ?? (await runNew(request));

  return {
    async run(request) {
      const key = request.idempotencyKey;
      if (key === undefined) return await runNew(request);
      if (!storable(key))
        throw new CodedError(
          'invalid_request',
          say('problem_body_idempotencykey_has_a_character_that_cannot'),
        );
      const place = placeOf(request.net, key);
      const first = underWay.get(place);
      if (first !== undefined) return await first;
      const run = runOnce(request, key);
      underWay.set(place, run);
      try {
        return await run;
      } finally {
        underWay.delete(place);
      }
    },
    async find({ net, key }) {
      // Whatever becomes of it: what is stored afterwards is the truth.
      await underWay.get(placeOf(net, key))?.catch(() => undefined);
      return await findMade(net, key);
    },
  };
};

const keptMsOf = (key: string): number =>
  key.length < unitKeyChars ? jobsLimits.runKeyKeptMs : jobsLimits.unitRunKeyKeptMs;

const placeOf = (net: string, key: string): string => `${net} ${key}`;

const storable = (text: string): boolean => findUnstorable(text).length === 0;

/** Said at the start and not by a command in the middle of the night. */
const assertSecrets = (plan: NetPlan, { named }: Pick<SessionSecrets, 'named'>): void => {
  const missing = [...secretsOfPlan(plan)].filter((name) => named(name) === null);
  if (missing.length > 0)
    throw new CodedError(
      'missing_parameter',
      say('refused_secrets_missing', {
        net: plan.definition.name,
        names: missing.map((name) => ({ code: 'name_quoted', values: { name } })),
        first: missing[0] ?? 'NAME',
      }),
    );
};

const assertCanRun = (
  { definition, units }: NetPlan,
  parameters: Readonly<Record<string, string>>,
  inventory: InventorySnapshot,
): void => {
  const issues = [
    ...judgeValues(definition.parameters, parameters),
    ...findUnstorable(parameters, 'parameters'),
  ];
  if (issues.length > 0) {
    throw new CodedError(
      'missing_parameter',
      say('problem_cannot_run_with_these_parameters', {
        name: definition.name,
        value: issues.map(({ path, message }) => `${path}: ${message}`).join('; '),
      }),
      { issues },
    );
  }
  const targets = units.flatMap((unit) => (isPlannedAttempt(unit) ? [unit.target ?? undefined] : []));
  if (targets.length > 0 && targets.every((target) => !hasNode(target, inventory))) {
    throw new CodedError(
      'no_target',
      say('problem_none_of_the_nodes_that_names_is', {
        name: definition.name,
        value: [...new Set(targets.map(describe))].join(', '),
      }),
    );
  }
};

const hasNode = (target: Target | undefined, { nodes, scopes }: InventorySnapshot): boolean => {
  if (target === undefined) return false;
  return 'node' in target ? nodes.has(target.node) : (scopes.get(target.scope)?.length ?? 0) > 0;
};
const describe = (target: Target | undefined): string => {
  if (target === undefined) return 'no target';
  return 'node' in target ? `node "${target.node}"` : `scope "${target.scope}"`;
};
