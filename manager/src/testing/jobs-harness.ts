// The jobs domain on a real database with fake agents: for tests and benchmarks.
// Responsible for building engines as manager.ts does, and for dropping one without stopping it, which is what a crash is.
import { randomBytes } from 'node:crypto';
import { systemClock, type Clock } from '@nezuban/platform/clock';
import { createMemoryLogger, type MemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers, type Timers } from '@nezuban/platform/timers';
import { jobNetSchema, type JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { SessionDetail, SessionSummary } from '@nezuban/protocol/jobs/session';
import type { SessionId, Term } from '@nezuban/protocol/ids';
import type { Limits } from '@nezuban/core/jobs/admission/limits';
import { viewSession } from '@nezuban/core/jobs/session-view';
import { createDatabase, type Database, type DatabaseAddress } from '../database/database.ts';
import { loadMigrations, migrate } from '../database/migrations.ts';
import { connectWhenReady } from '../database/wait-for-database.ts';
import { createReportsAside, type ReportsAside } from '../jobs/aside/reports-aside.ts';
import { createDefinitionCache } from '../jobs/definition-cache.ts';
import { createEngineDatabase } from '../jobs/engine-database.ts';
import { createEngine, type Engine } from '../jobs/engine.ts';
import { createSessionReader } from '../jobs/session-reader.ts';
import type { OrderBounds } from '../jobs/order-bounds.ts';
import { createSessionStore } from '../jobs/session-store.ts';
import type { UnitWorks } from '../jobs/unit-works/unit-works.ts';
import type {
  AgentHubListener,
  EventDraft,
  EventSink,
  EventWatch,
  Freezes,
  SessionSecrets,
  UnitMails,
} from '../ports.ts';
import type { FakeAgentHub } from './fake-agent-hub.ts';

/** Brings an empty database to the schema, with the one row that says who the manager is. */
export const prepareDatabase = async (address: DatabaseAddress): Promise<void> => {
  const client = await connectWhenReady(address, systemTimers);
  await migrate(client, await loadMigrations());
  await client.end();
  const database = createDatabase({ address, logger: createMemoryLogger(), name: 'prepare' });
  await database.query({ text: "INSERT INTO manager_identity (manager_id, term) VALUES ('test', 1)" });
  await database.stop();
};

/** Writes events to a plain list, once they are committed. */
export type FakeEventSink = EventSink & { readonly committed: EventDraft[] };
export const createFakeEventSink = (): FakeEventSink => {
  const committed: EventDraft[] = [];
  return {
    committed,
    append: (_transaction, drafts) => Promise.resolve(() => void committed.push(...drafts)),
    appendNow: (drafts) => Promise.resolve(void committed.push(...drafts)),
  };
};

/** Nobody follows events, and no mail is sent. */
export const noEventWatch: EventWatch = {
  start: () => undefined,
  wake: () => undefined,
  follow: () => () => undefined,
  pause: () => Promise.resolve(),
  resume: () => undefined,
  stop: () => Promise.resolve(),
};
export const noMails: UnitMails = {
  queue: () => Promise.resolve(() => undefined),
  outcome: () => Promise.resolve(null),
  setListener: () => undefined,
};
/** Nobody does anything for units. */
const noWorks: UnitWorks = {
  begin: () => undefined,
  end: () => undefined,
  forget: () => undefined,
  sessionChanged: () => undefined,
  ofKind: () => [],
};

export type JobsHarness = {
  readonly engine: Engine;
  readonly aside: ReportsAside;
  readonly database: Database;
  readonly logger: MemoryLogger;
  readonly broken: unknown[];
  readonly run: (net: string, parameters?: Readonly<Record<string, string>>) => Promise<SessionSummary>;
  readonly view: (id: number) => Promise<SessionDetail>;
  /** Ends it in order. */
  readonly stop: () => Promise<void>;
  /** Ends it as kill -9 does: nothing more is sent, written or answered. */
  readonly crash: () => Promise<void>;
};

export type JobsHarnessOptions = {
  readonly address: DatabaseAddress;
  readonly hub: FakeAgentHub;
  readonly events?: EventSink;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly openAttemptsPerNodeMax?: number;
  readonly slowRetryMs?: number;
  readonly freezes?: Freezes;
  readonly secrets?: SessionSecrets;
  readonly bounds?: OrderBounds;
  /** Of queues, locks and nodes. */
  readonly limits?: Limits;
};

/** Nothing is frozen. */
export const noFreezes: Freezes = {
  startRefusal: () => null,
  assertMayOverride: () => undefined,
  nodes: () => new Map(),
  heldUntil: () => null,
};

/** Everybody may run as everybody, and call anybody. */
const noBounds: OrderBounds = { refusalOf: () => null, withRules: (order) => order };

/** Keeps none; boxes are plain. */
export const plainSecrets: SessionSecrets = {
  named: () => null,
  seal: (_id, values) => Buffer.from(JSON.stringify(values)),
  open: (_id, box) => JSON.parse(box.toString()) as Record<string, string>,
  sealPrepared: (_id, values) => Buffer.from(JSON.stringify(values)),
  openPrepared: (_id, box) => JSON.parse(box.toString()) as Record<string, string>,
  sealReport: (_key, text) => Buffer.from(text),
  openReport: (_key, box) => box.toString(),
};

export const startJobs = async (options: JobsHarnessOptions): Promise<JobsHarness> => {
  const { address, hub } = options;
  const logger = createMemoryLogger();
  const database = createEngineDatabase({ address, logger });
  const [identity] = await database.query<{ term: Term }>({
    text: 'UPDATE manager_identity SET term = term + 1 RETURNING term',
  });
  const definitions = createDefinitionCache(database);
  const store = createSessionStore(database, definitions);
  const broken: unknown[] = [];
  const engine = createEngine(
    {
      database,
      store,
      events: options.events ?? createFakeEventSink(),
      hub,
      inventory: hub.inventory,
      freezes: options.freezes ?? noFreezes,
      secrets: options.secrets ?? plainSecrets,
      bounds: options.bounds ?? noBounds,
      works: noWorks,
      mails: noMails,
      aside: { put: async (report) => await aside.put(report) },
      lastEventId: () => 0,
      clock: options.clock ?? systemClock,
      timers: options.timers ?? systemTimers,
      logger,
    },
    {
      term: identity?.term ?? (0 as Term),
      newNonce: () => randomBytes(4).toString('hex'),
      onChanged: () => undefined,
      onBroken: (error) => void broken.push(error),
      ...(options.slowRetryMs === undefined ? {} : { slowRetryMs: options.slowRetryMs }),
      ...(options.openAttemptsPerNodeMax === undefined
        ? {}
        : { openAttemptsPerNodeMax: options.openAttemptsPerNodeMax }),
    },
  );
  const aside = createReportsAside(
    {
      database,
      events: options.events ?? createFakeEventSink(),
      secrets: options.secrets ?? plainSecrets,
      receipts: async (request) => await engine.receipts(request),
      clock: options.clock ?? systemClock,
      timers: options.timers ?? systemTimers,
      logger,
    },
    { term: identity?.term ?? (0 as Term) },
  );
  const reader = createSessionReader(engine, store);
  await engine.start(options.limits);
  const listener: AgentHubListener = {
    connected: (node) => engine.connected(node),
    disconnected: () => undefined,
    reported: () => undefined,
    removed: (node) => engine.removed(node),
    receipts: async (node, receipts) => await engine.receipts({ node, receipts }),
    output: () => Promise.resolve([]),
    openAttempts: (node) => engine.openAttempts(node),
  };
  hub.setListener(listener);
  for (const node of hub.inventory.snapshot().nodes.keys()) if (hub.isConnected(node)) hub.connect(node);

  return {
    engine,
    aside,
    database,
    logger,
    broken,
    async run(net, parameters = {}) {
      const [row] = await database.query<{ revision: number }>({
        text: 'SELECT revision FROM net WHERE name = $1',
        values: [net],
      });
      if (row === undefined) throw new Error(`the test has no net ${net}`);
      const plan = await definitions.loadPlan({ net, revision: row.revision });
      return await engine.run({
        plan,
        netRevision: row.revision,
        parameters,
        trigger: { type: 'manual', user: 'tester' },
        alsoWrite: () => Promise.resolve(),
      });
    },
    view: async (id) => await reader.read(id as SessionId, viewSession),
    async stop() {
      await engine.stop(5_000);
      hub.stop();
      await database.stop();
    },
    async crash() {
      hub.stop();
      // Nothing of it may reach the database any more: as after a kill, its connections are gone in the middle of what they did.
      await database.abort();
      await engine.stop(0);
    },
  };
};

/** Puts a net into the database as it is, unjudged. */
export const storeNet = async (database: Database, net: unknown): Promise<JobNetDefinition> => {
  const definition = jobNetSchema.parse(net);
  await database.inTransaction(async (transaction) => {
    await transaction.query(
      "INSERT INTO net_revision (net, revision, definition, created_at, created_by) VALUES ($1, 1, $2, now(), 'test')",
      [definition.name, JSON.stringify(definition)],
    );
    await transaction.query(
      "INSERT INTO net (name, revision, unit_count, timezone, schedules, updated_at, updated_by) VALUES ($1, 1, 1, 'UTC', '[]', now(), 'test')",
      [definition.name],
    );
  });
  return definition;
};
