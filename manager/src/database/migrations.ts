// Brings the database to the schema of this release.
// Responsible for applying manager/migrations/NNNN_name.sql in order, each in a transaction, once, under a lock that keeps a second
// manager out; and for refusing a database that another release has changed. Files are immutable: a released one is never edited,
// a new one is added (`checksums.txt` is the seal, its test says so). Called by manager.ts before anything else.
//
// A change of the schema expands first and contracts later: a release adds what it needs beside the old, and what is no longer needed goes
// in a later one. So each file names the oldest release that may still run on the schema that it makes; the name is kept in the database, and
// an older release that is started again (a way back, the other host of a pair) goes on if every file that it does not know allows it.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { compareReleases, newestRelease } from '@nezuban/protocol/release';
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
  /** The oldest release that may run on the schema that it makes. */
  readonly oldestRelease: string;
};
export type AppliedMigration = {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  /** Null: applied before this was kept. */
  readonly oldestRelease: string | null;
};

/** The database does not fit this release; starting again cannot help. The message is one sentence for the person at the terminal. */
export class MigrationRefusedError extends Error {
  override readonly name = 'MigrationRefusedError';
}

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
const OLDEST_RELEASE = /^-- Oldest release that may run on it: (\S+)$/m;
/** Of the first files, which do not say it: nothing is older. All others must say it, as a test demands. */
const FIRST_RELEASE = '0.1.0';
/** Of a caller that says no release: nothing that is newer lets it in. */
const NO_RELEASE = '0.0.0';

/** What the header of a file says; null if it says nothing. Pure. */
export const statedOldestRelease = (sql: string): string | null => OLDEST_RELEASE.exec(sql)?.[1] ?? null;

export const loadMigrations = async (
  directory: string = migrationsDirectory,
): Promise<readonly Migration[]> => {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).toSorted();
  return await Promise.all(
    files.map(async (file, index) => {
      const number = Number(FILE_NAME.exec(file)?.[1]);
      // That no number is missing is demanded by a test: while several changes of the schema are made beside each other, one may be.
      if (!(number > Number(FILE_NAME.exec(files[index - 1] ?? '')?.[1] ?? 0)))
        throw new Error(
          `${path.join(directory, file)}: migrations are named NNNN_words.sql, each number once, from 0001`,
        );
      const sql = await readFile(path.join(directory, file), 'utf8');
      return {
        number,
        name: file,
        sql,
        sha256: createHash('sha256').update(sql).digest('hex'),
        oldestRelease: statedOldestRelease(sql) ?? FIRST_RELEASE,
      };
    }),
  );
};

/**
 * What is still to be applied. Pure. Throws MigrationRefusedError if the database's past is not this release's past, and if a newer release has
 * made a schema on which this one may not run.
 */
export const planMigrations = (
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
  release: string = NO_RELEASE,
): readonly Migration[] => {
  const byNumber = new Map(known.map((migration) => [migration.number, migration]));
  const newer = applied.filter(({ number }) => !byNumber.has(number));
  refuseNewerSchema(newer, { release, end: known.at(-1)?.name ?? 'nothing' });
  for (const { number, name, sha256 } of applied) {
    const migration = byNumber.get(number);
    if (migration === undefined) continue;
    if (migration.sha256 !== sha256) {
      throw new MigrationRefusedError(
        `The database was made by another build: ${name} was applied in a form that differs from ${migration.name} of this release; install the release that made it, or use another data directory.`,
      );
    }
  }
  const done = new Set(applied.map(({ number }) => number));
  return known.filter(({ number }) => !done.has(number));
};

const refuseNewerSchema = (
  newer: readonly AppliedMigration[],
  { release, end }: { readonly release: string; readonly end: string },
): void => {
  const [first] = newer;
  if (first === undefined) return;
  const demands = newer.flatMap(({ oldestRelease }) => oldestRelease ?? []);
  const needed = newestRelease(demands);
  if (needed === undefined || demands.length < newer.length)
    throw new MigrationRefusedError(
      `The database was made by a newer release (it has ${first.name}, this one ends at ${end}); start that release, or use another data directory.`,
    );
  if (compareReleases(release, needed) < 0)
    throw new MigrationRefusedError(
      `The database was changed by a newer release (it has ${newer.at(-1)?.name ?? first.name}, this one ends at ${end}) and needs release ${needed} or newer, but this is release ${release}; start release ${needed} or newer, or go back to a backup that was made before the upgrade.`,
    );
};

export type MigrateOptions = {
  /** Of the program that wants to run on the schema. Left out: one that no newer schema lets in. */
  readonly release?: string;
};

/** Applies what is missing and returns its names. The connection is the caller's. */
export const migrate = async (
  client: pg.Client,
  migrations: readonly Migration[],
  { release = NO_RELEASE }: MigrateOptions = {},
): Promise<readonly string[]> => {
  await client.query(`SET lock_timeout = ${LOCK_WAIT_MS}`);
  await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  return await applyMissing(client, migrations, release);
};

const applyMissing = async (
  client: pg.Client,
  migrations: readonly Migration[],
  release: string,
): Promise<readonly string[]> => {
  await client.query(
    'CREATE TABLE IF NOT EXISTS schema_migration (number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), oldest_release text)',
  );
  const { rows } = await client.query<AppliedMigration & { readonly kept: boolean }>(APPLIED);
  const missing = planMigrations(migrations, rows, release);
  if (rows.some(({ kept }) => !kept))
    await client.query('ALTER TABLE schema_migration ADD COLUMN IF NOT EXISTS oldest_release text');
  if (rows.some(({ oldestRelease }) => oldestRelease === null)) await fillOldest(client, migrations);
  for (const migration of missing) await applyOne(client, migration);
  return missing.map(({ name }) => name);
};

/** As JSON, since a database of the first release has no such column yet. */
const APPLIED = `SELECT number, name, sha256, to_jsonb(m) ->> 'oldest_release' AS "oldestRelease", to_jsonb(m) ? 'oldest_release' AS kept
  FROM schema_migration m ORDER BY number`;

const fillOldest = async (client: pg.Client, migrations: readonly Migration[]): Promise<void> => {
  await client.query(
    `UPDATE schema_migration m SET oldest_release = said.oldest FROM unnest($1::int[], $2::text[]) AS said (number, oldest)
     WHERE m.number = said.number AND m.oldest_release IS NULL`,
    [migrations.map(({ number }) => number), migrations.map(({ oldestRelease }) => oldestRelease)],
  );
};

const applyOne = async (
  client: pg.Client,
  { number, name, sql, sha256, oldestRelease }: Migration,
): Promise<void> => {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      'INSERT INTO schema_migration (number, name, sha256, oldest_release) VALUES ($1, $2, $3, $4)',
      [number, name, sha256, oldestRelease],
    );
    await client.query('COMMIT');
  } catch (cause) {
    // The transaction ends with the connection, which the caller closes.
    throw new Error(`Migration ${name} failed`, { cause });
  }
};
