// Which job nets name which kept secret, as the definitions of now say. Opens every definition: for what people do now and then.
// Called by the routes of secrets, and before a definition is saved.
import type { NetPlan } from '@nezuban/core/jobs/net-plan';
import { placesOf } from '@nezuban/core/jobs/variables/places';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

const IN_FORCE =
  'SELECT net.name, r.definition FROM net JOIN net_revision r ON r.net = net.name AND r.revision = net.revision';

/** Names of the kept secrets that a definition names anywhere: by the reading that fills its texts, so that no spelling is seen by one alone. Pure. */
export const secretsNamedIn = (definition: JobNetDefinition): ReadonlySet<string> => {
  const found = new Set<string>();
  addSecrets(definition, found);
  return found;
};

const addSecrets = (value: unknown, found: Set<string>): void => {
  if (typeof value === 'string') {
    for (const place of placesOf(value, 'program')) if (place.kind === 'secret') found.add(place.name);
  } else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) addSecrets(each, found);
};

/** The same of a net with all that it refers to. Kept with the plan, which never changes. Pure. */
export const secretsOfPlan = (plan: NetPlan): ReadonlySet<string> => {
  const known = secretsByPlan.get(plan);
  if (known !== undefined) return known;
  const found = new Set<string>();
  addSecrets(plan.definition, found);
  for (const unit of plan.units) addSecrets('definition' in unit ? unit.definition : unit, found);
  for (const scope of plan.scopes.values()) addSecrets(scope, found);
  secretsByPlan.set(plan, found);
  return found;
};
const secretsByPlan = new WeakMap<NetPlan, ReadonlySet<string>>();

/** Nets by secret, all that any net names. */
export const findNetsWithSecrets = async (database: Database): Promise<ReadonlyMap<string, string[]>> => {
  const rows = await database.query<{ name: string; definition: JobNetDefinition }>({
    text: `${IN_FORCE} WHERE r.definition::text LIKE '%{{%secret.%' ORDER BY net.name`,
  });
  const uses = new Map<string, string[]>();
  for (const { name, definition } of rows)
    for (const secret of secretsNamedIn(definition)) uses.set(secret, [...(uses.get(secret) ?? []), name]);
  return uses;
};

/** Names in order. */
export const findNetsWithSecret = async (
  transaction: Transaction,
  secret: string,
): Promise<readonly string[]> => {
  const { rows } = await transaction.query<{ name: string; definition: JobNetDefinition }>(
    `${IN_FORCE} WHERE r.definition::text LIKE '%{{%secret.%' ORDER BY net.name`,
  );
  return rows.filter(({ definition }) => secretsNamedIn(definition).has(secret)).map(({ name }) => name);
};
