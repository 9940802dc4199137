// Operations on roles. What a change may be is decided in role-changes.ts.
import { say } from '@nezuban/protocol/sentences/sentence';
import { formatDefinition } from '@nezuban/core/definitions/format-definition';
import { builtinRoles } from '@nezuban/protocol/access/role';
import type { RoleView } from '@nezuban/protocol/access/views';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type { Handlers } from '../ports.ts';
import type { RoleBook } from './role-book.ts';
import { noSuchRole } from './role-changes.ts';
import type { RoleChanges } from './role-changes.ts';
import { toDefinition } from './role-store.ts';
import type { RoleRow } from './role-store.ts';

/** Built-in roles change with the program alone. */
const BUILTIN_REVISION = 0;

export type RoleRoutes = Pick<Handlers, 'listRoles' | 'getRole' | 'exportRole' | 'putRole' | 'deleteRole'>;

export const createRoleRoutes = (ports: {
  readonly database: Database;
  readonly book: RoleBook;
  readonly changes: RoleChanges;
}): RoleRoutes => {
  const { database, book, changes } = ports;

  /** How many users have each role. */
  const countUsers = async (): Promise<ReadonlyMap<string, number>> => {
    const rows = await database.query<{ role: string; users: number }>({
      text: 'SELECT role, count(*) AS users FROM app_user, unnest(roles) AS role GROUP BY role',
    });
    return new Map(rows.map(({ role, users }) => [role, users]));
  };
  const viewOf = (name: string, users: ReadonlyMap<string, number>): RoleView | null => {
    const userCount = users.get(name) ?? 0;
    const builtin = builtinRoles.find((role) => role.name === name);
    if (builtin !== undefined)
      return {
        role: builtin,
        builtin: true,
        revision: BUILTIN_REVISION,
        userCount,
        updatedAt: null,
        updatedBy: null,
      };
    const row = book.row(name);
    return row === undefined ? null : { ...toView(row), userCount };
  };
  const readRole = async (name: string): Promise<RoleView> => {
    const view = book.exists(name) ? viewOf(name, await countUsers()) : null;
    if (view === null) throw noSuchRole(name);
    return view;
  };

  return {
    async listRoles() {
      const users = await countUsers();
      const names = [...builtinRoles, ...book.rows()].map(({ name }) => name);
      return { body: { items: names.flatMap((name) => viewOf(name, users) ?? []) } };
    },
    async getRole({ params }) {
      const body = await readRole(params.name);
      return { body, revision: body.revision };
    },
    async exportRole({ params }) {
      const { role, revision } = await readRole(params.name);
      return { body: formatDefinition({ kind: 'role', value: role }), revision };
    },
    async putRole({ params, body, expected, actor }) {
      if (body.name !== params.name)
        throw new CodedError(
          'invalid_definition',
          say('problem_the_role_is_but_the_address_says', { name: body.name, name2: params.name }),
          {
            issues: [{ path: 'name', message: `is "${body.name}", but the address says "${params.name}"` }],
          },
        );
      const { row, afterCommit } = await database.inTransaction((transaction) =>
        changes.put(transaction, { role: body, expected, actor }),
      );
      afterCommit();
      const users = await countUsers();
      return { body: { ...toView(row), userCount: users.get(row.name) ?? 0 }, revision: row.revision };
    },
    async deleteRole({ params, expected, actor }) {
      const afterCommit = await database.inTransaction((transaction) =>
        changes.remove(transaction, { name: params.name, expected, actor }),
      );
      afterCommit();
      return { body: undefined };
    },
  };
};

const toView = (row: RoleRow): Omit<RoleView, 'userCount'> => ({
  role: toDefinition(row),
  builtin: false,
  revision: row.revision,
  updatedAt: row.updated_at.toISOString(),
  updatedBy: row.updated_by,
});
