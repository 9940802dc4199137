// Holds units to the rules of who runs as whom, where (settings "run_as"): when a definition is brought into force, and when an attempt goes.
// Responsible for asking about each place of a definition, and for the sentences. What a rule allows is core/src/access/run-as.ts, where something
// runs is run-as-places.ts beside it.
// A reference that names a target for another net is judged there when it runs: its units are of that net, and rules with roles, which nobody was
// asked for there, do not count. Nor do they for commands of channels. Called by author-rights.ts, order-bounds.ts, channel-runs.ts, file-watches.ts
// and rights-outlook/.
import { mayRunAs, sayRunAs, type RunAsWish } from '@nezuban/core/access/run-as';
import { placedRuns, type RunsAs } from '@nezuban/core/access/run-as-places';
import { CodedError, type Issue } from '@nezuban/protocol/errors';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { Target } from '@nezuban/protocol/jobs/units/unit-base';
import { say, sentenceFrom, type Said } from '@nezuban/protocol/sentences/sentence';
import type { RunAsRule } from '@nezuban/protocol/settings/job-bounds';
import type { Inventory, RequestActor } from '../ports.ts';
import type { SettingsPort } from '../settings/settings.ts';

export type RunAsGuard = {
  /** Throws `forbidden` with every unit that no rule allows. */
  readonly assertMayDefine: (actor: RequestActor, definition: JobNetDefinition) => void;
  /**
   * Why the unit may not run on the node now, as the rest of a sentence; null: it may. `net`: in whose definition it stands.
   * `isJudged`: it was asked of somebody with roles whether the unit may run there.
   */
  readonly refusalOf: (at: {
    readonly net: string;
    readonly node: string;
    readonly unit: RunsAs;
    readonly isJudged: boolean;
  }) => Said | null;
};

export type RunAsPlaces = Pick<Inventory, 'snapshot' | 'places'>;
type Wish = Omit<RunAsWish, 'node' | 'scopes'>;

export const whoOf = ({ user, group }: RunsAs): Pick<RunAsWish, 'user' | 'group'> => ({
  user: user ?? null,
  group: group ?? null,
});

/** Whether rules allow it on a node, or on all of a target: a scope as a whole, or else each node that it has now. */
export const createRunAsJudge = (inventory: RunAsPlaces, rules: () => readonly RunAsRule[]) => {
  const mayOnNode = (node: string, wish: Wish): boolean =>
    mayRunAs(rules(), { ...wish, node, scopes: inventory.places.scopesOfNode(node) });
  const mayOn = (target: Target, wish: Wish): boolean => {
    if ('node' in target) return mayOnNode(target.node, wish);
    const scopes = inventory.places.withParents(target.scope);
    if (mayRunAs(rules(), { ...wish, node: null, scopes })) return true;
    const nodes = inventory.snapshot().scopes.get(target.scope) ?? [];
    return nodes.length > 0 && nodes.every((node) => mayOnNode(node, wish));
  };
  return { mayOnNode, mayOn };
};

export const createRunAsGuard = ({
  inventory,
  settings,
}: {
  readonly inventory: RunAsPlaces;
  readonly settings: Pick<SettingsPort, 'of'>;
}): RunAsGuard => {
  const { mayOn, mayOnNode } = createRunAsJudge(inventory, () => settings.of('run_as').rules);
  return {
    assertMayDefine(actor, definition) {
      const roles = actor.roles ?? [];
      const issues = placedRuns(definition).flatMap(({ runs, path, target }): Issue[] => {
        const wish = { net: definition.name, roles, ...whoOf(runs) };
        if (target === undefined || mayOn(target, wish)) return [];
        const isYours = mayOn(target, { ...wish, roles: null });
        const values = {
          as: sayRunAs(wish),
          where:
            'node' in target
              ? say('run_as_on_node', { node: target.node })
              : say('run_as_on_scope', { scope: target.scope }),
        };
        return [
          { path, ...(isYours ? say('run_as_not_your_roles', values) : say('run_as_not_here', values)) },
        ];
      });
      const [first] = issues;
      if (first !== undefined)
        throw new CodedError(
          'forbidden',
          say('problem_the_job_net_rules_are_the_settings', {
            name: definition.name,
            path: first.path,
            message: sentenceFrom(first),
          }),
          { issues },
        );
    },
    refusalOf({ net, node, unit, isJudged }) {
      const wish = { net, ...whoOf(unit) };
      // Without any role a rule that names some is none.
      if (mayOnNode(node, { ...wish, roles: isJudged ? null : [] })) return null;
      const values = { net, as: sayRunAs(wish), node };
      const isByRoles = !isJudged && mayOnNode(node, { ...wish, roles: null });
      return isByRoles ? say('run_as_refused_roles', values) : say('run_as_refused', values);
    },
  };
};
