// The agent's side of the spawner: one Perl process (spawner.pl) that forks a waiter for each request.
// Responsible for starting it, a new generation for each start, and starting it again when it dies. Not responsible for which attempts are handed over:
// `onGeneration` is called at each start, and the runner looks for what has no claim.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import { describeExit } from '@nezuban/platform/process-exit';
import type { Logger } from '@nezuban/platform/logger';
import { agentLimits } from '../limits.ts';
import { encodeLaunchRequest } from './launch-request.ts';

export type SpawnerPorts = {
  readonly logger: Logger;
  /** Writes the generation where waiters look for it. */
  readonly writeGeneration: (generation: string) => void;
  /** A spawner of a new generation takes requests; nothing that older ones were given and have not claimed will start. */
  readonly onGeneration: () => void;
};

export type SpawnerOptions = {
  readonly home: string;
  /** Tests: as on a host that has none, and with this default of the processes of a command. */
  readonly withoutCgroup?: { readonly processesPerAttempt: number };
  /** Every command finds it in its environment. */
  readonly agentMark: string;
  /** `LANG` and `TZ` of the agent, where set: all that commands inherit of its environment. */
  readonly locale: Readonly<Record<string, string>>;
};

export type Spawner = {
  readonly start: () => void;
  readonly launch: (order: AttemptOrder) => void;
  /** Ends the present one and starts another, for launches that nobody claims. */
  readonly replace: () => void;
  readonly generation: () => string;
  readonly pid: () => number | null;
  /** It ends after what it was given; that is waited for, within a bound. Waiters go on. */
  readonly stop: () => Promise<void>;
};

const program = fileURLToPath(new URL('spawner.pl', import.meta.url));
const perlCandidates = ['/usr/bin/perl', '/usr/local/bin/perl', '/bin/perl'];

export function createSpawner(ports: SpawnerPorts, options: SpawnerOptions): Spawner {
  const { logger } = ports;
  let child: ChildProcess | null = null;
  let generation = '';
  let stopped = true;
  let restartMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let stableTimer: NodeJS.Timeout | undefined;

  const start = (): void => {
    stopped = false;
    generation = randomBytes(9).toString('base64url');
    // Before the process: a waiter of an older generation that claims from now on gives up.
    ports.writeGeneration(generation);
    child = spawnPerl(options);
    const mine = child;
    mine.on('error', (error) => {
      logger.error({ err: error }, 'the spawner cannot be started');
      if (child === mine && mine.pid === undefined) replaceLater('the spawner did not start');
    });
    mine.on('exit', (code, signal) => {
      if (child === mine) replaceLater(describeExit('the spawner', code, signal));
    });
    // A write to a spawner that has just died fails; its exit tells everything.
    mine.stdin?.on('error', () => undefined);
    if (mine.stderr) createInterface({ input: mine.stderr }).on('line', (line) => hear(mine, line));
    clearTimeout(stableTimer);
    stableTimer = setTimeout(() => (restartMs = 0), agentLimits.spawnerRestartMsMax);
    stableTimer.unref();
    ports.onGeneration();
  };

  const hear = (from: ChildProcess, line: string): void => {
    const containment = /^containment: (.*)$/.exec(line)?.[1];
    if (containment === undefined) logger.warn({ line }, `the spawner says: ${line.trim()}`);
    else logger.info({ containment, spawnerPid: from.pid }, 'the spawner runs');
  };

  const replaceLater = (reason: string): void => {
    child = null;
    if (stopped) return;
    logger.warn({ restartMs }, `${reason}; another one is started`);
    timer = setTimeout(tryStart, restartMs);
    restartMs = Math.min(restartMs * 2 + 100, agentLimits.spawnerRestartMsMax);
  };

  const tryStart = (): void => {
    try {
      start();
    } catch (error) {
      logger.error({ err: error }, 'the spawner cannot be started');
      replaceLater('the spawner did not start');
    }
  };

  return {
    start,
    launch: (order) =>
      void child?.stdin?.write(
        encodeLaunchRequest(order, {
          generation,
          agentMark: options.agentMark,
          processesMax: options.withoutCgroup?.processesPerAttempt ?? agentLimits.processesPerAttempt,
        }),
      ),
    replace() {
      if (stopped) return;
      const old = child;
      child = null;
      // Nothing that it still has will start. One that hangs would stay for ever, and one more with each replacement.
      if (old) void farewell(old).then(() => old.kill('SIGKILL'));
      tryStart();
    },
    generation: () => generation,
    pid: () => child?.pid ?? null,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(stableTimer);
      const mine = child;
      child = null;
      if (mine) await farewell(mine);
    },
  };
}

/** A spawner that is orphaned while it ends stays a zombie where process 1 reaps nobody, as in many containers. */
async function farewell(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) resolve();
  child.once('exit', () => resolve());
  child.stdin?.end();
  const bound = setTimeout(resolve, farewellMs);
  await promise;
  clearTimeout(bound);
  child.stderr?.destroy();
  child.unref();
}

/** A queue of launches is worked off in less; what is not goes on without us. */
const farewellMs = 1_000;

function spawnPerl(options: SpawnerOptions): ChildProcess {
  const perl = perlCandidates.find((file) => fs.existsSync(file));
  if (perl === undefined)
    throw new Error(
      `no Perl on this host (looked for ${perlCandidates.join(', ')}): install the package "perl-base" or "perl"`,
    );
  return spawn(perl, [program, options.home, ...(options.withoutCgroup === undefined ? [] : ['no-cgroup'])], {
    // Its own session: Ctrl-C and the death of the agent do not reach it.
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'pipe'],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      // The language of the agent need not be installed here: it is for the commands, and nothing to warn of.
      PERL_BADLANG: '0',
      ...options.locale,
    },
  });
}
