/**
 * Copies the log into the archive as it is written, from the server of this host while it is the master: `nezuban backup archive`.
 *
 * Started by the manager on duty and ended with it (standard input closes), so it follows a change of master: the next one resumes where the
 * archive ends, along the history of its timeline. What is received is flushed and confirmed once a second: that is what a loss of the host costs.
 * A single manager keeps no log for a standby, so a replication slot keeps it for us, up to the server's own bound (`max_slot_wal_keep_size`, 1 GB): an
 * archive that is away for longer has a gap, which is said, and a new backup closes it. The master's disk is never filled.
 *
 * States: connecting -> streaming -> (trouble) waiting -> connecting; `gap` is said once where log was lost before it could be copied.
 */
import fs from 'node:fs';
import path from 'node:path';
import { formatInstant } from '@nezuban/platform/clock';
import { systemTimers } from '@nezuban/platform/timers';
import type { ArchiveNews } from '@nezuban/protocol/backup/backup';
import { parseLsn } from '../drivers/postgres/control-file.ts';
import { createSqlSession, type SqlSession } from '../drivers/postgres/sql-session.ts';
import { socketDirectoryIn } from '../keeper/child-config.ts';
import type { BackupContext } from './backup-context.ts';
import { say } from '@nezuban/protocol/sentences/sentence';
import { BackupError, toBackupError } from './backup-error.ts';
import { openPlace, walFolderIn, writeDurably } from './backup-place.ts';
import { connectTo } from './database-facts.ts';
import { connectReplication, type ReplicationClient } from './replication-client.ts';
import { historyOf, listSegments, parseHistory, writeReach, type Branch, type Segment } from './wal-files.ts';
import { createWalWriter } from './wal-writer.ts';

export const ARCHIVE_SLOT = 'nezuban_archive';
const FLUSH_MS = 1_000;
const AGAIN_MS = 2_000;
/** A question that the server answers at once or not at all. */
const MARK_MS = 5_000;
const MODE_PRIVATE = 0o700;

export type ArchiveOptions = { readonly directory: string; readonly tell: (news: ArchiveNews) => void };

/** Runs until `signal` aborts. Rejects with one sentence only where trying again cannot help. */
export async function archiveLog(context: BackupContext, options: ArchiveOptions): Promise<void> {
  const { signal } = context;
  while (!signal.aborted) {
    try {
      await runOnce(context, options);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof BackupError) throw error;
      const says = toBackupError(error, options.directory).message;
      options.tell({ state: 'waiting', says: `The log is not archived now: ${says}`, until: null });
    }
    await pause(AGAIN_MS, signal);
  }
}

type Position = { readonly timeline: number; readonly lsn: number };

async function runOnce(context: BackupContext, { directory, tell }: ArchiveOptions): Promise<void> {
  const socketDirectory = socketDirectoryIn(context.layout);
  const client = await connectReplication(socketDirectory);
  const marks = createSqlSession(systemTimers, { socketDirectory, applicationName: 'nezuban archive' });
  const onAbort = () => client.close();
  context.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const server = await client.identify();
    openPlace(directory, server.systemIdentifier);
    fs.mkdirSync(walFolderIn(directory), { recursive: true, mode: MODE_PRIVATE });
    const segmentBytes = toBytes(await client.show('wal_segment_size'));
    const branches = await keepHistory(client, directory, server.timeline);
    const kept = (await client.show('wal_keep_size')) !== '0';
    const slot = await prepareSlot({ socketDirectory, home: context.layout.home, needed: !kept });
    const fresh = { timeline: server.timeline, lsn: segmentStart(server.lsn, segmentBytes) };
    const options = { directory, slot, segmentBytes, tell, marks };
    const found = planStart(listSegments(directory, segmentBytes), { branches, server: fresh, segmentBytes });
    try {
      await follow(client, options, found ?? fresh);
    } catch (error) {
      if (found === null || !isGone(error)) throw error;
      const gap = say('backup_log_gap');
      tell({
        state: 'gap',
        says: gap.message,
        said: { code: gap.code },
        until: null,
      });
      // A connection that was refused a start can be asked for another one.
      await follow(client, options, fresh);
    }
  } finally {
    context.signal.removeEventListener('abort', onAbort);
    client.close();
    marks.close();
  }
}

/** The history of the server's timeline, kept beside the log: without it nobody knows how the timelines follow one another. */
async function keepHistory(
  client: ReplicationClient,
  directory: string,
  timeline: number,
): Promise<readonly Branch[]> {
  if (timeline === 1) return [];
  const text = await client.history(timeline);
  const file = path.join(walFolderIn(directory), historyOf(timeline));
  if (!fs.existsSync(file)) writeDurably(file, text);
  else if (fs.readFileSync(file, 'utf8') !== text)
    throw new BackupError(
      `${directory} holds the log of another manager that was restored from the same backups (timeline ${timeline}): name another folder for the backups of this one.`,
    );
  return parseHistory(text);
}

/**
 * Where the archive goes on: behind the newest segment on the server's own line. Null: nothing of that line is there. Pure.
 * A partial segment is received once more from its beginning.
 */
export function planStart(
  segments: readonly Segment[],
  {
    branches,
    server,
    segmentBytes,
  }: { readonly branches: readonly Branch[]; readonly server: Position; readonly segmentBytes: number },
): Position | null {
  const line = [...branches.map(({ timeline }) => timeline), server.timeline];
  for (let index = line.length - 1; index >= 0; index -= 1) {
    const timeline = line[index] ?? 1;
    const last = segments.findLast((one) => one.timeline === timeline);
    if (last === undefined) continue;
    const lsn = (last.number + (last.whole ? 1 : 0)) * segmentBytes;
    const left = branches[index]?.switchLsn ?? Infinity;
    if (lsn <= left) return { timeline, lsn };
    return { timeline: line[index + 1] ?? timeline, lsn: segmentStart(left, segmentBytes) };
  }
  return null;
}

type FollowOptions = {
  readonly directory: string;
  readonly slot: string | null;
  readonly segmentBytes: number;
  readonly tell: (news: ArchiveNews) => void;
  readonly marks: SqlSession;
};

/** Receives timeline after timeline until the connection ends. */
async function follow(client: ReplicationClient, options: FollowOptions, start: Position): Promise<void> {
  const { directory, segmentBytes, tell, marks } = options;
  const writer = createWalWriter(walFolderIn(directory), segmentBytes);
  let position = start;
  let confirmed = start.lsn;
  let broken: Error | null = null;
  /** Everything acknowledged before `at` lies before `lsn`. */
  let mark: { readonly at: string; readonly lsn: number } | null = null;
  let asking = false;

  /** The time is asked first: what is acknowledged in between only makes the position later. */
  async function setMark(): Promise<void> {
    if (asking || mark !== null) return;
    asking = true;
    try {
      const [now] = await marks.query<{ at: Date }>({ text: 'SELECT clock_timestamp() AS at' }, MARK_MS);
      const [end] = await marks.query<{ lsn: string }>(
        { text: 'SELECT pg_current_wal_flush_lsn()::text AS lsn' },
        MARK_MS,
      );
      const lsn = parseLsn(end?.lsn ?? '');
      if (now !== undefined && lsn !== null)
        mark = { at: formatInstant(Temporal.Instant.fromEpochMilliseconds(now.at.getTime())), lsn };
    } catch {
      // The stream shows it too if the server is in trouble; the reach stays where it was.
    } finally {
      asking = false;
    }
  }

  function flush(): void {
    confirmed = Math.max(confirmed, writer.flush());
    client.confirm(confirmed);
    if (mark !== null && confirmed >= mark.lsn) {
      const { at: until } = mark;
      mark = null;
      writeReach(directory, { until, timeline: position.timeline, lsn: confirmed });
      tell({ state: 'streaming', says: 'The log is archived as it is written.', until });
    }
    void setMark();
  }

  const timer = setInterval(() => {
    try {
      flush();
    } catch (error) {
      broken = error as Error;
      client.close();
    }
  }, FLUSH_MS);
  async function receiveTimeline({ timeline, lsn }: Position): Promise<Position> {
    const next = await client.stream(
      { slot: options.slot, timeline, lsn },
      {
        onLog: (piece) => writer.write(timeline, piece.lsn, piece.bytes),
        onReplyWanted: flush,
      },
    );
    flushQuietly(writer);
    if (next === null) throw new Error('the server ended the stream');
    await keepHistory(client, directory, next.timeline);
    return { timeline: next.timeline, lsn: segmentStart(next.lsn, segmentBytes) };
  }

  try {
    for (;;) position = await receiveTimeline(position);
  } catch (error) {
    throw broken ?? error;
  } finally {
    clearInterval(timer);
    flushQuietly(writer);
    writer.close();
  }
}

function flushQuietly(writer: { readonly flush: () => number }): void {
  try {
    writer.flush();
  } catch {
    // Nothing was confirmed by it; the next run receives it again.
  }
}

/** Makes the slot where it is needed, makes one anew that the server has given up, and removes one that nobody needs. */
async function prepareSlot(options: {
  readonly socketDirectory: string;
  readonly home: string;
  readonly needed: boolean;
}): Promise<string | null> {
  const client = await connectTo(options.socketDirectory, options.home);
  try {
    const { rows } = await client.query<{ lost: boolean }>(
      `SELECT coalesce(wal_status = 'lost', false) OR restart_lsn IS NULL AS lost FROM pg_replication_slots WHERE slot_name = $1`,
      [ARCHIVE_SLOT],
    );
    const useless = rows[0] !== undefined && (rows[0].lost || !options.needed);
    if (useless) await client.query('SELECT pg_drop_replication_slot($1)', [ARCHIVE_SLOT]);
    if (!options.needed) return null;
    if (rows[0] === undefined || useless)
      await client.query('SELECT pg_create_physical_replication_slot($1, true)', [ARCHIVE_SLOT]);
    return ARCHIVE_SLOT;
  } finally {
    await client.end();
  }
}

function isGone(error: unknown): boolean {
  return (
    error instanceof Error && /has already been removed|is not in this server's history/.test(error.message)
  );
}

function segmentStart(lsn: number, segmentBytes: number): number {
  return Math.floor(lsn / segmentBytes) * segmentBytes;
}

/** `16MB`, as SHOW writes it. */
function toBytes(text: string): number {
  const UNITS: Readonly<Record<string, number>> = { '': 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };
  const [, digits = '', unit = ''] = /^(\d+)(kB|MB|GB)?$/.exec(text) ?? [];
  return Number(digits) * (UNITS[unit] ?? 1);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
