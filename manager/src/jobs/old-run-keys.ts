// Takes away keys of starts that nobody will ask for any more: too old, or their session is gone.
// Responsible for the rhythm and for going through the keys in steps, beside the engine and never in one of its commits. How long a key counts
// is said by whoever looks it up (run-requests.ts), so a key that is still there too long does no harm. Made by jobs.ts.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import { jobsLimits } from './jobs-limits.ts';
import { unitKeyChars } from './run-requests.ts';

export type OldRunKeysPorts = {
  readonly database: Pick<Database, 'query'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};
export type OldRunKeys = {
  /** Goes through all that are older than any caller's key counts. The loop does so by itself. */
  readonly look: () => Promise<void>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

export const createOldRunKeys = ({ database, clock, timers, logger }: OldRunKeysPorts): OldRunKeys => {
  let stopped = false;
  let running: Promise<void> | null = null;
  let cancel: (() => void) | null = null;

  /** Null: nothing is left before the moment. Steps end between two milliseconds, as the times of keys are told to us. */
  const endOfStep = async (from: Date, before: Date): Promise<Date | null> => {
    const [last] = await database.query<{ at: Date }>({
      name: 'last_run_key_of_step',
      text: `SELECT max(created_at) AS at FROM (
               SELECT created_at FROM run_key WHERE created_at >= $1 AND created_at < $2 ORDER BY created_at LIMIT $3) step
             HAVING count(*) > 0`,
      values: [from, before, jobsLimits.runKeysAtOnce],
    });
    return last === undefined ? null : new Date(Math.min(last.at.getTime() + 1, before.getTime()));
  };
  const look = async (): Promise<void> => {
    const now = clock.epochMs();
    const before = new Date(now - jobsLimits.runKeyKeptMs);
    let from = new Date(0);
    while (!stopped) {
      const end = await endOfStep(from, before);
      if (end === null) return;
      await database.query({
        name: 'delete_old_run_keys',
        text: `DELETE FROM run_key WHERE created_at >= $1 AND created_at < $2
                 AND (length(key) < $3 OR created_at < $4 OR NOT EXISTS (SELECT FROM session WHERE id = run_key.session_id))`,
        values: [from, end, unitKeyChars, new Date(now - jobsLimits.unitRunKeyKeptMs)],
      });
      from = end;
    }
  };
  const tick = (): void => {
    running ??= look()
      .catch((error: unknown) => logger.warn({ err: error }, 'Old keys of starts were not taken away'))
      .finally(() => (running = null));
  };

  return {
    look,
    start() {
      cancel ??= timers.every(jobsLimits.oldRunKeysEveryMs, tick);
    },
    async stop() {
      stopped = true;
      cancel?.();
      cancel = null;
      await running;
    },
  };
};
