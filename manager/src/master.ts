// The manager on duty: all domains wired, started, drained and stopped in order.
// Responsible for who gets what and in which order; decides nothing. The ports and the authority are there before it (ground.ts): on a
// take-over they have been open for long. Made by manager.ts on `duty master`.
import { randomBytes } from 'node:crypto';
import type { Clock } from '@nezuban/platform/clock';
import type { KeeperNotice } from '@nezuban/platform/keeper-channel';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { ManagerAnswer, ManagerConfig, ManagerQuestion } from '@nezuban/protocol/keeper/child-messages';
import { CodedError } from '@nezuban/protocol/errors';
import type { Term } from '@nezuban/protocol/ids';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { createAccess } from './access/access.ts';
import { watchStreams } from './access/stream-watch.ts';
import { createAuditLog } from './access/audit-log.ts';
import { settleRestore } from './backup/after-restore.ts';
import { createBackups } from './backup/backup.ts';
import { createDatabase } from './database/database.ts';
import { migrate, type Migration } from './database/migrations.ts';
import { connectWhenReady } from './database/wait-for-database.ts';
import { createDefinitionRoutes } from './definitions/definition-routes.ts';
import { createEventExportRoute, createEventRoutes } from './events/event-routes.ts';
import { createEventSink } from './events/event-sink.ts';
import { createFilterRoutes } from './events/filter-routes.ts';
import { createStatus } from './events/status.ts';
import { ownAddresses, type Ground } from './ground.ts';
import type { RequestHandler } from './http/console-door.ts';
import { mergeHandlers } from './http/handler-table.ts';
import { createHttpServer } from './http/http-server.ts';
import { beginTerm } from './identity.ts';
import type { WaitingAgents } from './inventory/agent-reception.ts';
import type { AgentVoices } from './inventory/agent-voices.ts';
import { createInventory } from './inventory/inventory.ts';
import { inventoryLimits } from './inventory/inventory-limits.ts';
import { createJobs } from './jobs/jobs.ts';
import { jobsLimits } from './jobs/jobs-limits.ts';
import { findNetsOnScope } from './jobs/net-targets.ts';
import { findRolesOnScope } from './access/role-store.ts';
import { createLiveBus } from './live/live-bus.ts';
import { liveLimits } from './live/live-limits.ts';
import { createLiveRoute } from './live/live-route.ts';
import { createDatabaseFigures, DELIVERIES_COUNTED_MAX } from './metrics/database-figures.ts';
import { createHttpMetrics } from './metrics/http-metrics.ts';
import { registerMasterMetrics } from './metrics/master-metrics.ts';
import type { MetricsRegistry } from './metrics/registry.ts';
import { createNotifications } from './notifications/notifications.ts';
import { createOperations } from './operations/operations.ts';
import type { PairDesk } from './pair/pair-desk.ts';
import { createPairLive } from './pair/pair-live.ts';
import { createPairRoutes } from './pair/pair-routes.ts';
import { answerQuestion } from './pair/questions.ts';
import { createWitnesses } from './pair/witnesses.ts';
import type { EventDraft, EventSink } from './ports.ts';
import { readDisks } from './self-watch/disk-usage.ts';
import { createSelfWatch } from './self-watch/self-watch.ts';
import { ensureMonths } from './retention/months.ts';
import { createRetention } from './retention/retention.ts';
import { createSettings } from './settings/settings.ts';
import { createSettingsRoutes } from './settings/settings-routes.ts';
import { createSnmp } from './snmp/snmp.ts';
import { createStopList } from './stop-list.ts';
import { createSystemRoutes } from './system-routes.ts';
import { createTrapMonitors } from './trap-monitors/trap-monitors.ts';
import { createTraps } from './traps/traps.ts';
import { trapsLimits } from './traps/traps-limits.ts';
import { createVersionRoutes } from './versions/version-routes.ts';

export type MasterPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Between 0 and 1. */
  readonly chance: () => number;
  /** The manager cannot go on; the process must end. */
  readonly onBroken: (error: unknown) => void;
  readonly ground: Ground;
  readonly voices: AgentVoices;
  readonly desk: PairDesk;
  readonly migrations: readonly Migration[];
  readonly metrics: MetricsRegistry;
  /** How late the event loop was of late. */
  readonly eventLoopLagMs: () => number;
};

export type MasterDuty = {
  readonly term: number;
  readonly agentAddresses: readonly string[];
  /** Agents that have waited at this host as a standby; null: it was none. */
  readonly waiting: WaitingAgents | null;
};

/** When each part of a start was done, in milliseconds from its beginning. */
export type MasterPhases = Readonly<Record<string, number>>;

export type MasterStarted = {
  readonly consoleUrl: string;
  readonly agentAddress: string;
  readonly adminPassword: string | null;
  readonly term: Term;
  /** What answers at the console's port. */
  readonly handler: RequestHandler;
  readonly phases: MasterPhases;
  /** Whether the holder of an API token may see metrics. Throws not_signed_in for one that is none. */
  readonly mayReadMetrics: (token: string) => Promise<boolean>;
  /** The command line of this host is let in, and the start is told in an event. */
  readonly settled: Promise<void>;
};

export type Master = {
  /** Resolves once console, API and agents are served; what is not felt by anybody may still be under way. If it rejects, `stop` frees what had been started. */
  readonly start: (duty: MasterDuty) => Promise<MasterStarted>;
  /** Something that the keeper did, for people to read. */
  readonly notice: (notice: KeeperNotice) => void;
  readonly answer: (question: ManagerQuestion) => Promise<ManagerAnswer>;
  /** Agents that are connected. */
  readonly connected: () => number;
  readonly setAgentAddresses: (addresses: readonly string[]) => void;
  /** Takes no more work; resolves when what is under way is through, or after a bound. */
  readonly drain: () => Promise<void>;
  /** The hand-over came to nothing: everything goes on. */
  readonly resume: () => void;
  /** In order: no more requests, no more from agents, what is under way is committed, the database last. Idempotent. */
  readonly stop: (withinMs: number) => Promise<void>;
};

/** Of the time for a stop, what the engine may take to finish what is queued. */
const ENGINE_PART_OF_STOP = 0.4;
/** Questions that a start asks at once. */
const CONNECTIONS_AT_START = 4;
/** A planned switch is felt by everybody; what is not through by then is taken up by the new master. */
const DRAIN_MS = 1_000;

/** Callers that wait for a connection; far fewer than this make everybody slow. */
const DATABASE_CALLERS_MAX = 200;

/** Before the keeper has told, there may be another host: what is kept for it is given up only when there is certainly none. */
const isPair = (status: PairStatus | null): boolean =>
  status === null || status.hosts.some(({ isSelf }) => !isSelf);

/** As the standby's keeper says; null: there is none, or it is not heard. */
const standbyDiskOf = (status: PairStatus | null) => {
  const standby = status?.hosts.find(({ isMaster, isSelf }) => !isMaster && !isSelf);
  const freeBytes = standby?.view?.freeBytes ?? null;
  return standby === undefined || freeBytes === null ? null : { host: standby.name, freeBytes };
};

export const createMaster = (config: ManagerConfig, ports: MasterPorts): Master => {
  const { clock, logger, timers, ground, voices, desk } = ports;
  const { authority, door } = ground;
  const stops = createStopList(logger);
  let events: EventSink | undefined;
  let parts: Awaited<ReturnType<typeof wire>> | undefined;
  let stopWithinMs = 0;

  const say = async (draft: Omit<EventDraft, 'at' | 'node'> & { readonly at?: Date }): Promise<void> => {
    try {
      await events?.appendNow([{ at: new Date(clock.epochMs()), node: null, ...draft }]);
    } catch (error) {
      logger.warn({ err: error, event: draft.code }, 'An event about the manager itself could not be stored');
    }
  };

  /** Everything that rests on the database; nothing acts yet. */
  const wire = async (duty: MasterDuty, mark: (phase: string) => void) => {
    const startedAt = new Date(clock.epochMs());
    const client = await connectWhenReady(config.database, timers);
    mark('connected');
    const database = createDatabase({ address: config.database, logger, name: 'nezuban-manager' });
    stops.add('database', () => database.stop());
    // Each new connection is a process that PostgreSQL has to start: those that are needed next are made meanwhile.
    const connecting = Promise.allSettled(
      Array.from({ length: CONNECTIONS_AT_START }, () => database.query({ text: 'SELECT 1' })),
    );
    try {
      const migrated = await migrate(client, ports.migrations, { release: config.version });
      if (migrated.length > 0)
        logger.info({ migrations: migrated }, 'The database was brought to this release');
    } finally {
      await Promise.all([connecting, client.end()]);
    }
    mark('migrated');

    const identity = await beginTerm(database, config.version, duty.term);
    mark('term');
    const restored = await settleRestore({ database, logger }, { home: config.home });
    const common = { database, clock, timers, logger, identity };

    const live = createLiveBus({ clock, timers }, identity);
    const audit = createAuditLog(logger);
    const [settings, operations, planned] = await Promise.all([
      createSettings({ database, audit, logger }),
      createOperations({ ...common, audit, live }),
      createNotifications({ ...common, audit, chance: ports.chance }, { home: config.home }),
      ensureMonths(database, { nowMs: clock.epochMs(), logger }),
    ]);
    const sink = createEventSink({
      database,
      live,
      deliveries: planned.planner,
      mutedBy: operations.mutedBy,
      statusSettings: () => settings.of('status'),
    });
    events = sink;
    const notifications = planned.connect(sink);
    // After the notifications: at the first start of all, one makes the key of the sealed secrets.
    const snmp = await createSnmp({ database, audit, logger }, { home: config.home });
    stops.add('notifications', () => notifications.stop());

    const access = createAccess(
      {
        ...common,
        audit,
        events: sink,
        policy: () => settings.of('password_policy'),
        places: () => inventory.inventory.places,
        endStreams: live.endOf,
      },
      { home: config.home },
    );
    const [inventory, { adminPassword }] = await Promise.all([
      createInventory({
        ...common,
        events: sink,
        audit,
        live,
        authority,
        voices,
        port: ground.agentPort,
        agentAddress: ground.agentAddress,
        clockLimitMs: () => settings.of('self_watch').clock_difference_s.warning * 1000,
        netsOnScope: findNetsOnScope,
        rolesOnScope: findRolesOnScope,
      }),
      access.start(),
    ]);
    mark('loaded');
    notifications.setPlaces({ scopesOf: inventory.inventory.places.scopesOfNode });
    const operating = operations.connect({ events: sink, inventory: inventory.inventory.snapshot });
    const trapMonitors = await createTrapMonitors({
      ...common,
      events: sink,
      audit,
      inventory: inventory.inventory.snapshot,
      names: snmp.names,
      onNamesChange: snmp.onNames,
      parse: (record) => traps.reading.parse(record),
      place: (trap) => traps.place(trap),
      readFiles: (files) => jobs.readDefinitions(files),
    });
    stops.add('trap monitors', () => trapMonitors.stop());
    const jobs = createJobs(
      {
        ...common,
        events: sink,
        audit,
        rules: notifications.rules,
        traps: trapMonitors.changes,
        roles: access.roles,
        windows: operating.windows,
        freezes: operations.freezes,
        inventory: inventory.inventory,
        hub: inventory.hub,
        live,
      },
      { address: config.database, onBroken: ports.onBroken },
    );
    notifications.setPlaces({ hands: jobs.channelRuns });
    const retention = createRetention({
      ...common,
      events: sink,
      settings,
      skipSessionIds: jobs.skipSessionIds,
      forgetSessions: jobs.forgetSessions,
    });

    const traps = createTraps(
      {
        ...common,
        events: sink,
        settings,
        secrets: snmp.secrets,
        names: () => snmp.names,
        rules: {
          judge: trapMonitors.judge,
          aliases: trapMonitors.aliases,
          onChange: trapMonitors.onAliasesChange,
        },
        nodes: inventory.nodeNames,
        places: inventory.inventory.places,
        isPair: () => isPair(desk.status()),
        random: (bytes) => randomBytes(bytes),
      },
      { address: config.database, sockets: config.intakeSockets, term: identity.term },
    );
    const backups = createBackups({ ...common, events: sink, audit, settings }, { home: config.home });
    const figures = createDatabaseFigures({ database, clock });
    const selfWatch = createSelfWatch({
      ...common,
      events: sink,
      settings,
      figures,
      disks: async () => await readDisks(config.home),
      measure: () => ({
        standbyDisk: standbyDiskOf(desk.status()),
        queues: [
          { name: 'engine', length: jobs.stats().queuedJobs, max: jobsLimits.queuedJobsMax },
          {
            name: 'outbox',
            length: figures.latest()?.deliveriesPending ?? 0,
            max: DELIVERIES_COUNTED_MAX,
          },
          { name: 'live', length: live.clientCount(), max: liveLimits.clientsMax },
          { name: 'agents', length: inventory.counts().connected, max: inventoryLimits.connectionsMax },
          { name: 'traps', length: traps.stats().backlog, max: trapsLimits.backlogMax },
          { name: 'database', length: database.stats().waiting, max: DATABASE_CALLERS_MAX },
        ],
        lagMs: ports.eventLoopLagMs(),
        certificates: ground.certificateLives(),
        clock: inventory.farthestClock(),
      }),
    });
    registerMasterMetrics({
      registry: ports.metrics,
      figures,
      engine: jobs.stats,
      databaseStats: database.stats,
      liveClients: live.clientCount,
      nodes: () => inventory.counts().nodes,
      selfWatch: selfWatch.view,
      traps: traps.stats,
      trapMonitors: trapMonitors.figures,
    });

    const status = createStatus({
      ...common,
      audit,
      live,
      inventory: inventory.statusPlaces,
      notifications: planned.planner,
    });
    const plain = mergeHandlers([
      selfWatch.routes,
      access.routes,
      createEventRoutes({
        database,
        audit,
        live,
        nodesOfScope: inventory.statusPlaces.nodesOfScope,
        settings: () => settings.of('events'),
      }),
      createFilterRoutes({ database, audit }),
      status.routes,
      notifications.routes,
      snmp.routes,
      inventory.routes,
      jobs.routes,
      createDefinitionRoutes({
        sources: [
          inventory.definitions,
          ...notifications.definitions,
          jobs.definitions,
          ...trapMonitors.definitions,
          operating.definitions,
          access.definitions,
        ],
        read: jobs.readDefinitions,
      }),
      operating.routes(jobs.openWork),
      createPairRoutes({ database, audit, desk }),
      createSettingsRoutes(settings),
      retention.routes,
      traps.routes,
      trapMonitors.routes,
      backups.routes,
      createSystemRoutes({ database, identity, startedAt, nodeCounts: inventory.counts }),
      createVersionRoutes({
        database,
        identity,
        disks: async () => [...(await readDisks(config.home))],
        agents: inventory.agentFacts,
      }),
    ]);
    const stream = {
      openLive: createLiveRoute({ live, netOfSession: jobs.netOfSession }),
      getRawOutput: jobs.getRawOutput,
      exportAudit: access.exportAudit,
      exportEvents: createEventExportRoute(database, inventory.statusPlaces.nodesOfScope),
    };
    const http = createHttpServer(
      {
        door,
        handlers: { plain, session: access.sessionHandlers, stream },
        authenticator: access.authenticator,
        logger,
        metrics: createHttpMetrics(ports.metrics),
        checkDatabase: async () => void (await database.query({ text: 'SELECT 1' })),
      },
      { consoleDirectory: config.consoleDirectory, version: config.version },
    );
    mark('wired');
    return {
      database,
      identity,
      live,
      operating,
      notifications,
      inventory,
      access,
      adminPassword,
      jobs,
      http,
      selfWatch,
      retention,
      status,
      traps,
      namesReady: snmp.namesReady,
      backups,
      restored,
    };
  };

  const start = async (duty: MasterDuty): Promise<MasterStarted> => {
    const beganMs = clock.monotonicMs();
    const phases: Record<string, number> = {};
    const mark = (phase: string): void => {
      phases[phase] = Math.round((clock.monotonicMs() - beganMs) * 10) / 10;
    };
    parts = await wire(duty, mark);
    const { identity, live, operating, notifications, inventory, access, adminPassword, jobs, http } = parts;
    const { database, selfWatch, retention, status, traps, namesReady, backups, restored } = parts;

    stops.add('jobs', () => jobs.stop(stopWithinMs * ENGINE_PART_OF_STOP));
    // The application is made ready while the engine takes up its sessions; nobody is answered before both are done.
    const [handler] = await Promise.all([http.prepare(), retention.prepare().then(jobs.start)]);
    mark('engine');
    stops.add('agents', () => inventory.stop());
    inventory.hub.setManagers(duty.agentAddresses);
    await inventory.start(config.localJoinTokenFile);
    // Thousands may wait; nobody else has to wait for them.
    if (duty.waiting !== null) void inventory.admit(duty.waiting);
    mark('agents');
    stops.add('api', async () => {
      door.setOnDuty(false);
      live.stop();
      await http.stop();
    });
    door.setHandler(handler);
    const { consoleUrl, agentAddress } = await ground.open();
    if (config.pairSockets !== null) await door.openForwarded(config.pairSockets.serve);
    door.setOnDuty(true);
    mark('open');
    const pairLive = createPairLive({ live, timers });
    desk.setListener(pairLive.changed);
    stops.add('pair', () => {
      desk.setListener(null);
      pairLive.stop();
    });
    notifications.start();
    let trapsEnded = false;
    stops.add('traps', async () => {
      trapsEnded = true;
      await traps.stop();
    });
    // Traps that are read before the MIB modules would keep numbers for names.
    void namesReady.then(() => {
      if (!trapsEnded) traps.start();
    });
    operating.start();
    stops.add('operations', () => operating.stop());
    retention.start();
    status.start();
    stops.add('status', () => status.stop());
    stops.add('retention', () => retention.stop());
    stops.add('streams', watchStreams({ database, live, timers, logger }));
    stops.add('backups', () => backups.stop());
    void backups.start().catch((error: unknown) => {
      logger.error({ err: error }, 'No backups are made by themselves');
    });
    stops.add('self-watch', () => selfWatch.stop());
    void selfWatch.start().catch((error: unknown) => {
      logger.error({ err: error }, 'The manager does not watch itself');
    });
    ground.setExchangeListener(() => {
      inventory.hub.authorityChanged();
      void access
        .openLocally({ url: consoleUrl, ca: ground.consoleCa })
        .catch((error: unknown) =>
          logger.warn({ err: error }, 'The command line does not know the new authority'),
        );
    });
    const settling = Promise.all([
      access.openLocally({ url: consoleUrl, ca: ground.consoleCa }),
      say({
        code: 'manager_started',
        priority: 'info',
        message: `The manager was started (term ${identity.term}).`,
        details: { term: identity.term, version: config.version },
      }),
    ]);
    const settled = settling.then(async () => {
      mark('told');
      if (restored === null) return;
      await events?.appendNow([{ at: new Date(clock.epochMs()), node: null, ...restored.event }]);
      await restored.done();
    });
    stops.add('farewell', () =>
      say({
        code: 'manager_stopped',
        priority: 'info',
        message: 'The manager was stopped.',
        details: { term: identity.term },
      }),
    );
    return {
      consoleUrl,
      agentAddress,
      adminPassword,
      term: identity.term,
      handler,
      phases,
      mayReadMetrics: async (token) => {
        const principal = await access.authenticator.byToken(token);
        if (principal === null)
          throw new CodedError('not_signed_in', 'The API token is unknown, expired or revoked.');
        return principal.permissions.holds('settings.read');
      },
      settled,
    };
  };

  return {
    start,
    notice({ code, at, process, priority, message, details }) {
      void say({
        at: new Date(at),
        code,
        priority: priority ?? (code === 'process_gave_up' ? 'critical' : 'warning'),
        message,
        details: { ...details, process },
      });
    },
    async answer(question) {
      if (parts === undefined) return { to: 'refused', says: 'The manager is not on duty yet.' };
      const { inventory, identity } = parts;
      const witnesses = createWitnesses({
        hub: inventory.hub,
        desk,
        term: identity.term,
        ownAddresses: ownAddresses(),
      });
      return await answerQuestion(
        { authority, makeAgentToken: inventory.makeAgentToken, witnesses, logger },
        question,
      );
    },
    connected: () => parts?.inventory.counts().connected ?? 0,
    setAgentAddresses: (addresses) => parts?.inventory.hub.setManagers(addresses),
    async drain() {
      if (parts === undefined) return;
      const { http, inventory, jobs, notifications } = parts;
      door.setOnDuty(false);
      http.setDraining(true);
      inventory.hub.setDraining(true);
      const limit = new AbortController();
      await Promise.race([
        Promise.all([jobs.drain(DRAIN_MS), notifications.pause()]),
        timers.sleep(DRAIN_MS, limit.signal).catch(() => undefined),
      ]);
      limit.abort();
    },
    resume() {
      if (parts === undefined) return;
      const { http, inventory, jobs, notifications } = parts;
      notifications.resume();
      jobs.resume();
      inventory.hub.setDraining(false);
      http.setDraining(false);
      door.setOnDuty(true);
    },
    async stop(withinMs) {
      stopWithinMs = withinMs;
      await stops.run();
    },
  };
};
