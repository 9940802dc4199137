// The life of the manager's process: it prepares, hears its duty from the keeper, and is a standby, the master, or first the one and then
// the other.
// Responsible for the order of these, for what is said to the keeper, and for a stop from each of them. Not responsible for what a standby and
// a master do (standby/standby.ts, master.ts). Made by main.ts, which owns the channel to the keeper.
//
// | state | enters when | leaves by |
// | --- | --- | --- |
// | preparing | `start` | the first `duty` |
// | standby | `duty standby` | `duty master`: the take-over; never back, the process is ended instead |
// | master | `duty master` | stop; `drain` and another `duty` of the same term change only what it takes |
import type { Clock } from '@nezuban/platform/clock';
import type { ChildReport, KeeperMessage, KeeperNotice } from '@nezuban/platform/keeper-channel';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { ManagerConfig, ManagerDuty } from '@nezuban/protocol/keeper/child-messages';
import { loadMigrations, type Migration } from './database/migrations.ts';
import { openGround, type Ground } from './ground.ts';
import { createAgentVoices } from './inventory/agent-voices.ts';
import { loadX509 } from './inventory/certificates/x509-library.ts';
import { createEventLoopWatch } from './metrics/event-loop-watch.ts';
import { createMetricsPage } from './metrics/metrics-page.ts';
import { registerProcessMetrics } from './metrics/process-metrics.ts';
import { createMetricsRegistry, type MetricsRegistry } from './metrics/registry.ts';
import { createMaster, type Master, type MasterPhases } from './master.ts';
import { createPairDesk } from './pair/pair-desk.ts';
import { standbyLimits } from './standby/standby-limits.ts';
import { createStandby, type Standby, type StandbyDuty } from './standby/standby.ts';

export type ManagerPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Between 0 and 1. */
  readonly chance: () => number;
  /** Where this process counts; its own if none is given. */
  readonly metrics?: MetricsRegistry;
  /** The manager cannot go on; the process must end. */
  readonly onBroken: (error: unknown) => void;
  readonly keeper: {
    /** Both ports are open. On duty it comes before `on-duty`. */
    readonly ready: (serves: ManagerServes) => void;
    readonly report: (message: ChildReport) => void;
  };
};
export type ManagerServes = {
  readonly consoleUrl: string;
  readonly agentAddress: string;
  readonly adminPassword: string | null;
};

export type Manager = {
  /** Everything that needs neither a database nor a duty. What the keeper says meanwhile waits for it. */
  readonly prepare: () => Promise<void>;
  /** Resolves when it has been done; rejects if the manager cannot go on. */
  readonly receive: (message: KeeperMessage) => Promise<void>;
  /** Something that the keeper did, for people to read. */
  readonly notice: (notice: KeeperNotice) => void;
  /** Of the newest taking of duty; null before. */
  readonly phases: () => MasterPhases | null;
  readonly stop: (withinMs: number) => Promise<void>;
};

/** How often the keeper hears what agents say; at a higher term at once. */
const AGENTS_REPORT_MS = 1_000;

type MasterOrder = Extract<ManagerDuty, { role: 'master' }>;

export const createManager = (config: ManagerConfig, ports: ManagerPorts): Manager => {
  const { clock, timers, logger, keeper } = ports;
  const desk = createPairDesk({ timers }, keeper.report);
  const metrics = ports.metrics ?? createMetricsRegistry();
  const eventLoop = createEventLoopWatch({ timers });
  let mayReadMetrics: ((token: string) => Promise<boolean>) | null = null;
  const voices = createAgentVoices({ clock }, () => reportAgents());
  let migrations: readonly Migration[] = [];
  let ground: Ground | null = null;
  let standby: Standby | null = null;
  let master: Master | null = null;
  let onDutyIn: number | null = null;
  let phases: MasterPhases | null = null;
  let cancelReports: CancelTimer = () => undefined;
  let stopping: Promise<void> | undefined;
  const ended = new AbortController();
  let duties = 0;
  /** Duties and drains are done one after the other. */
  let turn: Promise<void> = Promise.resolve();

  const reportAgents = (): void => {
    if (standby === null && master === null) return;
    keeper.report({
      type: 'agents',
      highestTerm: voices.highestTerm(),
      otherMasterHeardAgoMs: voices.otherMasterHeardAgoMs(),
      connected: master?.connected() ?? standby?.connected() ?? 0,
    });
  };

  registerProcessMetrics(
    {
      registry: metrics,
      lag: eventLoop.lag,
      pairStatus: desk.status,
      onDuty: () => onDutyIn !== null,
      connectedAgents: () => master?.connected() ?? standby?.connected() ?? 0,
    },
    { version: config.version },
  );

  const inTurn = async (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(async () => {
      if (!ended.signal.aborted) await work();
    });
    turn = mine.catch(() => undefined);
    await mine;
  };

  /** The authority of a new pair comes from its master. Null: another duty has come meanwhile. */
  const awaitGround = async (mine: number): Promise<Ground | null> => {
    let said = false;
    while (duties === mine) {
      ground ??= await openGround(ports, config, { authority: 'await-peer' });
      if (ground !== null) {
        showMetrics(ground);
        return ground;
      }
      if (!said) logger.info('The certificate authority of the pair is awaited from the other host');
      said = true;
      await timers.sleep(standbyLimits.authorityPollMs, ended.signal);
    }
    return null;
  };

  /** Before there is a duty too: whoever looks sees why. */
  const showMetrics = ({ door }: Ground): void =>
    door.setMetrics(createMetricsPage({ door, registry: metrics, mayRead: () => mayReadMetrics, logger }));

  const makeGround = async (): Promise<Ground> => {
    ground ??= await openGround(ports, config, { authority: 'make' });
    if (ground === null) throw new Error('An authority that was to be made is not there');
    showMetrics(ground);
    return ground;
  };

  /** Certificates by another authority than the pair's are good for nothing; a new process takes the right one. */
  const assertCurrent = async (): Promise<void> => {
    if (ground !== null && !(await ground.isCurrent()))
      throw new Error(
        'The certificate authority of this host has been replaced; the manager starts anew with it',
      );
  };

  const standBy = async (duty: StandbyDuty, order: number): Promise<void> => {
    if (master !== null) throw new Error('A manager on duty was told to stand by; another process has to');
    if (standby !== null) {
      await assertCurrent();
      standby.update(duty);
      return;
    }
    const under = await awaitGround(order);
    if (under === null) return;
    await assertCurrent();
    standby = createStandby(
      { ground: under, voices, clock, timers, logger, pairStatus: desk.status },
      {
        home: config.home,
        version: config.version,
        forwardTo: config.pairSockets?.forward ?? null,
      },
    );
    standby.update(duty);
    keeper.ready({ ...(await standby.start()), adminPassword: null });
  };

  const takeDuty = async (duty: MasterOrder): Promise<void> => {
    if (master !== null) {
      if (onDutyIn !== duty.term)
        throw new Error(`On duty in term ${onDutyIn} and told of ${duty.term}; another process has to`);
      master.setAgentAddresses(duty.agentAddresses);
      master.resume();
      return;
    }
    const beganMs = clock.monotonicMs();
    const waiting = standby?.beginTakeOver() ?? null;
    const under = await makeGround();
    master = createMaster(config, {
      ...ports,
      ground: under,
      voices,
      desk,
      migrations,
      metrics,
      eventLoopLagMs: () => eventLoop.lag().p99Ms,
    });
    onDutyIn = duty.term;
    const started = await master.start({ ...duty, waiting });
    const { term, consoleUrl, agentAddress, adminPassword } = started;
    phases = started.phases;
    mayReadMetrics = started.mayReadMetrics;
    if (standby === null) {
      // The first word of this process: whoever hears it looks for the file that lets the command line in.
      await started.settled;
      keeper.ready({ consoleUrl, agentAddress, adminPassword });
    } else standby.endTakeOver(started.handler);
    keeper.report({ type: 'on-duty', term });
    reportAgents();
    const tookMs = Math.round(clock.monotonicMs() - beganMs);
    await started.settled;
    // It has said so as a standby; now there may be a password to show.
    if (standby !== null && adminPassword !== null) keeper.ready({ consoleUrl, agentAddress, adminPassword });
    logger.info({ term, tookMs, phases, fromStandby: standby !== null }, 'This manager is on duty');
  };

  const drain = async (): Promise<void> => {
    await master?.drain();
    keeper.report({ type: 'drained' });
  };

  const stopAll = async (withinMs: number): Promise<void> => {
    ended.abort();
    cancelReports();
    standby?.stop();
    eventLoop.stop();
    await master?.stop(withinMs);
    await ground?.stop();
    await turn;
  };

  return {
    prepare: () =>
      inTurn(async () => {
        migrations = await loadMigrations();
        // Only a manager that is surely nobody's standby may make an authority before it is told to be master.
        ground = await openGround(ports, config, {
          authority: config.pairSockets === null ? 'make' : 'await-peer',
        });
        // It will make one or read the other host's; either way it has to make certificates.
        if (ground === null) void loadX509();
        eventLoop.start();
        cancelReports = timers.every(AGENTS_REPORT_MS, reportAgents);
      }),
    async receive(message) {
      switch (message.type) {
        case 'duty': {
          const { duty } = message;
          const order = (duties += 1);
          return await inTurn(() => (duty.role === 'master' ? takeDuty(duty) : standBy(duty, order)));
        }
        case 'drain':
          return await inTurn(drain);
        case 'pair-status':
          return desk.statusArrived(message.status);
        case 'question': {
          const answer = (await master?.answer(message.question)) ?? {
            to: 'refused' as const,
            says: 'This manager is not on duty.',
          };
          return keeper.report({ type: 'answer', n: message.n, answer });
        }
        case 'command-result':
          return desk.resultArrived(message.n, message.result);
      }
    },
    notice: (notice) => master?.notice(notice),
    phases: () => phases,
    stop(withinMs) {
      stopping ??= stopAll(withinMs);
      return stopping;
    },
  };
};
