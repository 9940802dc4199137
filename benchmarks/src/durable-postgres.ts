/**
 * A PostgreSQL for benchmarks that keeps what it acknowledges: the product's settings that cost time are on, unlike in tests.
 *
 * Responsible for a fresh cluster in a scratch directory, and for removing both. Called by benchmarks that weigh one part alone.
 */
import { execFile, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { preparePostgresRuntime } from '@nezuban/tests/support/postgres-server';
import { waitFor } from '@nezuban/tests/support/wait-for';
import pg from 'pg';

/** As in ha/src/drivers/postgres/settings.ts. */
const SETTINGS = {
  listen_addresses: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'replica',
  max_wal_size: '512MB',
  shared_buffers: '128MB',
  work_mem: '8MB',
  jit: 'off',
  max_connections: '100',
};
const USER = 'nezuban';
/** PostgreSQL refuses to run as root. */
const UNPRIVILEGED_ID = 65534;

export type DurablePostgres = {
  readonly address: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  readonly stop: () => Promise<void>;
};

export async function startDurablePostgres(): Promise<DurablePostgres> {
  const identity = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
  const runtime = await preparePostgresRuntime();
  const directory = await mkdtemp(path.join(os.tmpdir(), 'nezuban-bench-'));
  const data = path.join(directory, 'data');
  await mkdir(data, { mode: 0o700 });
  if (identity.uid !== undefined)
    for (const place of [directory, data]) await chown(place, identity.uid, identity.gid);
  const args = [
    '-D',
    data,
    '-U',
    USER,
    '--auth=trust',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
  ];
  await promisify(execFile)(path.join(runtime, 'bin/initdb'), args, { ...identity, cwd: '/' });
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(path.join(runtime, 'bin/postgres'), ['-D', data, '-k', directory, ...settings], {
    ...identity,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const address = { host: directory, port: 5432, user: USER, database: 'postgres' };
  await waitFor(() => canConnect(address), { message: 'PostgreSQL to accept connections' });
  return {
    address,
    async stop() {
      server.kill('SIGINT');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function canConnect(address: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client(address);
  await client.connect();
  await client.end();
  return true;
}
