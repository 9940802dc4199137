/**
 * The data directory while no server runs: whether it is usable, whose it is, how far it goes.
 *
 * Responsible for looking, for creating the first one, and for the one sentence about a directory that must not be touched. Not responsible
 * for copies (`copy.ts`) nor for configuration. Called by the actor alone.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Lsn, Term, Token, VoterId } from '@nezuban/protocol/pair/roster';
import { checkCluster, createCluster, isAbsent, makeFolders, type ClusterOptions } from './cluster.ts';
import { endOfRecord, locateInWal, parseControlFile, type ControlFile } from './control-file.ts';
import { readLineage, readToken, readUnfinished, writeToken, type LineageFile } from './data-marks.ts';
import { PostgresError } from './postgres-error.ts';

export type Trouble = { readonly code: string; readonly message: string };

export type Directory = {
  readonly kind: 'present';
  /** Null: none, or that of another member. */
  readonly token: Token | null;
  readonly tokenOfOther: boolean;
  readonly lineage: Term;
  /** The record still speaks of a promotion that was asked for. */
  readonly isUnsettled: boolean;
  readonly control: ControlFile;
};

export type Inspected =
  | Directory
  | {
      readonly kind: 'absent';
      /** Set: something lies there that is not ours to replace. */
      readonly trouble: Trouble | null;
    };

export type DirectoryPlace = ClusterOptions & { readonly data: string; readonly member: VoterId };

const ABSENT: Inspected = { kind: 'absent', trouble: null };
/** A server that was just killed may have left it torn for a moment only if a read met a write; three reads never do. */
const CONTROL_READS_MAX = 3;

export async function inspectDirectory(place: DirectoryPlace): Promise<Inspected> {
  const { data, root, member } = place;
  try {
    makeFolders(place);
    if (isAbsent(data)) return ABSENT;
    checkCluster(place, data);
    if ((await readUnfinished(root)) !== null) return ABSENT;
    const control = readControl(data);
    if (control === null) return ABSENT;
    const found = await readToken(data);
    const record = await readLineage(data);
    return {
      kind: 'present',
      token: found?.member === member ? found.token : null,
      tokenOfOther: found !== null && found.member !== member,
      lineage: lineageOf(record, await newestTimeline(data, control)),
      isUnsettled: record.promoting !== undefined,
      control,
    };
  } catch (error) {
    return { kind: 'absent', trouble: toTrouble(error, place) };
  }
}

/** A new, empty cluster, made whole or not at all, then its token. */
export async function createDirectory(place: DirectoryPlace, signal: AbortSignal): Promise<void> {
  await createCluster(place, place.data, signal);
  await markAsOwn(place);
}

/** A fresh token, so that a roster can name exactly these bytes. */
export async function markAsOwn({ data, member, user }: DirectoryPlace): Promise<Token> {
  const token = randomUUID();
  await writeToken(data, { member, token }, user);
  return token;
}

export function toTrouble(error: unknown, place: { readonly root: string }): Trouble {
  if (error instanceof PostgresError) return { code: error.code, message: error.message };
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const home = path.dirname(place.root);
    return {
      code: 'disk_full',
      message: `The disk of ${home} is full, so PostgreSQL cannot be started: make room and start again.`,
    };
  }
  return { code: 'postgres', message: `PostgreSQL cannot be prepared in ${place.root}: ${message}.` };
}

/** Eight kilobytes from the page cache: read at once rather than through the thread pool, which may be busy with flushes. */
export function readControl(data: string): ControlFile | null {
  for (let reads = 0; reads < CONTROL_READS_MAX; reads += 1) {
    try {
      const control = parseControlFile(fs.readFileSync(path.join(data, 'global/pg_control')));
      if (control !== null) return control;
    } catch {
      return null;
    }
  }
  return null;
}

/** A promotion that was asked for has taken place once there is a timeline above the one that it was asked for on. */
function lineageOf({ term, promoting }: LineageFile, newest: number): Term {
  return promoting !== undefined && newest > promoting.timeline ? promoting.term : term;
}

/** PostgreSQL numbers a new timeline above all of which it has a history, and writes the history before anything else of it. */
export async function newestTimeline(data: string, control: ControlFile): Promise<number> {
  const names = await fs.promises.readdir(path.join(data, 'pg_wal'));
  const histories = names.map((name) =>
    Number.parseInt(/^([0-9A-F]{8})\.history$/.exec(name)?.[1] ?? '0', 16),
  );
  return Math.max(control.timeline, control.minRecoveryTimeline, ...histories);
}

/** Up to where a stopped directory surely goes. Exact after a clean stop as a primary, else a lower bound. */
export async function flushedPosition(data: string, control: ControlFile): Promise<Lsn> {
  const known = Math.max(control.checkpoint, control.minRecoveryPoint);
  return control.state === 'shut-down' ? ((await endOfCheckpoint(data, control)) ?? known) : known;
}

/** Where the record of the newest checkpoint ends: after a clean stop, where all WAL ends. */
export async function endOfCheckpoint(data: string, control: ControlFile): Promise<Lsn | null> {
  const { checkpoint, timeline, segmentBytes } = control;
  const { file, offset } = locateInWal(checkpoint, timeline, segmentBytes);
  try {
    const handle = await fs.promises.open(path.join(data, 'pg_wal', file), 'r');
    try {
      const length = Buffer.alloc(4);
      const { bytesRead } = await handle.read(length, 0, length.length, offset);
      const bytes = length.readUInt32LE();
      return bytesRead === length.length && bytes > 0 ? endOfRecord(checkpoint, bytes, segmentBytes) : null;
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}

/** It followed somebody when it ran last, or is a copy that has never run: that line may go on elsewhere. */
export function wasStandby(data: string): boolean {
  const state = readControl(data)?.state;
  return (
    state === 'shut-down-in-recovery' ||
    state === 'archive-recovery' ||
    fs.existsSync(path.join(data, 'backup_label'))
  );
}
