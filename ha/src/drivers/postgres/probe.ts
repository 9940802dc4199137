/**
 * One tiny commit that waits for the standby like any other, and a second connection that watches it wait.
 *
 * The message is transactional, so that it has a transaction id and a commit record; PostgreSQL waits for the standby only then. A wait that
 * somebody cancelled ends with success and a warning: that is no return. A connection that breaks says nothing at all.
 * Called by the actor for the core's effect `probe`; the reasons are in `docs/internals/ha.md`, *Out and in*.
 */
import type { Timers } from '@nezuban/platform/timers';
import { createSqlSession } from './sql-session.ts';

/** Seen within a few milliseconds, or not before something else happens: then it need not be looked for as often. */
const LOOK_MS = 3;
const LOOKS_OFTEN = 300;
const LOOK_SELDOM_MS = 50;
const ANSWER_MS = 2_000;
/** The core gives up after seconds; a commit that waits longer has been forgotten. */
const PROBE_MS = 60_000;

export type Probe = { readonly stop: () => void };

export function startProbe(
  timers: Timers,
  options: {
    readonly socketDirectory: string;
    readonly onStage: (stage: 'waiting' | 'returned') => void;
    readonly onEnd: () => void;
  },
): Probe {
  const { socketDirectory } = options;
  const commits = createSqlSession(timers, {
    socketDirectory,
    applicationName: 'nezuban probe',
    commit: 'on',
  });
  const looks = createSqlSession(timers, { socketDirectory, applicationName: 'nezuban keeper (probe)' });
  let over = false;
  let cancelled = false;
  commits.onNotice((message) => (cancelled ||= /canceling.*wait for synchronous replication/i.test(message)));

  async function commit(): Promise<void> {
    try {
      await Promise.all([commits, looks].map((session) => session.query({ text: 'SELECT 1' }, ANSWER_MS)));
      const returning = commits.query(
        { text: `SELECT pg_logical_emit_message(true, 'nezuban-probe', '')` },
        PROBE_MS,
      );
      void watch(commits.backendPid());
      await returning;
      if (!over && !cancelled) options.onStage('returned');
    } catch {
      // Unknown: no word of it. The core asks again or gives the admission up.
    } finally {
      stop();
      options.onEnd();
    }
  }

  async function watch(pid: number | null): Promise<void> {
    for (let looked = 0; !over; looked += 1) {
      try {
        const rows = await looks.query<{ waits: boolean }>(
          {
            name: 'probe-look',
            text: `SELECT wait_event = 'SyncRep' AS waits FROM pg_stat_activity WHERE pid = $1`,
            values: [pid],
          },
          ANSWER_MS,
        );
        if (over) return;
        if (rows[0]?.waits === true) {
          options.onStage('waiting');
          return;
        }
      } catch {
        // Asked again; the probe itself has the bound.
      }
      await timers.sleep(looked < LOOKS_OFTEN ? LOOK_MS : LOOK_SELDOM_MS);
    }
  }

  function stop(): void {
    over = true;
    commits.close();
    looks.close();
  }

  void commit();
  return { stop };
}
