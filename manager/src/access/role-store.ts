// Roles in the database. Responsible for rows alone; the built-in ones have none.
import type { Grant, RoleDefinition } from '@nezuban/protocol/access/role';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

export type RoleRow = {
  readonly name: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly grants: readonly Grant[];
  readonly revision: number;
  readonly updated_at: Date;
  readonly updated_by: string;
};

const COLUMNS = 'name, title, description, grants, revision, updated_at, updated_by';

/** Any number that no other lock of this kind has in this database. */
const ACCESS_LOCK = 7_302_604;

/**
 * Held by every change of users and roles until its end: what a change may give, and that an administrator is left, is decided on all of
 * them together. They are rare. Gives all roles as the transaction sees them.
 */
export const lockAccess = async (transaction: Transaction): Promise<RoleRow[]> => {
  await transaction.query('SELECT pg_advisory_xact_lock($1)', [ACCESS_LOCK]);
  const { rows } = await transaction.query<RoleRow>(`SELECT ${COLUMNS} FROM role`);
  return rows;
};

export const loadRoles = async (database: Database): Promise<RoleRow[]> =>
  await database.query<RoleRow>({ text: `SELECT ${COLUMNS} FROM role ORDER BY name` });

/**
 * Names of roles with a rule for the scope, in order, at most so many. No role changes until the transaction ends.
 */
export const findRolesOnScope = async (
  transaction: Transaction,
  scope: string,
  limit: number,
): Promise<readonly string[]> => {
  const roles = await lockAccess(transaction);
  return roles
    .filter(({ grants }) => grants.some((grant) => grant.scope === scope))
    .map(({ name }) => name)
    .toSorted()
    .slice(0, limit);
};

/** The first of the scopes that is not there; null: all are, and stay to the end of the transaction. */
export const findMissingScope = async (
  transaction: Transaction,
  scopes: readonly string[],
): Promise<string | null> => {
  if (scopes.length === 0) return null;
  const { rows } = await transaction.query<{ name: string }>(
    'SELECT name FROM scope WHERE name = ANY ($1) FOR KEY SHARE',
    [scopes],
  );
  const found = new Set(rows.map(({ name }) => name));
  return scopes.find((name) => !found.has(name)) ?? null;
};

export const saveRole = async (
  transaction: Transaction,
  role: RoleDefinition,
  by: string,
): Promise<RoleRow> => {
  const { rows } = await transaction.query<RoleRow>(
    `INSERT INTO role (name, title, description, grants, updated_by) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (name) DO UPDATE SET title = $2, description = $3, grants = $4, updated_by = $5, updated_at = now(),
       revision = nextval('role_revision')
     RETURNING ${COLUMNS}`,
    [role.name, role.title ?? null, role.description ?? null, JSON.stringify(role.grants), by],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an insert gave no row');
  return row;
};

export const deleteRole = async (transaction: Transaction, name: string): Promise<void> => {
  await transaction.query('DELETE FROM role WHERE name = $1', [name]);
};

export const toDefinition = (row: RoleRow): RoleDefinition => ({
  name: row.name,
  ...(row.title === null ? {} : { title: row.title }),
  ...(row.description === null ? {} : { description: row.description }),
  grants: [...row.grants],
});
