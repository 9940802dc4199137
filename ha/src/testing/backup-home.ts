/**
 * A home to make backups of: a real PostgreSQL with the manager's tables and some rows, without a manager. And the command, run in this process.
 *
 * Called by the tests of `ha/src/backup`.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { runDirectoryOf } from '@nezuban/platform/home';
import { systemTimers } from '@nezuban/platform/timers';
import pg from 'pg';
import { runBackup } from '../backup/run.ts';
import { ensureCluster } from '../drivers/postgres/cluster.ts';
import { ensureRuntime, locatePostgresPackage } from '../drivers/postgres/runtime.ts';
import { startPostgresServer, type PostgresServer } from '../drivers/postgres/server.ts';
import { resolveServerUser } from '../drivers/postgres/server-user.ts';
import { socketDirectoryIn } from '../keeper/child-config.ts';

const MIGRATIONS = path.resolve(import.meta.dirname, '../../../manager/migrations');
const uid = process.getuid?.() ?? 0;

export type Home = { readonly path: string; readonly server: PostgresServer; readonly client: pg.Client };

/** A home with a server that runs; a fresh one gets the manager's tables, some rows and some keys. */
export async function openHome(where: string, fresh: boolean): Promise<Home> {
  const layout = {
    home: where,
    runDirectory: runDirectoryOf(where, uid),
    version: '0.1.0',
    consoleDirectory: null,
  };
  const user = await resolveServerUser(uid);
  fs.mkdirSync(where, { recursive: true });
  fs.chmodSync(where, 0o755);
  fs.mkdirSync(layout.runDirectory, { recursive: true });
  fs.chmodSync(layout.runDirectory, 0o755);
  const runtime = ensureRuntime(locatePostgresPackage(), path.join(where, 'runtime'));
  const socketDirectory = socketDirectoryIn(layout);
  const root = path.join(where, 'postgres');
  const data = await ensureCluster(
    { runtime, user, root, socketDirectory, ownUserName: os.userInfo().username },
    new AbortController().signal,
  );
  const { postgres, guard } = runtime;
  const server = startPostgresServer(systemTimers, { postgres, guard, data, home: where, user });
  server.output.forEach((stream) => stream.resume());
  assert.equal(await server.ready, true);
  const client = new pg.Client({ host: socketDirectory, port: 5432, user: 'nezuban', database: 'nezuban' });
  client.on('error', () => undefined);
  await client.connect();
  if (fresh) await fill(where, client);
  return { path: where, server, client };
}

export async function closeHome({ server, client }: Home): Promise<void> {
  await client.end();
  await server.stop(10_000);
}

async function fill(where: string, client: pg.Client): Promise<void> {
  await client.query(
    'CREATE TABLE schema_migration (number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), oldest_release text)',
  );
  for (const name of fs
    .readdirSync(MIGRATIONS)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()) {
    const sql = fs.readFileSync(path.join(MIGRATIONS, name), 'utf8');
    await client.query('BEGIN');
    await client.query(sql);
    await client.query('INSERT INTO schema_migration (number, name, sha256) VALUES ($1, $2, $3)', [
      Number(name.slice(0, 4)),
      name,
      createHash('sha256').update(sql).digest('hex'),
    ]);
    await client.query('COMMIT');
  }
  await client.query(`INSERT INTO manager_identity (manager_id, term) VALUES ('mgr_test', 131072)`);
  await client.query(
    `INSERT INTO scope (name, updated_by) VALUES ('first', E'tab\\t, line\\nfeed, back\\\\slash, 日本語')`,
  );
  await client.query(
    `INSERT INTO event (at, priority, code, message, details)
     SELECT now(), 'info', 'manager_started', repeat('x', 2000) || n, '{"n": 1}' FROM generate_series(1, 3000) n`,
  );
  fs.mkdirSync(path.join(where, 'manager/ca'), { recursive: true, mode: 0o700 });
  for (const name of ['secret-key', 'ca/ca.key', 'ca/ca.crt'])
    fs.writeFileSync(path.join(where, 'manager', name), `content of ${name}`, { mode: 0o600 });
}

export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs `nezuban backup` with these words, in this process. */
export async function backup(...args: readonly string[]): Promise<Said> {
  return await backupWatched(args, () => undefined);
}

/** The same; `onLine` sees each line of standard error when it is written. */
export async function backupWatched(args: readonly string[], onLine: (text: string) => void): Promise<Said> {
  let [stdout, stderr] = ['', ''];
  const code = await runBackup({
    args,
    environment: {},
    stdin: new PassThrough(),
    stdout: (text) => (stdout += text),
    stderr(text) {
      stderr += text;
      onLine(text);
    },
    isTerminal: false,
    interruption: new AbortController(),
  });
  return { code, stdout, stderr };
}
