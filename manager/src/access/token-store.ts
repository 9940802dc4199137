// API tokens in the database. Responsible for rows alone.
import type { RightPattern } from '@nezuban/protocol/access/role';
import type { TokenLimits } from '@nezuban/protocol/access/views';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import { accessLimits } from './access-limits.ts';

export type TokenRow = {
  readonly id: number;
  readonly user: string;
  readonly rights: readonly RightPattern[] | null;
  readonly folder: string | null;
  readonly scope: string | null;
  readonly name: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
};
export type TokenOwnerRow = {
  readonly id: number;
  /** Null: the token of the command line on this host. */
  readonly user: string | null;
  readonly roles: readonly string[] | null;
  readonly rights: readonly RightPattern[] | null;
  readonly folder: string | null;
  readonly scope: string | null;
  readonly expires_at: Date | null;
  readonly used_long_ago: boolean;
};

const COLUMNS = 't.id, t.name, t.rights, t.folder, t.scope, t.created_at, t.expires_at, t.last_used_at';

export const findToken = async (
  database: Database,
  secretHash: Buffer,
): Promise<TokenOwnerRow | undefined> => {
  const [row] = await database.query<TokenOwnerRow>({
    name: 'find_api_token',
    text: `SELECT t.id, u.name AS "user", u.roles, t.rights, t.folder, t.scope, t.expires_at,
                  t.last_used_at IS NULL OR t.last_used_at < now() - $2 * interval '1 ms' AS used_long_ago
           FROM api_token t LEFT JOIN app_user u ON u.id = t.user_id
           WHERE t.secret_hash = $1 AND (t.kind = 'local' OR NOT u.disabled) AND (t.expires_at IS NULL OR t.expires_at > now())`,
    values: [secretHash, accessLimits.lastSeenGrainMs],
  });
  return row;
};

export const touchToken = async (database: Database, id: number): Promise<void> => {
  await database.query({ text: 'UPDATE api_token SET last_used_at = now() WHERE id = $1', values: [id] });
};

export type NewToken = {
  readonly userId: number;
  readonly name: string;
  readonly secretHash: Buffer;
  readonly expiresInDays: number | null;
  /** No later than this. */
  readonly expiresAtMost: Date | null;
  readonly limits: TokenLimits;
};

/** Null: the user has a token of that name. */
export const insertToken = async (transaction: Transaction, token: NewToken): Promise<TokenRow | null> => {
  const { rows } = await transaction.query<TokenRow>(
    `INSERT INTO api_token AS t (user_id, name, secret_hash, expires_at, rights, folder, scope)
     VALUES ($1, $2, $3, least(now() + $4::int * interval '1 day', $5), $6, $7, $8)
     ON CONFLICT (user_id, kind, name) DO NOTHING
     RETURNING ${COLUMNS}, (SELECT name FROM app_user WHERE id = $1) AS "user"`,
    [
      token.userId,
      token.name,
      token.secretHash,
      token.expiresInDays,
      token.expiresAtMost,
      token.limits.rights,
      token.limits.folder,
      token.limits.scope,
    ],
  );
  return rows[0] ?? null;
};

export const countTokens = async (transaction: Transaction, userId: number): Promise<number> => {
  const { rows } = await transaction.query<{ count: number }>(
    "SELECT count(*) FROM api_token WHERE user_id = $1 AND kind = 'api'",
    [userId],
  );
  return rows[0]?.count ?? 0;
};

/** The token that is gone; null if there is none of that id, or not of the user (null: whosever). */
export const deleteToken = async (
  transaction: Transaction,
  owner: { readonly user: string | null; readonly id: number },
): Promise<{ readonly name: string; readonly user: string } | null> => {
  const { rows } = await transaction.query<{ name: string; user: string }>(
    `DELETE FROM api_token t USING app_user u
     WHERE t.id = $1 AND u.id = t.user_id AND ($2::text IS NULL OR u.name = $2) AND t.kind = 'api' RETURNING t.name, u.name AS "user"`,
    [owner.id, owner.user],
  );
  return rows[0] ?? null;
};

/** Their ids, for ending what they opened. */
export const tokensOfUser = async (transaction: Transaction, userId: number): Promise<readonly number[]> => {
  const { rows } = await transaction.query<{ id: number }>('SELECT id FROM api_token WHERE user_id = $1', [
    userId,
  ]);
  return rows.map(({ id }) => id);
};

export const listTokens = async (
  database: Database,
  filter: {
    /** Null: of all users. */
    readonly user: string | null;
    readonly after: readonly [user: string, name: string] | undefined;
    readonly limit: number;
  },
): Promise<TokenRow[]> =>
  await database.query<TokenRow>({
    text: `SELECT ${COLUMNS}, u.name AS "user" FROM api_token t JOIN app_user u ON u.id = t.user_id
           WHERE ($1::text IS NULL OR u.name = $1) AND t.kind = 'api' AND ($2::text IS NULL OR (u.name, t.name) > ($2, $3::text))
           ORDER BY u.name, t.name LIMIT $4`,
    values: [filter.user, filter.after?.[0] ?? null, filter.after?.[1] ?? null, filter.limit],
  });

/** Whether this is the token of the command line on this host. */
export const isLocalToken = async (transaction: Transaction, secretHash: Buffer): Promise<boolean> => {
  const { rows } = await transaction.query(
    "SELECT FROM api_token WHERE kind = 'local' AND secret_hash = $1",
    [secretHash],
  );
  return rows.length === 1;
};

/** Replaces the token of the command line on this host. */
export const replaceLocalToken = async (transaction: Transaction, secretHash: Buffer): Promise<void> => {
  await transaction.query("DELETE FROM api_token WHERE kind = 'local'");
  await transaction.query(
    "INSERT INTO api_token (name, secret_hash, kind) VALUES ('command line on this host', $1, 'local')",
    [secretHash],
  );
};
