// Backups that were tried, in the database. Called by backup.ts.
import type { BackupRun } from '@nezuban/protocol/api/backup-operations';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

/** Enough to look back over some months; older ones say nothing any more. */
const RUNS_KEPT = 500;

type Row = {
  readonly id: number;
  readonly cause: BackupRun['cause'];
  readonly started_at: Date;
  readonly ended_at: Date;
  readonly ok: boolean;
  readonly name: string | null;
  readonly directory: string;
  readonly host: string;
  readonly bytes: number | null;
  readonly holds_until: Date | null;
  readonly says: string;
};

export type LastRuns = {
  readonly last: BackupRun | null;
  readonly lastMade: BackupRun | null;
  readonly lastFailed: BackupRun | null;
};

export const loadLastRuns = async (database: Database): Promise<LastRuns> => {
  const rows = await database.query<Row>({
    text: `SELECT * FROM backup_run WHERE id IN (
             (SELECT max(id) FROM backup_run WHERE ok), (SELECT max(id) FROM backup_run WHERE NOT ok)) ORDER BY id DESC`,
  });
  const runs = rows.map(toRun);
  return {
    last: runs[0] ?? null,
    lastMade: runs.find(({ ok }) => ok) ?? null,
    lastFailed: runs.find(({ ok }) => !ok) ?? null,
  };
};

export const insertRun = async (transaction: Transaction, run: Omit<BackupRun, 'id'>): Promise<BackupRun> => {
  const { rows } = await transaction.query<Row>(
    `INSERT INTO backup_run (cause, started_at, ended_at, ok, name, directory, host, bytes, holds_until, says)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING *`,
    [
      run.cause,
      run.startedAt,
      run.endedAt,
      run.ok,
      run.name,
      run.directory,
      run.host,
      run.bytes,
      run.holdsUntil,
      run.says,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an insert gave no row');
  await transaction.query('DELETE FROM backup_run WHERE id <= $1', [row.id - RUNS_KEPT]);
  return toRun(row);
};

const toRun = (row: Row): BackupRun => ({
  id: row.id,
  cause: row.cause,
  startedAt: row.started_at.toISOString(),
  endedAt: row.ended_at.toISOString(),
  ok: row.ok,
  name: row.name,
  directory: row.directory,
  host: row.host,
  bytes: row.bytes,
  holdsUntil: row.holds_until?.toISOString() ?? null,
  says: row.says,
});
