// Scopes that rules of who runs as whom name (settings "run_as"): their nodes decide where a rule holds, so nobody chooses these who may not change
// the rules. Called in the transaction of a change of scopes, by scope-changes.ts.
import { runAsSettingsSchema } from '@nezuban/protocol/settings/job-bounds';
import type { RequestActor, Transaction } from '../ports.ts';
import { forbidden } from '../access/actor-permissions.ts';
import { expandScopes } from './node-registry.ts';
import type { ScopeRow } from './scope-store.ts';

/** Whether they are there or not. The rules do not change until the transaction ends. */
export const scopesOfRules = async (transaction: Transaction): Promise<ReadonlySet<string>> => {
  const { rows } = await transaction.query<{ value: unknown }>(
    "SELECT value FROM setting WHERE section = 'run_as' FOR SHARE",
  );
  const parsed = runAsSettingsSchema.safeParse(rows[0]?.value ?? {});
  // What cannot be read is no rule either: the defaults hold.
  const rules = parsed.success ? parsed.data.rules : [];
  return new Set(rules.flatMap(({ scope }) => (scope === undefined ? [] : [scope])));
};

/** Throws `forbidden` where a node would come to lie in a scope of rules, directly or in one of its child scopes. */
export const assertRulesStay = async (
  transaction: Transaction,
  {
    actor,
    before,
    next,
  }: {
    readonly actor: RequestActor;
    readonly before: ReadonlyMap<string, ScopeRow>;
    readonly next: ScopeRow;
  },
): Promise<void> => {
  if (actor.permissions.holds('settings.write')) return;
  const named = await scopesOfRules(transaction);
  if (named.size === 0) return;
  const had = expandScopes(before);
  const has = expandScopes(new Map([...before, [next.name, next]]));
  for (const scope of named) {
    const known = new Set(had.get(scope));
    const node = has.get(scope)?.find((each) => !known.has(each));
    if (node !== undefined)
      throw forbidden(
        'settings.write',
        `to bring the node "${node}" into the scope "${scope}", for which the settings "run_as" have a rule`,
      );
  }
};
