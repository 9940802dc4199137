/**
 * Databases for tests that need a real PostgreSQL: one server per run, one template per schema, one clone per test file.
 *
 * Responsible for creating and dropping databases, and for reporting connections that a test forgot to close.
 * Not responsible for the server itself (`postgres-server.ts`).
 * Called by the test files of every workspace that has a store.
 *
 *     const database = await testDatabase({ apply: (client) => migrate(client) });
 *     after(() => database.drop());
 *     const pool = new pg.Pool(database.config);
 */
import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { startEmbeddedPostgres, TEST_USER } from './postgres-server.ts';
import { waitFor } from './wait-for.ts';

/** The runner puts the socket directory of the shared server here; a file that runs alone starts a server of its own. */
export const SHARED_SERVER_VARIABLE = 'NEZUBAN_TEST_PG';

/** Closing a pool is asynchronous; a connection that is still there after this was forgotten. */
const CONNECTIONS_CLOSE_TIMEOUT_MS = 30_000;
/** One key for all: templates are built one after the other, so that two files never build the same one. */
const TEMPLATE_LOCK = 7_302_601;

export interface TestDatabaseOptions {
  /** SQL texts, run in this order. Their outcome is kept as a template for the whole run. */
  readonly migrations?: readonly string[];
  /** Runs after `migrations`: a migrator, or the rows that the tests start from. */
  readonly apply?: (client: pg.Client) => Promise<void>;
  /** Keeps the outcome of `apply` in the template too. The same key must mean the same outcome in every test file. */
  readonly templateKey?: string;
}

export interface TestDatabase {
  readonly name: string;
  /** For `new pg.Pool(...)`. */
  readonly config: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  /** The same as a URL, for programs that take one. */
  readonly connectionString: string;
  /** Drops the database. Throws if connections were left open, naming them. */
  drop(): Promise<void>;
}

/** A new database of its own, empty or as the options say. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const host = await serverSocketDirectory();
  const template = await prepareTemplate(host, options);
  const name = `t_${randomBytes(6).toString('hex')}`;
  await asAdministrator(host, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  const database = describeDatabase(host, name);
  if (options.apply && options.templateKey === undefined) {
    try {
      await withClient(database.config, options.apply);
    } catch (error) {
      await asAdministrator(host, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
      throw error;
    }
  }
  return database;
}

function describeDatabase(host: string, name: string): TestDatabase {
  return {
    name,
    config: { host, port: 5432, user: TEST_USER, database: name },
    connectionString: `postgresql://${TEST_USER}@${encodeURIComponent(host)}/${name}`,
    drop: () => dropDatabase(host, name),
  };
}

/** One server for a file that runs alone: the first call starts it, and it ends with the process. */
const ownServer: { started?: Promise<{ socketDirectory: string }> } = {};

async function serverSocketDirectory(): Promise<string> {
  const shared = process.env[SHARED_SERVER_VARIABLE];
  if (shared) return shared;
  ownServer.started ??= startEmbeddedPostgres();
  return (await ownServer.started).socketDirectory;
}

async function prepareTemplate(host: string, options: TestDatabaseOptions): Promise<string> {
  const inTemplate = options.templateKey === undefined ? undefined : options.apply;
  if (!options.migrations?.length && !inTemplate) return 'template0';
  const identity = JSON.stringify([options.migrations ?? [], options.templateKey ?? null]);
  const template = `tpl_${createHash('sha256').update(identity).digest('hex').slice(0, 24)}`;
  await asAdministrator(host, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (found.rowCount) return;
    // Built under another name: a template that failed half-way is never taken for a whole one.
    const draft = `${template}_draft`;
    await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${draft} TEMPLATE template0`);
    await withClient(describeDatabase(host, draft).config, async (builder) => {
      for (const sql of options.migrations ?? []) await builder.query(sql);
      await inTemplate?.(builder);
    });
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
  });
  return template;
}

async function dropDatabase(host: string, name: string): Promise<void> {
  await asAdministrator(host, async (client) => {
    const sessions = async () => {
      const sql = `SELECT pid, application_name, state, left(query, 120) AS query FROM pg_stat_activity
                   WHERE datname = $1 AND backend_type = 'client backend'`;
      return (await client.query<{ state: string; query: string }>(sql, [name])).rows;
    };
    const closed = waitFor(async () => (await sessions()).length === 0, {
      timeoutMs: CONNECTIONS_CLOSE_TIMEOUT_MS,
    });
    const leaked = await closed.then(() => [], sessions);
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    if (leaked.length === 0) return;
    const list = leaked.map((session) => `  ${session.state}: ${session.query}`).join('\n');
    throw new Error(
      `${leaked.length} connections to the test database were never closed; last statements:\n${list}`,
    );
  });
}

async function asAdministrator(host: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  await withClient(describeDatabase(host, 'postgres').config, work);
}

async function withClient(
  config: pg.ClientConfig,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
