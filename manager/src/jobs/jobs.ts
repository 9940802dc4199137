// The jobs domain put together: definitions, the engine, schedules, output, and their routes. Made by manager.ts.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createAgentListener } from './agent-listener.ts';
import { createApprovalRoutes } from './approval-routes.ts';
import { createReportAsideRoutes } from './aside/report-aside-routes.ts';
import { createReportsAside } from './aside/reports-aside.ts';
import { createAuthorRights } from './author-rights.ts';
import { createChannelRuns } from './channel-runs.ts';
import { createDefinitions } from './definition-apply.ts';
import { createDefinitionCache } from './definition-cache.ts';
import { readDefinitionFiles } from './definition-files.ts';
import { createDefinitionParser } from './definition-parser.ts';
import { createEngineDatabase } from './engine-database.ts';
import { createEngine } from './engine.ts';
import { createNetEditing } from './net-editing.ts';
import { isAtRest } from './live-session.ts';
import type { Jobs, JobsOptions, JobsPorts } from './jobs-port.ts';
import { createLimitChanges } from './limits/limit-changes.ts';
import { createLimitDefinitions } from './limits/limit-definitions.ts';
import { createLimitRoutes } from './limits/limit-routes.ts';
import { createNetDefinitions } from './net-definitions.ts';
import { createReleases } from './net-versions/releases.ts';
import { createNetVersionRoutes } from './net-versions/version-routes.ts';
import { createNetRoutes } from './net-routes.ts';
import { createOrderBounds } from './order-bounds.ts';
import { createOutputQuota } from './output-quota.ts';
import { createPreviewRoutes } from './preview-routes.ts';
import { createOutputPublisher } from './output-publisher.ts';
import { createOutputReader } from './output-reader.ts';
import { createOutputRoutes, createRawOutputRoute } from './output-routes.ts';
import { createOutputStore } from './output-store.ts';
import { createReconciliation } from './reconciliation.ts';
import { createReconciliationRoutes } from './reconciliation-routes.ts';
import { createComingStarts } from './coming-starts.ts';
import { createPlannedStarts } from './planned-starts.ts';
import { createOldRunKeys } from './old-run-keys.ts';
import { createRightsOutlook } from './rights-outlook/rights-outlook.ts';
import { createRunRequests } from './run-requests.ts';
import { createRunAsGuard } from './run-as-guard.ts';
import { createOpenWork } from './open-sessions.ts';
import { createPlaceWatch } from './place-watch.ts';
import { createPreparationRoutes } from './preparations/preparation-routes.ts';
import { createPreparations } from './preparations/preparations.ts';
import { createScheduleLoop, type ScheduleLoop } from './schedule-loop.ts';
import { findNetOfSession } from './session-lists.ts';
import { createNodeAttemptRoutes } from './node-attempts.ts';
import { createOrderPreviewRoute } from './order-preview-route.ts';
import { createSessionAccess } from './session-access.ts';
import { createSessionDefinitionRoutes } from './session-definition-routes.ts';
import { createSessionInsightRoutes } from './session-insight-routes.ts';
import { createSessionPublisher } from './session-publisher.ts';
import { createSessionReader } from './session-reader.ts';
import { createSessionRoutes } from './session-routes.ts';
import { createSessionStore } from './session-store.ts';
import { createConditionLoop, type ConditionLoop } from './start-conditions/condition-loop.ts';
import { createFileWatches } from './start-conditions/file-watches.ts';
import { createTellOnce } from './start-conditions/tell-once.ts';
import { createMonitoringRoutes } from './start-conditions/monitoring-routes.ts';
import { findTransferOrder } from './transfer-orders.ts';
import { createAllWorks } from './unit-works/all-works.ts';

const NONCE_BYTES = 5;
const SAMPLE_FILE = path.join(import.meta.dirname, 'sample-night-run.yaml');

export const createJobs = (ports: JobsPorts, options: JobsOptions): Jobs => {
  const { audit, clock, database, events, freezes, hub, inventory, live, timers, identity } = ports;
  const logger = ports.logger.child({ domain: 'jobs' });
  const engineDatabase = createEngineDatabase({ address: options.address, logger });
  const definitions = createDefinitionCache(database);
  const outputReader = createOutputReader(database, definitions, clock);
  const outputPublisher = createOutputPublisher({ live, timers, logger, reader: outputReader });
  const sessionPublisher = createSessionPublisher({
    live,
    clock,
    timers,
    logger,
    inspect: async (id, look) => await engine.inspect(id, look),
    nodes: () => inventory.snapshot(),
  });
  const works = createAllWorks({
    database,
    definitions,
    eventWatch: ports.eventWatch,
    mails: ports.mails,
    people: ports.people,
    engine: () => engine,
    runs: () => runs,
    onApprovals: () => live.publish({ type: 'approvalsChanged' }),
    timers,
    logger,
  });
  const engine = createEngine(
    {
      database: engineDatabase,
      store: createSessionStore(engineDatabase, definitions),
      events,
      hub,
      inventory,
      freezes,
      secrets: ports.secrets,
      calendars: ports.calendars,
      bounds: createOrderBounds({ inventory, settings: ports.settings }),
      works,
      mails: ports.mails,
      aside: { put: async (report) => await reportsAside.put(report) },
      lastEventId: ports.lastEventId,
      clock,
      timers,
      logger,
    },
    {
      term: identity.term,
      newNonce: () => randomBytes(NONCE_BYTES).toString('hex'),
      onChanged(session, changes) {
        if (session.trigger.type === 'condition' && isAtRest(changes.row))
          conditions.sessionChanged(session.plan.definition.name);
        sessionPublisher.changed(session, changes);
        for (const { id: attemptId, endStatus } of changes.attempts) {
          // The end is the moment from which the output may be complete.
          if (endStatus !== null)
            for (const stream of ['stdout', 'stderr'] as const) outputPublisher.grown({ attemptId, stream });
        }
      },
      onBroken: options.onBroken,
    },
  );
  const reportsAside = createReportsAside(
    {
      database,
      events,
      secrets: ports.secrets,
      receipts: async (request) => await engine.receipts(request),
      clock,
      timers,
      logger,
    },
    { term: identity.term },
  );
  const reconciliation = createReconciliation({
    database,
    definitions,
    engine: { openOn: (node) => engine.openOn(node) },
    hub,
    inventory,
    events,
    settings: () => ports.settings.of('reconciliation'),
    clock,
    timers,
    logger,
  });
  const places = createPlaceWatch({ engine, works, database, events, clock, timers, logger });
  const quota = createOutputQuota({
    database,
    events,
    settings: () => ports.settings.of('output'),
    clock,
    timers,
    logger,
  });
  const output = createOutputStore(
    { database: engineDatabase, definitions, logger, quota },
    { term: identity.term, onGrown: (attemptId, stream) => outputPublisher.grown({ attemptId, stream }) },
  );
  const coming = createComingStarts({ database, schedules: () => schedules, clock });
  const preparations = createPreparations({
    database,
    definitions,
    coming,
    schedules: () => schedules,
    secrets: ports.secrets,
    people: ports.people,
    audit,
    events,
    clock,
  });
  const schedules: ScheduleLoop = createScheduleLoop({
    database,
    engine,
    definitions,
    events,
    freezes,
    calendars: ports.calendars,
    releaseDue: async () => await releases.carryOutDue(),
    movedDue: async () => await plannedStarts.carryOutDue(),
    preparations,
    clock,
    timers,
    logger,
  });
  const plannedStarts = createPlannedStarts({
    database,
    engine,
    definitions,
    schedules: () => schedules,
    coming,
    preparations,
    freezes,
    audit,
    events,
    clock,
    logger,
  });
  const limits = createLimitChanges({
    database,
    audit,
    events,
    inventory,
    clock,
    logger,
    onChanged(inForce) {
      engine
        .setLimits(inForce)
        .catch((error: unknown) => logger.warn({ err: error }, 'Changed limits did not reach the engine'));
    },
  });
  const fileWatches = createFileWatches(
    {
      hub,
      inventory,
      freezes,
      runAs: createRunAsGuard({ inventory, settings: ports.settings }),
      tellOnce: createTellOnce({ database, events }),
      silentAfterMs: () => ports.settings.of('reconciliation').agent_silent_after_s * 1000,
      clock,
      timers,
      logger,
    },
    {
      term: identity.term,
      take: async (place, finds) => await conditions.takeFiles(place, finds),
      begun: async (place) => await conditions.fileWatchBegun(place),
    },
  );
  ports.settings.onChange((section) => {
    if (section === 'run_as') fileWatches.rulesChanged();
  });
  const conditions: ConditionLoop = createConditionLoop({
    database,
    eventWatch: ports.eventWatch,
    engine,
    definitions,
    freezes,
    calendars: ports.calendars,
    files: () => fileWatches,
    events,
    clock,
    timers,
    logger,
  });
  const authors = createAuthorRights({ inventory, settings: ports.settings });
  const outlook = createRightsOutlook({
    database,
    inventory,
    settings: ports.settings,
    authors,
    events,
    clock,
  });
  const changes = createDefinitions({
    database,
    authors,
    limits,
    inventory,
    calendars: ports.calendars,
    rules: ports.rules,
    traps: ports.traps,
    roles: ports.roles,
    windows: ports.windows,
    audit,
    events,
    clock,
    onNetsChanged(names) {
      schedules.refresh(names);
      conditions.refresh(names);
      live.publish({ type: 'netsChanged', names: [...names] });
    },
  });
  const releases = createReleases({
    database,
    definitions: changes,
    authors,
    people: ports.people,
    audit,
    events,
    clock,
    logger,
    onPlanned: () => schedules.refresh([]),
  });
  const runs = createRunRequests({
    database,
    definitions,
    engine,
    inventory,
    secrets: ports.secrets,
    freezes,
    audit,
    clock,
  });
  const oldRunKeys = createOldRunKeys({ database, clock, timers, logger });
  const channelRuns = createChannelRuns({
    runs,
    runAs: createRunAsGuard({ inventory, settings: ports.settings }),
    putOwnNet: changes.putOwnNet,
  });
  const reader = createSessionReader(engine, createSessionStore(database, definitions));

  const parser = createDefinitionParser();
  const ofSessions = {
    database,
    definitions,
    access: createSessionAccess(database),
    engine,
    reader,
    authors,
    inventory,
    freezes,
    settings: ports.settings,
    audit,
    clock,
  };

  return {
    definitions: [createNetDefinitions(database), ...createLimitDefinitions(limits)],
    readDefinitions: async (files) => await readDefinitionFiles(parser, files),
    routes: {
      ...createNetRoutes({
        database,
        inventory,
        definitions: changes,
        parser,
        runs,
        schedules: { nextRunOf: schedules.nextRunAt, calendars: ports.calendars },
        coming: schedules,
        plannedStarts,
        readSample: async () => await readFile(SAMPLE_FILE, 'utf8'),
      }),
      ...createPreparationRoutes(preparations),
      ...createNetEditing({ clock }),
      ...createPreviewRoutes({
        database,
        calendars: ports.calendars,
        clock,
        nextRunOf: schedules.nextRunAt,
      }),
      ...createNetVersionRoutes({ database, parser, releases }),
      ...createApprovalRoutes({ works, engine, audit, clock }),
      ...createMonitoringRoutes({ database, loop: conditions, files: fileWatches, audit, events, clock }),
      ...createSessionRoutes({ ...ofSessions, silentSince: reconciliation.silentSince }),
      ...createSessionDefinitionRoutes({ ...ofSessions, parser }),
      ...createSessionInsightRoutes({ ...ofSessions, works }),
      ...createLimitRoutes({ database, changes: limits, engine, freezes, clock }),
      ...createOrderPreviewRoute({ database, definitions, inventory, calendars: ports.calendars, clock }),
      ...createNodeAttemptRoutes({ database, definitions }),
      ...createOutputRoutes(outputReader),
      ...createReconciliationRoutes({ reconciliation, database, audit }),
      ...outlook.routes,
      ...createReportAsideRoutes({ reports: reportsAside, database, audit }),
    },
    standingOrders: outlook.orders,
    getRawOutput: createRawOutputRoute(outputReader),
    openWork: createOpenWork({ database, engine, loops: [schedules, conditions, fileWatches], schedules }),
    calendarsChanged(nets) {
      schedules.refresh(nets);
      conditions.calendarsChanged();
      if (nets === null || nets.length > 0) live.publish({ type: 'netsChanged', names: [...(nets ?? [])] });
    },
    channelRuns,
    netOfSession: (id) => findNetOfSession(database, id),
    transferOrder: async (id) => await findTransferOrder(engine, id),
    stats: () => engine.stats(),
    figures: () => ({
      output: quota.figures(),
      reconciliation: reconciliation.figures(),
      places: places.figures(),
      reportsAside: reportsAside.fill(),
    }),
    skipSessionIds: (to) => engine.skipIds(to),
    forgetSessions: (firstId, endId) => output.forget(firstId, endId),
    async start() {
      await quota.start();
      await engine.start(await limits.load());
      hub.setListener(createAgentListener({ engine, reconciliation, fileWatches, output }));
      await schedules.start();
      reconciliation.start();
      reportsAside.start();
      places.start();
      oldRunKeys.start();
      await conditions.start();
      fileWatches.start();
      ports.eventWatch.start();
    },
    async drain(withinMs) {
      await Promise.all([
        schedules.pause(),
        ports.eventWatch.pause(),
        conditions.pause(),
        engine.drain(withinMs),
      ]);
    },
    resume() {
      engine.resume();
      ports.eventWatch.resume();
      conditions.resume();
      schedules.resume();
    },
    async stop(withinMs) {
      await reconciliation.stop();
      await reportsAside.stop();
      await places.stop();
      await oldRunKeys.stop();
      fileWatches.stop();
      works.stop();
      // These wait for what they have asked of the engine; it answers, or refuses when its time is over, whatever state the database is in.
      await Promise.all([
        schedules.stop(),
        ports.eventWatch.stop(),
        conditions.stop(),
        engine.stop(withinMs),
        output.stop(),
      ]);
      await quota.stop();
      sessionPublisher.stop();
      outputPublisher.stop();
      await engineDatabase.stop();
    },
  };
};
