// Holds units to the rules of who runs as whom, where (settings "run_as"): when a definition is brought into force, and when an attempt goes.
// Responsible for finding the units with the targets that they inherit, and for the sentences. What a rule allows is core/access/run-as.ts.
// A reference that names a target for another net is judged there when it runs: its units are of that net, and rules with roles, which nobody was
// asked for there, do not count. Nor do they for commands of channels. Called by author-rights.ts, order-bounds.ts, and channel-runs.ts.
import { mayRunAs, sayRunAs } from '@nezuban/core/access/run-as';
import { CodedError, type Issue } from '@nezuban/protocol/errors';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { AttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { FileTransferUnit } from '@nezuban/protocol/jobs/units/file-transfer';
import type { Target } from '@nezuban/protocol/jobs/units/unit-base';
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
    readonly unit: Pick<AttemptUnit, 'user'> & Partial<Pick<AttemptUnit, 'group'>>;
    readonly isJudged: boolean;
  }) => string | null;
};

const ROLES_VOID =
  'rules with roles do not count here: nobody was asked for a role when this node was chosen for the unit';

type Placed = {
  readonly unit: Pick<AttemptUnit, 'user' | 'group'>;
  readonly path: string;
  readonly target: Target | undefined;
};

export const createRunAsGuard = ({
  inventory,
  settings,
}: {
  readonly inventory: Pick<Inventory, 'snapshot' | 'places'>;
  readonly settings: Pick<SettingsPort, 'of'>;
}): RunAsGuard => {
  const whoOf = ({ user, group }: Pick<AttemptUnit, 'user' | 'group'>) => ({
    user: user ?? null,
    group: group ?? null,
  });
  const mayOnNode = (node: string, wish: Omit<Parameters<typeof mayRunAs>[1], 'node' | 'scopes'>): boolean =>
    mayRunAs(settings.of('run_as').rules, {
      ...wish,
      node,
      scopes: inventory.places.scopesOfNode(node),
    });
  /** A scope as a whole, or else each node that it has now. */
  const mayOn = (target: Target, wish: Omit<Parameters<typeof mayRunAs>[1], 'node' | 'scopes'>): boolean => {
    if ('node' in target) return mayOnNode(target.node, wish);
    const scopes = inventory.places.withParents(target.scope);
    if (mayRunAs(settings.of('run_as').rules, { ...wish, node: null, scopes })) return true;
    const nodes = inventory.snapshot().scopes.get(target.scope) ?? [];
    return nodes.length > 0 && nodes.every((node) => mayOnNode(node, wish));
  };

  return {
    assertMayDefine(actor, definition) {
      const roles = actor.roles ?? [];
      const placed = [
        ...attemptsIn(definition.units, { path: 'units', target: definition.target }),
        ...watchesIn(definition),
      ];
      const issues = placed.flatMap(({ unit, path, target }): Issue[] => {
        const wish = { net: definition.name, roles, ...whoOf(unit) };
        if (target === undefined || mayOn(target, wish)) return [];
        const where = 'node' in target ? `the node "${target.node}"` : `the scope "${target.scope}"`;
        const isYours = mayOn(target, { ...wish, roles: null });
        const who = isYours ? 'to any of your roles' : 'to job nets of its folder';
        return [{ path, message: `would run ${sayRunAs(wish)} on ${where}, which no rule allows ${who}` }];
      });
      const [first] = issues;
      if (first !== undefined)
        throw new CodedError(
          'forbidden',
          `The job net "${definition.name}": ${first.path}: ${first.message}. Rules are the settings "run_as".`,
          { issues },
        );
    },
    refusalOf({ net, node, unit, isJudged }) {
      const wish = { net, ...whoOf(unit) };
      // Without any role a rule that names some is none.
      if (mayOnNode(node, { ...wish, roles: isJudged ? null : [] })) return null;
      const why = !isJudged && mayOnNode(node, { ...wish, roles: null }) ? ` (${ROLES_VOID})` : '';
      return `no rule of the settings "run_as" allows units of the job net "${net}" to run ${sayRunAs(wish)} on ${node}${why}`;
    },
  };
};

/** Start conditions that watch files: somebody looks there, too. */
const watchesIn = ({ start_conditions: conditions }: JobNetDefinition): Placed[] => {
  const key = conditions?.any === undefined ? 'all' : 'any';
  return (conditions?.[key] ?? []).flatMap((watcher, index): Placed[] =>
    'files' in watcher
      ? [
          {
            unit: { user: watcher.files.user },
            path: `start_conditions.${key}[${index}].files`,
            target: { node: watcher.files.node },
          },
        ]
      : [],
  );
};

/** Units with attempts, at any depth, each with its own target or that of the nearest net around it. */
const attemptsIn = (
  units: readonly UnitDefinition[],
  { path, target }: { readonly path: string; readonly target: Target | undefined },
): Placed[] =>
  units.flatMap((unit, index): Placed[] => {
    const at = `${path}[${index}]`;
    if (unit.type === 'net')
      return attemptsIn(unit.units, { path: `${at}.units`, target: unit.target ?? target });
    if (!('kill_after_s' in unit)) return [];
    const own = { unit, path: at, target: unit.target ?? target };
    return unit.type === 'file_transfer' ? [own, { ...readerOf(unit), path: `${at}.from` }] : [own];
  });

/** Who reads the files of a transfer, and where. */
export const readerOf = ({
  from,
  user,
}: FileTransferUnit): {
  readonly unit: Pick<AttemptUnit, 'user' | 'group'>;
  readonly target: { readonly node: string };
} => ({
  unit: { user: from.user ?? user, group: from.group },
  target: { node: from.node },
});
