/**
 * The one PostgreSQL server of this directory: started, told to end, killed, and noticed when it ends by itself.
 *
 * Responsible for everything that has to be so before each start (nobody left on the directory, every file written anew, `standby.signal` on
 * the disk), for the pace of repeated starts, and for what the log says. Not responsible for when to do it (`database-actor.ts`).
 */
import type { Logger } from '@nezuban/platform/logger';
import type { Clock } from '@nezuban/platform/clock';
import type { ProcessExit } from '@nezuban/platform/supervisor';
import type { Timers } from '@nezuban/platform/timers';
import type { Readable } from 'node:stream';
import { PLACEHOLDER } from '../../decision/duty.ts';
import {
  removeForeignSignals,
  removeStandbySignal,
  writeConfiguration,
  writeNames,
  writeStandbySignal,
  writeUpstream,
} from './configuration.ts';
import type { DirectoryPlace } from './data-directory.ts';
import { makeFolders } from './cluster.ts';
import { killTree } from './kill-tree.ts';
import { clearLeftovers, readPidFile, removeStalePidFile } from './leftovers.ts';
import { PostgresError } from './postgres-error.ts';
import { followLog, readLogLine } from './server-log.ts';
import { startPostgresServer, type PostgresServer } from './server.ts';
import { afterLife, FRESH_PACE, waitBeforeStart } from './start-pace.ts';

export type Upstream = { readonly directory: string; readonly as: string };
export type ServerRole = 'standby' | 'primary';

export type ServerLifePorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Standard output and error of each server. */
  readonly collectOutput: (streams: readonly Readable[]) => void;
};

export type ServerLifeEvents = {
  readonly onStarted: (pid: number) => void;
  readonly onEnded: (
    ended: { readonly pid: number; readonly wanted: boolean; readonly said: string | null } & ProcessExit,
  ) => void;
  /** The master's server has refused this standby for good. */
  readonly onRefused: (why: string) => void;
  readonly onStreamEnded: () => void;
};

export type ServerStart = {
  readonly role: ServerRole;
  readonly upstream: Upstream | null;
  readonly pair: boolean;
};

export type ServerLife = {
  readonly pid: () => number | null;
  /** Null while none runs, or while it does not accept connections yet. */
  readonly role: () => ServerRole | null;
  /** Resolves when it accepts connections; throws when it ended before, or when `signal` aborts. */
  readonly launch: (start: ServerStart, signal: AbortSignal) => Promise<void>;
  /** A standby that has been promoted. */
  readonly becamePrimary: () => void;
  readonly reload: () => void;
  /** The same for a server that is still starting: before it has written its pid file, a signal would end it. */
  readonly reloadWhileStarting: () => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** At once, until nothing is left of it. */
  readonly kill: () => Promise<void>;
  /** Fast stop; false: it did not end within the bound and was killed. */
  readonly stop: (withinMs: number) => Promise<boolean>;
};

/** Between the start of a postmaster and its pid file lie some milliseconds. */
const PID_FILE_POLL_MS = 10;

export function createServerLife(
  ports: ServerLifePorts,
  options: {
    readonly place: DirectoryPlace;
    readonly home: string;
    readonly endsWithKeeper: 'fast' | 'guarded';
  },
  events: ServerLifeEvents,
): ServerLife {
  const { clock, timers, logger } = ports;
  const { place } = options;
  const { data, user } = place;
  let server: PostgresServer | null = null;
  let role: ServerRole | null = null;
  let wanted = false;
  let pace = FRESH_PACE;

  async function launch(start: ServerStart, signal: AbortSignal): Promise<void> {
    const waitMs = waitBeforeStart(pace);
    if (waitMs > 0) await timers.sleep(waitMs, signal);
    try {
      await clearDirectory();
      signal.throwIfAborted();
      await writeEverything(start);
    } catch (error) {
      // Paced like a server that ended at once: a full disk is not asked without end.
      if (!signal.aborted) pace = afterLife(pace, 0);
      throw error;
    }
    signal.throwIfAborted();
    const started = spawn(start);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const ready = await Promise.race([started.ready, aborted]);
      signal.throwIfAborted();
      if (!ready || server !== started) throw new PostgresError('PostgreSQL ended while it was starting.');
      role = start.role;
    } finally {
      signal.removeEventListener('abort', onAbort);
      aborted.catch(() => undefined);
    }
  }

  async function reloadWhileStarting(): Promise<void> {
    const starting = server;
    while (server !== null && server === starting && readPidFile(data)?.pid !== server.pid)
      await timers.sleep(PID_FILE_POLL_MS);
    if (server === starting) server?.signal('SIGHUP');
  }

  /** Two servers on one directory would destroy it. A server that ends with its keeper is given the time for that. */
  async function clearDirectory(): Promise<void> {
    makeFolders(place);
    if (options.endsWithKeeper === 'fast') {
      await clearLeftovers({ timers, logger }, data);
    } else {
      await killTree(timers, data, null);
      removeStalePidFile(logger, data);
    }
  }

  async function writeEverything(start: ServerStart): Promise<void> {
    await writeConfiguration({ ...place, pair: start.pair });
    await writeNames(place, PLACEHOLDER);
    await writeUpstream(place, start.upstream);
    await removeForeignSignals(place);
    if (start.role === 'standby') await writeStandbySignal(place);
    else await removeStandbySignal(data);
  }

  function spawn(start: ServerStart): PostgresServer {
    const { postgres, guard } = place.runtime;
    const started = startPostgresServer(timers, {
      postgres,
      guard: options.endsWithKeeper === 'fast' ? guard : null,
      data,
      home: options.home,
      user,
    });
    const startedAt = clock.monotonicMs();
    server = started;
    role = null;
    wanted = false;
    let said: string | null = null;
    ports.collectOutput(started.output);
    followLog(started.output, (line) => {
      const meaning = readLogLine(line);
      // The first severe line is the cause, what follows is how the others ended.
      said ??= meaning.severe;
      if (server !== started || start.role !== 'standby') return;
      if (meaning.refusal !== null) events.onRefused(meaning.refusal);
      if (meaning.streamEnded) {
        said = null;
        events.onStreamEnded();
      }
    });
    events.onStarted(started.pid);
    void started.exited.then((exit) => {
      if (server !== started) return;
      server = null;
      role = null;
      if (!wanted) pace = afterLife(pace, clock.monotonicMs() - startedAt);
      events.onEnded({ pid: started.pid, wanted, said, ...exit });
    });
    return started;
  }

  async function kill(): Promise<void> {
    const ending = server;
    wanted = true;
    role = null;
    await killTree(timers, data, ending?.pid ?? null);
    await ending?.exited;
  }

  async function stop(withinMs: number): Promise<boolean> {
    const ending = server;
    if (ending === null) return true;
    wanted = true;
    role = null;
    ending.signal('SIGINT');
    const late = new AbortController();
    const inTime = await Promise.race([
      ending.exited.then(() => true),
      timers.sleep(withinMs, late.signal).then(
        () => false,
        () => true,
      ),
    ]);
    late.abort();
    if (!inTime) await kill();
    return inTime;
  }

  return {
    pid: () => server?.pid ?? null,
    role: () => role,
    launch,
    becamePrimary: () => (role = 'primary'),
    reload: () => server?.signal('SIGHUP'),
    reloadWhileStarting,
    signal: (signal) => server?.signal(signal),
    kill,
    stop,
  };
}
