// As which users of the operating system units may run, where: the rules of the settings "run_as", asked of one unit at one place.
// A rule allows what fits all that it names; without one that fits, nothing runs. Asked when a definition is brought into force, with the roles
// of the one who does it, and again, without roles, when an attempt goes to its agent. Pure. Called by manager/src/jobs.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { agentUser, type RunAsRule } from '@nezuban/protocol/settings/job-bounds';
import { isNetBelow } from './area.ts';

export type RunAsWish = {
  /** In whose definition the unit stands. */
  readonly net: string;
  /** Null: any node of the scopes. */
  readonly node: string | null;
  /** All scopes around the node or target. */
  readonly scopes: ReadonlySet<string>;
  /** Null: the unit names none. */
  readonly user: string | null;
  readonly group: string | null;
  /** Of the one who brings it into force; null: nobody does, it runs. */
  readonly roles: readonly string[] | null;
};

export function mayRunAs(rules: readonly RunAsRule[], wish: RunAsWish): boolean {
  return rules.some((rule) => allows(rule, wish));
}

function allows(rule: RunAsRule, wish: RunAsWish): boolean {
  const { folder, scope, node, users, groups, roles } = rule;
  return (
    (folder === undefined || isNetBelow(wish.net, folder)) &&
    (scope === undefined || wish.scopes.has(scope)) &&
    (node === undefined || wish.node === node) &&
    fits(users, wish.user ?? agentUser) &&
    (wish.group === null || fits(groups ?? [], wish.group)) &&
    (roles === undefined || wish.roles === null || roles.some((role) => wish.roles?.includes(role)))
  );
}

/** Names of users have case; a pattern is one name, or the beginning of names. */
function fits(patterns: readonly string[], name: string): boolean {
  return patterns.some(
    (pattern) =>
      pattern === '*' ||
      pattern === name ||
      (pattern.endsWith('*') && name !== agentUser && name.startsWith(pattern.slice(0, -1))),
  );
}

/** `as the user "batch" with the group "dba"`, or as whom a unit runs that names nobody. */
export function sayRunAs({ user, group }: Pick<RunAsWish, 'user' | 'group'>): Said {
  if (user === null) return group === null ? say('run_as_agent') : say('run_as_agent_group', { group });
  return group === null ? say('run_as_user', { user }) : say('run_as_user_group', { user, group });
}
