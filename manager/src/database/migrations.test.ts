// Tests of migrations: sealed, complete, and the committed picture of the schema.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { compareReleases, parseRelease } from '@nezuban/protocol/release';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import pg from 'pg';
import packageJson from '../../package.json' with { type: 'json' };
import {
  loadMigrations,
  migrate,
  migrationsDirectory,
  MigrationRefusedError,
  planMigrations,
  statedOldestRelease,
  type Migration,
} from './migrations.ts';
import { dumpSchema } from './schema-dump.ts';

/** Set to rewrite the committed files after a change of the schema: `NEZUBAN_WRITE_SCHEMA=1 node --test manager/src/database/migrations.test.ts`. */
const mayWrite = process.env['NEZUBAN_WRITE_SCHEMA'] === '1';
/** The last file that a release has shipped: those behind it may still change, and their seals be written anew. */
const RELEASED_LAST = 2;
/** The first files do not name the oldest release that may run on their schema: nothing is older. */
const SILENT_LAST = 3;
const rewriteHint =
  'if the change is meant, run: NEZUBAN_WRITE_SCHEMA=1 node --test manager/src/database/migrations.test.ts';

const migrateOn = async (database: TestDatabase, migrations: readonly Migration[], release?: string) => {
  const client = new pg.Client(database.config);
  await client.connect();
  try {
    return await migrate(client, migrations, release === undefined ? {} : { release });
  } finally {
    await client.end();
  }
};

const migration = (number: number, sha256 = `sum${number}`): Migration => ({
  number,
  name: `000${number}_x.sql`,
  sql: `CREATE TABLE t${number} ()`,
  sha256,
  oldestRelease: '0.1.0',
});

test('migrations: plan: what is missing, in order', () => {
  const known = [migration(1), migration(2), migration(3)];
  assert.deepEqual(planMigrations(known, [known[0]!]), [known[1], known[2]]);
  assert.deepEqual(planMigrations(known, known), []);
});

test('migrations: a database of a newer release: refused with one sentence', () => {
  assert.throws(
    () => planMigrations([migration(1)], [migration(1), migration(2)]),
    (error: unknown) =>
      error instanceof MigrationRefusedError && /newer release \(it has 0002_x\.sql/.test(error.message),
  );
});

test('migrations: a file that was changed after it was applied: refused with one sentence', () => {
  assert.throws(
    () => planMigrations([migration(1)], [migration(1, 'other')]),
    (error: unknown) =>
      error instanceof MigrationRefusedError &&
      /0001_x\.sql was applied in a form that differs/.test(error.message),
  );
});

test('migrations: an older release on a newer schema: starts if every file allows it, else the sentence names the release that is needed', () => {
  const newer = (number: number, oldestRelease: string) => ({ ...migration(number), oldestRelease });
  const known = [migration(1)];
  assert.deepEqual(planMigrations(known, [migration(1), newer(2, '0.2.0'), newer(3, '0.1.0')], '0.2.4'), []);
  assert.throws(
    () => planMigrations(known, [migration(1), newer(2, '0.2.0'), newer(3, '0.3.0')], '0.2.4'),
    (error: unknown) =>
      error instanceof MigrationRefusedError &&
      /needs release 0\.3\.0 or newer, but this is release 0\.2\.4/.test(error.message),
  );
});

test('migrations: a release that went before: the oldest release is kept in the database, and it starts again on the newer schema', async () => {
  const database = await testDatabase();
  const older = [migration(1)];
  const newer = [migration(1), { ...migration(2), oldestRelease: '1.3.0' }];
  assert.deepEqual(await migrateOn(database, older, '1.3.5'), ['0001_x.sql']);
  assert.deepEqual(await migrateOn(database, newer, '1.4.0'), ['0002_x.sql']);
  assert.deepEqual(await migrateOn(database, older, '1.3.5'), []);
  await assert.rejects(migrateOn(database, older, '1.2.9'), /needs release 1\.3\.0 or newer/);
  await assert.rejects(migrateOn(database, older), /needs release 1\.3\.0 or newer/);
  await database.drop();
});

test('migrations: a database from before this was kept: gets the column and what its files say', async () => {
  const database = await testDatabase();
  const client = new pg.Client(database.config);
  await client.connect();
  await client.query(
    'CREATE TABLE schema_migration (number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
  );
  await client.query("INSERT INTO schema_migration (number, name, sha256) VALUES (1, '0001_x.sql', 'sum1')");
  assert.deepEqual(await migrateOn(database, [migration(1), migration(2)], '0.1.0'), ['0002_x.sql']);
  const { rows } = await client.query('SELECT number, oldest_release FROM schema_migration ORDER BY number');
  assert.deepEqual(rows, [
    { number: 1, oldest_release: '0.1.0' },
    { number: 2, oldest_release: '0.1.0' },
  ]);
  await client.end();
  await database.drop();
});

test('migrations: the header: each file names a release that may run on its schema, none newer than this one', async () => {
  for (const { number, name, sql } of await loadMigrations()) {
    if (number <= SILENT_LAST) continue;
    const stated = statedOldestRelease(sql);
    assert.ok(
      stated !== null && parseRelease(stated) !== null,
      `${name} must say in a comment line of its own which release may still run on its schema, such as "-- Oldest release that may run on it: ${packageJson.version}"`,
    );
    assert.ok(
      compareReleases(stated, packageJson.version) <= 0,
      `${name} names ${stated}, but this is ${packageJson.version}`,
    );
  }
});

test('migrations: their numbers: from 1 on, none is missing', async () => {
  const numbers = (await loadMigrations()).map(({ number }) => number);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
});

test('migrations: two managers at once: each file is applied once', async () => {
  const database = await testDatabase();
  const applied = await Promise.all([
    migrateOn(database, [migration(1), migration(2)]),
    migrateOn(database, [migration(1), migration(2)]),
  ]);
  assert.deepEqual(applied.flat(), ['0001_x.sql', '0002_x.sql']);
  await database.drop();
});

test('migrations: one fails: those before it stay, nothing of it does', async () => {
  const database = await testDatabase();
  const broken = { ...migration(2), sql: 'CREATE TABLE half (); SELECT nonsense' };
  await assert.rejects(migrateOn(database, [migration(1), broken]), /0002_x\.sql failed/);
  assert.deepEqual(await migrateOn(database, [migration(1), migration(2)]), ['0002_x.sql']);
  await database.drop();
});

test('migrations: the sealed files: unchanged, and none is unsealed', async () => {
  const file = path.join(migrationsDirectory, 'checksums.txt');
  const migrations = await loadMigrations();
  const sealed = new Map(
    (await readFile(file, 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  for (const { number, name, sha256 } of migrations) {
    const seal = sealed.get(name);
    assert.ok(
      seal === undefined || seal === sha256 || (mayWrite && number > RELEASED_LAST),
      `${name} differs from its seal in checksums.txt: a released migration never changes, add a new one`,
    );
    assert.ok(seal !== undefined || mayWrite, `${name} is not in checksums.txt; ${rewriteHint}`);
    sealed.set(name, sha256);
  }
  assert.deepEqual(
    [...sealed.keys()],
    migrations.map(({ name }) => name),
    'checksums.txt names a migration that is not there',
  );
  if (mayWrite) await writeFile(file, [...sealed].map(([name, sha256]) => `${sha256}  ${name}\n`).join(''));
});

test('migrations: the schema they make: as committed in schema.txt', async () => {
  const file = path.join(migrationsDirectory, 'schema.txt');
  const database = await testDatabase();
  await migrateOn(database, await loadMigrations());
  const client = new pg.Client(database.config);
  await client.connect();
  const schema = await dumpSchema(client);
  await client.end();
  await database.drop();
  if (mayWrite) await writeFile(file, schema);
  assert.equal(
    schema,
    await readFile(file, 'utf8'),
    `schema.txt is not what the migrations make; ${rewriteHint}`,
  );
});
