// Users and their sign-ins in the database.
// Responsible for rows alone; who may do what is decided in `sign-in.ts` and `authenticator.ts`.
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import { accessLimits } from './access-limits.ts';

export type UserRow = {
  readonly id: number;
  readonly name: string;
  readonly password_hash: string;
  readonly must_change_password: boolean;
};
export type SignInRow = {
  readonly user: string;
  readonly must_change_password: boolean;
  readonly expires_at: Date;
  /** Older than the grain: worth writing again. */
  readonly seen_long_ago: boolean;
};

const USER_COLUMNS = 'id, name, password_hash, must_change_password';

export const findUser = async (database: Database, name: string): Promise<UserRow | undefined> => {
  const [row] = await database.query<UserRow>({
    text: `SELECT ${USER_COLUMNS} FROM app_user WHERE name = $1`,
    values: [name],
  });
  return row;
};

/** The user, locked until the end of the transaction. */
export const lockUser = async (transaction: Transaction, name: string): Promise<UserRow | undefined> => {
  const { rows } = await transaction.query<UserRow>(
    `SELECT ${USER_COLUMNS} FROM app_user WHERE name = $1 FOR UPDATE`,
    [name],
  );
  return rows[0];
};

export const insertUser = async (
  transaction: Transaction,
  user: { readonly name: string; readonly passwordHash: string },
): Promise<void> => {
  await transaction.query(
    'INSERT INTO app_user (name, password_hash, must_change_password) VALUES ($1, $2, true)',
    [user.name, user.passwordHash],
  );
};

export const updatePassword = async (
  transaction: Transaction,
  user: { readonly id: number; readonly passwordHash: string; readonly mustChange: boolean },
): Promise<void> => {
  await transaction.query(
    'UPDATE app_user SET password_hash = $2, must_change_password = $3, password_changed_at = now() WHERE id = $1',
    [user.id, user.passwordHash, user.mustChange],
  );
};

export const insertSignIn = async (
  transaction: Transaction,
  signIn: { readonly userId: number; readonly secretHash: Buffer; readonly address: string },
): Promise<Buffer[]> => {
  const { signInIdleMs, signInTotalMs, signInsPerUserMax } = accessLimits;
  await transaction.query(
    `INSERT INTO sign_in (secret_hash, user_id, expires_at, address) VALUES ($1, $2, now() + $3 * interval '1 ms', $4)`,
    [signIn.secretHash, signIn.userId, signInTotalMs, signIn.address],
  );
  const { rows } = await transaction.query<{ secret_hash: Buffer }>(
    `DELETE FROM sign_in WHERE expires_at < now() OR last_seen_at < now() - $2 * interval '1 ms' OR secret_hash IN (
       SELECT secret_hash FROM sign_in WHERE user_id = $1 ORDER BY created_at DESC OFFSET $3)
     RETURNING secret_hash`,
    [signIn.userId, signInIdleMs, signInsPerUserMax],
  );
  return rows.map(({ secret_hash }) => secret_hash);
};

/** Ends the sign-ins of a user except one. Gives those that ended. */
export const deleteOtherSignIns = async (
  transaction: Transaction,
  userId: number,
  keep: Buffer | null,
): Promise<Buffer[]> => {
  const { rows } = await transaction.query<{ secret_hash: Buffer }>(
    'DELETE FROM sign_in WHERE user_id = $1 AND secret_hash IS DISTINCT FROM $2 RETURNING secret_hash',
    [userId, keep],
  );
  return rows.map(({ secret_hash }) => secret_hash);
};

export const deleteSignIn = async (transaction: Transaction, secretHash: Buffer): Promise<string | null> => {
  const { rows } = await transaction.query<{ name: string }>(
    'DELETE FROM sign_in USING app_user WHERE secret_hash = $1 AND app_user.id = user_id RETURNING app_user.name',
    [secretHash],
  );
  return rows[0]?.name ?? null;
};

/** A sign-in that has neither been idle for too long nor reached its end. */
export const findSignIn = async (database: Database, secretHash: Buffer): Promise<SignInRow | undefined> => {
  const [row] = await database.query<SignInRow>({
    name: 'find_sign_in',
    text: `SELECT u.name AS "user", u.must_change_password, s.expires_at, s.last_seen_at < now() - $3 * interval '1 ms' AS seen_long_ago
           FROM sign_in s JOIN app_user u ON u.id = s.user_id
           WHERE s.secret_hash = $1 AND s.expires_at > now() AND s.last_seen_at > now() - $2 * interval '1 ms'`,
    values: [secretHash, accessLimits.signInIdleMs, accessLimits.lastSeenGrainMs],
  });
  return row;
};

export const touchSignIn = async (database: Database, secretHash: Buffer): Promise<void> => {
  await database.query({
    text: 'UPDATE sign_in SET last_seen_at = now() WHERE secret_hash = $1',
    values: [secretHash],
  });
};
