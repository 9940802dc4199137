// Tests of commits that wait for a standby which never comes, on a real PostgreSQL of their own: the flag is that of a whole server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { startEmbeddedPostgres, TEST_USER, type TestPostgres } from '@nezuban/tests/support/postgres-server';
import { waitFor } from '@nezuban/tests/support/wait-for';
import pg from 'pg';
import { createDatabase, type Database, type DatabaseAddress } from './database.ts';
import { CommitOutcomeUnknownError } from './database-errors.ts';

/** Far below what a wait of a test takes, and above what a statement needs on a busy machine. */
const STATEMENT_TIMEOUT_MS = 250;

describe('waiting for the standby', () => {
  let server: TestPostgres;
  let database: Database;
  /** Its commits wait for nobody. */
  let operator: pg.Client;
  before(async () => {
    server = await startEmbeddedPostgres();
    const address: DatabaseAddress = {
      host: server.socketDirectory,
      port: 5432,
      user: TEST_USER,
      database: 'postgres',
    };
    operator = new pg.Client(address);
    await operator.connect();
    await operator.query('CREATE TABLE thing (name text)');
    await operator.query("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    await operator.query('SELECT pg_reload_conf()');
    database = createDatabase({
      address,
      logger: createMemoryLogger(),
      name: 'test',
      // The servers of tests are set to lose what they like.
      settings: { synchronous_commit: 'on' },
    });
  });
  after(async () => {
    await database.stop();
    await operator.end();
    await server.stop();
  });

  const waiting = async (): Promise<number | undefined> => {
    const { rows } = await operator.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
    );
    return rows[0]?.pid;
  };
  const isVisible = async (name: string): Promise<boolean> =>
    (await operator.query('SELECT FROM thing WHERE name = $1', [name])).rowCount === 1;

  const endTheWaitBy = async (how: 'pg_cancel_backend' | 'pg_terminate_backend'): Promise<void> => {
    const insert = database.inTransaction(async (transaction) => {
      await transaction.query('INSERT INTO thing VALUES ($1)', [how]);
    });
    const outcome = insert.then(
      () => 'stored',
      (error: unknown) => error,
    );
    const pid = await waitFor(waiting, { message: 'the commit to wait' });
    assert.equal(await isVisible(how), false, 'nobody sees it before the standby has it');
    await operator.query(`SELECT ${how}($1)`, [pid]);
    assert.ok((await outcome) instanceof CommitOutcomeUnknownError, String(await outcome));
    assert.equal(await isVisible(how), true);
  };

  test('commit: somebody cancels its wait: unknown outcome, and stored here', () =>
    endTheWaitBy('pg_cancel_backend'));
  test('commit: somebody ends its connection: unknown outcome, and stored here', () =>
    endTheWaitBy('pg_terminate_backend'));

  test('statement of its own: its wait is ended: unknown outcome', async () => {
    const outcome = database
      .query({ text: "INSERT INTO thing VALUES ('single')" })
      .catch((error: unknown) => error);
    const pid = await waitFor(waiting, { message: 'the statement to wait' });
    await operator.query('SELECT pg_cancel_backend($1)', [pid]);
    assert.ok((await outcome) instanceof CommitOutcomeUnknownError);
  });

  test('commit: it waits longer than a statement may take: goes on waiting, and succeeds when the standby is there', async () => {
    let done = false;
    const insert = database
      .inTransaction(async (transaction) => {
        await transaction.query(`SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
        await transaction.query("INSERT INTO thing VALUES ('patient')");
      })
      .then(() => (done = true));
    await waitFor(
      async () =>
        (
          await operator.query(
            `SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND now() - query_start > interval '${3 * STATEMENT_TIMEOUT_MS} ms'`,
          )
        ).rowCount === 1,
      { message: 'the commit to wait for three times as long' },
    );
    assert.equal(done, false);
    await operator.query("ALTER SYSTEM SET synchronous_standby_names = ''");
    await operator.query('SELECT pg_reload_conf()');
    await insert;
    assert.equal(await isVisible('patient'), true);
  });
});
