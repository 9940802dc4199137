// Tests of the embedded PostgreSQL: who is let in, what is set, its own texts. The faults are in keeper-faults.test.ts.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import pg from 'pg';
import { systemTimers } from '@nezuban/platform/timers';
import { ensureCluster } from './cluster.ts';
import { parsePostmasterFile } from './postmaster-file.ts';
import { ensureRuntime, locatePostgresPackage } from './runtime.ts';
import { resolveServerUser } from './server-user.ts';
import { startPostgresServer, type PostgresServer } from './server.ts';
import { renderSettings, renderUserMap } from './settings.ts';

const home = fs.mkdtempSync('/tmp/nz-pgdrv-');
const socketDirectory = path.join(home, "it's a, socket");
const uid = process.getuid?.() ?? 0;
let server: PostgresServer;

before(async () => {
  const user = await resolveServerUser(uid);
  fs.chmodSync(home, 0o755);
  const runtime = ensureRuntime(locatePostgresPackage(), path.join(home, 'runtime'));
  const data = await ensureCluster(
    {
      runtime,
      user,
      root: path.join(home, 'postgres'),
      socketDirectory,
      ownUserName: os.userInfo().username,
    },
    new AbortController().signal,
  );
  server = startPostgresServer(systemTimers, {
    postgres: runtime.postgres,
    guard: runtime.guard,
    data,
    home,
    user,
  });
  server.output.forEach((stream) => stream.resume());
  assert.equal(await server.ready, true);
});

after(async () => {
  await server.stop(5_000);
  fs.rmSync(home, { recursive: true, force: true });
});

async function query<Row extends pg.QueryResultRow>(sql: string, database = 'nezuban'): Promise<Row[]> {
  const client = new pg.Client({ host: socketDirectory, port: 5432, user: 'nezuban', database });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('postgres: a fresh cluster: our database, UTF-8, builtin locale, checksums, durable, no TCP, no trust', async () => {
  const [database] = await query(
    `SELECT datname, pg_encoding_to_char(encoding) AS encoding, datlocprovider::text AS provider, datlocale AS locale
     FROM pg_database WHERE datname = current_database()`,
  );
  assert.deepEqual(database, { datname: 'nezuban', encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8' });
  const names = [
    'data_checksums',
    'fsync',
    'synchronous_commit',
    'full_page_writes',
    'listen_addresses',
    'restart_after_crash',
  ];
  const settings = await query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN (${names.map((name) => `'${name}'`).join(', ')})`,
  );
  assert.deepEqual(Object.fromEntries(settings.map(({ name, setting }) => [name, setting])), {
    data_checksums: 'on',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    listen_addresses: '',
    restart_after_crash: 'off',
  });
  const rules = await query<{ type: string; auth_method: string }>(
    'SELECT DISTINCT type, auth_method FROM pg_hba_file_rules',
  );
  assert.deepEqual(rules, [{ type: 'local', auth_method: 'peer' }]);
  assert.deepEqual(await query("SELECT 'べんり' ~ '^\\w+$' AS word"), [{ word: true }]);
  assert.equal(fs.statSync(socketDirectory).mode & 0o077, 0);
});

test('postgres: another user of the system: is not let in', async (t) => {
  if (uid !== 0) {
    t.diagnostic('only root can become another user');
    return;
  }
  // The folder would already stop it; the server's own rule is what this asks for.
  fs.chmodSync(socketDirectory, 0o777);
  fs.chmodSync(path.join(socketDirectory, '.s.PGSQL.5432'), 0o777);
  const program = `
    const { default: pg } = await import(${JSON.stringify(import.meta.resolve('pg'))});
    const client = new pg.Client({ host: ${JSON.stringify(socketDirectory)}, user: 'nezuban', database: 'nezuban' });
    await client.connect().then(() => console.log('let in'), (error) => console.log(error.message));
    process.exit();
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    uid: 65_534,
    gid: 65_534,
    cwd: '/',
  });
  assert.match(stdout, /Peer authentication failed/);
  fs.chmodSync(socketDirectory, 0o700);
});

test('postgres: its programs run as an ordinary user with no more than its own groups', async (t) => {
  if (uid !== 0) {
    t.diagnostic('only root starts it as another user');
    return;
  }
  const status = fs.readFileSync(`/proc/${server.pid}/status`, 'utf8');
  const user = await resolveServerUser(0);
  assert.match(status, new RegExp(`^Uid:\\s+${user.uid}\\s+${user.uid}\\s+${user.uid}`, 'm'));
  assert.doesNotMatch(status, /^Groups:.*\b0\b/m);
});

test('postgres settings: quotes, commas and backslashes in paths and names: quoted', () => {
  const text = renderSettings({ socketDirectory: '/a\'b,"c"', operatorSettingsFile: '/o\\p' });
  assert.match(text, /^unix_socket_directories = '"\/a''b,""c"""'$/m);
  assert.match(text, /^include_if_exists '\/o\\\\p'$/m);
  assert.match(
    renderUserMap(['a "b"', 'nezuban', 'nezuban']),
    /^nezuban "a ""b""" nezuban\nnezuban "nezuban" nezuban\n$/m,
  );
});

test('postmaster file: running, starting, of a stand-alone backend, cut off: read as far as it goes', () => {
  assert.deepEqual(parsePostmasterFile('17\n/d\n1\n5432\n/s\n\n  1 2\nready   \n'), { pid: 17, ready: true });
  assert.deepEqual(parsePostmasterFile('17\n/d\n1\n5432\n/s\n\n  1 2\nstarting\n'), {
    pid: 17,
    ready: false,
  });
  assert.deepEqual(parsePostmasterFile('-17\n/d\n'), { pid: 17, ready: false });
  assert.equal(parsePostmasterFile(''), null);
  assert.equal(parsePostmasterFile('x\n'), null);
});
