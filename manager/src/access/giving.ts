// The rule by which access is given, and that nobody locks all out. Decides; the changes of users and roles ask.
//
// Who changes a user or a role must himself hold, at every place, all that the user or role gives before and after the change, with the limits
// of the token that he uses. So nobody gives what he has not, takes over somebody stronger by a new password, or weakens him; and a deny binds
// him who is denied. And after every change somebody who is not disabled holds `access.write` without limit.
import { thing } from '@nezuban/protocol/sentences/thing';
import { say } from '@nezuban/protocol/sentences/sentence';
import { firstUncovered } from '@nezuban/core/access/permissions';
import type { Permissions } from '@nezuban/core/access/permissions';
import { CodedError } from '@nezuban/protocol/errors';
import type { RequestActor, ScopePlaces, Transaction } from '../ports.ts';
import { roleDecider } from './role-book.ts';
import type { RoleChange } from './role-book.ts';
import { lockAccess } from './role-store.ts';
import type { RoleRow } from './role-store.ts';

/** Users and roles as this transaction sees them, its own changes included; nobody else changes any until its end. */
export type Giving = {
  readonly role: (name: string) => RoleRow | undefined;
  readonly decide: (roles: readonly string[], change?: RoleChange) => Permissions;
  /** Throws `forbidden`, naming a right that the actor has not. `what` begins the sentence: "The user ...". */
  assertHolds(actor: RequestActor, given: Permissions, what: string): void;
  /** The same for all users who have a role that changes: what they may before and afterwards. */
  assertMayChangeRole(actor: RequestActor, change: RoleChange): Promise<void>;
  /** Throws `operation_refused` where nobody would be left. Of users: call it after the change. */
  assertSomebodyLeft(change?: RoleChange): Promise<void>;
};

export const openGiving = async (transaction: Transaction, places: () => ScopePlaces): Promise<Giving> => {
  const roles = new Map((await lockAccess(transaction)).map((row) => [row.name, row]));
  const decide = roleDecider((name) => roles.get(name));
  const uncovered = (mine: Permissions, other: Permissions) =>
    firstUncovered(mine, other, (scope) => [...places().withParents(scope)]);

  const assertHolds: Giving['assertHolds'] = (actor, given, what) => {
    const right = uncovered(actor.permissions.decided, given);
    if (right !== null)
      throw new CodedError(
        'forbidden',
        say('problem_may_more_than_you_at_a_place', { what: thing(what), right }),
      );
  };

  return {
    role: (name) => roles.get(name),
    decide,
    assertHolds,
    async assertMayChangeRole(actor, change) {
      const { rows } = await transaction.query<{ roles: string[]; name: string }>(
        'SELECT roles, min(name) AS name FROM app_user WHERE roles @> $1 GROUP BY roles',
        [[change.name]],
      );
      for (const { roles: held, name } of rows) {
        const [before, after] = [decide(held), decide(held, change)];
        if (uncovered(before, after) === null && uncovered(after, before) === null) continue;
        const what = `The user "${name}", who has the role "${change.name}",`;
        assertHolds(actor, before, what);
        assertHolds(actor, after, what);
      }
    },
    async assertSomebodyLeft(change) {
      const { rows } = await transaction.query<{ roles: string[] }>(
        'SELECT DISTINCT roles FROM app_user WHERE NOT disabled',
      );
      if (rows.some(({ roles: held }) => decide(held, change).everywhere('access.write'))) return;
      throw new CodedError('operation_refused', say('problem_nobody_would_be_left_who_may_change'));
    },
  };
};
