// The jobs domain put together: definitions, the engine, schedules, output, and their routes. Made by manager.ts.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database, DatabaseAddress } from '../database/database.ts';
import type { StreamHandlers } from '../http/http-ports.ts';
import type {
  AgentHub,
  AuditLog,
  EventSink,
  Handlers,
  Identity,
  Inventory,
  LiveBus,
  NotificationRules,
} from '../ports.ts';
import { createDefinitions } from './definition-apply.ts';
import { createDefinitionCache } from './definition-cache.ts';
import { createDefinitionParser } from './definition-parser.ts';
import { createEngineDatabase } from './engine-database.ts';
import { createEngine, type EngineStats } from './engine.ts';
import { createNetRoutes } from './net-routes.ts';
import { createOutputPublisher } from './output-publisher.ts';
import { createOutputReader } from './output-reader.ts';
import { createOutputRoutes, createRawOutputRoute } from './output-routes.ts';
import { createOutputStore } from './output-store.ts';
import { createRunRequests } from './run-requests.ts';
import { createScheduleLoop } from './schedule-loop.ts';
import { findSummary } from './session-lists.ts';
import { createNodeAttemptRoutes } from './node-attempts.ts';
import { createSessionPublisher } from './session-publisher.ts';
import { createSessionReader } from './session-reader.ts';
import { createSessionRoutes } from './session-routes.ts';
import { createSessionStore } from './session-store.ts';

export type JobsPorts = {
  readonly database: Database;
  readonly events: EventSink;
  readonly audit: AuditLog;
  readonly rules: NotificationRules;
  readonly inventory: Inventory;
  readonly hub: AgentHub;
  readonly live: LiveBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly identity: Identity;
};
export type JobsOptions = {
  readonly address: DatabaseAddress;
  /** The engine cannot go on; the process must end. */
  readonly onBroken: (error: unknown) => void;
};

export type JobsRoutes = Pick<
  Handlers,
  | 'applyDefinitions'
  | 'applyDefinitionSet'
  | 'listNets'
  | 'listNetFolders'
  | 'getNetHistory'
  | 'getNet'
  | 'exportNet'
  | 'putNet'
  | 'deleteNet'
  | 'runNet'
  | 'listSessions'
  | 'getSession'
  | 'operateSession'
  | 'listAttempts'
  | 'listNodeAttempts'
  | 'getOutput'
  | 'installSample'
>;

export type Jobs = {
  readonly routes: JobsRoutes;
  readonly getRawOutput: StreamHandlers['getRawOutput'];
  readonly sessionExists: (id: number) => Promise<boolean>;
  readonly stats: () => EngineStats;
  /** Takes up what is unfinished, listens to the hub, begins with schedules. Before the hub opens its port. */
  readonly start: () => Promise<void>;
  /** Takes nothing more, finishes what is under way within the time, then commits nothing more until `resume`. */
  readonly drain: (withinMs: number) => Promise<void>;
  readonly resume: () => void;
  /** Starts nothing more, finishes what is under way within the time. Idempotent. */
  readonly stop: (withinMs: number) => Promise<void>;
};

const NONCE_BYTES = 5;
const SAMPLE_FILE = path.join(import.meta.dirname, 'sample-night-run.yaml');

export const createJobs = (ports: JobsPorts, options: JobsOptions): Jobs => {
  const { audit, clock, database, events, hub, inventory, live, timers, identity } = ports;
  const logger = ports.logger.child({ domain: 'jobs' });
  const engineDatabase = createEngineDatabase({ address: options.address, logger });
  const definitions = createDefinitionCache(database);
  const outputReader = createOutputReader(database, definitions);
  const outputPublisher = createOutputPublisher({ live, timers, logger, reader: outputReader });
  const sessionPublisher = createSessionPublisher({
    live,
    clock,
    timers,
    logger,
    inspect: async (id, look) => await engine.inspect(id, look),
  });
  const engine = createEngine(
    {
      database: engineDatabase,
      store: createSessionStore(engineDatabase, definitions),
      events,
      hub,
      inventory,
      clock,
      timers,
      logger,
    },
    {
      term: identity.term,
      newNonce: () => randomBytes(NONCE_BYTES).toString('hex'),
      onChanged(session, changes) {
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
  const output = createOutputStore(
    { database: engineDatabase, definitions, logger },
    { term: identity.term, onGrown: (attemptId, stream) => outputPublisher.grown({ attemptId, stream }) },
  );
  const schedules = createScheduleLoop({ database, engine, definitions, events, clock, timers, logger });
  const changes = createDefinitions({
    database,
    inventory,
    rules: ports.rules,
    audit,
    events,
    clock,
    onNetsChanged(names) {
      schedules.refresh(names);
      live.publish({ type: 'netsChanged', names: [...names] });
    },
  });
  const runs = createRunRequests({ database, definitions, engine, inventory, audit, clock });
  const reader = createSessionReader(engine, createSessionStore(database, definitions));

  return {
    routes: {
      ...createNetRoutes({
        database,
        inventory,
        definitions: changes,
        parser: createDefinitionParser(),
        runs,
        nextRunOf: schedules.nextRunAt,
        readSample: async () => await readFile(SAMPLE_FILE, 'utf8'),
      }),
      ...createSessionRoutes({ database, definitions, engine, reader, audit }),
      ...createNodeAttemptRoutes({ database, definitions }),
      ...createOutputRoutes(outputReader),
    },
    getRawOutput: createRawOutputRoute(outputReader),
    sessionExists: async (id) => (await findSummary(database, id)) !== null,
    stats: () => engine.stats(),
    async start() {
      await engine.start();
      hub.setListener({
        connected: (node) => engine.connected(node),
        // Attempts stay as they are: the agent runs on and keeps its results for us.
        disconnected: () => undefined,
        removed: (node) => engine.removed(node),
        receipts: async (node, receipts) => await engine.receipts({ node, receipts }),
        output: async (node, chunks) => await output.store(node, chunks),
        openAttempts: (node) => engine.openAttempts(node),
      });
      await schedules.start();
    },
    async drain(withinMs) {
      await Promise.all([schedules.pause(), engine.drain(withinMs)]);
    },
    resume() {
      engine.resume();
      schedules.resume();
    },
    async stop(withinMs) {
      await schedules.stop();
      await Promise.all([engine.stop(withinMs), output.stop()]);
      sessionPublisher.stop();
      outputPublisher.stop();
      await engineDatabase.stop();
    },
  };
};
