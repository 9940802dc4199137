/**
 * One backup, while the manager runs: the whole database with the log that makes it consistent, and the keys of the home.
 *
 * The database's bytes come over PostgreSQL's replication protocol as one archive, are compressed as they come, and are checked file by file
 * against PostgreSQL's own manifest. Everything is written under a name with a dot in front, flushed, sealed by `manifest.json`, and renamed:
 * what is cut off anywhere is never taken for a backup. On the standby of a pair the bytes come from the master through the link.
 */
import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { BackupFile, BackupManifest } from '@nezuban/protocol/backup/backup';
import { BACKUP_FORMAT } from '@nezuban/protocol/backup/backup';
import { formatInstant } from '@nezuban/platform/clock';
import { checkManifest, type ReceivedFile } from '../drivers/postgres/backup-manifest.ts';
import { receiveBaseBackup } from '../drivers/postgres/base-backup.ts';
import { createTarReader, type TarEvents } from '../drivers/postgres/tar-reader.ts';
import { socketDirectoryIn, upstreamDirectoryIn } from '../keeper/child-config.ts';
import type { BackupContext } from './backup-context.ts';
import { say } from '@nezuban/protocol/sentences/sentence';
import { BackupError, toBackupError } from './backup-error.ts';
import {
  assertOutsideData,
  draftOf,
  flushFolderSync,
  lockPlace,
  newBackupName,
  openPlace,
  writeDurably,
  writeManifest,
} from './backup-place.ts';
import { createBlockWriter, hashFile } from './block-file.ts';
import { createByteCount } from './byte-count.ts';
import { connectTo, isStandby, readFacts, type DatabaseFacts } from './database-facts.ts';
import { collectKeys, KEYS_FILE, seal, SEALED_FILE } from './key-files.ts';

export const DATA_FILE = 'data.tar.zst';
export const POSTGRES_MANIFEST_FILE = 'postgres-manifest.json';
/** What is needed beside the data: log that is written meanwhile, and the keys. */
const SPARE_BYTES = 64 * 1024 * 1024;
/** Data of a manager compresses at least by half; without room for that the backup is not begun. */
const COMPRESSED_PART = 0.5;
const MEGABYTE = 1024 * 1024;
const MODE_PRIVATE = 0o700;
const PROGRESS_BYTES = 4 * MEGABYTE;
/** Two blocks of zeros end an archive; the server leaves them to us. */
const END_OF_ARCHIVE = Buffer.alloc(1024);

export type CreateOptions = {
  readonly directory: string;
  readonly passphrase: string | null;
  /** KiB a second; null: as fast as it goes. */
  readonly rateMax: number | null;
};

export type CreatedBackup = { readonly folder: string; readonly manifest: BackupManifest };

export async function createBackup(context: BackupContext, options: CreateOptions): Promise<CreatedBackup> {
  const { layout, clock } = context;
  const { directory } = options;
  assertOutsideData(layout.home, directory);
  const startedAt = formatInstant(clock.now());
  context.progress({ phase: 'starting', bytes: 0, totalBytes: null });
  const { socketDirectory, facts } = await findSource(context);
  openPlace(directory, facts.systemIdentifier);
  const lock = lockPlace(directory);
  const name = newBackupName(clock.now());
  const draft = draftOf(directory, name);
  try {
    fs.mkdirSync(draft, { mode: MODE_PRIVATE });
    const keys = collectKeys(layout.home);
    const data = await receiveData(context, { ...options, socketDirectory, draft });
    context.progress({ phase: 'flushing', bytes: data.dataBytes, totalBytes: data.dataBytes });
    if (options.passphrase === null) writeDurably(path.join(draft, KEYS_FILE), keys);
    else writeDurably(path.join(draft, SEALED_FILE), seal(keys, options.passphrase));
    const manifest: BackupManifest = {
      product: 'nezuban',
      format: BACKUP_FORMAT,
      name,
      release: layout.version,
      host: context.hostName,
      startedAt,
      holdsUntil: data.holdsUntil,
      endedAt: formatInstant(clock.now()),
      managerId: facts.managerId,
      term: facts.term,
      migrations: facts.migrations.map((migration) => migration.name),
      postgres: {
        version: facts.version,
        systemIdentifier: facts.systemIdentifier,
        timeline: data.timeline,
        startLsn: data.start,
        endLsn: data.end,
        segmentBytes: facts.segmentBytes,
      },
      dataBytes: data.dataBytes,
      sealed: options.passphrase !== null,
      files: await listFiles(draft, data.file),
    };
    writeManifest(draft, manifest);
    const folder = path.join(directory, name);
    fs.renameSync(draft, folder);
    flushFolderSync(directory);
    return { folder, manifest };
  } catch (error) {
    fs.rmSync(draft, { recursive: true, force: true });
    throw toBackupError(error, directory);
  } finally {
    lock.release();
  }
}

/** The local server, or on a standby the master's. */
export async function findSource({ layout }: Pick<BackupContext, 'layout'>): Promise<{
  readonly socketDirectory: string;
  readonly facts: DatabaseFacts;
}> {
  const local = socketDirectoryIn(layout);
  const client = await connectTo(local, layout.home);
  try {
    if (!(await isStandby(client))) return { socketDirectory: local, facts: await readFacts(client) };
  } finally {
    await client.end();
  }
  const upstream = upstreamDirectoryIn(layout);
  const master = await connectTo(upstream, layout.home);
  try {
    return { socketDirectory: upstream, facts: await readFacts(master) };
  } finally {
    await master.end();
  }
}

type ReceiveOptions = CreateOptions & { readonly socketDirectory: string; readonly draft: string };

type ReceivedData = {
  readonly holdsUntil: string;
  readonly timeline: number;
  readonly start: number;
  readonly end: number;
  readonly dataBytes: number;
  readonly file: BackupFile;
};

async function receiveData(context: BackupContext, options: ReceiveOptions): Promise<ReceivedData> {
  const { clock, progress, signal } = context;
  const writer = createBlockWriter(path.join(options.draft, DATA_FILE));
  const manifestParts: Buffer[] = [];
  let totalBytes: number | null = null;
  const passed = createByteCount(PROGRESS_BYTES, (bytes) =>
    progress({ phase: 'copying', bytes, totalBytes }),
  );
  let holdsUntil: string | null = null;
  const files = hashFiles((name) => {
    // The log comes last; where it ends had been settled before.
    if (name.startsWith('pg_wal/')) holdsUntil ??= formatInstant(clock.now());
  });
  const archive = createTarReader(files);
  try {
    const result = await receiveBaseBackup(
      { socketDirectory: options.socketDirectory, rateMax: options.rateMax },
      {
        onConnected: () => undefined,
        onTotal(total) {
          totalBytes = total;
          assertRoom(options.directory, total * COMPRESSED_PART + SPARE_BYTES);
          progress({ phase: 'copying', bytes: 0, totalBytes });
        },
        onArchive(chunk) {
          signal.throwIfAborted();
          writer.write(chunk);
          archive.write(chunk);
          passed.add(chunk.length);
        },
        // The driver reuses its buffer.
        onManifest: (chunk) => void manifestParts.push(Buffer.from(chunk)),
      },
    );
    archive.end();
    writer.write(END_OF_ARCHIVE);
    const written = writer.end();
    const manifest = Buffer.concat(manifestParts);
    const why = checkManifest(manifest.toString('utf8'), files.received());
    if (why !== null) throw new BackupError(say('backup_given_up', { why }));
    writeDurably(path.join(options.draft, POSTGRES_MANIFEST_FILE), manifest);
    return {
      ...result,
      holdsUntil: holdsUntil ?? formatInstant(clock.now()),
      dataBytes: passed.total(),
      file: { path: DATA_FILE, ...written },
    };
  } finally {
    writer.abandon();
  }
}

/** Names, sizes and checksums of the files in an archive that passes by. */
export function hashFiles(
  onFile: (name: string) => void = () => undefined,
): TarEvents & { readonly received: () => ReadonlyMap<string, ReceivedFile> } {
  const files = new Map<string, ReceivedFile>();
  let current: { readonly name: string; readonly hash: Hash; size: number } | null = null;
  return {
    onEntry({ path: name, kind }) {
      if (kind === 'link') throw new BackupError(say('backup_link', { name }));
      if (kind !== 'file') return;
      onFile(path.normalize(name));
      current = { name: path.normalize(name), hash: createHash('sha256'), size: 0 };
    },
    onContent(content) {
      if (current === null) return;
      current.hash.update(content);
      current.size += content.length;
    },
    onEntryEnd() {
      if (current === null) return;
      files.set(current.name, { size: current.size, sha256: current.hash.digest('hex') });
      current = null;
    },
    received: () => files,
  };
}

async function listFiles(draft: string, data: BackupFile): Promise<BackupFile[]> {
  const others = fs.readdirSync(draft).filter((name) => name !== data.path);
  const hashed = await Promise.all(
    others.map(async (name) => ({ path: name, ...(await hashFile(path.join(draft, name))) })),
  );
  return [data, ...hashed];
}

export function assertRoom(directory: string, needed: number): void {
  const { bavail, bsize } = fs.statfsSync(directory);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new BackupError(
    say('backup_no_room', {
      needed: Math.ceil(needed / MEGABYTE),
      directory,
      free: Math.floor(free / MEGABYTE),
    }),
  );
}
