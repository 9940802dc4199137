// `nezuban manager`: from checked options to a running keeper, and to its end.
// Responsible for the checks before anything is started, for signals, and for what is printed. Called by main.ts.
import fs from 'node:fs';
import { flushCompileCache } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { systemClock } from '@nezuban/platform/clock';
import { HomeError, prepareHome, prepareRunDirectory } from '@nezuban/platform/home';
import { systemTimers } from '@nezuban/platform/timers';
import { PostgresError } from '../drivers/postgres/postgres-error.ts';
import { assertReachable, resolveServerUser, type ServerUser } from '../drivers/postgres/server-user.ts';
import { createDatabaseActor } from '../drivers/postgres/database-actor.ts';
import { LinkError } from '../drivers/link/link-error.ts';
import { readPairIdentity, type PairIdentity } from '../drivers/link/pair-identity.ts';
import type { DatabaseActorEvents } from '../drivers/ports.ts';
import { renderBanner } from './banner.ts';
import { agentHomeIn, socketDirectoryIn, upstreamDirectoryIn, type HomeLayout } from './child-config.ts';
import { askKeeper } from './control-client.ts';
import { startControlServer } from './control-server.ts';
import { withoutNpm } from './environment.ts';
import { EXIT, ExitError, type ExitCode } from './exit-codes.ts';
import { acquireInstanceLock, type InstanceLock } from './instance-lock.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { createLogCollector } from './log-collector.ts';
import type { StartOptions } from './options.ts';
import { watchParent } from './parent-watch.ts';
import { awaitEarlierChildren, createProcessRegister } from './process-register.ts';
import type { Programs } from './programs.ts';
import { readRemoval, removalSentence } from './removal.ts';
import { restoringSentence } from './restoring.ts';
import { chooseVoterId, systemIdentifierOf } from './voter-record.ts';

export type StartCommandInput = {
  readonly layout: HomeLayout;
  readonly options: StartOptions;
  readonly programs: Programs;
  readonly environment: NodeJS.ProcessEnv;
  readonly uid: number;
  readonly print: (text: string) => void;
  readonly say: (line: string) => void;
};

/** npm and the terminal both pass Ctrl-C on; what comes this soon after the first is the same key press. */
const SAME_KEY_PRESS_MS = 1_000;

/** Runs the manager until it is stopped. Throws an `ExitError` when it cannot start; nothing is left running then. */
export async function runStart(input: StartCommandInput): Promise<ExitCode> {
  const { layout, options } = input;
  try {
    checkFiles(options);
    const serverUser = await resolveServerUser(input.uid);
    const rights = { uid: input.uid, passableFor: serverUser.other ? serverUser.gid : null };
    prepareHome(layout.home, rights);
    prepareRunDirectory(layout.runDirectory, rights);
    const lock = await lockHome(layout);
    try {
      await assertReachable(serverUser, layout.home);
      await assertReachable(serverUser, layout.runDirectory);
      fs.mkdirSync(agentHomeIn(layout), { recursive: true, mode: 0o700 });
      const removal = readRemoval(path.join(layout.home, 'keeper'));
      if (removal !== null) throw new ExitError(EXIT.cannotStart, removalSentence(layout.home, removal));
      const restoring = restoringSentence(layout.home);
      if (restoring !== null) throw new ExitError(EXIT.cannotStart, restoring);
      const pair = readPairIdentity(path.join(layout.home, 'keeper'));
      return await runKeeper(input, { serverUser, pair });
    } finally {
      // Outside the home (long path) nothing stays behind.
      if (!layout.runDirectory.startsWith(`${layout.home}/`))
        fs.rmSync(layout.runDirectory, { recursive: true, force: true });
      lock.release();
    }
  } catch (error) {
    if (error instanceof HomeError || error instanceof PostgresError || error instanceof LinkError)
      throw new ExitError(EXIT.cannotStart, error.message, error);
    throw error;
  }
}

function checkFiles(options: StartOptions): void {
  for (const file of options.tls === null ? [] : [options.tls.certificateFile, options.tls.keyFile]) {
    try {
      fs.accessSync(file, fs.constants.R_OK);
    } catch (error) {
      throw new ExitError(
        EXIT.cannotStart,
        `The file ${file} (--tls-cert, --tls-key) cannot be read: ${(error as Error).message}.`,
        error,
      );
    }
  }
  if (options.postgresTools === null) return;
  const tool = path.join(options.postgresTools, 'pg_rewind');
  try {
    fs.accessSync(tool, fs.constants.X_OK);
  } catch (error) {
    throw new ExitError(
      EXIT.cannotStart,
      `--postgres-tools ${options.postgresTools}: there is no program ${tool}; right would be the folder of a full PostgreSQL 18, such as /usr/lib/postgresql/18/bin.`,
      error,
    );
  }
}

async function lockHome(layout: HomeLayout): Promise<InstanceLock> {
  let lock: InstanceLock | null;
  try {
    lock = acquireInstanceLock(layout.home);
  } catch (error) {
    throw new ExitError(
      EXIT.cannotStart,
      `The home ${layout.home} cannot be locked: ${(error as Error).message}; name another one with --home.`,
      error,
    );
  }
  if (lock !== null) return lock;
  const other = await askKeeper(layout.runDirectory, { command: 'status' });
  const who =
    other === null
      ? 'another process holds it (just starting or just stopping)'
      : `process ${other.pid}, console ${other.consoleUrl ?? 'not up yet'}`;
  throw new ExitError(
    EXIT.runsAlready,
    `Nezuban runs already for the home ${layout.home}: ${who}. Stop it with "nezuban manager stop", or name another home with --home.`,
  );
}

async function runKeeper(
  input: StartCommandInput,
  { serverUser, pair }: { readonly serverUser: ServerUser; readonly pair: PairIdentity | null },
): Promise<ExitCode> {
  const { layout, options } = input;
  const logs = createLogCollector({
    directory: path.join(layout.home, 'log'),
    level: options.logLevel,
    toTerminal: input.say,
  });
  const voterId = pair?.id ?? chooseVoterId(path.join(layout.home, 'keeper'));
  const ports = {
    clock: systemClock,
    timers: systemTimers,
    logs,
    register: createProcessRegister(layout.runDirectory, (error) =>
      logs.logger.warn(
        { err: error },
        'the list of processes cannot be written; should this keeper be killed now, the next one does not know all of them',
      ),
    ),
    say: input.say,
    createDatabase: (events: DatabaseActorEvents) =>
      createDatabaseActor(
        {
          timers: systemTimers,
          clock: systemClock,
          logger: logs.logger,
          collectOutput: (streams: readonly Readable[]) => {
            for (const stream of streams) logs.collect('postgres', stream);
          },
          events,
        },
        {
          home: layout.home,
          socketDirectory: socketDirectoryIn(layout),
          upstreamDirectory: upstreamDirectoryIn(layout),
          user: serverUser,
          ownUserName: os.userInfo().username,
          member: voterId,
          systemIdentifier: pair === null ? null : systemIdentifierOf(pair.cluster),
          createIfAbsent: pair === null,
          endsWithKeeper: pair === null ? 'fast' : 'guarded',
          copyRateMax: null,
          toolsDirectory: options.postgresTools,
        },
      ),
  };
  const keeper = createKeeper(ports, {
    layout,
    start: options,
    programs: input.programs,
    environment: withoutNpm(input.environment),
    pair,
    voterId,
    databaseUser: serverUser.other ? { uid: serverUser.uid, gid: serverUser.gid } : null,
    onRunning(ready) {
      input.print(
        renderBanner({
          ...ready,
          version: layout.version,
          consoleBuilt: layout.consoleDirectory !== null,
          home: layout.home,
          withJobs: options.withJobs,
        }),
      );
      // A killed process would not do it at its end, and the next start should be as quick as it can be.
      flushCompileCache();
    },
  });
  logs.logger.info({ home: layout.home, version: layout.version }, 'the keeper starts');
  const release = connectStops(keeper, input);
  const control = await startControlServer(layout, {
    status: () => keeper.status(),
    onStop: (order) => keeper.stop(order),
    pairStatus: () => keeper.office.status(),
    sharedFiles: async () => await keeper.office.sharedFiles(),
    create: async (request) => await keeper.office.create(request),
    command: async ({ host, operator }) => await keeper.office.command(host, operator),
  });
  try {
    await awaitEarlierChildren({ timers: systemTimers, logger: logs.logger }, layout.runDirectory);
    keeper.start();
    const { exitCode, message } = await keeper.ended;
    if (message !== null) throw new ExitError(exitCode, message);
    input.print(
      options.withJobs
        ? 'Nezuban has stopped.\n'
        : 'Nezuban has stopped. Jobs that were running go on; the next start picks them up.\n',
    );
    return exitCode;
  } finally {
    control.stop();
    release();
    await logs.close();
  }
}

/** Everything that stops the keeper from outside, but the control socket. Returns what undoes it. */
function connectStops(keeper: Keeper, input: StartCommandInput): () => void {
  let firstAtMs: number | null = null;
  const onSignal = (): void => {
    const nowMs = systemClock.monotonicMs();
    if (firstAtMs === null) {
      firstAtMs = nowMs;
      input.print('Stopping...\n');
      keeper.stop();
    } else if (nowMs - firstAtMs > SAME_KEY_PRESS_MS) {
      input.say('Stopping at once.');
      keeper.hurry();
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const underNpm = input.environment['npm_lifecycle_event'] !== undefined;
  const unwatch = underNpm ? watchParent(systemTimers, () => process.ppid, onSignal) : () => undefined;
  return () => {
    unwatch();
    for (const signal of signals) process.off(signal, onSignal);
  };
}
