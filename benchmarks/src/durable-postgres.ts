/**
 * A PostgreSQL for benchmarks that keeps what it acknowledges: the product's settings that cost time are on, unlike in tests. On demand
 * with a synchronous standby beside it, which has to have each commit on disk too, as in a pair.
 *
 * Responsible for a fresh cluster in a scratch directory, and for removing all of it. Called by benchmarks that weigh one part alone.
 */
import { execFile, spawn } from 'node:child_process';
import { chown, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

export type DurableOptions = {
  /** A second server that every commit waits for. */
  readonly standby?: boolean;
};

type Place = { readonly runtime: string; readonly directory: string; readonly identity: Identity };
type Identity = { readonly uid?: number; readonly gid?: number };

const STANDBY_NAME = 'standby';
const PRIMARY_PORT = 5432;
const STANDBY_PORT = 5433;

export async function startDurablePostgres({
  standby = false,
}: DurableOptions = {}): Promise<DurablePostgres> {
  const identity: Identity = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
  const runtime = await preparePostgresRuntime();
  const directory = await mkdtemp(path.join(os.tmpdir(), 'nezuban-bench-'));
  const place: Place = { runtime, directory, identity };
  const data = await createCluster(place);
  const standbyData = standby ? await copyForStandby(data, place) : null;
  const address = { host: directory, port: PRIMARY_PORT, user: USER, database: 'postgres' };
  const names: Record<string, string> = standby ? { synchronous_standby_names: STANDBY_NAME } : {};
  const servers = [spawnServer(place, { data, port: PRIMARY_PORT, more: names })];
  if (standbyData !== null) {
    await waitFor(() => canConnect(address), { message: 'PostgreSQL to accept connections' });
    const from = `host=${directory} port=${PRIMARY_PORT} user=${USER} application_name=${STANDBY_NAME}`;
    servers.push(
      spawnServer(place, {
        data: standbyData,
        port: STANDBY_PORT,
        // It says loudly that its primary is not there yet, or no longer.
        more: { primary_conninfo: from, log_min_messages: 'panic' },
      }),
    );
  }
  await waitFor(() => canConnect(address), { message: 'PostgreSQL to accept connections' });
  if (standby)
    await waitFor(() => isSynchronous(address), { message: 'the standby to take part in commits' });
  return {
    address,
    async stop() {
      // The primary first: it waits until the standby has everything.
      for (const { server, ended } of servers) {
        server.kill('SIGINT');
        await ended;
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function createCluster({ runtime, directory, identity }: Place): Promise<string> {
  const data = path.join(directory, 'data');
  await mkdir(data, { mode: 0o700 });
  for (const folder of [data, directory]) await give(folder, identity);
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
  return data;
}

/** A cluster that was never started can be copied as it lies. */
async function copyForStandby(data: string, { directory, identity }: Place): Promise<string> {
  const copy = path.join(directory, STANDBY_NAME);
  await cp(data, copy, { recursive: true });
  await writeFile(path.join(copy, 'standby.signal'), '');
  if (identity.uid !== undefined)
    await promisify(execFile)('chown', ['-R', `${identity.uid}:${identity.gid}`, copy]);
  return copy;
}

async function give(folder: string, { uid, gid }: Identity): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
}

function spawnServer(
  { runtime, directory, identity }: Place,
  of: { readonly data: string; readonly port: number; readonly more: Readonly<Record<string, string>> },
) {
  const settings = Object.entries({ ...SETTINGS, port: String(of.port), ...of.more });
  const words = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(path.join(runtime, 'bin/postgres'), ['-D', of.data, '-k', directory, ...words], {
    ...identity,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { server, ended: new Promise<void>((resolve) => server.once('exit', () => resolve())) };
}

async function isSynchronous(address: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client(address);
  await client.connect();
  const { rows } = await client.query("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'");
  await client.end();
  return rows.length === 1;
}

async function canConnect(address: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client(address);
  await client.connect();
  await client.end();
  return true;
}
