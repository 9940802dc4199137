/**
 * The folder that backups are kept in: whose it is, what lies in it, and one user at a time who changes it.
 *
 * `DIR/place.json` names the database whose backups these are: two managers never share a folder. A backup is a folder with a
 * `manifest.json`; what is being written has a name with a dot in front, which the next writer removes. `DIR/wal` is the archived log.
 * Not responsible for what a backup consists of. Called by every command.
 */
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import {
  BACKUP_FORMAT,
  backupManifestSchema,
  backupNameSchema,
  type BackupManifest,
} from '@nezuban/protocol/backup/backup';
import { compareReleases } from '@nezuban/protocol/release';
import { acquireFileLock, type FileLock } from '@nezuban/platform/file-lock';
import { say } from '@nezuban/protocol/sentences/sentence';
import { BackupError, toBackupError } from './backup-error.ts';

const PLACE_FILE = 'place.json';
const MANIFEST_FILE = 'manifest.json';
const DRAFT = '.draft-';
const DROPPED = '.dropped-';
const MODE_PRIVATE = 0o700;
const MODE_FILE = 0o600;
/** A manifest lists a few dozen files. */
const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;

const placeSchema = z.object({ product: z.literal('nezuban'), systemIdentifier: z.string() });
const sealedManifestSchema = z.object({ manifest: z.unknown(), sha256: z.string() });

export function walFolderIn(directory: string): string {
  return path.join(directory, 'wal');
}

/** Makes the folder if it has to, and makes sure that it keeps the backups of this database and no other's. */
export function openPlace(directory: string, systemIdentifier: string): void {
  try {
    fs.mkdirSync(directory, { recursive: true, mode: MODE_PRIVATE });
    if (readPlace(directory) === null)
      writeDurably(
        path.join(directory, PLACE_FILE),
        `${JSON.stringify({ product: 'nezuban', systemIdentifier })}\n`,
      );
    // Read again: another manager may have taken it in the same moment.
    const found = readPlace(directory);
    if (found !== systemIdentifier) {
      throw new BackupError(
        say('backup_of_another', { directory, found: found ?? '', own: systemIdentifier }),
      );
    }
  } catch (error) {
    throw toBackupError(error, directory);
  }
}

/** What a manager keeps its own in: a backup there would become a part of the next one, and of the database. */
const OF_THE_MANAGER = ['manager', 'postgres', 'keeper', 'agent', 'runtime'] as const;

/** Refuses a folder for backups that lies in what is backed up, through links too. */
export function assertOutsideData(home: string, directory: string): void {
  const place = realPlace(directory);
  const within = OF_THE_MANAGER.map((name) => realPlace(path.join(home, name))).find(
    (own) => place === own || place.startsWith(`${own}${path.sep}`),
  );
  if (within !== undefined) throw new BackupError(say('backup_inside', { directory, within }));
}

/** Where a folder lies or would lie, links followed as far as it is there. */
function realPlace(folder: string): string {
  const whole = path.resolve(folder);
  try {
    return fs.realpathSync(whole);
  } catch {
    const above = path.dirname(whole);
    return above === whole ? whole : path.join(realPlace(above), path.basename(whole));
  }
}

/** The database whose backups lie there; null: nobody's yet. */
export function readPlace(directory: string): string | null {
  const file = path.join(directory, PLACE_FILE);
  if (!fs.existsSync(file)) return null;
  const parsed = placeSchema.safeParse(toJson(fs.readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data.systemIdentifier;
  throw new BackupError(say('backup_place_unreadable', { file }));
}

/** One writer at a time; whoever has the lock removes what a writer that died has left. */
export function lockPlace(directory: string): FileLock {
  const lock = acquireFileLock(path.join(directory, '.writer'));
  if (lock === null) throw new BackupError(say('backup_locked', { directory }));
  for (const name of fs.readdirSync(directory))
    if (name.startsWith(DRAFT) || name.startsWith(DROPPED))
      fs.rmSync(path.join(directory, name), { recursive: true, force: true });
  return lock;
}

/** Names sort by age, also within a second: a later backup must never be taken for the older one. One folder has one writer at a time. */
export function newBackupName(now: Temporal.Instant): string {
  const stamp = now.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '');
  const millisecond = now.epochMilliseconds % 1000;
  return `${stamp}-${millisecond.toString(16).padStart(3, '0')}${randomBytes(1).toString('hex').slice(1)}`;
}

export function draftOf(directory: string, name: string): string {
  return path.join(directory, `${DRAFT}${name}`);
}

/** Names of the backups, oldest first. */
export function listNames(directory: string): readonly string[] {
  try {
    return fs
      .readdirSync(directory)
      .filter((name) => backupNameSchema.safeParse(name).success)
      .filter((name) => fs.existsSync(path.join(directory, name, MANIFEST_FILE)))
      .toSorted();
  } catch (error) {
    throw toBackupError(error, directory);
  }
}

/** The last file of a backup: it seals all others, and itself by a checksum of its own. */
export function writeManifest(folder: string, manifest: BackupManifest): void {
  const sha256 = digestOf(manifest);
  writeDurably(path.join(folder, MANIFEST_FILE), `${JSON.stringify({ sha256, manifest }, null, 1)}\n`);
}

/** Throws one sentence for what is no backup, was changed, or is of a newer release than `release`. */
export function readManifest(folder: string, release: string): BackupManifest {
  const file = path.join(folder, MANIFEST_FILE);
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || stat.size > MANIFEST_BYTES_MAX)
    throw new BackupError(
      `${folder} is no backup of Nezuban (it has no ${MANIFEST_FILE}), or one that was never finished: "nezuban backup list --from DIR" shows those that are whole.`,
    );
  const parsed = sealedManifestSchema.safeParse(toJson(fs.readFileSync(file, 'utf8')));
  const inner = parsed.success ? parsed.data.manifest : null;
  refuseForeign(folder, inner, release);
  const manifest = backupManifestSchema.safeParse(inner);
  if (!parsed.success || !manifest.success || digestOf(inner) !== parsed.data.sha256)
    throw new BackupError(`${file} was changed or damaged after the backup was made: take another backup.`);
  return manifest.data;
}

function refuseForeign(folder: string, manifest: unknown, release: string): void {
  const head = z.object({ product: z.string(), format: z.number(), release: z.string() }).safeParse(manifest);
  if (!head.success) return;
  if (head.data.product !== 'nezuban')
    throw new BackupError(`${folder} is a backup of another product (${head.data.product}).`);
  if (head.data.format > BACKUP_FORMAT || compareReleases(head.data.release, release) > 0)
    throw new BackupError(
      `${folder} was made by release ${head.data.release}, and this is release ${release}: install release ${head.data.release} or newer.`,
    );
}

function digestOf(manifest: unknown): string {
  return createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
}

/** Gone from the list first, then from the disk: half a backup never looks whole. */
export function dropBackup(directory: string, name: string): void {
  const dropped = path.join(directory, `${DROPPED}${name}`);
  fs.renameSync(path.join(directory, name), dropped);
  fs.rmSync(dropped, { recursive: true, force: true });
}

/** Several programs may write one file at the same time (the archive and a first backup do): each has a draft of its own, the last one stands. */
export function writeDurably(file: string, content: string | Uint8Array): void {
  const draft = `${file}.${randomBytes(4).toString('hex')}.draft`;
  fs.writeFileSync(draft, content, { mode: MODE_FILE, flush: true });
  fs.renameSync(draft, file);
  flushFolderSync(path.dirname(file));
}

export function flushFolderSync(folder: string): void {
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

export function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
