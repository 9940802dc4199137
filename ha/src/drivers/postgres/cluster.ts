// The data directory of the embedded PostgreSQL.
// Responsible for: a cluster with our database that is whole and on disk, or absent; refusing a foreign one; its configuration files.
// Not responsible for running the server (`server.ts`). Called by the keeper before every start.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { writeConfiguration, writeNames, writeUpstream } from './configuration.ts';
import { PostgresError } from './postgres-error.ts';
import type { PostgresRuntime } from './runtime.ts';
import { asServerUser, type ServerUser } from './server-user.ts';
import { DATABASE_NAME, DATABASE_ROLE } from './settings.ts';

export type ClusterOptions = {
  readonly runtime: PostgresRuntime;
  readonly user: ServerUser;
  /** `HOME/postgres`; the data lies in `data` below it. */
  readonly root: string;
  readonly socketDirectory: string;
  /** Name of the user that we run as: it connects too. */
  readonly ownUserName: string;
};

/** initdb takes a second; on a machine that swaps it may take many. */
const INIT_TIMEOUT_MS = 120_000;
const DRAFT = /^data\.draft-\d+$/;
const ACCESS_FOR_OTHERS = 0o027;

/** Makes sure of a whole cluster of the right version, and writes its configuration. Returns the data directory. */
export async function ensureCluster(options: ClusterOptions, signal: AbortSignal): Promise<string> {
  const data = path.join(options.root, 'data');
  makeFolders(options);
  if (isAbsent(data)) await createCluster(options, data, signal);
  else checkCluster(options, data);
  const place = { data, user: options.user };
  await writeConfiguration({ ...options, data, pair: false });
  await writeNames(place, '');
  await writeUpstream(place, null);
  return data;
}

/** The folders around the data, and what an interrupted creation left in them. */
export function makeFolders(options: ClusterOptions): void {
  makeOwned(options.root, options.user);
  makeOwned(options.socketDirectory, options.user);
  for (const entry of fs.readdirSync(options.root)) {
    if (DRAFT.test(entry)) fs.rmSync(path.join(options.root, entry), { recursive: true, force: true });
  }
}

/**
 * Everything happens in a draft folder: initdb, which flushes every file before it ends, and the creation of our database, whose
 * checkpoint flushes too. Only then the folder gets its name. A start that was cut off leaves a draft, which the next one removes.
 */
export async function createCluster(
  options: ClusterOptions,
  data: string,
  signal: AbortSignal,
): Promise<void> {
  const draft = path.join(options.root, `data.draft-${process.pid}`);
  const encoding = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const access = ['--auth-local=peer', '--auth-host=reject', '-U', DATABASE_ROLE];
  await runTool(
    options,
    [options.runtime.initdb, '-D', draft, '--data-checksums', '--no-instructions', ...encoding, ...access],
    { signal },
  );
  const single = [
    options.runtime.postgres,
    '--single',
    '-j',
    '-c',
    'log_checkpoints=off',
    '-D',
    draft,
    'postgres',
  ] as const;
  await runTool(options, [...single], {
    signal,
    input: `CREATE DATABASE ${DATABASE_NAME} OWNER ${DATABASE_ROLE}\n;\n\n`,
  });
  assertDatabaseExists(draft);
  flushFolder(draft);
  fs.renameSync(draft, data);
  flushFolder(options.root);
}

async function runTool(
  options: ClusterOptions,
  command: readonly [string, ...string[]],
  io: { signal: AbortSignal; input?: string },
): Promise<void> {
  const { file, args, options: identity } = asServerUser(options.user, command);
  const name = path.basename(command[0]);
  const running = promisify(execFile)(file, args, {
    ...identity,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    timeout: INIT_TIMEOUT_MS,
    signal: io.signal,
    maxBuffer: 4 * 1024 * 1024,
  });
  running.child.stdin?.on('error', () => undefined);
  running.child.stdin?.end(io.input ?? '');
  try {
    await running;
  } catch (error) {
    io.signal.throwIfAborted();
    throw new PostgresError(`The database could not be created (${name}): ${lastWords(error)}.`, error);
  }
}

function lastWords(error: unknown): string {
  const { stderr, message, code } = error as { stderr?: string; message: string; code?: unknown };
  const lines = (stderr ?? '')
    .trim()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('initdb: removing'));
  const said = lines.findLast((line) => /error|fatal|panic|could not/i.test(line)) ?? lines.at(-1);
  return said?.replace(/^initdb: error: /, '') ?? (code === 'ENOENT' ? 'a program is missing' : message);
}

/** The single-user server ends with 0 even when a statement failed. `base` holds a folder per database: three templates, and ours. */
function assertDatabaseExists(data: string): void {
  const TEMPLATE_DATABASES = 3;
  const databases = fs.readdirSync(path.join(data, 'base')).filter((name) => /^\d+$/.test(name));
  if (databases.length <= TEMPLATE_DATABASES)
    throw new PostgresError(`The database "${DATABASE_NAME}" could not be created; see log/postgres.log.`);
}

/** Nothing there, or an empty folder, which is removed. */
export function isAbsent(data: string): boolean {
  const stat = fs.statSync(data, { throwIfNoEntry: false });
  if (stat === undefined) return true;
  if (!stat.isDirectory())
    throw new PostgresError(`${data} is not a folder: move it away, or name another home with --home.`);
  if (fs.readdirSync(data).length > 0) return false;
  fs.rmdirSync(data);
  return true;
}

/** Refuses what PostgreSQL would refuse in words of its own, or worse, take for its own. */
export function checkCluster(options: ClusterOptions, data: string): void {
  const versionFile = path.join(data, 'PG_VERSION');
  const wanted = options.runtime.version.split('.')[0] ?? '';
  let found: string;
  try {
    found = fs.readFileSync(versionFile, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') {
      throw new PostgresError(
        `This user may not read the data directory ${data}: run as its owner, or name another home with --home.`,
        error,
      );
    }
    throw new PostgresError(
      `${data} is not empty, yet no data directory of PostgreSQL (it has no PG_VERSION): restore it, or name another home with --home.`,
      error,
    );
  }
  if (found !== wanted) {
    throw new PostgresError(
      `The data directory ${data} is of PostgreSQL ${found}, this release runs PostgreSQL ${wanted}: start the release that wrote it, or name another home with --home.`,
    );
  }
  const stat = fs.statSync(data);
  if (stat.uid !== options.user.uid) {
    throw new PostgresError(
      `The data directory ${data} belongs to user ${stat.uid}, PostgreSQL would run as "${options.user.name}" (${options.user.uid}): run as the user that made it, or name another home with --home.`,
    );
  }
  if ((stat.mode & ACCESS_FOR_OTHERS) !== 0) {
    throw new PostgresError(
      `The data directory ${data} is open to other users (mode ${(stat.mode & 0o777).toString(8)}): run "chmod 700 ${data}".`,
    );
  }
}

function makeOwned(folder: string, user: ServerUser): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user.other) fs.chownSync(folder, user.uid, user.gid);
}

function flushFolder(folder: string): void {
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
