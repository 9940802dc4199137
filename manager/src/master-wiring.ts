// Which part of the manager on duty gets what: every domain is made here, in the order in which they need each other.
// Responsible for wiring alone; decides nothing, and nothing made here acts before `master.ts` starts it.
import { standingLine } from '@nezuban/core/jobs/admission/line-figures';
import { randomBytes } from 'node:crypto';
import type { ManagerConfig } from '@nezuban/protocol/keeper/child-messages';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { createAccess } from './access/access.ts';
import { createAuditLog } from './access/audit-log.ts';
import { settleRestore } from './backup/after-restore.ts';
import { createBackups } from './backup/backup.ts';
import { createCalendars } from './calendars/calendars.ts';
import { createDatabase } from './database/database.ts';
import { migrate } from './database/migrations.ts';
import { connectWhenReady } from './database/wait-for-database.ts';
import { createDefinitionRoutes } from './definitions/definition-routes.ts';
import { createEventExportRoute, createEventRoutes } from './events/event-routes.ts';
import { createEventPosition } from './events/event-position.ts';
import { createEventSink } from './events/event-sink.ts';
import { createEventWatch } from './events/event-watch.ts';
import { createFilterRoutes } from './events/filter-routes.ts';
import { createStatus } from './events/status.ts';
import { mergeHandlers } from './http/handler-table.ts';
import { createHttpServer } from './http/http-server.ts';
import { beginTerm } from './identity.ts';
import { createInventory } from './inventory/inventory.ts';
import { inventoryLimits } from './inventory/inventory-limits.ts';
import { createJobs } from './jobs/jobs.ts';
import { jobsLimits } from './jobs/jobs-limits.ts';
import { findNetsOnCalendar, moveSchedules } from './jobs/calendar-moves.ts';
import { findNetsOnScope } from './jobs/net-targets.ts';
import { findRolesOnScope } from './access/role-store.ts';
import { createLiveBus } from './live/live-bus.ts';
import { liveLimits } from './live/live-limits.ts';
import { createLiveRoute } from './live/live-route.ts';
import { createDatabaseFigures, DELIVERIES_COUNTED_MAX } from './metrics/database-figures.ts';
import { createHttpMetrics } from './metrics/http-metrics.ts';
import { registerMasterMetrics } from './metrics/master-metrics.ts';
import { findRulesOnCalendar } from './notifications/calendar-uses.ts';
import { createNotifications } from './notifications/notifications.ts';
import { createOperations } from './operations/operations.ts';
import { createPairRoutes } from './pair/pair-routes.ts';
import type { EventSink } from './ports.ts';
import { readDisks } from './self-watch/disk-usage.ts';
import { createSelfWatch } from './self-watch/self-watch.ts';
import { ensureMonths } from './retention/months.ts';
import { createRetention } from './retention/retention.ts';
import { createSecrets } from './secrets/secrets.ts';
import { createSettings } from './settings/settings.ts';
import { createSettingsRoutes } from './settings/settings-routes.ts';
import { createSnmp } from './snmp/snmp.ts';
import { createSystemRoutes } from './system-routes.ts';
import { createTransferRelay } from './transfers/transfer-relay.ts';
import { createTransferRoutes } from './transfers/transfer-routes.ts';
import { createTrapMonitors } from './trap-monitors/trap-monitors.ts';
import { createTraps } from './traps/traps.ts';
import { trapsLimits } from './traps/traps-limits.ts';
import { createVersionRoutes } from './versions/version-routes.ts';

import type { MasterDuty, MasterPorts } from './master.ts';
import type { StopList } from './stop-list.ts';

export type MasterWiring = {
  readonly config: ManagerConfig;
  readonly duty: MasterDuty;
  readonly stops: StopList;
  /** A part of the start is done. */
  readonly mark: (phase: string) => void;
  /** Events can be told from here on. */
  readonly onEvents: (sink: EventSink) => void;
};
export type MasterParts = Awaited<ReturnType<typeof wireMaster>>;

/** Questions that a start asks at once. */
const CONNECTIONS_AT_START = 4;

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

/** Everything that rests on the database; nothing acts yet. */
export const wireMaster = async (
  ports: MasterPorts,
  { config, duty, stops, mark, onEvents }: MasterWiring,
) => {
  const { clock, logger, timers, ground, voices, desk } = ports;
  const { authority, door } = ground;
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
  const calendars = createCalendars({
    ...common,
    audit,
    moveSchedules,
    findUses: [findRulesOnCalendar, findNetsOnCalendar],
  });
  const [settings, operations, planned] = await Promise.all([
    createSettings({ database, audit, logger }),
    createOperations({ ...common, audit, live }),
    createNotifications({ ...common, audit, calendars, chance: ports.chance }, { home: config.home }),
    calendars.load(),
    ensureMonths(database, { nowMs: clock.epochMs(), logger }),
  ]);
  const position = createEventPosition({ database, clock });
  await position.load();
  const eventWatch = createEventWatch({
    database,
    scopesOf: (node) => inventory.inventory.places.scopesOfNode(node),
    timers,
    logger,
  });
  const sink = createEventSink({
    database,
    position,
    onCommitted: eventWatch.wake,
    live,
    deliveries: planned.planner,
    mutedBy: operations.mutedBy,
    statusSettings: () => settings.of('status'),
  });
  onEvents(sink);
  const calendaring = calendars.connect(sink);
  const notifications = planned.connect(sink);
  // After the notifications: at the first start of all, one makes the key of the sealed secrets.
  const snmp = await createSnmp({ database, audit, logger }, { home: config.home });
  const secrets = await createSecrets({ database, audit, logger }, { home: config.home });
  stops.add('notifications', () => notifications.stop());

  const access = createAccess(
    {
      ...common,
      audit,
      events: sink,
      policy: () => settings.of('password_policy'),
      places: () => inventory.inventory.places,
      standingOrders: () => jobs.standingOrders,
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
  notifications.setPlaces({
    scopesOf: inventory.inventory.places.scopesOfNode,
    consoleUrls: () => settings.of('operations').console_urls,
  });
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
      calendars: { ...calendars, applyCalendar: calendaring.apply },
      rules: notifications.rules,
      traps: trapMonitors.changes,
      roles: access.roles,
      people: access.people,
      windows: operating.windows,
      freezes: operations.freezes,
      secrets: secrets.forSessions,
      inventory: inventory.inventory,
      hub: inventory.hub,
      live,
      settings,
      eventWatch,
      mails: planned.mails,
      lastEventId: position.last,
    },
    { address: config.database, onBroken: ports.onBroken },
  );
  const transfers = createTransferRelay(
    {
      findOrder: jobs.transferOrder,
      hub: inventory.hub,
      isNode: (name) => inventory.inventory.snapshot().nodes.has(name),
      frozen: operations.freezes.nodes,
      settings: () => settings.of('transfers'),
      events: sink,
      clock,
      timers,
      logger: logger.child({ domain: 'transfers' }),
    },
    { term: identity.term },
  );
  inventory.setTransfers(transfers.enter);
  notifications.setPlaces({ hands: jobs.channelRuns });
  calendaring.setListener(jobs.calendarsChanged);
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
        { name: 'reports_aside', ...jobs.figures().reportsAside },
        { name: 'traps', length: traps.stats().backlog, max: trapsLimits.backlogMax },
        { name: 'database', length: database.stats().waiting, max: DATABASE_CALLERS_MAX },
      ],
      lagMs: ports.eventLoopLagMs(),
      certificates: ground.certificateLives(),
      clock: inventory.farthestClock(),
      line: standingLine(jobs.figures().places.lines),
    }),
  });
  registerMasterMetrics({
    registry: ports.metrics,
    figures,
    engine: jobs.stats,
    jobs: jobs.figures,
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
    secrets.routes,
    inventory.routes,
    jobs.routes,
    createTransferRoutes(transfers),
    calendaring.routes,
    createDefinitionRoutes({
      sources: [
        inventory.definitions,
        calendaring.definitions,
        ...notifications.definitions,
        ...jobs.definitions,
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
    transfers,
    calendarWatch: calendaring.watch,
    namesReady: snmp.namesReady,
    backups,
    restored,
  };
};
