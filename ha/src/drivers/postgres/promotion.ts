/**
 * A standby becomes primary: cut the stream, promote by signal file, wait for the new timeline.
 *
 * By the file and never by `SELECT pg_promote()`: the session's own snapshot conflicts with replay, which took 32 s instead of 1.5 s.
 * A wal receiver that hangs (its disk does not answer) holds a promotion up without end: the server is then killed, started again as a
 * standby of nobody, and promoted. A long replay is no such thing and is waited for; the core has the bound.
 * Called by the actor for the core's effect `promote`.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Lsn } from '@nezuban/protocol/pair/roster';
import { PLACEHOLDER } from '../../decision/duty.ts';
import { writeNames, writeUpstream } from './configuration.ts';
import { historyFileName, parseLsn, parseSwitchPoint } from './control-file.ts';
import { readControl, type DirectoryPlace } from './data-directory.ts';
import { hasWalReceiver } from './kill-tree.ts';
import { PostgresError } from './postgres-error.ts';
import { replaceFile } from './data-marks.ts';
import type { ServerLife, ServerRole } from './server-life.ts';
import { createSqlSession, type SqlSession } from './sql-session.ts';

const POLL_MS = 4;
/** Usually a promotion is over in a tenth of this. */
const RECEIVER_HANGS_MS = 1_000;
const ANSWER_MS = 1_000;

export type PromotionPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly life: ServerLife;
  /** Starts the server; as a standby of nobody here. */
  readonly launch: (role: ServerRole, signal: AbortSignal) => Promise<void>;
};

export type PromotionOptions = {
  /** Before a promotion is asked for that makes a new timeline. */
  readonly announce: () => Promise<void>;
  readonly place: DirectoryPlace;
  /** This host is the only member: no new timeline. */
  readonly sole: boolean;
  /** What lies here was last a standby: its old master may go on with that timeline, so a sole member makes a new one too. */
  readonly wasStandby: boolean;
};

/** Where the new line begins. */
export type Promoted = { readonly timeline: number; readonly startLsn: Lsn };

export async function becomePrimary(
  ports: PromotionPorts,
  options: PromotionOptions,
  signal: AbortSignal,
): Promise<Promoted> {
  const { place, sole, wasStandby } = options;
  if (!sole) return promoteStandby(ports, options, signal);
  const { life, launch } = ports;
  if (life.role() === 'primary') {
    await writeNames(place, PLACEHOLDER);
    life.reload();
  } else if (wasStandby) {
    await launch('standby', signal);
    return promoteStandby(ports, options, signal);
  } else {
    await launch('primary', signal);
  }
  const { timeline, flushed: startLsn } = await currentLine(ports.timers, place, signal);
  return { timeline, startLsn };
}

async function promoteStandby(
  ports: PromotionPorts,
  { place, announce }: PromotionOptions,
  signal: AbortSignal,
): Promise<Promoted> {
  const { life, launch, logger } = ports;
  await announce();
  signal.throwIfAborted();
  if (!(await askForPromotion(ports, place, signal))) {
    logger.warn('the wal receiver hangs and holds the promotion up; PostgreSQL is killed and started again');
    await life.kill();
    signal.throwIfAborted();
    await launch('standby', signal);
    // The start has settled that the first attempt came to nothing.
    await announce();
    signal.throwIfAborted();
    if (!(await askForPromotion(ports, place, signal)))
      throw new PostgresError('PostgreSQL did not become primary, although it was started again.');
  }
  const { timeline } = await askServer(ports.timers, place, signal);
  life.becamePrimary();
  const file = path.join(place.data, 'pg_wal', historyFileName(timeline));
  const startLsn = parseSwitchPoint(await fs.promises.readFile(file, 'utf8'));
  if (startLsn === null)
    throw new PostgresError(`The history of timeline ${timeline} does not say where it begins.`);
  return { timeline, startLsn };
}

/** Timeline and position of a server that runs as primary. */
export async function currentLine(
  timers: Timers,
  place: DirectoryPlace,
  signal: AbortSignal,
): Promise<{ readonly timeline: number; readonly flushed: Lsn }> {
  return askServer(timers, place, signal);
}

/** True when it has ended recovery; false when its wal receiver hangs. */
async function askForPromotion(
  { clock, timers, life }: PromotionPorts,
  place: DirectoryPlace,
  signal: AbortSignal,
): Promise<boolean> {
  const { data, user } = place;
  await Promise.all([
    writeUpstream(place, null),
    writeNames(place, PLACEHOLDER),
    replaceFile(path.join(data, 'promote'), '', { user, flush: false }),
  ]);
  signal.throwIfAborted();
  life.reload();
  life.signal('SIGUSR1');
  const askedAt = clock.monotonicMs();
  for (;;) {
    await timers.sleep(POLL_MS, signal);
    if (life.pid() === null) throw new PostgresError('PostgreSQL ended during its promotion.');
    if (readControl(data)?.state === 'in-production') return true;
    if (clock.monotonicMs() - askedAt >= RECEIVER_HANGS_MS && hasWalReceiver(life.pid())) return false;
  }
}

type Row = { readonly recovering: boolean; readonly flushed: string | null; readonly file: string | null };

/** The control file says so a moment before sessions may write. */
async function askServer(timers: Timers, place: DirectoryPlace, signal: AbortSignal) {
  const session = createSqlSession(timers, {
    socketDirectory: place.socketDirectory,
    applicationName: 'nezuban keeper (promotion)',
  });
  try {
    for (;;) {
      const found = await askOnce(session);
      signal.throwIfAborted();
      if (found !== null) return found;
      await timers.sleep(POLL_MS, signal);
    }
  } finally {
    session.close();
  }
}

async function askOnce(session: SqlSession) {
  try {
    const [row] = await session.query<Row>(
      {
        name: 'line',
        text: `SELECT recovering, CASE WHEN NOT recovering THEN pg_current_wal_flush_lsn()::text END AS flushed,
                 CASE WHEN NOT recovering THEN pg_walfile_name(pg_current_wal_insert_lsn()) END AS file
               FROM pg_is_in_recovery() AS recovering`,
      },
      ANSWER_MS,
    );
    if (row === undefined || row.recovering || row.file === null) return null;
    const TIMELINE_DIGITS = 8;
    return {
      timeline: Number.parseInt(row.file.slice(0, TIMELINE_DIGITS), 16),
      flushed: parseLsn(row.flushed ?? '') ?? 0,
    };
  } catch {
    // Cancelled by the end of recovery, or the server is gone: then the signal says so.
    return null;
  }
}
