// One-time tokens for enrolment in the database. Responsible for rows alone.
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import { inventoryLimits } from './inventory-limits.ts';

export type JoinTokenRow = {
  readonly expired: boolean;
  readonly used_at: Date | null;
  readonly used_by_node: string | null;
};
export type NewJoinToken = {
  readonly secretHash: Buffer;
  readonly createdBy: string;
  readonly lifeMs: number;
};

export const insertJoinToken = async (transaction: Transaction, token: NewJoinToken): Promise<Date> => {
  await transaction.query(`DELETE FROM join_token WHERE expires_at < now() - $1 * interval '1 ms'`, [
    inventoryLimits.joinTokensKeptMs,
  ]);
  const { rows } = await transaction.query<{ expires_at: Date }>(
    `INSERT INTO join_token (secret_hash, created_by, expires_at) VALUES ($1, $2, now() + $3 * interval '1 ms') RETURNING expires_at`,
    [token.secretHash, token.createdBy, token.lifeMs],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('An insert gave no row');
  return row.expires_at;
};

const SELECT =
  'SELECT expires_at <= now() AS expired, used_at, used_by_node FROM join_token WHERE secret_hash = $1';

/** The token as it is now, for an early no before anything is computed. */
export const findJoinToken = async (
  database: Database,
  secretHash: Buffer,
): Promise<JoinTokenRow | undefined> =>
  (await database.query<JoinTokenRow>({ text: SELECT, values: [secretHash] }))[0];

/** The token, locked: two agents with one token come one after the other. */
export const lockJoinToken = async (
  transaction: Transaction,
  secretHash: Buffer,
): Promise<JoinTokenRow | undefined> =>
  (await transaction.query<JoinTokenRow>(`${SELECT} FOR UPDATE`, [secretHash])).rows[0];

export const useJoinToken = async (
  transaction: Transaction,
  secretHash: Buffer,
  node: string,
): Promise<void> => {
  await transaction.query('UPDATE join_token SET used_at = now(), used_by_node = $2 WHERE secret_hash = $1', [
    secretHash,
    node,
  ]);
};

/** Those that the manager made for its own host and that nobody used. */
export const deleteUnusedTokensOf = async (transaction: Transaction, createdBy: string): Promise<void> => {
  await transaction.query('DELETE FROM join_token WHERE created_by = $1 AND used_at IS NULL', [createdBy]);
};
