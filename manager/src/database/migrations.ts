// Brings the database to the schema of this release.
// Responsible for applying manager/migrations/NNNN_name.sql in order, each in a transaction, once, under a lock that keeps a second
// manager out; and for refusing a database that another release has changed. Files are immutable: a released one is never edited,
// a new one is added (`checksums.txt` is the seal, its test says so). Called by manager.ts before anything else.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';

export const migrationsDirectory = path.join(import.meta.dirname, '../../migrations');

/** Any number that no other program of ours locks in this database. */
const MIGRATION_LOCK = 7_302_600;
/** A second manager that starts at the same time waits this long for the first to finish. */
const LOCK_WAIT_MS = 60_000;

export type Migration = {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
};
export type AppliedMigration = { readonly number: number; readonly name: string; readonly sha256: string };

/** The database does not fit this release; starting again cannot help. The message is one sentence for the person at the terminal. */
export class MigrationRefusedError extends Error {
  override readonly name = 'MigrationRefusedError';
}

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

export const loadMigrations = async (
  directory: string = migrationsDirectory,
): Promise<readonly Migration[]> => {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).toSorted();
  return await Promise.all(
    files.map(async (file, index) => {
      const number = Number(FILE_NAME.exec(file)?.[1]);
      if (number !== index + 1)
        throw new Error(
          `${path.join(directory, file)}: migrations are named NNNN_words.sql and numbered from 0001 without a gap`,
        );
      const sql = await readFile(path.join(directory, file), 'utf8');
      return { number, name: file, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
};

/** What is still to be applied. Pure. Throws MigrationRefusedError if the database's past is not this release's past. */
export const planMigrations = (
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] => {
  const byNumber = new Map(known.map((migration) => [migration.number, migration]));
  for (const { number, name, sha256 } of applied) {
    const migration = byNumber.get(number);
    if (migration === undefined) {
      throw new MigrationRefusedError(
        `The database was made by a newer release (it has ${name}, this one ends at ${known.at(-1)?.name ?? 'nothing'}); start that release, or use another data directory.`,
      );
    }
    if (migration.sha256 !== sha256) {
      throw new MigrationRefusedError(
        `The database was made by another build: ${name} was applied in a form that differs from ${migration.name} of this release; install the release that made it, or use another data directory.`,
      );
    }
  }
  const done = new Set(applied.map(({ number }) => number));
  return known.filter(({ number }) => !done.has(number));
};

/** Applies what is missing and returns its names. The connection is the caller's. */
export const migrate = async (
  client: pg.Client,
  migrations: readonly Migration[],
): Promise<readonly string[]> => {
  await client.query(`SET lock_timeout = ${LOCK_WAIT_MS}`);
  await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  return await applyMissing(client, migrations);
};

const applyMissing = async (
  client: pg.Client,
  migrations: readonly Migration[],
): Promise<readonly string[]> => {
  await client.query(
    'CREATE TABLE IF NOT EXISTS schema_migration (number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
  );
  const applied = await client.query<AppliedMigration>(
    'SELECT number, name, sha256 FROM schema_migration ORDER BY number',
  );
  const missing = planMigrations(migrations, applied.rows);
  for (const migration of missing) await applyOne(client, migration);
  return missing.map(({ name }) => name);
};

const applyOne = async (client: pg.Client, { number, name, sql, sha256 }: Migration): Promise<void> => {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO schema_migration (number, name, sha256) VALUES ($1, $2, $3)', [
      number,
      name,
      sha256,
    ]);
    await client.query('COMMIT');
  } catch (cause) {
    // The transaction ends with the connection, which the caller closes.
    throw new Error(`Migration ${name} failed`, { cause });
  }
};
