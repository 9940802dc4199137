// The keeper of a single manager: PostgreSQL, manager, local agent.
// Responsible for their order at start and stop, their restarts, and what people are told about that. Not responsible for the checks before
// (`start-command.ts`), nor for how each process is started (`child-process.ts`, `postgres-service.ts`).
//
// States: starting -> running (the manager serves) -> stopping -> over. Any failure that a restart cannot mend leads to stopping.
// At start everything that can overlap does: the manager loads its modules while PostgreSQL is prepared, the agent while the manager migrates.
import { formatInstant, type Clock } from '@nezuban/platform/clock';
import type { KeeperNotice } from '@nezuban/platform/keeper-channel';
import { createSupervisor, type Death } from '@nezuban/platform/supervisor';
import type { Timers } from '@nezuban/platform/timers';
import type { PostgresServer } from '../drivers/postgres/server.ts';
import type { ServerUser } from '../drivers/postgres/server-user.ts';
import {
  agentConfig,
  boundAddresses,
  managerConfig,
  socketDirectoryIn,
  type BoundAddresses,
  type HomeLayout,
} from './child-config.ts';
import { launchChild, type KeeperChild, type Program } from './child-process.ts';
import type { KeeperStatus } from './control-protocol.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { LogCollector } from './log-collector.ts';
import { tellingLine } from './log-line.ts';
import { createNoticeQueue } from './notice-queue.ts';
import type { StartOptions } from './options.ts';
import { launchPostgres } from './postgres-service.ts';
import type { ProcessRegister } from './process-register.ts';

export type KeeperPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logs: LogCollector;
  readonly register: ProcessRegister;
  /** One line for the person at the terminal. */
  readonly say: (line: string) => void;
};

export type KeeperOptions = {
  readonly layout: HomeLayout;
  readonly start: StartOptions;
  readonly programs: { readonly manager: Program; readonly agent: Program };
  readonly environment: NodeJS.ProcessEnv;
  readonly serverUser: ServerUser;
  readonly ownUserName: string;
  /** The manager serves for the first time in this run. */
  readonly onRunning: (ready: {
    readonly consoleUrl: string | null;
    readonly adminPassword: string | null;
  }) => void;
};

export type KeeperEnd = { readonly exitCode: ExitCode; readonly message: string | null };

export type Keeper = {
  readonly start: () => void;
  /** Stops everything in order. Idempotent; the first order counts. */
  readonly stop: (order?: { readonly withJobs?: boolean }) => void;
  /** While it stops: no more patience. */
  readonly hurry: () => void;
  readonly status: () => KeeperStatus;
  /** Settles when nothing of ours runs any more. */
  readonly ended: Promise<KeeperEnd>;
};

/** Bounds of a stop; together below the 10 s that are promised. Ending jobs needs time for their TERM before their KILL. */
const STOP_AGENT_MS = 3_000;
const STOP_AGENT_WITH_JOBS_MS = 4_500;
const STOP_MANAGER_MS = 2_000;
const STOP_POSTGRES_MS = 1_800;

export function createKeeper(ports: KeeperPorts, options: KeeperOptions): Keeper {
  const { clock, timers, logs, register } = ports;
  const { logger } = logs;
  const { layout } = options;
  const startedAt = formatInstant(clock.now());
  const notices = createNoticeQueue();
  const childPorts = { timers, logger };
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<KeeperEnd>();

  let state: KeeperStatus['state'] = 'starting';
  let databaseReady = false;
  let managerServed = false;
  let bound: BoundAddresses = { consolePort: null, agentPort: null };
  let consoleUrl: string | null = null;
  let agentAddress: string | null = null;
  /** Children that have got their `start` message. */
  const told = new WeakSet<KeeperChild>();

  const postgres = createSupervisor<PostgresServer>(ports, {
    name: 'postgres',
    launch(signal) {
      const service = {
        home: layout.home,
        socketDirectory: socketDirectoryIn(layout),
        user: options.serverUser,
        ownUserName: options.ownUserName,
      };
      return launchPostgres(childPorts, service, signal);
    },
    onLaunched(server) {
      watch('postgres', server);
      void server.exited.then(() => (databaseReady = false));
      void server.ready.then((ready) => {
        if (!ready) return;
        databaseReady = true;
        if (options.start.localAgent && state !== 'stopping') agent.start();
        tellManager();
      });
    },
    onRestart: reportRestart,
    onGaveUp: (death, restarts) => end({ exitCode: EXIT.gaveUp, message: gaveUpSentence(death, restarts) }),
    onFatal: (_death, fatal) => end({ exitCode: EXIT.cannotStart, message: fatal.message }),
  });

  const manager = createSupervisor<KeeperChild>(ports, {
    name: 'manager',
    launch: () =>
      launchChild(childPorts, {
        name: 'manager',
        program: options.programs.manager,
        environment: options.environment,
        onReady: onManagerReady,
      }),
    onLaunched(child) {
      watch('manager', child);
      void child.exited.then(() => notices.managerGone());
      tellManager();
    },
    onRestart: reportRestart,
    onGaveUp: (death, restarts) => end({ exitCode: EXIT.gaveUp, message: gaveUpSentence(death, restarts) }),
    onFatal: (_death, fatal) => end({ exitCode: EXIT.cannotStart, message: fatal.message }),
  });

  const agent = createSupervisor<KeeperChild>(ports, {
    name: 'agent',
    launch: () =>
      launchChild(childPorts, {
        name: 'agent',
        program: options.programs.agent,
        environment: options.environment,
        onReady: () => logger.info('the local agent serves'),
      }),
    onLaunched(child) {
      watch('agent', child);
      tellAgent();
    },
    onRestart: reportRestart,
    onGaveUp: (death, restarts) =>
      reportAgentGone(
        death,
        `${gaveUpSentence(death, restarts)} Everything else goes on; start the manager again to get the local agent back.`,
      ),
    onFatal: (death, fatal) =>
      reportAgentGone(death, `The local agent cannot run: ${fatal.message} Everything else goes on.`),
  });

  function watch(name: string, launched: PostgresServer | KeeperChild): void {
    logger.info({ child: name, childPid: launched.pid }, `${name} was started`);
    for (const stream of launched.output) logs.collect(name, stream);
    // PostgreSQL of a killed keeper is found by its data directory, not by this list.
    if (name === 'postgres') return;
    register.add(name, launched.pid);
    void launched.exited.then(() => register.remove(launched.pid));
  }

  function tellManager(): void {
    const child = manager.current();
    if (child === null || !databaseReady || told.has(child)) return;
    told.add(child);
    child.send({ type: 'start', config: managerConfig(layout, options.start, bound) });
  }

  function tellAgent(): void {
    const child = agent.current();
    if (child === null || !managerServed || told.has(child)) return;
    told.add(child);
    child.send({ type: 'start', config: agentConfig(layout, options.start, bound) });
  }

  function onManagerReady(ready: {
    consoleUrl?: string | undefined;
    agentAddress?: string | undefined;
    adminPassword?: string | undefined;
  }): void {
    bound = boundAddresses(ready.consoleUrl, ready.agentAddress);
    consoleUrl = ready.consoleUrl ?? null;
    agentAddress = ready.agentAddress ?? null;
    const child = manager.current();
    if (child !== null) notices.managerReady((notice) => child.send(notice));
    logger.info({ consoleUrl, agentAddress }, 'the manager serves');
    managerServed = true;
    tellAgent();
    if (state === 'starting') {
      state = 'running';
      options.onRunning({ consoleUrl, adminPassword: ready.adminPassword ?? null });
    }
  }

  function reportRestart(death: Death, attempt: number): void {
    const message = `${explain(death)}; it is started again (restart ${attempt} within a minute).`;
    logger.warn({ child: death.name }, message);
    notify('process_restarted', death, message);
  }

  function reportAgentGone(death: Death, message: string): void {
    logger.error({ child: death.name }, message);
    notify('process_gave_up', death, message);
  }

  function notify(code: KeeperNotice['code'], death: Death, message: string): void {
    const details: Record<string, string | number> =
      death.pid === null ? { how: death.how } : { how: death.how, pid: death.pid };
    notices.add({
      type: 'notice',
      code,
      at: formatInstant(clock.now()),
      process: death.name,
      message,
      details,
    });
  }

  function gaveUpSentence(death: Death, restarts: number): string {
    return `${explain(death)}; that was its end number ${restarts + 1} within a minute, so it is not started again; see ${layout.home}/log/${death.name}.log.`;
  }

  /** How it died, with the most telling of its last lines. */
  function explain(death: Death): string {
    const how = death.how.startsWith(death.name) ? death.how : `${death.name} ${death.how}`;
    const reason = tellingLine(logs.lastLines(death.name));
    return reason === null || how.includes(reason) ? how : `${how} (${reason})`;
  }

  let stopping: Promise<void> | null = null;

  function end(how: KeeperEnd, withJobs = options.start.withJobs): void {
    if (stopping !== null) return;
    state = 'stopping';
    logger.info({ withJobs, ...how }, 'stopping');
    stopping = stopInOrder(withJobs);
    void stopping.then(
      () => resolveEnded(how),
      (error: unknown) =>
        resolveEnded({ exitCode: EXIT.failed, message: `The stop failed: ${String(error)}` }),
    );
  }

  async function stopInOrder(withJobs: boolean): Promise<void> {
    if (withJobs && options.start.localAgent && agent.current() === null) {
      logger.warn('the local agent does not run, so its running jobs cannot be ended; they go on');
    }
    const agentWithinMs = withJobs ? STOP_AGENT_WITH_JOBS_MS : STOP_AGENT_MS;
    await agent.stop((child) => child.stop({ withinMs: agentWithinMs, withJobs }));
    await manager.stop((child) => child.stop({ withinMs: STOP_MANAGER_MS, withJobs: false }));
    await postgres.stop((server) => server.stop(STOP_POSTGRES_MS));
  }

  return {
    start() {
      manager.start();
      postgres.start();
    },
    stop: (order = {}) =>
      end({ exitCode: EXIT.ok, message: null }, order.withJobs === true || options.start.withJobs),
    hurry() {
      agent.current()?.kill();
      manager.current()?.kill();
      postgres.current()?.kill();
    },
    status: () => ({
      pid: process.pid,
      version: layout.version,
      home: layout.home,
      state,
      startedAt,
      consoleUrl,
      agentAddress,
      processes: [postgres.status(), manager.status(), ...(options.start.localAgent ? [agent.status()] : [])],
    }),
    ended,
  };
}
