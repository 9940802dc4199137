// Tests of migrations: sealed, complete, and the committed picture of the schema.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import pg from 'pg';
import {
  loadMigrations,
  migrate,
  migrationsDirectory,
  MigrationRefusedError,
  planMigrations,
  type Migration,
} from './migrations.ts';
import { dumpSchema } from './schema-dump.ts';

/** Set to rewrite the committed files after a change of the schema: `NEZUBAN_WRITE_SCHEMA=1 node --test manager/src/database/migrations.test.ts`. */
const mayWrite = process.env['NEZUBAN_WRITE_SCHEMA'] === '1';
const rewriteHint =
  'if the change is meant, run: NEZUBAN_WRITE_SCHEMA=1 node --test manager/src/database/migrations.test.ts';

const migrateOn = async (database: TestDatabase, migrations: readonly Migration[]) => {
  const client = new pg.Client(database.config);
  await client.connect();
  try {
    return await migrate(client, migrations);
  } finally {
    await client.end();
  }
};

const migration = (number: number, sha256 = `sum${number}`): Migration => ({
  number,
  name: `000${number}_x.sql`,
  sql: `CREATE TABLE t${number} ()`,
  sha256,
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
  for (const { name, sha256 } of migrations) {
    const seal = sealed.get(name);
    assert.ok(
      seal === undefined || seal === sha256,
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
