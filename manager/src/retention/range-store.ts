// Ranges of session ids in the database: which there are, closing the open one, removing old ones.
// Responsible for the statements and for asking the rows once more under the lock; `plan-*.ts` decide, the loops call.
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import type { RangesSeen, RangesPlan } from './plan-ranges.ts';
import type { RangeSeen } from './plan-removal.ts';
import { retentionLimits } from './retention-limits.ts';

/** The tables that are cut alike, with the room that rows leave on a page for their new versions. */
const rangeTables = [
  { table: 'session', fillFactor: 60 },
  { table: 'session_unit', fillFactor: 50 },
  { table: 'attempt', fillFactor: 50 },
  { table: 'attempt_output', fillFactor: null },
] as const;
/** Behind every id: a bound that PostgreSQL can compare, where "or there is none" would make it read all newer sessions. */
const ID_MAX = '9223372036854775807';
const PARENTS = rangeTables.map(({ table }) => table).join(', ');

export const partOf = (table: string, number: number): string =>
  `${table}_${String(number).padStart(5, '0')}`;

type RangeRow = {
  readonly number: number;
  readonly first_id: number;
  readonly end_id: number | null;
  readonly last_created_at: Date | null;
};

/** Those that are still there, in order; of each, when its last session was made: one probe of an index. */
export const readRanges = async (database: Database): Promise<readonly RangeSeen[]> => {
  const rows = await database.query<RangeRow>({
    text: `SELECT r.number, r.first_id, r.end_id,
             (SELECT s.created_at FROM session s WHERE s.id >= r.first_id AND s.id < coalesce(r.end_id, ${ID_MAX}) ORDER BY s.id DESC LIMIT 1) AS last_created_at
           FROM session_range r WHERE r.removed_at IS NULL ORDER BY r.first_id`,
  });
  return rows.map((row) => ({
    number: row.number,
    firstId: row.first_id,
    endId: row.end_id,
    lastCreatedAtMs: row.last_created_at?.getTime() ?? null,
  }));
};

/** The highest id that was ever given: a removed range counts, for its ids are used. */
export const readHighestId = async (database: Database): Promise<number> => {
  const [row] = await database.query<{ id: number | null }>({
    text: 'SELECT greatest((SELECT max(id) FROM session), (SELECT max(end_id) - 1 FROM session_range WHERE removed_at IS NOT NULL)) AS id',
  });
  return row?.id ?? 0;
};

/** What `planRanges` wants to know. `highestBefore`: of the look before. */
export const readRangesSeen = async (
  database: Database,
  nowMs: number,
  highestBefore: number | null,
): Promise<RangesSeen> => {
  const highestId = await readHighestId(database);
  const [row] = await database.query<{
    open_first_id: number;
    end_id: number | null;
    started_at: Date | null;
    week_first_id: number | null;
  }>({
    text: `SELECT (SELECT first_id FROM session_range WHERE end_id IS NULL) AS open_first_id, c.end_id,
             (SELECT created_at FROM session WHERE id >= c.first_id AND id < c.end_id ORDER BY id LIMIT 1) AS started_at,
             (SELECT id FROM session WHERE created_at >= $2 ORDER BY created_at LIMIT 1) AS week_first_id
           FROM (SELECT 1) one LEFT JOIN session_range c ON c.first_id <= $1 AND c.end_id > $1 AND c.removed_at IS NULL`,
    values: [highestId + 1, new Date(nowMs - retentionLimits.rangeMs)],
  });
  if (row === undefined) throw new Error('There is no open range of sessions');
  return {
    nowMs,
    highestId,
    openFirstId: row.open_first_id,
    current:
      row.end_id === null ? null : { endId: row.end_id, startedAtMs: row.started_at?.getTime() ?? null },
    idsOfWeek: row.week_first_id === null ? 0 : Math.max(0, highestId + 1 - row.week_first_id),
    idsSinceLook: highestBefore === null ? 0 : Math.max(0, highestId - highestBefore),
  };
};

/** Locks that give way soon; see `lockTimeoutMs`. */
export const yieldForLocks = async (transaction: Transaction): Promise<void> => {
  await transaction.query(`SET LOCAL lock_timeout = ${retentionLimits.lockTimeoutMs}`);
};

/** Gives the open range its end and makes the next open one. Almost always the open one is empty, and this takes milliseconds. */
export const closeOpenRange = async (
  database: Database,
  {
    closeOpenAt,
    nowMs,
  }: { readonly closeOpenAt: NonNullable<RangesPlan['closeOpenAt']>; readonly nowMs: number },
): Promise<void> => {
  await database.inTransaction(async (transaction) => {
    await yieldForLocks(transaction);
    await transaction.query(`LOCK TABLE ONLY ${PARENTS} IN ACCESS EXCLUSIVE MODE`);
    const { rows } = await transaction.query<{ number: number; first_id: number }>(
      'SELECT number, first_id FROM session_range WHERE end_id IS NULL FOR UPDATE',
    );
    const [open] = rows;
    if (open === undefined) throw new Error('There is no open range of sessions');
    for (const { table, fillFactor } of rangeTables) {
      const part = partOf(table, open.number);
      const options = fillFactor === null ? '' : ` WITH (fillfactor = ${fillFactor})`;
      await transaction.query(
        `ALTER TABLE ${table} DETACH PARTITION ${part};
         ALTER TABLE ${table} ATTACH PARTITION ${part} FOR VALUES FROM (${open.first_id}) TO (${closeOpenAt});
         CREATE TABLE ${partOf(table, open.number + 1)} PARTITION OF ${table} FOR VALUES FROM (${closeOpenAt}) TO (MAXVALUE)${options}`,
      );
    }
    await transaction.query('UPDATE session_range SET end_id = $2 WHERE number = $1', [
      open.number,
      closeOpenAt,
    ]);
    await transaction.query('INSERT INTO session_range (number, first_id, made_at) VALUES ($1, $2, $3)', [
      open.number + 1,
      closeOpenAt,
      new Date(nowMs),
    ]);
  });
};

type Weight = { readonly rows: number; readonly bytes: number };

/** Whether all sessions of a range have ended, the newest before the moment. Reads the range. */
const HAS_ENDED = (number: number): string =>
  `SELECT NOT EXISTS (SELECT FROM ${partOf('session', number)} WHERE state <> 'ended' OR ended_at IS NULL OR ended_at >= $1) AS ended`;

export const hasEnded = async (database: Database, number: number, beforeMs: number): Promise<boolean> => {
  const [row] = await database.query<{ ended: boolean }>({
    text: HAS_ENDED(number),
    values: [new Date(beforeMs)],
  });
  return row?.ended === true;
};

export const weigh = async (database: Database, tables: readonly string[]): Promise<Weight> => {
  const [row] = await database.query<{ rows: number; bytes: number }>({
    text: `SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::float8 AS rows, coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 AS bytes
           FROM pg_class c WHERE c.oid = ANY ($1::regclass[])`,
    values: [tables],
  });
  return { rows: row?.rows ?? 0, bytes: row?.bytes ?? 0 };
};

export const rangeParts = (number: number): readonly string[] =>
  rangeTables.map(({ table }) => partOf(table, number));

/** Removes a range with all that belongs to it; false if something in it is still needed after all. */
export const dropRange = async (
  transaction: Transaction,
  { number, beforeMs, nowMs }: { readonly number: number; readonly beforeMs: number; readonly nowMs: number },
): Promise<boolean> => {
  await yieldForLocks(transaction);
  await transaction.query(`LOCK TABLE ONLY ${PARENTS} IN ACCESS EXCLUSIVE MODE`);
  const { rows } = await transaction.query<{ ended: boolean }>(HAS_ENDED(number), [new Date(beforeMs)]);
  if (rows[0]?.ended !== true) return false;
  await transaction.query(`DROP TABLE ${rangeParts(number).join(', ')}`);
  await transaction.query(
    'UPDATE session_range SET removed_at = $2, output_removed_at = coalesce(output_removed_at, $2) WHERE number = $1',
    [number, new Date(nowMs)],
  );
  return true;
};

/** Ranges whose output takes room; the others have none, or it has been removed. */
export const rangesWithOutput = async (
  database: Database,
  numbers: readonly number[],
): Promise<readonly number[]> => {
  const rows = await database.query<{ number: number }>({
    text: `SELECT n.number FROM unnest($1::integer[], $2::text[]) n (number, part) WHERE pg_relation_size(n.part::regclass) > 0`,
    values: [numbers, numbers.map((number) => partOf('attempt_output', number))],
  });
  return rows.map(({ number }) => number);
};

/**
 * Empties a range of its output and keeps the partition: a session that is rerun later writes into it again. False if something of it is
 * still needed after all.
 */
export const truncateOutput = async (
  transaction: Transaction,
  { number, beforeMs, nowMs }: { readonly number: number; readonly beforeMs: number; readonly nowMs: number },
): Promise<boolean> => {
  await yieldForLocks(transaction);
  await transaction.query(`LOCK TABLE ${partOf('attempt_output', number)} IN ACCESS EXCLUSIVE MODE`);
  const { rows } = await transaction.query<{ ended: boolean }>(HAS_ENDED(number), [new Date(beforeMs)]);
  if (rows[0]?.ended !== true) return false;
  await transaction.query(`TRUNCATE ${partOf('attempt_output', number)}`);
  await transaction.query('UPDATE session_range SET output_removed_at = $2 WHERE number = $1', [
    number,
    new Date(nowMs),
  ]);
  return true;
};
