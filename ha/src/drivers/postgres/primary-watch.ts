/**
 * Looks at a running primary: who streams and how far it is, whether commits wait, and whether a small write still reaches the disk.
 *
 * One prepared query ten times a second, and twice a second a WAL record that is flushed and belongs to no transaction: it uses no
 * transaction id and never waits for the standby. A write that takes longer than three seconds twice in a row, or hangs for twice that
 * time, means a sick disk. Not responsible for what is reported when (`database-actor.ts`).
 */
import type { Clock } from '@nezuban/platform/clock';
import type { Timers } from '@nezuban/platform/timers';
import type { Lsn } from '@nezuban/protocol/pair/roster';
import { parseLsn } from './control-file.ts';
import { createSqlSession } from './sql-session.ts';

export type PrimarySample = {
  /** Everything below this is on our own disk. */
  readonly position: Lsn;
  readonly connectedAs: string | null;
  /** How far the standby has flushed. */
  readonly flushed: Lsn;
  readonly waiting: boolean;
};

export type PrimaryWatch = {
  readonly start: () => void;
  readonly writes: () => boolean;
  readonly stop: () => void;
};

const LOOK_MS = 100;
const ANSWER_MS = 2_000;
/** A server that does not answer is not asked as often: each attempt may leave a session behind. */
const LOOK_AGAIN_MS = 500;
const WRITE_EVERY_MS = 500;
const SLOW_WRITE_MS = 3_000;
const SLOW_WRITES_MAX = 2;
/** Long after it counts as sick; then another connection is tried. */
const WRITE_GIVEN_UP_MS = 60_000;

/**
 * Of those who stream only the other host of the pair is asked for (`HOST.eN`, see `standbyName` in decision/). The archive of the log and
 * the making of a backup stream too, from this host, and are nobody who could take over.
 */
const LOOK = {
  name: 'primary-look',
  text: `SELECT pg_current_wal_flush_lsn()::text AS position, stream.application_name AS name,
           stream.flush_lsn::text AS flushed,
           EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep') AS waiting
         FROM (VALUES (1)) AS always LEFT JOIN LATERAL
           (SELECT application_name, flush_lsn FROM pg_stat_replication
            WHERE state IN ('streaming', 'catchup') AND application_name ~ '[.]e[0-9]+$'
            ORDER BY state = 'streaming' DESC, backend_start DESC LIMIT 1) AS stream ON true`,
};
type Row = {
  readonly position: string;
  readonly name: string | null;
  readonly flushed: string | null;
  readonly waiting: boolean;
};
const WRITE = {
  name: 'primary-write',
  text: `SELECT pg_logical_emit_message(false, 'nezuban', '', true)`,
};

export function createPrimaryWatch(
  ports: { readonly clock: Clock; readonly timers: Timers },
  options: {
    readonly socketDirectory: string;
    readonly onSample: (sample: PrimarySample) => void;
    /** `writes()` has changed. */
    readonly onWritesChanged: () => void;
  },
): PrimaryWatch {
  const { clock, timers } = ports;
  const { socketDirectory } = options;
  const looks = createSqlSession(timers, { socketDirectory, applicationName: 'nezuban keeper' });
  const writes = createSqlSession(timers, { socketDirectory, applicationName: 'nezuban keeper (disk)' });
  let stopped = false;
  let cancelLook = () => {};
  let cancelWrites = () => {};
  let writingSince: number | null = null;
  /** Writes in a row, the one under way included, that took too long or failed. */
  let slowWrites = 0;
  let slowBefore = 0;
  let saidSick = false;

  async function look(): Promise<void> {
    let pauseMs = LOOK_MS;
    try {
      const [row] = await looks.query<Row>(LOOK, ANSWER_MS);
      if (stopped) return;
      if (row !== undefined) options.onSample(toSample(row));
    } catch {
      // A server that does not answer shows by the write that does not return.
      pauseMs = LOOK_AGAIN_MS;
    }
    if (!stopped) cancelLook = timers.after(pauseMs, () => void look());
  }

  function watchWrite(): void {
    const now = clock.monotonicMs();
    if (writingSince === null) {
      writingSince = now;
      slowBefore = slowWrites;
      void write(now);
    } else {
      slowWrites = slowBefore + Math.floor((now - writingSince) / SLOW_WRITE_MS);
      sayIfChanged();
    }
  }

  async function write(since: number): Promise<void> {
    try {
      await writes.query(WRITE, WRITE_GIVEN_UP_MS);
      slowWrites = clock.monotonicMs() - since < SLOW_WRITE_MS ? 0 : slowBefore + 1;
    } catch {
      slowWrites = slowBefore + 1;
    } finally {
      writingSince = null;
    }
    sayIfChanged();
  }

  function sayIfChanged(): void {
    const sick = slowWrites >= SLOW_WRITES_MAX;
    if (stopped || sick === saidSick) return;
    saidSick = sick;
    options.onWritesChanged();
  }

  return {
    start() {
      void look();
      watchWrite();
      cancelWrites = timers.every(WRITE_EVERY_MS, watchWrite);
    },
    writes: () => !saidSick,
    stop() {
      stopped = true;
      cancelLook();
      cancelWrites();
      looks.close();
      writes.close();
    },
  };
}

function toSample(row: Row): PrimarySample {
  return {
    position: parseLsn(row.position) ?? 0,
    connectedAs: row.name,
    flushed: parseLsn(row.flushed ?? '') ?? 0,
    waiting: row.waiting,
  };
}
