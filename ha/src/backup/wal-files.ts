/**
 * The archived log on the disk: its files, which of them continue which backup, and which nobody needs any more.
 *
 * `DIR/wal` holds whole segments (`<24 digits>.zst`), the one that is being received (`<24 digits>.partial`, as PostgreSQL writes it),
 * histories of timelines as PostgreSQL names them, and `reach.json`, up to when everything is there. Not responsible for receiving
 * (`wal-archive.ts`). Called by archive, list, verify and restore.
 */
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { BackupManifest } from '@nezuban/protocol/backup/backup';
import { instantSchema } from '@nezuban/protocol/ids';
import { historyFileName, parseLsn } from '../drivers/postgres/control-file.ts';
import { toJson, walFolderIn } from './backup-place.ts';

export type Segment = {
  readonly timeline: number;
  /** Counted from the beginning of all log. */
  readonly number: number;
  readonly file: string;
  readonly whole: boolean;
};

const SEGMENT = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})\.(zst|partial)$/;
const HISTORY = /^([0-9A-F]{8})\.history$/;
const REACH_FILE = 'reach.json';
const LOG_BYTES = 2 ** 32;

const reachSchema = z.object({ until: instantSchema, timeline: z.int(), lsn: z.int() });
export type Reach = z.infer<typeof reachSchema>;

/** Where a timeline was left for its successor. */
export type Branch = { readonly timeline: number; readonly switchLsn: number };

export function segmentName(timeline: number, number: number, segmentBytes: number): string {
  const perLog = LOG_BYTES / segmentBytes;
  return [timeline, Math.floor(number / perLog), number % perLog]
    .map((part) => part.toString(16).toUpperCase().padStart(8, '0'))
    .join('');
}

/** Rising by timeline, then by number. */
export function listSegments(directory: string, segmentBytes: number): readonly Segment[] {
  const perLog = LOG_BYTES / segmentBytes;
  return namesIn(walFolderIn(directory))
    .flatMap((file): Segment[] => {
      const [, timeline = '', log = '', part = '', kind] = SEGMENT.exec(file) ?? [];
      if (kind === undefined) return [];
      const number = Number.parseInt(log, 16) * perLog + Number.parseInt(part, 16);
      return [{ timeline: Number.parseInt(timeline, 16), number, file, whole: kind === 'zst' }];
    })
    .toSorted((a, b) => a.timeline - b.timeline || a.number - b.number || Number(b.whole) - Number(a.whole));
}

export function listHistories(directory: string): readonly string[] {
  return namesIn(walFolderIn(directory)).filter((file) => HISTORY.test(file));
}

/** Lines `timeline, LSN, reason` of a history file. */
export function parseHistory(text: string): readonly Branch[] {
  return text.split('\n').flatMap((line) => {
    const [timeline = '', lsn = ''] = line.trim().split(/\s+/);
    const switchLsn = parseLsn(lsn);
    return /^\d+$/.test(timeline) && switchLsn !== null ? [{ timeline: Number(timeline), switchLsn }] : [];
  });
}

export function readReach(directory: string): Reach | null {
  try {
    const file = path.join(walFolderIn(directory), REACH_FILE);
    return reachSchema.parse(toJson(fs.readFileSync(file, 'utf8')));
  } catch {
    // None yet, or one that says nothing: what is there is still usable, only nobody knows up to when.
    return null;
  }
}

/** Not flushed: it is written every second, and an older one only says less. */
export function writeReach(directory: string, reach: Reach): void {
  const file = path.join(walFolderIn(directory), REACH_FILE);
  fs.writeFileSync(`${file}.draft`, JSON.stringify(reach), { mode: 0o600 });
  fs.renameSync(`${file}.draft`, file);
}

export type LogChain = {
  /** What follows the backup without a gap, in order. */
  readonly segments: readonly Segment[];
  /** The first one that is missing although later ones are there. */
  readonly gapAt: string | null;
  /** Up to when everything is there; null: nothing is archived behind the backup, or it is not known. */
  readonly until: string | null;
};

/** The archived log that continues a backup, along the newest line that comes from it. */
export function chainOf(directory: string, manifest: BackupManifest): LogChain {
  const { timeline, endLsn, segmentBytes } = manifest.postgres;
  const segments = listSegments(directory, segmentBytes);
  const branches = newestLineFrom(directory, timeline);
  const last = branches.at(-1)?.timeline ?? timeline;
  const newest = segments.filter((one) => one.timeline === last).at(-1)?.number ?? -1;
  const chain: Segment[] = [];
  // The backup's own log ends within this segment.
  for (let number = Math.floor((endLsn - 1) / segmentBytes) + 1; number <= newest; number += 1) {
    const on = timelineAt(branches, number * segmentBytes, segmentBytes);
    const found = segments.find((one) => one.number === number && one.timeline === on);
    if (found === undefined)
      return { segments: chain, gapAt: segmentName(on, number, segmentBytes), until: null };
    chain.push(found);
  }
  const reach = readReach(directory);
  const until = reach !== null && reach.timeline === last && reach.lsn >= endLsn ? reach.until : null;
  return { segments: chain, gapAt: null, until };
}

/** The timelines from that of the backup to the newest that descends from it, each with where it begins. */
function newestLineFrom(
  directory: string,
  timeline: number,
): readonly { readonly timeline: number; readonly from: number }[] {
  const lines = listHistories(directory)
    .map((file) => ({
      timeline: Number.parseInt(file.slice(0, 8), 16),
      branches: parseHistory(fs.readFileSync(path.join(walFolderIn(directory), file), 'utf8')),
    }))
    .filter(({ branches }) => branches.some((branch) => branch.timeline === timeline))
    .toSorted((a, b) => a.timeline - b.timeline);
  const newest = lines.at(-1);
  if (newest === undefined) return [{ timeline, from: 0 }];
  const all = [...newest.branches.map((branch) => branch.timeline), newest.timeline];
  return all
    .map((one, index) => ({ timeline: one, from: newest.branches[index - 1]?.switchLsn ?? 0 }))
    .filter((one) => one.timeline >= timeline);
}

/** The segment in which a timeline begins belongs to it. */
function timelineAt(
  branches: readonly { readonly timeline: number; readonly from: number }[],
  lsn: number,
  segmentBytes: number,
): number {
  const found = branches.findLast(({ from }) => Math.floor(from / segmentBytes) * segmentBytes <= lsn);
  return found?.timeline ?? branches[0]?.timeline ?? 1;
}

/** Removes segments that lie before every backup that is kept. Returns how many. */
export function pruneLog(directory: string, kept: readonly BackupManifest[]): number {
  const [first] = kept;
  if (first === undefined) return 0;
  const { segmentBytes } = first.postgres;
  const oldest = Math.min(...kept.map(({ postgres }) => Math.floor(postgres.startLsn / segmentBytes)));
  const useless = listSegments(directory, segmentBytes).filter(({ number }) => number < oldest);
  for (const { file } of useless) fs.rmSync(path.join(walFolderIn(directory), file), { force: true });
  return useless.length;
}

export function historyOf(timeline: number): string {
  return historyFileName(timeline);
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
