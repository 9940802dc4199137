/**
 * Looks at a running standby: how far it is, and whether it streams.
 *
 * A tenth of a second between looks, and one at once when the log says that the stream has ended. SQL on a standby may be cancelled by
 * replay at any time; that is no sign of anything. Not responsible for what is reported when (`database-actor.ts`).
 */
import type { Clock } from '@nezuban/platform/clock';
import type { Timers } from '@nezuban/platform/timers';
import type { Lsn } from '@nezuban/protocol/pair/roster';
import { parseLsn } from './control-file.ts';
import { createSqlSession } from './sql-session.ts';

export type StandbySample = {
  readonly recovering: boolean;
  /** Everything below this is on the disk. */
  readonly flushed: Lsn;
  readonly streaming: boolean;
  readonly receivedTimeline: number | null;
};

export type StandbyWatch = {
  readonly start: () => void;
  /** Looks now. Null: no answer. */
  readonly look: () => Promise<StandbySample | null>;
  /** It has answered lately. */
  readonly answers: () => boolean;
  readonly stop: () => void;
};

const LOOK_MS = 100;
const ANSWER_MS = 2_000;
/** Replay may cancel a statement, a checkpoint may hold one up: both are over within seconds. */
const SILENT_MS = 5_000;

/** After a restart nothing has been received yet, but replay knows how far the local WAL goes. */
const LOOK = {
  name: 'standby-look',
  text: `SELECT pg_is_in_recovery() AS recovering, pg_last_wal_receive_lsn()::text AS received,
           pg_last_wal_replay_lsn()::text AS replayed, receiver.status, receiver.received_tli AS timeline
         FROM (VALUES (1)) AS always LEFT JOIN pg_stat_wal_receiver AS receiver ON true`,
};
type Row = {
  readonly recovering: boolean;
  readonly received: string | null;
  readonly replayed: string | null;
  readonly status: string | null;
  readonly timeline: number | null;
};

export function createStandbyWatch(
  ports: { readonly clock: Clock; readonly timers: Timers },
  options: { readonly socketDirectory: string; readonly onSample: (sample: StandbySample) => void },
): StandbyWatch {
  const { clock, timers } = ports;
  const session = createSqlSession(timers, {
    socketDirectory: options.socketDirectory,
    applicationName: 'nezuban keeper',
  });
  let answeredAt = -Infinity;
  let stopped = false;
  let cancelTimer = () => {};
  let looking: Promise<StandbySample | null> | null = null;

  async function ask(): Promise<StandbySample | null> {
    try {
      const [row] = await session.query<Row>(LOOK, ANSWER_MS);
      if (stopped || row === undefined) return null;
      answeredAt = clock.monotonicMs();
      const sample = {
        recovering: row.recovering,
        flushed: Math.max(parseLsn(row.received ?? '') ?? 0, parseLsn(row.replayed ?? '') ?? 0),
        streaming: row.status === 'streaming',
        receivedTimeline: row.timeline,
      };
      options.onSample(sample);
      return sample;
    } catch {
      // It shows as silence if it lasts.
      return null;
    }
  }

  async function look(): Promise<StandbySample | null> {
    looking ??= ask().finally(() => (looking = null));
    return looking;
  }

  function lookAgain(): void {
    if (stopped) return;
    cancelTimer = timers.after(LOOK_MS, () => void look().then(lookAgain));
  }

  return {
    start: lookAgain,
    look,
    answers: () => clock.monotonicMs() - answeredAt < SILENT_MS,
    stop() {
      stopped = true;
      cancelTimer();
      session.close();
    },
  };
}
