// Whether somebody may bring a definition into force: what it lets happen, he must be allowed to do himself.
// Responsible for reading what is in force beside it, and for secrets that other nets hand to it. What a definition needs in itself is
// named-elsewhere.ts. Called in the transaction that saves it, by definition-apply.ts and, of those who plan a release, by releases.ts.
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { RequestActor, Transaction } from '../ports.ts';
import { assertMayUseElsewhere, isSameNet, lacks } from './named-elsewhere.ts';
import { createRunAsGuard } from './run-as-guard.ts';

export type AuthorRights = {
  /** Throws `forbidden`; `not_found` of other nets that he may not see. */
  readonly assertMayDefine: (
    transaction: Transaction,
    actor: RequestActor,
    definition: JobNetDefinition,
  ) => Promise<void>;
};

export const createAuthorRights = (ports: Parameters<typeof createRunAsGuard>[0]): AuthorRights => {
  const runAs = createRunAsGuard(ports);
  return {
    async assertMayDefine(transaction, actor, after) {
      const before = await findInForce(transaction, after.name);
      if (isSameNet({ before, after })) return;
      assertMayUseElsewhere(actor, { before, after });
      await assertMayTakeSecrets(transaction, actor, after);
      runAs.assertMayDefine(actor, after);
    },
  };
};

/** What another net hands to a secret parameter is that net's secret: whoever changes this one could send it anywhere. */
const assertMayTakeSecrets = async (
  transaction: Transaction,
  { permissions }: RequestActor,
  definition: JobNetDefinition,
): Promise<void> => {
  if (permissions.holds('secrets.use')) return;
  const secrets = definition.parameters.filter(({ type }) => type === 'secret').map(({ name }) => name);
  if (secrets.length === 0) return;
  const { rows } = await transaction.query<{ name: string; definition: JobNetDefinition }>(
    `SELECT n.name, r.definition FROM net_relation x JOIN net n ON n.name = x.net
       JOIN net_revision r ON r.net = n.name AND r.revision = n.revision
     WHERE x.other = $1 AND x.kind = 'contains' AND x.net <> $1`,
    [definition.name],
  );
  const giver = rows.find(({ definition: other }) => gives(other.units, definition.name, secrets));
  if (giver === undefined) return;
  const by = permissions.onNet('nets.read', giver.name)
    ? `the job net "${giver.name}"`
    : 'a job net that you may not see';
  throw lacks(definition, `is given a secret by ${by}`, 'secrets.use');
};

const gives = (units: readonly UnitDefinition[], net: string, names: readonly string[]): boolean =>
  units.some((unit) =>
    unit.type === 'net'
      ? gives(unit.units, net, names)
      : unit.type === 'net_ref' &&
        unit.net === net &&
        names.some((name) => Object.hasOwn(unit.parameters ?? {}, name)),
  );

const findInForce = async (transaction: Transaction, name: string): Promise<JobNetDefinition | null> => {
  const { rows } = await transaction.query<{ definition: JobNetDefinition }>(
    `SELECT r.definition FROM net n JOIN net_revision r ON r.net = n.name AND r.revision = n.revision WHERE n.name = $1`,
    [name],
  );
  return rows[0]?.definition ?? null;
};
