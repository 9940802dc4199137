// Sign-ins in the database: one row for each cookie.
// Responsible for rows alone; who may do what is decided in `sign-in.ts` and `authenticator.ts`.
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import { accessLimits } from './access-limits.ts';

export type SignInRow = {
  readonly user: string;
  readonly roles: readonly string[];
  readonly must_change_password: boolean;
  readonly expires_at: Date;
  /** Older than the grain: worth writing again. */
  readonly seen_long_ago: boolean;
};

export const insertSignIn = async (
  transaction: Transaction,
  signIn: {
    readonly userId: number;
    readonly secretHash: Buffer;
    readonly address: string;
    readonly userAgent: string | null;
    readonly passwordExpired: boolean;
  },
): Promise<Buffer[]> => {
  const { signInIdleMs, signInTotalMs, signInsPerUserMax } = accessLimits;
  await transaction.query(
    `INSERT INTO sign_in (secret_hash, user_id, expires_at, address, user_agent, password_expired)
     VALUES ($1, $2, now() + $3 * interval '1 ms', $4, $5, $6)`,
    [
      signIn.secretHash,
      signIn.userId,
      signInTotalMs,
      signIn.address,
      signIn.userAgent,
      signIn.passwordExpired,
    ],
  );
  const { rows } = await transaction.query<{ secret_hash: Buffer }>(
    `DELETE FROM sign_in WHERE expires_at < now() OR last_seen_at < now() - $2 * interval '1 ms' OR secret_hash IN (
       SELECT secret_hash FROM sign_in WHERE user_id = $1 ORDER BY created_at DESC OFFSET $3)
     RETURNING secret_hash`,
    [signIn.userId, signInIdleMs, signInsPerUserMax],
  );
  return rows.map(({ secret_hash }) => secret_hash);
};

/** The one that stays has a password that is new. */
export const forgetExpiry = async (transaction: Transaction, userId: number): Promise<void> => {
  await transaction.query('UPDATE sign_in SET password_expired = false WHERE user_id = $1', [userId]);
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
    text: `SELECT u.name AS "user", u.roles, u.must_change_password OR s.password_expired AS must_change_password, s.expires_at, s.last_seen_at < now() - $3 * interval '1 ms' AS seen_long_ago
           FROM sign_in s JOIN app_user u ON u.id = s.user_id
           WHERE s.secret_hash = $1 AND NOT u.disabled AND s.expires_at > now() AND s.last_seen_at > now() - $2 * interval '1 ms'`,
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

export type SignInListRow = {
  readonly id: number;
  readonly secret_hash: Buffer;
  readonly user: string;
  readonly created_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly address: string | null;
  readonly user_agent: string | null;
};

/** Those that have not ended, newest first. `user` null: of all. */
export const listSignIns = async (
  database: Database,
  filter: { readonly user: string | null; readonly before: number | undefined; readonly limit: number },
): Promise<SignInListRow[]> =>
  await database.query<SignInListRow>({
    text: `SELECT s.id, s.secret_hash, u.name AS "user", s.created_at, s.last_seen_at, s.expires_at, s.address, s.user_agent
           FROM sign_in s JOIN app_user u ON u.id = s.user_id
           WHERE ($1::text IS NULL OR u.name = $1) AND ($2::bigint IS NULL OR s.id < $2)
             AND s.expires_at > now() AND s.last_seen_at > now() - $3 * interval '1 ms'
           ORDER BY s.id DESC LIMIT $4`,
    values: [filter.user, filter.before ?? null, accessLimits.signInIdleMs, filter.limit],
  });

/** The sign-in that is gone; null if there is none of that number, or not of the user (null: whosever). */
export const revokeSignIn = async (
  transaction: Transaction,
  owner: { readonly user: string | null; readonly id: number },
): Promise<{ readonly user: string; readonly secret_hash: Buffer } | null> => {
  const { rows } = await transaction.query<{ user: string; secret_hash: Buffer }>(
    `DELETE FROM sign_in s USING app_user u WHERE s.id = $1 AND u.id = s.user_id AND ($2::text IS NULL OR u.name = $2)
     RETURNING u.name AS "user", s.secret_hash`,
    [owner.id, owner.user],
  );
  return rows[0] ?? null;
};
