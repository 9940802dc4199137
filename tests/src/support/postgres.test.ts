/** Tests of the test databases: what every store test relies on. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import pg from 'pg';
import { startEmbeddedPostgres } from './postgres-server.ts';
import { testDatabase } from './postgres.ts';
import { waitFor } from './wait-for.ts';

const SCHEMA = ['CREATE TABLE job (id int PRIMARY KEY)', 'INSERT INTO job VALUES (1)'];

async function countJobs(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query('SELECT * FROM job')).rows.length;
  } finally {
    await client.end();
  }
}

test('test databases: two from one schema: neither sees the rows of the other', async () => {
  const [one, two] = await Promise.all([
    testDatabase({
      migrations: SCHEMA,
      apply: async (c) => void (await c.query('INSERT INTO job VALUES (2)')),
    }),
    testDatabase({ migrations: SCHEMA }),
  ]);
  assert.equal(await countJobs(one.connectionString), 2);
  assert.equal(await countJobs(two.connectionString), 1);
  await one.drop();
  await two.drop();
});

test('test databases: a template with a key: applied once for both clones', async () => {
  let applied = 0;
  const options = {
    templateKey: 'postgres.test: once',
    apply: async (client: pg.Client) => {
      applied += 1;
      await client.query('CREATE TABLE job (id int PRIMARY KEY)');
    },
  };
  const databases = await Promise.all([testDatabase(options), testDatabase(options)]);
  for (const database of databases) {
    assert.equal(await countJobs(database.connectionString), 0);
    await database.drop();
  }
  assert.equal(applied, 1);
});

test('test databases: a schema with an error: the error is thrown and no template is kept', async () => {
  const broken = { migrations: ['CREATE TABLE job (id int)', 'SELECT no_such_function()'] };
  await assert.rejects(testDatabase(broken), /no_such_function/);
  await assert.rejects(testDatabase(broken), /no_such_function/);
});

test('test databases: a connection left open: drop names its last statement', async () => {
  const database = await testDatabase();
  const client = new pg.Client(database.config);
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SELECT 42 AS forgotten');
  await assert.rejects(database.drop(), /1 connections .* never closed[^]*forgotten/);
});

test('test server: stopped: its directory is gone', async () => {
  const server = await startEmbeddedPostgres();
  await server.stop();
  await server.stop();
  assert.equal(fs.existsSync(server.socketDirectory), false);
});

test('test server: its owner is killed: the server ends and its directory is removed', async () => {
  const owner = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(import.meta.resolve('./postgres-server.ts'))});
    const server = await startEmbeddedPostgres();
    process.stdout.write(server.socketDirectory, () => process.kill(process.pid, 'SIGKILL'));
  `;
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', owner]);
  const directory = await run.then(
    () => assert.fail('the owner should have been killed'),
    (error: { stdout: string; signal: string }) => (assert.equal(error.signal, 'SIGKILL'), error.stdout),
  );
  assert.match(directory, /^\/tmp\/nz-pg-/);
  await waitFor(() => !fs.existsSync(directory), { message: `${directory} to be removed` });
});
