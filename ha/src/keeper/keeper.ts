// The keeper of one host: a single manager, or a member of a pair.
// Responsible for putting its parts together, their order at start and stop, and what people are told about processes. Not responsible for
// who is on duty (`../decision`), for carrying that out (`member.ts`), for the pair's own business (`pair-office.ts`), nor for the checks
// before a start (`start-command.ts`).
//
// States: starting -> running (the manager serves, on duty or as standby) -> stopping -> over. What cannot be mended here leads to stopping.
// At start everything that can overlap does: the manager loads its modules while PostgreSQL is prepared, the agent while the manager migrates.
import path from 'node:path';
import type { FromChild, ManagerDuty } from '@nezuban/protocol/keeper/child-messages';
import type { KeeperStatus } from '@nezuban/protocol/keeper/control';
import { dutyTermOf } from '@nezuban/protocol/pair/agent-term';
import { formatInstant } from '@nezuban/platform/clock';
import type { Death } from '@nezuban/platform/supervisor';
import type { State } from '../decision/state.ts';
import { createDutyLoop, type DutyLoop } from '../drivers/duty-loop.ts';
import { hostClock } from '../drivers/host-clock.ts';
import type { DatabaseInput } from '../drivers/ports.ts';
import {
  agentConfig,
  boundAddresses,
  intakeConfig,
  managerConfig,
  type BoundAddresses,
} from './child-config.ts';
import type { KeeperChild } from './child-process.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { createIntakeService } from './intake-service.ts';
import type { KeeperOptions, KeeperPorts } from './keeper-ports.ts';
import { createLocalAgent } from './local-agent.ts';
import { masterDuty, standbyDuty } from './manager-duty.ts';
import { createManagerService } from './manager-service.ts';
import { createMember, type Member } from './member.ts';
import { createNoticeQueue } from './notice-queue.ts';
import { createPairOffice, type PairOffice } from './pair-office.ts';
import { createProcessNews } from './process-news.ts';
import { clearAside, isAside } from './aside.ts';
import { markRemoved, removalSentence } from './removal.ts';
import { stopInOrder } from './stop-order.ts';
import { createTakeOvers } from './take-overs.ts';
import { openVoter, type OpenedVoter } from './voter-record.ts';

export type KeeperEnd = { readonly exitCode: ExitCode; readonly message: string | null };

export type Keeper = {
  readonly start: () => void;
  /** Stops everything in order. Idempotent; the first order counts. */
  readonly stop: (order?: { readonly withJobs?: boolean }) => void;
  /** While it stops: no more patience. */
  readonly hurry: () => void;
  readonly status: () => KeeperStatus;
  readonly office: PairOffice;
  /** Settles when nothing of ours runs any more. */
  readonly ended: Promise<KeeperEnd>;
};

/** A manager that does not stay up on the only host that could run it is tried again at this pace. */
const MANAGER_AGAIN_MS = 30_000;
/** Inputs of the database that come before the voter record has been read; it is looked at first. */
const EARLY_INPUTS_MAX = 100;

export function createKeeper(ports: KeeperPorts, options: KeeperOptions): Keeper {
  const { clock, timers, logs, register } = ports;
  const { logger } = logs;
  const { layout } = options;
  const startedAt = formatInstant(clock.now());
  const keeperDirectory = path.join(layout.home, 'keeper');
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<KeeperEnd>();
  const notices = createNoticeQueue();
  const news = createProcessNews({ clock, logs, notices, home: layout.home });
  const takeOvers = createTakeOvers({ logger }, { file: path.join(keeperDirectory, 'take-overs.json') });

  let state: KeeperStatus['state'] = 'starting';
  let bound: BoundAddresses = { consolePort: null, agentPort: null };
  let consoleUrl: string | null = null;
  let agentAddress: string | null = null;
  let loop: DutyLoop | null = null;
  let voter: OpenedVoter | null = null;
  let early: DatabaseInput[] = [];
  let opening = false;
  let duty: ManagerDuty | null = null;
  let managerAgain: () => void = () => undefined;

  const isPair = (): boolean => office.identity() !== null;

  const database = ports.createDatabase({
    onInput(input) {
      if (member !== null && loop !== null) member.onDatabaseInput(input);
      else early = [...early, input].slice(-EARLY_INPUTS_MAX);
      if (!opening && input.type === 'database') {
        opening = true;
        void beginDuty();
      }
    },
    onProcess(event) {
      if (event.type === 'started') {
        logger.info({ child: 'postgres', childPid: event.pid }, 'postgres was started');
        news.postgresStarted(event.pid);
        if (state !== 'stopping') startAgent();
      } else {
        news.postgresEnded(event);
      }
      office.setTree(manager.current()?.pid ?? null, database.facts());
    },
  });

  const manager = createManagerService(
    { clock, timers, logger },
    {
      program: options.programs.manager,
      environment: options.environment,
      config: () =>
        managerConfig(layout, options.start, { bound, ownsLocalNode: office.localNodeName() === 'local' }),
      onLaunched(child) {
        watch('manager', child);
        office.setTree(child.pid, database.facts());
        void child.exited.then(() => office.setTree(null, database.facts()));
      },
      onReady: onManagerReady,
      onMessage: onManagerMessage,
      onGone: () => notices.managerGone(),
      onRestart: news.restarted,
      onGaveUp: onManagerGaveUp,
      onFatal: onManagerFatal,
    },
  );

  const agent = createLocalAgent(
    { clock, timers, logger },
    {
      program: options.programs.agent,
      environment: options.environment,
      onLaunched: (child) => watch('agent', child),
      onRestart: news.restarted,
      onGaveUp: (death, restarts) => news.agentGone(death, { restarts }),
      onFatal: (death, fatal) => news.agentGone(death, fatal),
    },
  );

  const intake = createIntakeService(
    { clock, timers, logger },
    {
      program: options.programs.intake,
      environment: options.environment,
      config: intakeConfig(layout, options.start),
      onLaunched: (child) => watch('intake', child),
      onRestart: news.restarted,
      onGaveUp: news.intakeGone,
    },
  );

  const office = createPairOffice(
    {
      clock,
      timers,
      logger,
      manager,
      notices,
      takeOvers,
      database: () => database.facts(),
      setReady: (ready) => database.setReady(ready),
      loop: () => loop,
      obey: async (command) =>
        member === null
          ? { ok: false, says: 'This host has only just started. Try again in some seconds.' }
          : await member.obey(command),
      onGuardFired: () => member?.onGuardFired(),
      onGuardStarted: (pid) => register.add('guard', pid),
      onLinkStarted(pid, output) {
        logger.info({ child: 'link', childPid: pid }, 'link was started');
        for (const stream of output) logs.collect('link', stream);
      },
      onAddressBook: () => {
        if (duty !== null) setDuty(duty.role === 'master' ? masterDuty(office, duty.term) : duty);
        configureAgent();
      },
      onAgentToken: () => startAgent(),
      onRemoved(by) {
        const removal = { at: formatInstant(clock.now()), by };
        markRemoved(keeperDirectory, removal);
        end({ exitCode: EXIT.cannotStart, message: removalSentence(layout.home, removal) });
      },
      serviceOpen: () => duty?.role === 'master',
      managerAddresses: () => ({ consoleUrl, agentAddress }),
    },
    {
      layout,
      start: options.start,
      directory: keeperDirectory,
      identity: options.pair,
      environment: options.environment,
      execArgv: options.programs.manager.execArgv,
      databaseUser: options.databaseUser,
    },
  );

  let member: Member | null = null;

  function watch(name: string, launched: KeeperChild): void {
    logger.info({ child: name, childPid: launched.pid }, `${name} was started`);
    for (const stream of launched.output) logs.collect(name, stream);
    register.add(name, launched.pid);
    void launched.exited.then(() => register.remove(launched.pid));
  }

  /** The directory has been looked at: from here on the core decides. */
  async function beginDuty(): Promise<void> {
    const { trouble } = database.facts();
    const first = early.find((input) => input.type === 'database');
    try {
      if (trouble !== null && !isPair()) return end({ exitCode: EXIT.cannotStart, message: trouble.message });
      const identity = office.identity();
      const opened = await openVoter(
        { timers, logger },
        {
          directory: office.voterDirectory(),
          id: options.voterId,
          paired: identity === null ? null : { cluster: identity.cluster, id: identity.id },
        },
        { token: first?.token ?? null, systemIdentifier: database.facts().systemIdentifier },
      );
      if (state === 'stopping') {
        await opened.store.close();
        return;
      }
      voter = opened;
      startLoop(opened);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      end({ exitCode: EXIT.cannotStart, message });
    }
  }

  function startLoop({ store, record }: OpenedVoter): void {
    const own = createMember({
      loop: () => running,
      database,
      manager,
      link: () => office.link(),
      guard: () => office.guard(),
      fence: () => office.fence(),
      peer: (id) => office.identity()?.book.members.find((one) => one.id === id) ?? null,
      address: () => office.address(),
      clock: hostClock,
      timers,
      logger,
      onOpen(term) {
        takeOvers.opened(hostClock.monotonicMs());
        // Always told: the same duty again is what ends a drain.
        duty = masterDuty(office, term);
        manager.setDuty(duty);
      },
      onClosed: () => (duty = null),
      onStoodDown() {
        if (state !== 'stopping' && isPair()) setDuty(standbyDuty(office, loop !== null));
      },
      onRow: (row, says) => office.onRow(row, says),
      onState: onCoreState,
    });
    const running = createDutyLoop(
      {
        store,
        clock: hostClock,
        timers,
        logger,
        onEffect: own.carryOut,
        onState: own.onState,
        onBroken: () => void breakDown(),
      },
      {
        role: 'member',
        startId: office.startId,
        seed: Math.trunc(Math.random() * 2 ** 31),
        timing: office.timing(),
        record,
      },
    );
    member = own;
    loop = running;
    // In the order in which they came; what the roster makes the database say comes after them.
    for (const input of early) running.give(input);
    early = [];
    database.setRoster(record.roster);
    running.start();
    // It stepped aside for its stop alone.
    if (isAside(keeperDirectory))
      void own.obey({ do: 'maintenance', on: false }).then(({ ok }) => ok && clearAside(keeperDirectory));
  }

  function onCoreState(core: State): void {
    const { record, leader } = core;
    takeOvers.moved({
      state: core.name,
      self: record.id,
      formerMaster: record.roster?.master ?? null,
      formerHeardAt: leader?.at ?? core.heard[record.roster?.master ?? '']?.at ?? null,
      resigned: core.resignedTerm >= (record.roster?.term ?? 0) && core.resignedTerm > 0,
      forced: record.roster?.forced != null,
      first: (record.roster?.lineage.length ?? 0) <= 1,
      now: hostClock.monotonicMs(),
    });
    office.onState(core);
    if (core.name === 'failed' && !isPair()) {
      const { trouble } = database.facts();
      end(
        trouble === null
          ? { exitCode: EXIT.gaveUp, message: news.postgresGaveUp() }
          : { exitCode: EXIT.cannotStart, message: trouble.message },
      );
    }
    if (duty?.role !== 'master' && isPair() && state !== 'stopping')
      setDuty(standbyDuty(office, loop !== null));
  }

  function setDuty(next: ManagerDuty): void {
    if (JSON.stringify(next) === JSON.stringify(duty)) return;
    duty = next;
    manager.setDuty(next);
  }

  function onManagerReady(ready: Extract<FromChild, { type: 'ready' }>): void {
    bound = boundAddresses(ready.consoleUrl, ready.agentAddress);
    consoleUrl = ready.consoleUrl ?? null;
    agentAddress = ready.agentAddress ?? null;
    const child = manager.current();
    if (child !== null && duty?.role === 'master') notices.managerReady((notice) => child.send(notice));
    logger.info({ consoleUrl, agentAddress }, 'the manager serves');
    configureAgent();
    startAgent();
    office.managerReady();
    if (state === 'starting') {
      state = 'running';
      options.onRunning({
        consoleUrl,
        adminPassword: ready.adminPassword ?? null,
        duty: duty?.role === 'standby' ? 'standby' : 'master',
      });
    }
  }

  function onManagerMessage(message: FromChild): void {
    switch (message.type) {
      case 'on-duty': {
        const at = formatInstant(clock.now());
        const now = hostClock.monotonicMs();
        const taken = takeOvers.served({ now, at, term: dutyTermOf(message.term) });
        const child = manager.current();
        if (child !== null) notices.managerReady((notice) => child.send(notice));
        if (taken !== null) office.tookOver(taken);
        break;
      }
      case 'agents':
        office.agentsSaid({
          highestTerm: dutyTermOf(message.highestTerm),
          otherMasterHeardAgoMs: message.otherMasterHeardAgoMs,
        });
        break;
      case 'command':
        void office.command(message.host, message.command).then((result) => {
          manager.send({ type: 'command-result', n: message.n, result });
        });
        break;
      default:
        logger.warn({ type: message.type }, 'the manager said something that nobody waits for');
    }
  }

  function onManagerGaveUp(death: Death, restarts: number): void {
    const sentence = news.gaveUp(death, restarts);
    if (isPair()) giveWay(sentence);
    else end({ exitCode: EXIT.gaveUp, message: sentence });
  }

  function onManagerFatal(_death: Death, { message }: { readonly message: string }): void {
    // At the start somebody is there to read it; later the other host may do better.
    if (isPair() && state === 'running') giveWay(message);
    else end({ exitCode: EXIT.cannotStart, message });
  }

  /** The manager does not stay up here. A standby that is ready takes over; without one it is tried again. */
  function giveWay(why: string): void {
    logger.error(why);
    loop?.give({ type: 'service-given-up', process: 'manager' });
    managerAgain();
    managerAgain = timers.after(MANAGER_AGAIN_MS, () => manager.revive());
  }

  function configureAgent(): void {
    if (!options.start.localAgent || state === 'stopping') return;
    agent.configure(
      agentConfig(layout, options.start, {
        bound,
        others: office.otherAgentAddresses(),
        nodeName: office.localNodeName(),
      }),
    );
  }

  function startAgent(): void {
    if (options.start.localAgent && state !== 'stopping' && office.localAgentMayStart()) agent.start();
  }

  /** A broken invariant: whatever the core says is not to be believed any more. Nothing of this host acts; then the keeper ends. */
  async function breakDown(): Promise<void> {
    await Promise.allSettled([manager.end(), database.kill()]);
    end({
      exitCode: EXIT.failed,
      message: `The decision of who is on duty met something that must not be; see ${layout.home}/log/keeper.log and start the manager again.`,
    });
  }

  let stopping: Promise<void> | null = null;
  const impatience = Promise.withResolvers<void>();

  function end(how: KeeperEnd, withJobs = options.start.withJobs): void {
    if (stopping !== null) return;
    const was = loop?.state().name;
    state = 'stopping';
    managerAgain();
    logger.info({ withJobs, ...how }, 'stopping');
    stopping = stopInOrder(
      { timers, logger, agent, manager, intake, database, office, member, loop, voter },
      {
        directory: keeperDirectory,
        withJobs,
        hasAgent: options.start.localAgent,
        was: how.exitCode === EXIT.ok ? was : undefined,
        impatient: impatience.promise,
      },
    );
    void stopping.then(
      () => resolveEnded(how),
      (error: unknown) =>
        resolveEnded({ exitCode: EXIT.failed, message: `The stop failed: ${String(error)}` }),
    );
  }

  return {
    start() {
      intake.start();
      manager.start();
      database.start();
      void office.start().then(
        () => {
          if (isPair() && duty === null && state !== 'stopping') setDuty(standbyDuty(office, loop !== null));
        },
        (error: unknown) =>
          end({
            exitCode: EXIT.cannotStart,
            message: error instanceof Error ? error.message : String(error),
          }),
      );
    },
    stop: (order = {}) =>
      end({ exitCode: EXIT.ok, message: null }, order.withJobs === true || options.start.withJobs),
    hurry() {
      impatience.resolve();
      agent.kill();
      intake.kill();
      manager.current()?.kill();
      void database.kill();
    },
    status: () => ({
      pid: process.pid,
      version: layout.version,
      home: layout.home,
      state,
      startedAt,
      consoleUrl,
      agentAddress,
      processes: [
        news.postgresStatus(database.facts()),
        manager.status(),
        ...(options.start.localAgent ? [agent.status()] : []),
        ...intake.statuses(),
      ],
      duty: isPair() ? (loop?.state().name ?? 'starting') : 'single',
    }),
    office,
    ended,
  };
}
