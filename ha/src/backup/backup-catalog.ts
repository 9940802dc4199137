/**
 * What is in a folder of backups: the list, the choice of one, what is known of its soundness, and which are old enough to go.
 *
 * Called by list, verify, restore and the schedule's tidying.
 */
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { BackupManifest, BackupSummary } from '@nezuban/protocol/backup/backup';
import { instantSchema } from '@nezuban/protocol/ids';
import { BackupError } from './backup-error.ts';
import { dropBackup, listNames, readManifest, toJson, writeDurably } from './backup-place.ts';
import { chainOf, pruneLog } from './wal-files.ts';

const VERIFIED_FILE = 'verified.json';
const verifiedSchema = z.object({ at: instantSchema, how: z.enum(['checksums', 'restore']) });
export type Verified = z.infer<typeof verifiedSchema>;

export type Listed = {
  readonly items: readonly BackupSummary[];
  /** One sentence for each that cannot be read. */
  readonly unreadable: readonly string[];
};

/** Newest first. */
export function listBackups(directory: string, release: string): Listed {
  const items: BackupSummary[] = [];
  const unreadable: string[] = [];
  for (const name of listNames(directory).toReversed()) {
    const folder = path.join(directory, name);
    try {
      items.push(summarise(directory, readManifest(folder, release)));
    } catch (error) {
      if (!(error instanceof BackupError)) throw error;
      unreadable.push(error.message);
    }
  }
  return { items, unreadable };
}

function summarise(directory: string, manifest: BackupManifest): BackupSummary {
  const verified = readVerified(path.join(directory, manifest.name));
  return {
    name: manifest.name,
    release: manifest.release,
    startedAt: manifest.startedAt,
    holdsUntil: manifest.holdsUntil,
    endedAt: manifest.endedAt,
    bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    dataBytes: manifest.dataBytes,
    sealed: manifest.sealed,
    verifiedAt: verified?.at ?? null,
    verifiedHow: verified?.how ?? null,
    logUntil: chainOf(directory, manifest).until,
  };
}

export function writeVerified(folder: string, verified: Verified): void {
  writeDurably(path.join(folder, VERIFIED_FILE), `${JSON.stringify(verified)}\n`);
}

function readVerified(folder: string): Verified | null {
  try {
    return verifiedSchema.parse(toJson(fs.readFileSync(path.join(folder, VERIFIED_FILE), 'utf8')));
  } catch {
    // Not verified yet, or nobody can tell.
    return null;
  }
}

export type ChosenBackup = {
  readonly folder: string;
  readonly directory: string;
  readonly manifest: BackupManifest;
};

/**
 * The backup that is meant: a folder of one, or the newest in a folder of many (of those that are usable for `toTime`).
 */
export function chooseBackup(
  given: { readonly from: string; readonly name: string | null; readonly toTime: string | null },
  release: string,
): ChosenBackup {
  const { from, name, toTime } = given;
  if (name !== null) return open(path.join(from, name), release);
  if (fs.existsSync(path.join(from, 'manifest.json'))) return open(from, release);
  if (!fs.existsSync(from))
    throw new BackupError(`There is no folder ${from}: name that of the backups with --from.`);
  const names = listNames(from);
  if (names.length === 0)
    throw new BackupError(`There is no backup in ${from}: name another folder with --from.`);
  for (const candidate of names.toReversed()) {
    const chosen = open(path.join(from, candidate), release);
    if (toTime === null || chosen.manifest.holdsUntil <= toTime) return chosen;
  }
  throw new BackupError(
    `No backup in ${from} is old enough for ${toTime ?? 'that'}: the oldest is ${names[0] ?? ''}.`,
  );
}

function open(folder: string, release: string): ChosenBackup {
  const whole = path.resolve(folder);
  return { folder: whole, directory: path.dirname(whole), manifest: readManifest(whole, release) };
}

/**
 * Removes the oldest backups beyond `keep`, and the log that only they needed. One that cannot be read is left for people. Nothing goes unless the
 * newest one has been verified. Returns the names.
 */
export function tidy(directory: string, keep: number, release: string): readonly string[] {
  const { items } = listBackups(directory, release);
  const [newest] = items;
  if (newest === undefined || newest.verifiedAt === null) return [];
  const old = items.slice(keep).map(({ name }) => name);
  for (const name of old) dropBackup(directory, name);
  const kept = items.slice(0, keep).map(({ name }) => readManifest(path.join(directory, name), release));
  pruneLog(directory, kept);
  return old;
}
