// Changes of roles, by API and by YAML file.
// Responsible for what a role may become, for not overwriting what somebody has not seen, and for the audit entry of a change. What may be
// given is decided in giving.ts.
import { say } from '@nezuban/protocol/sentences/sentence';
import { isDeepStrictEqual } from 'node:util';
import { createPermissions } from '@nezuban/core/access/permissions';
import { builtinRoleNames } from '@nezuban/protocol/access/role';
import type { Grant, RoleDefinition } from '@nezuban/protocol/access/role';
import { CodedError } from '@nezuban/protocol/errors';
import type { AuditLog, RequestActor, Roles, ScopePlaces, Transaction } from '../ports.ts';
import { openGiving } from './giving.ts';
import type { Giving } from './giving.ts';
import type { RoleBook, RoleChange } from './role-book.ts';
import { deleteRole, findMissingScope, saveRole, toDefinition } from './role-store.ts';
import type { RoleRow } from './role-store.ts';
import type { StandingTold } from './standing-changes.ts';

export type Expected = { readonly revision: number } | 'absent' | null;
type Applied = {
  readonly change: 'created' | 'updated' | 'unchanged';
  readonly row: RoleRow;
  readonly afterCommit: () => void;
};

export type RoleChanges = Roles & {
  put(
    transaction: Transaction,
    asked: { readonly role: RoleDefinition; readonly expected: Expected; readonly actor: RequestActor },
  ): Promise<Applied>;
  remove(
    transaction: Transaction,
    asked: { readonly name: string; readonly expected: Expected; readonly actor: RequestActor },
  ): Promise<() => void>;
};

export const createRoleChanges = (ports: {
  readonly audit: AuditLog;
  readonly book: RoleBook;
  readonly places: () => ScopePlaces;
  /** After the commit: what who has the role opened under other rights must end. */
  readonly onChanged: (role: string) => void;
  /** What who has the role has left behind may stop. */
  readonly standing: StandingTold;
}): RoleChanges => {
  const { audit, book, standing } = ports;

  const assertMay = async (
    giving: Giving,
    actor: RequestActor,
    change: RoleChange & { readonly before: readonly Grant[] },
  ): Promise<void> => {
    const what = `The role "${change.name}"`;
    giving.assertHolds(actor, createPermissions(change.before), what);
    giving.assertHolds(actor, createPermissions(change.grants ?? []), what);
    await giving.assertMayChangeRole(actor, change);
    await giving.assertSomebodyLeft(change);
  };

  const change = async (
    transaction: Transaction,
    { role, expected, actor }: Parameters<RoleChanges['put']>[1],
    action: 'putRole' | 'applyDefinitions',
  ): Promise<Applied> => {
    assertOwn(role.name);
    const giving = await openGiving(transaction, ports.places);
    const before = giving.role(role.name);
    assertExpected(role.name, before, expected);
    if (before !== undefined && isDeepStrictEqual(plain(toDefinition(before)), plain(role)))
      return { change: 'unchanged', row: before, afterCommit: () => undefined };
    await assertMay(giving, actor, {
      name: role.name,
      before: before?.grants ?? [],
      grants: role.grants,
    });
    await assertDeniesSomething(transaction, role, before?.grants ?? []);
    const publish = await standing.ofRole(transaction, giving, { ...role, actor });
    const row = await saveRole(transaction, role, actor.name);
    const what = before === undefined ? 'created' : 'updated';
    await audit.record(transaction, {
      actor,
      action,
      target: role.name,
      details: { kind: 'role', change: what, revision: row.revision, grants: role.grants },
    });
    return {
      change: what,
      row,
      afterCommit() {
        book.put(row);
        ports.onChanged(role.name);
        publish();
      },
    };
  };

  return {
    put: (transaction, asked) => change(transaction, asked, 'putRole'),
    async applyRole(transaction, role, actor) {
      actor.permissions.require('access.write');
      return await change(transaction, { role, expected: null, actor }, 'applyDefinitions');
    },
    async remove(transaction, { name, expected, actor }) {
      assertOwn(name);
      const giving = await openGiving(transaction, ports.places);
      const before = giving.role(name);
      if (before === undefined) throw noSuchRole(name);
      assertExpected(name, before, expected);
      const { rows } = await transaction.query<{ name: string }>(
        'SELECT name FROM app_user WHERE roles @> $1 ORDER BY name LIMIT 6',
        [[name]],
      );
      if (rows.length > 0)
        throw new CodedError(
          'operation_refused',
          say('refused_role_used', {
            name,
            users: rows.slice(0, NAMED_MAX).map((user) => user.name),
          }),
        );
      await assertMay(giving, actor, { name, before: before.grants, grants: null });
      const publish = await standing.ofRole(transaction, giving, { name, grants: null, actor });
      await deleteRole(transaction, name);
      await audit.record(transaction, {
        actor,
        action: 'deleteRole',
        target: name,
        details: { grants: before.grants },
      });
      return () => {
        book.remove(name);
        ports.onChanged(name);
        publish();
      };
    },
  };
};

/**
 * A rule that forbids must name a scope that is there: else it forbids nothing, and nobody sees it. Rules of before may stay; a scope that
 * they name is not deleted.
 */
const assertDeniesSomething = async (
  transaction: Transaction,
  role: RoleDefinition,
  before: readonly Grant[],
): Promise<void> => {
  const known = new Set(before.map(({ scope }) => scope));
  const named = role.grants.flatMap(({ effect, scope }) =>
    effect === 'deny' && scope !== undefined && !known.has(scope) ? [scope] : [],
  );
  const missing = await findMissingScope(transaction, named);
  if (missing === null) return;
  const index = role.grants.findIndex(({ effect, scope }) => effect === 'deny' && scope === missing);
  const message = `there is no scope "${missing}", so the rule would forbid nothing; define it first, in the same file if you like`;
  throw new CodedError(
    'invalid_definition',
    say('problem_role_grants_scope', { name: role.name, index, message }),
    {
      issues: [{ path: `grants[${index}].scope`, message }],
    },
  );
};

/** Names in one sentence. */
const NAMED_MAX = 5;

export const noSuchRole = (name: string): CodedError =>
  new CodedError('not_found', say('problem_there_is_no_role', { name }));

/** As it travels: what is undefined is not there. */
const plain = (role: RoleDefinition): unknown => JSON.parse(JSON.stringify(role));

const assertOwn = (name: string): void => {
  if (builtinRoleNames.has(name))
    throw new CodedError('operation_refused', say('problem_the_role_is_part_of_the_program', { name }));
};

const assertExpected = (name: string, before: RoleRow | undefined, expected: Expected): void => {
  if (expected === null) return;
  const wanted = expected === 'absent' ? undefined : expected.revision;
  if (before?.revision === wanted) return;
  throw new CodedError(
    'precondition_failed',
    before === undefined
      ? `The role "${name}" has been deleted meanwhile.`
      : `The role "${name}" was changed by ${before.updated_by} meanwhile (revision ${before.revision}).`,
  );
};
