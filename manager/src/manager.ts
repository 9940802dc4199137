// The manager: all domains wired, started and stopped in order.
// Responsible for who gets what and in which order; decides nothing. Made by main.ts, which speaks to the keeper.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '@nezuban/platform/clock';
import type { KeeperNotice } from '@nezuban/platform/keeper-channel';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { ManagerConfig } from '@nezuban/protocol/keeper/child-messages';
import { createAccess } from './access/access.ts';
import { createAuditLog } from './access/audit-log.ts';
import { createDatabase } from './database/database.ts';
import { loadMigrations, migrate } from './database/migrations.ts';
import { waitForDatabase } from './database/wait-for-database.ts';
import { createEventPartitionLoop } from './events/event-partition-loop.ts';
import { createEventRoutes } from './events/event-routes.ts';
import { createEventSink } from './events/event-sink.ts';
import { makePrivateFolder } from './files/private-file.ts';
import { mergeHandlers } from './http/handler-table.ts';
import { isLoopback } from './http/host-check.ts';
import { createHttpServer, type TlsMaterial } from './http/http-server.ts';
import { beginTerm } from './identity.ts';
import { createInventory } from './inventory/inventory.ts';
import { createJobs } from './jobs/jobs.ts';
import { createLiveBus } from './live/live-bus.ts';
import { createLiveRoute } from './live/live-route.ts';
import { createNotifications } from './notifications/notifications.ts';
import type { EventDraft, EventSink } from './ports.ts';
import { createStopList } from './stop-list.ts';
import { createSystemRoutes } from './system-routes.ts';

export type ManagerPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Between 0 and 1. */
  readonly chance: () => number;
  /** The manager cannot go on; the process must end. */
  readonly onBroken: (error: unknown) => void;
};
export type ManagerAddresses = {
  readonly consoleUrl: string;
  readonly agentAddress: string;
  readonly adminPassword: string | null;
};
export type Manager = {
  /** Resolves once console, API and agents are served. If it rejects, `stop` frees what had been started. */
  readonly start: () => Promise<ManagerAddresses>;
  /** Something that the keeper did, for people to read. */
  readonly notice: (notice: KeeperNotice) => void;
  /** In order: no more requests, no more from agents, what is under way is committed, the database last. Idempotent. */
  readonly stop: (withinMs: number) => Promise<void>;
};

/** Of the time for a stop, what the engine may take to finish what is queued. */
const ENGINE_PART_OF_STOP = 0.4;

export const createManager = (config: ManagerConfig, ports: ManagerPorts): Manager => {
  const { clock, logger, timers } = ports;
  const stops = createStopList(logger);
  let events: EventSink | undefined;
  let stopWithinMs = 0;

  const say = async (draft: Omit<EventDraft, 'at' | 'node'> & { readonly at?: Date }): Promise<void> => {
    try {
      await events?.appendNow([{ at: new Date(clock.epochMs()), node: null, ...draft }]);
    } catch (error) {
      logger.warn({ err: error, event: draft.code }, 'An event about the manager itself could not be stored');
    }
  };

  const start = async (): Promise<ManagerAddresses> => {
    const startedAt = new Date(clock.epochMs());
    await makePrivateFolder(path.join(config.home, 'manager'));
    await waitForDatabase(config.database, timers);
    const migrated = await migrate(config.database, await loadMigrations());
    if (migrated.length > 0)
      logger.info({ migrations: migrated }, 'The database was brought to this release');

    const database = createDatabase({ address: config.database, logger, name: 'nezuban-manager' });
    stops.add('database', () => database.stop());
    const identity = await beginTerm(database, config.version);
    const common = { database, clock, timers, logger, identity };

    const partitions = createEventPartitionLoop(common);
    await partitions.start();
    stops.add('event partitions', () => partitions.stop());

    const live = createLiveBus({ clock, timers }, identity);
    const audit = createAuditLog(logger);
    const planned = await createNotifications(
      { ...common, audit, chance: ports.chance },
      { home: config.home },
    );
    const sink = createEventSink({ database, live, deliveries: planned.planner });
    events = sink;
    const notifications = planned.connect(sink);
    stops.add('notifications', () => notifications.stop());

    const inventory = await createInventory(
      { ...common, events: sink, audit, live },
      {
        home: config.home,
        agentListen: config.agentListen,
        advertise: config.advertise,
        localJoinTokenFile: config.localJoinTokenFile,
        hosts: [config.listen.host],
      },
    );
    const access = createAccess(
      { ...common, audit, events: sink, onEnded: live.endOf },
      { home: config.home },
    );
    const { adminPassword } = await access.start();
    const jobs = createJobs(
      {
        ...common,
        events: sink,
        audit,
        rules: notifications.rules,
        inventory: inventory.inventory,
        hub: inventory.hub,
        live,
      },
      { address: config.database, onBroken: ports.onBroken },
    );

    const plain = mergeHandlers([
      access.routes,
      createEventRoutes({ database, audit, live }),
      notifications.routes,
      inventory.routes,
      jobs.routes,
      createSystemRoutes({ database, identity, startedAt, nodeCounts: inventory.counts }),
    ]);
    const stream = {
      openLive: createLiveRoute({ live, sessionExists: jobs.sessionExists }),
      getRawOutput: jobs.getRawOutput,
    };
    const tls = await tlsOf(config, inventory.tls);
    const http = createHttpServer(
      {
        handlers: { plain, session: access.sessionHandlers, stream },
        authenticator: access.authenticator,
        logger,
        checkDatabase: async () => void (await database.query({ text: 'SELECT 1' })),
      },
      { listen: config.listen, tls, consoleDirectory: config.consoleDirectory, version: config.version },
    );

    stops.add('jobs', () => jobs.stop(stopWithinMs * ENGINE_PART_OF_STOP));
    await jobs.start();
    stops.add('agents', () => inventory.stop());
    const { agentAddress } = await inventory.start((material) => {
      if (config.tls === null) http.setTls(material);
    });
    stops.add('api', async () => {
      live.stop();
      await http.stop();
    });
    const { url } = await http.start();
    await access.openLocally({ url, ca: tls === null || config.tls !== null ? null : inventory.ca });
    notifications.start();
    await say({
      code: 'manager_started',
      priority: 'info',
      message: `The manager was started (term ${identity.term}).`,
      details: { term: identity.term, version: config.version },
    });
    stops.add('farewell', () =>
      say({
        code: 'manager_stopped',
        priority: 'info',
        message: 'The manager was stopped.',
        details: { term: identity.term },
      }),
    );
    return { consoleUrl: url, agentAddress, adminPassword };
  };

  return {
    start,
    notice({ code, at, process, message, details }) {
      void say({
        at: new Date(at),
        code,
        priority: code === 'process_gave_up' ? 'critical' : 'warning',
        message,
        details: { ...details, process },
      });
    },
    async stop(withinMs) {
      stopWithinMs = withinMs;
      await stops.run();
    },
  };
};

/** Plain HTTP on loopback; elsewhere TLS, by the given files or by the manager's own CA. */
const tlsOf = async (config: ManagerConfig, own: () => TlsMaterial): Promise<TlsMaterial | null> => {
  if (config.tls === null) return isLoopback(config.listen.host) ? null : own();
  const [certificate, key] = await Promise.all([
    readFile(config.tls.certificateFile, 'utf8'),
    readFile(config.tls.keyFile, 'utf8'),
  ]);
  return { certificate, key };
};
