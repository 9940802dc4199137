// One life of the embedded PostgreSQL server.
// Responsible for: starting the postmaster so that it ends when the keeper ends, however that ends; knowing when it accepts connections;
// stopping it within a bound. Not responsible for restarts (the keeper's supervisor) nor for the data directory (`cluster.ts`).
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { describeExit } from '@nezuban/platform/process-exit';
import type { LaunchedProcess, ProcessExit } from '@nezuban/platform/supervisor';
import type { Timers } from '@nezuban/platform/timers';
import { readPidFile } from './leftovers.ts';
import { asServerUser, type ServerUser } from './server-user.ts';

/** How often the pid file is looked at while the server starts: cheap, and part of what the person waits for. */
const READY_POLL_MS = 10;

export type PostgresServerOptions = {
  readonly postgres: string;
  /** Our `guard.sh`, where the server's user can read it; null: another process ends the server when the keeper dies. */
  readonly guard: string | null;
  readonly data: string;
  readonly home: string;
  readonly user: ServerUser;
};

export type PostgresServer = LaunchedProcess & {
  readonly output: readonly Readable[];
  /** Resolves to true when it accepts connections, to false when it ended before. */
  readonly ready: Promise<boolean>;
  /** Fast shutdown; after `withinMs` an immediate one, which costs a crash recovery at the next start but loses nothing. */
  readonly stop: (withinMs: number) => Promise<void>;
  /** Immediate shutdown, at once. */
  readonly kill: () => void;
  /** To the postmaster, unless it has ended. */
  readonly signal: (signal: NodeJS.Signals) => void;
};

export function startPostgresServer(timers: Timers, options: PostgresServerOptions): PostgresServer {
  const command = [options.postgres, '-D', options.data] as const;
  const {
    file,
    args,
    options: identity,
  } = asServerUser(
    options.user,
    options.guard === null ? [...command] : ['/bin/sh', options.guard, options.data, ...command],
  );
  const child = spawn(file, args, {
    ...identity,
    cwd: '/',
    // Nothing of ours but the home's name, by which the watcher is told from those of other homes.
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', NEZUBAN_HOME: options.home },
    // Its own session: Ctrl-C at the terminal reaches the keeper alone, which stops everything in order.
    detached: true,
    stdio: options.guard === null ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const exited = watchExit(child, path.basename(options.postgres));
  let ended = false;
  void exited.then(() => (ended = true));

  return {
    pid: child.pid ?? 0,
    output: [child.stdout, child.stderr].filter((stream) => stream !== null),
    exited,
    ready: waitUntilReady(),
    stop,
    kill: () => void child.kill('SIGQUIT'),
    signal: (signal) => void child.kill(signal),
  };

  async function waitUntilReady(): Promise<boolean> {
    // No bound of its own: a long crash recovery is progress, and a server that cannot start ends by itself.
    while (!ended) {
      const found = readPidFile(options.data);
      if (found?.pid === child.pid && found?.ready === true) return true;
      await timers.sleep(READY_POLL_MS);
    }
    return false;
  }

  async function stop(withinMs: number): Promise<void> {
    // Not `child.kill`: it refuses once the exit is known, which is right, and it is the postmaster's own pid (no shell between).
    child.kill('SIGINT');
    if (await endsWithin(withinMs)) return;
    child.kill('SIGQUIT');
    if (await endsWithin(IMMEDIATE_STOP_MS)) return;
    child.kill('SIGKILL');
    await exited;
  }

  async function endsWithin(ms: number): Promise<boolean> {
    const late = new AbortController();
    try {
      return await Promise.race([exited.then(() => true), timers.sleep(ms, late.signal).then(() => false)]);
    } finally {
      late.abort();
    }
  }
}

/** An immediate shutdown only signals the backends; PostgreSQL itself kills them after 5 s, we do not wait that long. */
const IMMEDIATE_STOP_MS = 1_000;

function watchExit(child: ChildProcess, name: string): Promise<ProcessExit> {
  const lifeline = child.stdio[3];
  // The watcher is gone when its end is closed; writing to it then is no matter.
  lifeline?.on('error', () => undefined);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ how: `could not be started: ${error.message}` }));
    child.once('exit', (code, signal) => {
      if (lifeline !== null && lifeline !== undefined && 'end' in lifeline) lifeline.end('ended\n');
      resolve({ how: describeExit(name, code, signal) });
    });
  });
}
