/**
 * From a backup to a database that has recovered: unpack, add the archived log, let PostgreSQL replay it, ask what came out, stop it.
 *
 * The result is a data directory that was stopped in order, on a timeline of its own, so that it is never taken for a continuation of the one
 * that the backup was made from. Not responsible for the home around it (`restore-backup.ts`) nor for a scratch one (`verify-backup.ts`).
 */
import fs from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { systemTimers } from '@nezuban/platform/timers';
import type { BackupManifest } from '@nezuban/protocol/backup/backup';
import { checkManifest } from '../drivers/postgres/backup-manifest.ts';
import { makeFolders, type ClusterOptions } from '../drivers/postgres/cluster.ts';
import { writeConfiguration, writeNames, writeUpstream } from '../drivers/postgres/configuration.ts';
import { createCopyTarget } from '../drivers/postgres/copy-target.ts';
import { readControl } from '../drivers/postgres/data-directory.ts';
import { replaceFile } from '../drivers/postgres/data-marks.ts';
import { startPostgresServer } from '../drivers/postgres/server.ts';
import { createTarReader } from '../drivers/postgres/tar-reader.ts';
import type { BackupContext } from './backup-context.ts';
import { BackupError } from './backup-error.ts';
import { walFolderIn } from './backup-place.ts';
import { readBlocks } from './block-file.ts';
import { createByteCount } from './byte-count.ts';
import { assertRoom, DATA_FILE, POSTGRES_MANIFEST_FILE } from './create-backup.ts';
import { connectTo, isStandby, readFacts, type DatabaseFacts } from './database-facts.ts';
import { chainOf, listHistories, segmentName, type LogChain } from './wal-files.ts';
import { writePadded } from './wal-writer.ts';

const SPARE_BYTES = 128 * 1024 * 1024;
const STOP_MS = 60_000;
const RECOVERED_POLL_MS = 20;
const LOG_LINES_MAX = 200;
const MODE_PRIVATE = 0o700;
const PROGRESS_BYTES = 8 * 1024 * 1024;
const NOT_REACHED = /recovery ended before configured recovery target was reached/;

export type RecoverOptions = {
  /** The backup's folder, and the one it lies in. */
  readonly folder: string;
  readonly directory: string;
  readonly manifest: BackupManifest;
  readonly cluster: ClusterOptions;
  /** Where the database is made; must not be there yet. */
  readonly data: string;
  /** Null: up to the end of all that is archived. */
  readonly toTime: string | null;
};

export type Recovered = {
  readonly facts: DatabaseFacts;
  readonly timeline: number;
  /** Everything acknowledged up to here is there. */
  readonly holdsUntil: string;
  readonly rows: number;
};

export type RecoverWork = {
  /** Looked at after the replay, before the server is stopped. */
  readonly count: boolean;
};

export async function recover(
  context: BackupContext,
  options: RecoverOptions,
  work: RecoverWork,
): Promise<Recovered> {
  const { manifest, cluster } = options;
  const chain = chainOf(options.directory, manifest);
  const holdsUntil = judgeTarget(options, chain);
  fs.mkdirSync(cluster.root, { recursive: true, mode: MODE_PRIVATE });
  const { segmentBytes } = manifest.postgres;
  assertRoom(cluster.root, manifest.dataBytes + chain.segments.length * segmentBytes + SPARE_BYTES);
  makeFolders(cluster);
  await unpack(context, options);
  const log = path.join(cluster.root, 'log.restoring');
  try {
    await stageLog(options, { chain, log });
    const found = await replay(context, { ...options, log }, work);
    const { systemIdentifier } = found.facts;
    if (
      systemIdentifier !== manifest.postgres.systemIdentifier ||
      found.facts.managerId !== manifest.managerId
    )
      throw new BackupError(
        `${options.folder} was put together from the backups of two managers: take another backup.`,
      );
    return { ...found, holdsUntil };
  } finally {
    fs.rmSync(log, { recursive: true, force: true });
  }
}

/** What the restored database will hold. Throws where the wish cannot be fulfilled. */
function judgeTarget({ toTime, manifest, directory }: RecoverOptions, chain: LogChain): string {
  const reach = chain.until !== null && chain.until > manifest.holdsUntil ? chain.until : manifest.holdsUntil;
  if (toTime === null) return reach;
  if (toTime < manifest.holdsUntil)
    throw new BackupError(
      `The backup ${manifest.name} begins to be usable at ${manifest.holdsUntil}, after ${toTime}: name an earlier backup ("nezuban backup list --from ${directory}").`,
    );
  if (toTime > reach)
    throw new BackupError(
      `What is archived behind ${manifest.name} reaches up to ${reach}${chain.gapAt === null ? '' : ` (the log file ${chain.gapAt} is missing)`}: name a time before that, or leave out --to-time.`,
    );
  return toTime;
}

async function unpack(
  context: BackupContext,
  { folder, manifest, cluster, data }: RecoverOptions,
): Promise<void> {
  const { user } = cluster;
  const target = createCopyTarget({
    directory: data,
    owner: user.other ? { uid: user.uid, gid: user.gid } : null,
  });
  const archive = createTarReader(target);
  const totalBytes = manifest.dataBytes;
  const passed = createByteCount(PROGRESS_BYTES, (bytes) =>
    context.progress({ phase: 'copying', bytes, totalBytes }),
  );
  await readBlocks(path.join(folder, DATA_FILE), {
    onContent(chunk) {
      context.signal.throwIfAborted();
      archive.write(chunk);
      passed.add(chunk.length);
    },
  });
  archive.end();
  const why = checkManifest(
    fs.readFileSync(path.join(folder, POSTGRES_MANIFEST_FILE), 'utf8'),
    target.received(),
  );
  if (why !== null) throw new BackupError(`The backup ${folder} is damaged: ${why}.`);
  context.progress({ phase: 'flushing', bytes: passed.total(), totalBytes });
  await target.flush(() => undefined);
}

/** The archived log as PostgreSQL reads it: it runs as a user of its own, who may not enter the folder of the backups. */
async function stageLog(
  { directory, manifest, cluster }: RecoverOptions,
  { chain, log }: { readonly chain: LogChain; readonly log: string },
): Promise<void> {
  const { segmentBytes } = manifest.postgres;
  fs.rmSync(log, { recursive: true, force: true });
  fs.mkdirSync(log, { mode: MODE_PRIVATE });
  const from = walFolderIn(directory);
  for (const { timeline, number, file, whole } of chain.segments) {
    const target = path.join(log, segmentName(timeline, number, segmentBytes));
    const parts: Buffer[] = [];
    if (whole) await readBlocks(path.join(from, file), { onContent: (chunk) => void parts.push(chunk) });
    else parts.push(fs.readFileSync(path.join(from, file)));
    const content = Buffer.concat(parts);
    if (whole && content.length !== segmentBytes)
      throw new BackupError(
        `The archived log ${path.join(from, file)} is damaged: it has ${content.length} bytes instead of ${segmentBytes}.`,
      );
    writePadded(target, content, segmentBytes);
  }
  for (const file of listHistories(directory)) fs.copyFileSync(path.join(from, file), path.join(log, file));
  const { user } = cluster;
  if (!user.other) return;
  fs.chownSync(log, user.uid, user.gid);
  for (const name of fs.readdirSync(log)) fs.chownSync(path.join(log, name), user.uid, user.gid);
}

type ReplayOptions = RecoverOptions & { readonly log: string };

async function replay(
  context: BackupContext,
  options: ReplayOptions,
  work: RecoverWork,
): Promise<Omit<Recovered, 'holdsUntil'>> {
  const { cluster, data } = options;
  const place = { data, user: cluster.user };
  await writeConfiguration({ ...cluster, data, pair: false });
  await writeNames(place, '');
  await writeUpstream(place, null);
  fs.rmSync(path.join(data, 'standby.signal'), { force: true });
  let said = await run(context, options, { toTime: options.toTime, work });
  // Nothing was committed between the wish and the end of the log: then the end is what was wished for.
  if ('failure' in said && options.toTime !== null && NOT_REACHED.test(said.failure))
    said = await run(context, options, { toTime: null, work });
  if ('failure' in said)
    throw new BackupError(`PostgreSQL could not recover from the backup ${options.folder}: ${said.failure}.`);
  await replaceFile(path.join(data, 'postgresql.auto.conf'), '# Not used.\n', { ...place, flush: false });
  // Anything else would be recovered once more at the next start, and might go further then.
  if (readControl(data)?.state !== 'shut-down')
    throw new Error(`the database that was recovered from ${options.folder} was not stopped in order`);
  return said;
}

async function run(
  context: BackupContext,
  { cluster, data, log }: ReplayOptions,
  { toTime, work }: { readonly toTime: string | null; readonly work: RecoverWork },
): Promise<Omit<Recovered, 'holdsUntil'> | { readonly failure: string }> {
  const { runtime, user } = cluster;
  const lines = [
    `restore_command = 'cp "${escape(log)}/%f" "%p"'`,
    `recovery_target_timeline = 'latest'`,
    `recovery_target_action = 'promote'`,
    ...(toTime === null
      ? []
      : [`recovery_target_time = '${toPostgresTime(toTime)}'`, `recovery_target_inclusive = 'on'`]),
    '',
  ];
  await replaceFile(path.join(data, 'postgresql.auto.conf'), lines.join('\n'), { user, flush: false });
  await replaceFile(path.join(data, 'recovery.signal'), '', { user, flush: false });
  const server = startPostgresServer(systemTimers, {
    postgres: runtime.postgres,
    guard: runtime.guard,
    data,
    home: context.layout.home,
    user,
  });
  const output: string[] = [];
  for (const stream of server.output)
    stream.on('data', (chunk: Buffer) => {
      output.push(...chunk.toString('utf8').split('\n'));
      output.splice(0, output.length - LOG_LINES_MAX);
    });
  const onAbort = () => server.kill();
  context.signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (!(await server.ready)) {
      context.signal.throwIfAborted();
      return { failure: lastWords(output) };
    }
    const found = await ask(cluster.socketDirectory, context.layout.home, work);
    if (found !== null) return found;
    await server.exited;
    return { failure: lastWords(output) };
  } finally {
    context.signal.removeEventListener('abort', onAbort);
    await server.stop(STOP_MS);
  }
}

/** Null: the server ended while it was still recovering. */
async function ask(
  socketDirectory: string,
  home: string,
  { count }: RecoverWork,
): Promise<Omit<Recovered, 'holdsUntil'> | null> {
  const client = await connectTo(socketDirectory, home);
  try {
    if (!(await isRecovered(client))) return null;
    const facts = await readFacts(client);
    const { rows } = await client.query<{ timeline: number }>(
      'SELECT timeline_id AS timeline FROM pg_control_checkpoint()',
    );
    await client.query('CHECKPOINT');
    const newest = await client.query<{ timeline: number }>(
      'SELECT timeline_id AS timeline FROM pg_control_checkpoint()',
    );
    return {
      facts,
      timeline: newest.rows[0]?.timeline ?? rows[0]?.timeline ?? 1,
      rows: count ? await countAll(client) : 0,
    };
  } finally {
    await client.end();
  }
}

/**
 * It lets readers in as soon as it is consistent, long before it is where it shall go. No bound of its own: a long replay is progress, and a
 * server that cannot go on ends by itself.
 */
async function isRecovered(client: pg.Client): Promise<boolean> {
  try {
    while (await isStandby(client)) await systemTimers.sleep(RECOVERED_POLL_MS);
    return true;
  } catch {
    return false;
  }
}

/** Reads every page of every table: PostgreSQL checks the checksum of each. */
async function countAll(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm', 't')`,
  );
  let total = 0;
  for (const { name } of rows) {
    const counted = await client.query<{ rows: string }>(`SELECT count(*)::text AS rows FROM ${name}`);
    total += Number(counted.rows[0]?.rows ?? 0);
  }
  return total;
}

function lastWords(lines: readonly string[]): string {
  const fatal = lines.findLast((line) => /(?:FATAL|PANIC|ERROR):/.test(line)) ?? lines.at(-1) ?? '';
  return fatal.replace(/^.*?(?:FATAL|PANIC|ERROR):\s*/, '').trim() || 'it ended without a word';
}

/** PostgreSQL takes no abbreviation of a time zone here, and `Z` is one to it. */
function toPostgresTime(instant: string): string {
  return instant.replace('T', ' ').replace(/Z$/, '+00');
}

/** Inside double quotes of a shell, inside single quotes of the configuration. */
function escape(folder: string): string {
  return folder
    .replaceAll(/["\\$`]/g, '\\$&')
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "''");
}
