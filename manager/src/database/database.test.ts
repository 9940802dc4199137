// Tests of transactions, lost connections and unknown outcomes on a real PostgreSQL.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { CodedError } from '@nezuban/protocol/errors';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { createLossyDatabase, type LossyDatabase } from '../testing/lossy-database.ts';
import { createDatabase, type Database } from './database.ts';
import { CommitOutcomeUnknownError } from './database-errors.ts';
import { connectWhenReady } from './wait-for-database.ts';

describe('database', () => {
  let server: TestDatabase;
  let door: LossyDatabase;
  let database: Database;
  before(async () => {
    server = await testDatabase({ migrations: ['CREATE TABLE thing (name text PRIMARY KEY, size bigint)'] });
    door = await createLossyDatabase(server.config);
    database = createDatabase({ address: door.address, logger: createMemoryLogger(), name: 'test' });
  });
  after(async () => {
    await database.stop();
    await door.stop();
    await server.drop();
  });
  const names = async () =>
    (await database.query<{ name: string }>({ text: 'SELECT name FROM thing ORDER BY name' })).map(
      ({ name }) => name,
    );
  const insert = (name: string) =>
    database.inTransaction(async (transaction) => {
      await transaction.query('INSERT INTO thing (name, size) VALUES ($1, 5000000000)', [name]);
    });
  const isUnavailable = (error: unknown) =>
    error instanceof CodedError &&
    error.code === 'database_unavailable' &&
    !(error instanceof CommitOutcomeUnknownError);

  test('transaction: work resolves: all of it is stored, 64-bit numbers are numbers', async () => {
    await insert('kept');
    assert.deepEqual(
      await database.query({ text: 'SELECT size FROM thing WHERE name = $1', values: ['kept'] }),
      [{ size: 5_000_000_000 }],
    );
  });

  test('transaction: work throws: nothing is stored and the error is its own', async () => {
    const work = database.inTransaction(async (transaction) => {
      await transaction.query("INSERT INTO thing (name) VALUES ('dropped')");
      throw new Error('changed my mind');
    });
    await assert.rejects(work, /changed my mind/);
    assert.ok(!(await names()).includes('dropped'));
  });

  test('transaction: a failed statement was swallowed: the commit is not taken for one', async () => {
    const work = database.inTransaction(async (transaction) => {
      await transaction.query("INSERT INTO thing (name) VALUES ('half')");
      await transaction.query('SELECT no_such_column').catch(() => undefined);
    });
    await assert.rejects(work, /rolled back/);
    assert.ok(!(await names()).includes('half'));
  });

  test('connection: killed by the server in the middle: database_unavailable, the next call works', async () => {
    const work = database.inTransaction(async (transaction) => {
      await transaction.query("INSERT INTO thing (name) VALUES ('killed')");
      await transaction.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    await assert.rejects(work, isUnavailable);
    assert.ok(!(await names()).includes('killed'));
  });

  test('connection: the server is away: database_unavailable; once it is back, calls work again', async () => {
    const comeBack = door.goAway();
    await assert.rejects(insert('away'), isUnavailable);
    comeBack();
    await insert('back');
    assert.ok((await names()).includes('back'));
  });

  test('wait: the server is away at first: waits until it is there; an unknown database: told at once', async () => {
    const comeBack = door.goAway();
    const waiting = connectWhenReady(door.address, systemTimers);
    await assert.rejects(database.query({ text: 'SELECT 1' }), isUnavailable);
    comeBack();
    await (await waiting).end();
    await assert.rejects(connectWhenReady({ ...server.config, database: 'no_such_database' }, systemTimers), {
      code: '3D000',
    });
  });

  test('commit: cut before it reaches the server: unknown outcome, nothing stored', async () => {
    const cut = door.cutAtNextCommit('beforeCommit');
    await assert.rejects(insert('cut before'), CommitOutcomeUnknownError);
    await cut;
    assert.ok(!(await names()).includes('cut before'));
  });

  test('commit: its answer is lost: unknown outcome, stored', async () => {
    const cut = door.cutAtNextCommit('afterCommit');
    await assert.rejects(insert('cut after'), CommitOutcomeUnknownError);
    await cut;
    assert.ok((await names()).includes('cut after'));
  });

  test('commit: it did not wait for the standby: unknown outcome, stored here, the connection stays', async () => {
    // The warning itself is the server's; a deferred trigger says the same words at the same moment, within COMMIT.
    await database.query({
      text: `CREATE FUNCTION not_waited() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.name LIKE 'alone%' THEN
          RAISE WARNING 'canceling wait for synchronous replication due to user request'
            USING DETAIL = 'The transaction has already committed locally, but might not have been replicated to the standby.';
        ELSE RAISE WARNING 'something else'; END IF;
        RETURN NULL; END $$`,
    });
    await database.query({
      text: `CREATE CONSTRAINT TRIGGER not_waited AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION not_waited()`,
    });
    try {
      await assert.rejects(insert('alone'), CommitOutcomeUnknownError);
      await assert.rejects(
        database.query({ text: "INSERT INTO thing (name) VALUES ('alone too')" }),
        CommitOutcomeUnknownError,
      );
      await insert('other warning');
      assert.deepEqual(
        (await names()).filter((name) => /alone|other/.test(name)),
        ['alone', 'alone too', 'other warning'],
      );
    } finally {
      await database.query({ text: 'DROP FUNCTION not_waited CASCADE' });
    }
  });
  test('commit: synchronous_commit: as the server has it, never set by us', async () => {
    const [row] = await database.query<{ source: string }>({
      text: "SELECT source FROM pg_settings WHERE name = 'synchronous_commit'",
    });
    assert.ok(!['client', 'session', 'user', 'database'].includes(row?.source ?? 'session'));
  });
  test('statement: a constraint refuses it: the error of the server comes through', async () => {
    await insert('twice');
    await assert.rejects(insert('twice'), { code: '23505' });
  });

  test('stop: later calls: refused as shutting down', async () => {
    const other = createDatabase({ address: server.config, logger: createMemoryLogger(), name: 'test' });
    await other.query({ text: 'SELECT 1' });
    await Promise.all([other.stop(), other.stop()]);
    await assert.rejects(other.query({ text: 'SELECT 1' }), { code: 'shutting_down' });
  });
});
