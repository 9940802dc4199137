/**
 * Whether a backup is what it was when it was made: every checksum, without PostgreSQL; with `restore`, by recovering from it into a scratch
 * folder and reading every page. Called by `verify`, and by `create --verify`.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { formatInstant } from '@nezuban/platform/clock';
import { checkManifest } from '../drivers/postgres/backup-manifest.ts';
import { ensureRuntime, locatePostgresPackage } from '../drivers/postgres/runtime.ts';
import { resolveServerUser } from '../drivers/postgres/server-user.ts';
import { createTarReader } from '../drivers/postgres/tar-reader.ts';
import { type ChosenBackup, writeVerified } from './backup-catalog.ts';
import type { BackupContext } from './backup-context.ts';
import { BackupError, toBackupError } from './backup-error.ts';
import { readPlace, walFolderIn } from './backup-place.ts';
import { hashFile, readBlocks } from './block-file.ts';
import { createByteCount } from './byte-count.ts';
import { DATA_FILE, hashFiles, POSTGRES_MANIFEST_FILE } from './create-backup.ts';
import { readKeys } from './key-files.ts';
import { recover } from './recover.ts';
import { chainOf } from './wal-files.ts';

const PROGRESS_BYTES = 8 * 1024 * 1024;
const MODE_PASSABLE = 0o711;

export type VerifyOptions = {
  /** Restore into a scratch folder below this one; null: checksums alone. */
  readonly scratch: string | null;
  readonly passphrase: string | null;
};

export type VerifyResult = {
  readonly files: number;
  readonly logSegments: number;
  readonly rows: number | null;
};

export async function verifyBackup(
  context: BackupContext,
  chosen: ChosenBackup,
  options: VerifyOptions,
): Promise<VerifyResult> {
  const { folder, directory, manifest } = chosen;
  const place = readPlace(directory);
  if (place !== null && place !== manifest.postgres.systemIdentifier)
    throw new BackupError(
      `${folder} is a backup of another manager than the others in ${directory}: move it to a folder of its own.`,
    );
  const files = await checkFiles(context, chosen);
  if (!manifest.sealed || options.passphrase !== null) readKeys(folder, options.passphrase);
  const logSegments = await checkLog(chosen);
  const rows = options.scratch === null ? null : await tryRestore(context, chosen, options.scratch);
  const how = rows === null ? 'checksums' : 'restore';
  try {
    writeVerified(folder, { at: formatInstant(context.clock.now()), how });
  } catch (error) {
    // A backup on a medium that cannot be written to is verified all the same.
    if ((error as NodeJS.ErrnoException).code !== 'EROFS') throw toBackupError(error, folder);
  }
  return { files, logSegments, rows };
}

async function checkFiles(context: BackupContext, { folder, manifest }: ChosenBackup): Promise<number> {
  const data = hashFiles();
  const archive = createTarReader(data);
  const passed = createByteCount(PROGRESS_BYTES, (bytes) =>
    context.progress({ phase: 'verifying', bytes, totalBytes: manifest.dataBytes }),
  );
  for (const file of manifest.files) {
    const where = path.join(folder, path.basename(file.path));
    if (!fs.existsSync(where)) throw new BackupError(`The backup ${folder} lacks its file ${file.path}.`);
    const found = file.path === DATA_FILE ? await readData(where) : await hashFile(where);
    if (found.bytes !== file.bytes || found.sha256 !== file.sha256)
      throw new BackupError(
        `The backup ${folder} is damaged: ${file.path} is not what was written (${found.bytes} of ${file.bytes} bytes, ${found.bytes === file.bytes ? 'other content' : 'cut off or changed'}).`,
      );
  }

  async function readData(where: string): Promise<{ bytes: number; sha256: string }> {
    const hash = createHash('sha256');
    let raw = 0;
    try {
      await readBlocks(where, {
        onRaw(chunk) {
          hash.update(chunk);
          raw += chunk.length;
        },
        onContent(chunk) {
          context.signal.throwIfAborted();
          archive.write(chunk);
          passed.add(chunk.length);
        },
      });
    } catch (error) {
      if (error instanceof BackupError || context.signal.aborted) throw error;
      throw new BackupError(`The backup ${folder} is damaged: ${(error as Error).message}.`, error);
    }
    return { bytes: raw, sha256: hash.digest('hex') };
  }

  archive.end();
  const text = fs.readFileSync(path.join(folder, POSTGRES_MANIFEST_FILE), 'utf8');
  const why = checkManifest(text, data.received());
  if (why !== null) throw new BackupError(`The backup ${folder} is damaged: ${why}.`);
  return data.received().size;
}

/** Each archived segment can be read, has the right length, and is of this database. */
async function checkLog({ directory, manifest }: ChosenBackup): Promise<number> {
  const { segmentBytes, systemIdentifier } = manifest.postgres;
  const { segments, gapAt } = chainOf(directory, manifest);
  for (const { file, whole } of segments) {
    const where = path.join(walFolderIn(directory), file);
    let length = 0;
    let head = Buffer.alloc(0);
    const take = (chunk: Buffer) => {
      if (head.length < SYSTEM_IDENTIFIER_AT + 8) head = Buffer.concat([head, chunk.subarray(0, 64)]);
      length += chunk.length;
    };
    if (whole) await readBlocks(where, { onContent: take });
    else take(fs.readFileSync(where));
    if (whole && length !== segmentBytes)
      throw new BackupError(
        `The archived log ${where} is damaged: it has ${length} bytes instead of ${segmentBytes}.`,
      );
    if (
      head.length >= SYSTEM_IDENTIFIER_AT + 8 &&
      String(head.readBigUInt64LE(SYSTEM_IDENTIFIER_AT)) !== systemIdentifier
    )
      throw new BackupError(`The archived log ${where} is of another database: remove it.`);
  }
  if (gapAt !== null)
    throw new BackupError(
      `The archived log behind ${manifest.name} has a gap: the file ${gapAt} is missing. The backup itself is sound; make a new one for restores to a point in time.`,
    );
  return segments.length;
}

/** In the long header of a segment's first page (access/xlog_internal.h): behind 24 bytes of the short one. */
const SYSTEM_IDENTIFIER_AT = 24;

async function tryRestore(context: BackupContext, chosen: ChosenBackup, below: string): Promise<number> {
  const scratch = fs.mkdtempSync(path.join(below, 'nz-verify-'));
  try {
    fs.chmodSync(scratch, MODE_PASSABLE);
    const user = await resolveServerUser(context.uid);
    const runtime = ensureRuntime(locatePostgresPackage(), path.join(scratch, 'runtime'));
    const root = path.join(scratch, 'postgres');
    const { rows } = await recover(
      { ...context, layout: { ...context.layout, home: scratch } },
      {
        ...chosen,
        cluster: {
          runtime,
          user,
          root,
          socketDirectory: path.join(scratch, 'run'),
          ownUserName: os.userInfo().username,
        },
        data: path.join(root, 'data'),
        toTime: null,
      },
      { count: true },
    );
    return rows;
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
