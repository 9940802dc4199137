// What retention knows of itself, and the removal of months and deliveries.
// Responsible for statements alone; `plan-removal.ts` decides, `removal-loop.ts` calls.
import type { StoredKind } from '@nezuban/protocol/api/settings-operations';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import type { MonthTable } from './months.ts';
import { yieldForLocks } from './range-store.ts';
import { retentionLimits } from './retention-limits.ts';

export type RetentionState = { readonly lookedAtMs: number | null; readonly heldUntilMs: number | null };

export const readState = async (database: Database): Promise<RetentionState> => {
  const [row] = await database.query<{ looked_at: Date; held_until: Date | null }>({
    text: 'SELECT looked_at, held_until FROM retention_state',
  });
  return { lookedAtMs: row?.looked_at.getTime() ?? null, heldUntilMs: row?.held_until?.getTime() ?? null };
};

export const saveState = async (
  transaction: Pick<Transaction, 'query'>,
  { lookedAtMs, heldUntilMs }: { readonly lookedAtMs: number; readonly heldUntilMs: number | null },
): Promise<void> => {
  await transaction.query(
    `INSERT INTO retention_state (looked_at, held_until) VALUES ($1, $2)
     ON CONFLICT (singleton) DO UPDATE SET looked_at = $1, held_until = $2`,
    [new Date(lookedAtMs), heldUntilMs === null ? null : new Date(heldUntilMs)],
  );
};

export const saveRemoved = async (
  transaction: Pick<Transaction, 'query'>,
  kind: StoredKind,
  nowMs: number,
): Promise<void> => {
  await transaction.query(
    `INSERT INTO retention_kind (kind, removed_at) VALUES ($1, $2) ON CONFLICT (kind) DO UPDATE SET removed_at = $2, failure = NULL`,
    [kind, new Date(nowMs)],
  );
};

/** Null: the last look at it went well. */
export const saveFailure = async (
  transaction: Pick<Transaction, 'query'>,
  kind: StoredKind,
  failure: string | null,
): Promise<void> => {
  await transaction.query(
    `INSERT INTO retention_kind (kind, failure) VALUES ($1, $2) ON CONFLICT (kind) DO UPDATE SET failure = $2`,
    [kind, failure],
  );
};

export type KindState = {
  readonly kind: StoredKind;
  readonly removed_at: Date | null;
  readonly failure: string | null;
};
export const readKinds = async (database: Database): Promise<readonly KindState[]> =>
  await database.query<KindState>({ text: 'SELECT kind, removed_at, failure FROM retention_kind' });

/** An old master that does not know yet that it is one removes nothing. */
export const assertOnDuty = async (transaction: Transaction, term: number): Promise<void> => {
  const { rows } = await transaction.query<{ term: number }>('SELECT term FROM manager_identity FOR SHARE');
  if (rows[0]?.term !== term) throw new Error('Another manager has taken over this database');
};

export const dropMonth = async (transaction: Transaction, table: MonthTable, name: string): Promise<void> => {
  await yieldForLocks(transaction);
  await transaction.query(`LOCK TABLE ONLY ${table} IN ACCESS EXCLUSIVE MODE`);
  await transaction.query(`DROP TABLE ${name}`);
};

/** Which of the partitions for "other" hold only what is older than the moment, and hold something. */
export const otherIsDue = async (
  database: Pick<Database, 'query'>,
  table: MonthTable,
  beforeMs: number,
): Promise<boolean> => {
  const other = `${table}_other`;
  const at = table === 'audit' ? 'at' : 'recorded_at';
  const [row] = await database.query<{ due: boolean }>({
    text: `SELECT EXISTS (SELECT FROM ${other}) AND NOT EXISTS (SELECT FROM ${other} WHERE ${at} >= $1) AS due`,
    values: [new Date(beforeMs)],
  });
  return row?.due === true;
};

export const emptyOther = async (
  transaction: Transaction,
  table: MonthTable,
  beforeMs: number,
): Promise<boolean> => {
  await yieldForLocks(transaction);
  await transaction.query(`LOCK TABLE ${table}_other IN ACCESS EXCLUSIVE MODE`);
  const at = table === 'audit' ? 'at' : 'recorded_at';
  const { rowCount } = await transaction.query(`SELECT FROM ${table}_other WHERE ${at} >= $1 LIMIT 1`, [
    new Date(beforeMs),
  ]);
  if (rowCount !== 0) return false;
  await transaction.query(`TRUNCATE ${table}_other`);
  return true;
};

const FINISHED_DELIVERIES = ['sent', 'failed', 'suppressed'] as const;

/** Deletes finished deliveries that were made before the moment, the oldest first, a bounded number; gives how many there were. */
export const deleteDeliveries = async (database: Database, beforeMs: number): Promise<number> => {
  let deleted = 0;
  for (const state of FINISHED_DELIVERIES) {
    const rows = await database.query<{ id: number }>({
      // Ids rise with time: the first ones decide, and nothing behind them is read.
      text: `DELETE FROM delivery WHERE id = ANY (ARRAY(
               SELECT id FROM (SELECT id, created_at FROM delivery WHERE state = $1 ORDER BY id LIMIT $2) oldest WHERE created_at < $3)) AND state = $1
             RETURNING id`,
      values: [state, retentionLimits.deliveriesAtOnce, new Date(beforeMs)],
    });
    deleted += rows.length;
  }
  return deleted;
};
