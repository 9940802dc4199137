// Users in the database.
// Responsible for rows alone; who may do what is decided in `sign-in.ts` and `authenticator.ts`.
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import { accessLimits } from './access-limits.ts';

export type UserRow = {
  readonly id: number;
  readonly name: string;
  readonly title: string | null;
  readonly roles: readonly string[];
  readonly disabled: boolean;
  readonly password_hash: string;
  readonly must_change_password: boolean;
  readonly initial_password: boolean;
  readonly password_changed_at: Date;
  readonly locked_until: Date | null;
  /** By the clock of the database, as all ends of sign-ins. */
  readonly locked: boolean;
  readonly revision: number;
};

const USER_COLUMNS = `id, name, title, roles, disabled, password_hash, must_change_password, initial_password, password_changed_at, locked_until,
  coalesce(locked_until > now(), false) AS locked, revision`;

export const findUser = async (database: Database, name: string): Promise<UserRow | undefined> => {
  const [row] = await database.query<UserRow>({
    text: `SELECT ${USER_COLUMNS} FROM app_user WHERE name = $1`,
    values: [name],
  });
  return row;
};

export const hasUsers = async (database: Database): Promise<boolean> => {
  const rows = await database.query({ text: 'SELECT FROM app_user LIMIT 1' });
  return rows.length > 0;
};

/** The user, locked until the end of the transaction. */
export const lockUser = async (transaction: Transaction, name: string): Promise<UserRow | undefined> => {
  const { rows } = await transaction.query<UserRow>(
    `SELECT ${USER_COLUMNS} FROM app_user WHERE name = $1 FOR UPDATE`,
    [name],
  );
  return rows[0];
};

export type NewUser = {
  readonly name: string;
  readonly title: string | null;
  readonly roles: readonly string[];
  readonly disabled: boolean;
  readonly passwordHash: string;
  /** Made at the first start, and shown again until it is replaced. */
  readonly initialPassword: boolean;
};

/** False: the name is taken. */
export const insertUser = async (transaction: Transaction, user: NewUser): Promise<boolean> => {
  const { rowCount } = await transaction.query(
    `INSERT INTO app_user (name, title, roles, disabled, password_hash, must_change_password, initial_password)
     VALUES ($1, $2, $3, $4, $5, true, $6) ON CONFLICT (name) DO NOTHING`,
    [user.name, user.title, user.roles, user.disabled, user.passwordHash, user.initialPassword],
  );
  // From now on this user is asked.
  await transaction.query('DELETE FROM former_user WHERE name = $1', [user.name]);
  return rowCount === 1;
};

export const updatePassword = async (
  transaction: Transaction,
  user: {
    readonly id: number;
    readonly passwordHash: string;
    readonly mustChange: boolean;
    readonly initial: boolean;
  },
): Promise<void> => {
  await transaction.query(
    'INSERT INTO former_password (user_id, password_hash) SELECT id, password_hash FROM app_user WHERE id = $1',
    [user.id],
  );
  await transaction.query(
    `DELETE FROM former_password WHERE id IN (
       SELECT id FROM former_password WHERE user_id = $1 ORDER BY id DESC OFFSET $2)`,
    [user.id, accessLimits.formerPasswordsMax],
  );
  await transaction.query(
    `UPDATE app_user SET password_hash = $2, must_change_password = $3, initial_password = $4, password_changed_at = now(),
       failures = 0, locked_until = NULL WHERE id = $1`,
    [user.id, user.passwordHash, user.mustChange, user.initial],
  );
};

/** Hashes of the last passwords, the present one first. */
export const lastPasswords = async (
  database: Database,
  userId: number,
  count: number,
): Promise<readonly string[]> => {
  const rows = await database.query<{ password_hash: string }>({
    text: `SELECT password_hash FROM app_user WHERE id = $1
           UNION ALL (SELECT password_hash FROM former_password WHERE user_id = $1 ORDER BY id DESC LIMIT $2)`,
    values: [userId, Math.max(0, count - 1)],
  });
  return rows.map(({ password_hash }) => password_hash);
};

/** Counts a wrong password. Gives until when the user is locked out if this one was too many. */
export const countFailure = async (
  transaction: Transaction,
  name: string,
  rule: { readonly failures: number; readonly minutes: number },
): Promise<Date | null> => {
  const { rows } = await transaction.query<{ failures: number; locked_until: Date | null }>(
    `UPDATE app_user SET failures = CASE WHEN failures + 1 >= $2 THEN 0 ELSE failures + 1 END,
       locked_until = CASE WHEN failures + 1 >= $2 THEN now() + $3 * interval '1 min' ELSE locked_until END
     WHERE name = $1 AND coalesce(locked_until <= now(), true) RETURNING failures, locked_until`,
    [name, rule.failures, rule.minutes],
  );
  const [row] = rows;
  return row?.failures === 0 ? row.locked_until : null;
};

export const noteSignIn = async (transaction: Transaction, userId: number): Promise<void> => {
  await transaction.query(
    'UPDATE app_user SET failures = 0, locked_until = NULL, last_sign_in_at = now() WHERE id = $1',
    [userId],
  );
};

export const changeUser = async (
  transaction: Transaction,
  user: {
    readonly id: number;
    readonly title: string | null;
    readonly roles: readonly string[];
    readonly disabled: boolean;
  },
): Promise<void> => {
  await transaction.query(
    "UPDATE app_user SET title = $2, roles = $3, disabled = $4, revision = nextval('user_revision') WHERE id = $1",
    [user.id, user.title, user.roles, user.disabled],
  );
};

/** What he has left behind goes on by the roles that he had. */
export const deleteUser = async (transaction: Transaction, id: number, by: string): Promise<void> => {
  await transaction.query(
    `WITH gone AS (DELETE FROM app_user WHERE id = $1 RETURNING name, roles)
     INSERT INTO former_user (name, roles, deleted_by) SELECT name, roles, $2 FROM gone
     ON CONFLICT (name) DO UPDATE SET roles = excluded.roles, deleted_at = now(), deleted_by = excluded.deleted_by`,
    [id, by],
  );
};

/** A user, or else one who was deleted. */
const STANDING = `SELECT name, roles FROM app_user
  UNION ALL SELECT name, roles FROM former_user f WHERE NOT EXISTS (SELECT FROM app_user u WHERE u.name = f.name)`;

/** The roles by which goes on what somebody has left behind; null: nobody knows of him any more. */
export const findStandingRoles = async (
  from: Database | Transaction,
  name: string,
): Promise<readonly string[] | null> => {
  const text = `SELECT roles FROM (${STANDING}) AS known WHERE name = $1`;
  const rows =
    'inTransaction' in from
      ? await from.query<{ roles: string[] }>({ name: 'find_standing_roles', text, values: [name] })
      : (await from.query<{ roles: string[] }>(text, [name])).rows;
  return rows[0]?.roles ?? null;
};

/** All who have the role, those who were deleted included. */
export const findWithRole = async (
  transaction: Transaction,
  role: string,
): Promise<readonly { readonly name: string; readonly roles: readonly string[] }[]> => {
  const { rows } = await transaction.query<{ name: string; roles: string[] }>(
    `SELECT name, roles FROM (${STANDING}) AS known WHERE roles @> $1`,
    [[role]],
  );
  return rows;
};

export const unlockUser = async (transaction: Transaction, id: number): Promise<void> => {
  await transaction.query('UPDATE app_user SET failures = 0, locked_until = NULL WHERE id = $1', [id]);
};
