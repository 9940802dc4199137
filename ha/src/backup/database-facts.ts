/**
 * The few questions that a backup asks the database: which it is, who has written it, and how it was made.
 *
 * The only place in this folder that knows names of the manager's tables. Called by create, export and restore.
 */
import pg from 'pg';
import { DATABASE_NAME, DATABASE_ROLE, SOCKET_PORT } from '../drivers/postgres/settings.ts';
import { say } from '@nezuban/protocol/sentences/sentence';
import { BackupError } from './backup-error.ts';

export type DatabaseFacts = {
  readonly systemIdentifier: string;
  readonly version: string;
  readonly segmentBytes: number;
  readonly managerId: string;
  readonly term: number;
  readonly migrations: readonly { readonly number: number; readonly name: string; readonly sha256: string }[];
};

const CONNECT_MS = 5_000;

/** A connection to the server whose socket lies there. The caller ends it. */
export async function connectTo(socketDirectory: string, home: string): Promise<pg.Client> {
  const client = new pg.Client({
    host: socketDirectory,
    port: SOCKET_PORT,
    user: DATABASE_ROLE,
    database: DATABASE_NAME,
    application_name: 'nezuban backup',
    connectionTimeoutMillis: CONNECT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === '28000') throw new BackupError(say('backup_no_login', { home }), error);
    throw new BackupError(say('backup_no_database', { home }), error);
  }
}

export async function isStandby(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
  return rows[0]?.standby === true;
}

export async function readFacts(client: pg.Client): Promise<DatabaseFacts> {
  const { rows } = await client.query<{
    system_identifier: string;
    version: string;
    segment_bytes: string;
  }>(`SELECT system_identifier::text, current_setting('server_version') AS version,
        (SELECT setting FROM pg_settings WHERE name = 'wal_segment_size') AS segment_bytes
      FROM pg_control_system()`);
  const [server] = rows;
  if (server === undefined) throw new Error('the server said nothing of itself');
  const managers = await readOrRefuse<{ manager_id: string; term: string }>(
    client,
    'SELECT manager_id, term::text FROM manager_identity',
  );
  const migrations = await readOrRefuse<{ number: number; name: string; sha256: string }>(
    client,
    'SELECT number, name, sha256 FROM schema_migration ORDER BY number',
  );
  const [manager] = managers;
  if (manager === undefined) throw new BackupError(say('backup_nothing_yet'));
  return {
    systemIdentifier: server.system_identifier,
    version: server.version,
    segmentBytes: Number(server.segment_bytes),
    managerId: manager.manager_id,
    term: Number(manager.term),
    migrations,
  };
}

const UNDEFINED_TABLE = '42P01';

async function readOrRefuse<Row extends pg.QueryResultRow>(
  client: pg.Client,
  text: string,
): Promise<readonly Row[]> {
  try {
    return (await client.query<Row>(text)).rows;
  } catch (error) {
    if ((error as { code?: string }).code !== UNDEFINED_TABLE) throw error;
    throw new BackupError(say('backup_foreign'), error);
  }
}
