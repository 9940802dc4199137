// API tokens in the database. Responsible for rows alone.
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import { accessLimits } from './access-limits.ts';

export type TokenRow = {
  readonly id: number;
  readonly name: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
};
export type TokenOwnerRow = {
  readonly id: number;
  readonly user: string;
  readonly expires_at: Date | null;
  readonly used_long_ago: boolean;
};

const COLUMNS = 'id, name, created_at, expires_at, last_used_at';

export const findToken = async (
  database: Database,
  secretHash: Buffer,
): Promise<TokenOwnerRow | undefined> => {
  const [row] = await database.query<TokenOwnerRow>({
    name: 'find_api_token',
    text: `SELECT t.id, u.name AS "user", t.expires_at,
                  t.last_used_at IS NULL OR t.last_used_at < now() - $2 * interval '1 ms' AS used_long_ago
           FROM api_token t JOIN app_user u ON u.id = t.user_id
           WHERE t.secret_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > now())`,
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
};

/** Null: the user has a token of that name. */
export const insertToken = async (transaction: Transaction, token: NewToken): Promise<TokenRow | null> => {
  const { rows } = await transaction.query<TokenRow>(
    `INSERT INTO api_token (user_id, name, secret_hash, expires_at) VALUES ($1, $2, $3, now() + $4::int * interval '1 day')
     ON CONFLICT (user_id, kind, name) DO NOTHING RETURNING ${COLUMNS}`,
    [token.userId, token.name, token.secretHash, token.expiresInDays],
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

/** The name of the token that is gone; null if the user has none of that id. */
export const deleteToken = async (
  transaction: Transaction,
  owner: { readonly user: string; readonly id: number },
): Promise<string | null> => {
  const { rows } = await transaction.query<{ name: string }>(
    `DELETE FROM api_token t USING app_user u WHERE t.id = $1 AND u.id = t.user_id AND u.name = $2 AND t.kind = 'api' RETURNING t.name`,
    [owner.id, owner.user],
  );
  return rows[0]?.name ?? null;
};

export const listTokens = async (
  database: Database,
  filter: { readonly user: string; readonly afterName: string | undefined; readonly limit: number },
): Promise<TokenRow[]> =>
  await database.query<TokenRow>({
    text: `SELECT t.id, t.name, t.created_at, t.expires_at, t.last_used_at FROM api_token t JOIN app_user u ON u.id = t.user_id
           WHERE u.name = $1 AND t.kind = 'api' AND ($2::text IS NULL OR t.name > $2) ORDER BY t.name LIMIT $3`,
    values: [filter.user, filter.afterName ?? null, filter.limit],
  });

/** Whether this is the token of the command line on this host. */
export const isLocalToken = async (
  transaction: Transaction,
  token: { readonly userId: number; readonly secretHash: Buffer },
): Promise<boolean> => {
  const { rows } = await transaction.query(
    "SELECT FROM api_token WHERE kind = 'local' AND user_id = $1 AND secret_hash = $2",
    [token.userId, token.secretHash],
  );
  return rows.length === 1;
};

/** Replaces the token of the command line on this host. */
export const replaceLocalToken = async (
  transaction: Transaction,
  token: { readonly userId: number; readonly secretHash: Buffer },
): Promise<void> => {
  await transaction.query("DELETE FROM api_token WHERE kind = 'local'");
  await transaction.query(
    "INSERT INTO api_token (user_id, name, secret_hash, kind) VALUES ($1, 'command line on this host', $2, 'local')",
    [token.userId, token.secretHash],
  );
};
