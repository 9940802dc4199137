// A manager without its engine, for tests: real PostgreSQL, real HTTP, real TLS for agents; the operations of the jobs domain are
// answered by what a test gives. Called by the tests of http, access, events, notifications, inventory and live.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '@nezuban/platform/clock';
import type { Clock } from '@nezuban/platform/clock';
import { systemTimers } from '@nezuban/platform/timers';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { buildRequest } from '@nezuban/protocol/api/operation';
import type { Operation, OperationInput, OperationOutput } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import type { OperationId, Operations } from '@nezuban/protocol/api/operations';
import { CodedError } from '@nezuban/protocol/errors';
import type { Problem } from '@nezuban/protocol/problem';
import { testDatabase } from '@nezuban/tests/support/postgres';
import { createAccess } from '../access/access.ts';
import { createAuditLog } from '../access/audit-log.ts';
import { createCalendars } from '../calendars/calendars.ts';
import { createDatabase } from '../database/database.ts';
import { loadMigrations } from '../database/migrations.ts';
import { createEventExportRoute, createEventRoutes } from '../events/event-routes.ts';
import { createEventSink } from '../events/event-sink.ts';
import { createFilterRoutes } from '../events/filter-routes.ts';
import { createStatus } from '../events/status.ts';
import { elsewhere, mergeHandlers } from '../http/handler-table.ts';
import { openGround } from '../ground.ts';
import { createHttpServer } from '../http/http-server.ts';
import { createAgentVoices } from '../inventory/agent-voices.ts';
import type { StreamHandlers } from '../http/http-ports.ts';
import { createInventory } from '../inventory/inventory.ts';
import { createAuthorRights } from '../jobs/author-rights.ts';
import { createRightsOutlook } from '../jobs/rights-outlook/rights-outlook.ts';
import { readDefinitionFiles } from '../jobs/definition-files.ts';
import { createDefinitionParser } from '../jobs/definition-parser.ts';
import { findNetsOnCalendar, moveSchedules } from '../jobs/calendar-moves.ts';
import { findNetsOnScope } from '../jobs/net-targets.ts';
import { findRolesOnScope } from '../access/role-store.ts';
import { createSettingsRoutes } from '../settings/settings-routes.ts';
import { createSettings } from '../settings/settings.ts';
import { createLiveBus } from '../live/live-bus.ts';
import { createLiveRoute } from '../live/live-route.ts';
import { ensureMonths } from '../retention/months.ts';
import { findRulesOnCalendar } from '../notifications/calendar-uses.ts';
import { createNotifications } from '../notifications/notifications.ts';
import { createSnmp } from '../snmp/snmp.ts';
import { createTrapMonitors } from '../trap-monitors/trap-monitors.ts';
import { createTrapReading } from '../traps/trap-reading.ts';
import type { AgentHubListener, Handlers, Identity } from '../ports.ts';

export type HarnessOptions = {
  readonly clock?: Clock;
  /** Handlers of the jobs and system domains; others answer not_found. */
  readonly handlers?: Partial<Handlers>;
  readonly getRawOutput?: StreamHandlers['getRawOutput'];
  readonly listener?: Partial<AgentHubListener>;
  readonly consoleDirectory?: string;
  readonly localJoinTokenFile?: string;
  /** Starts again on what an earlier one left. */
  readonly on?: { readonly home: string; readonly database: Awaited<ReturnType<typeof testDatabase>> };
  readonly tls?: boolean;
};

/** `body` has the type of the operation's answer and of a problem; which of them it is, the status says. */
export type Answer<Body = unknown> = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: (Body extends object ? Body : unknown) & Problem;
  readonly text: string;
};
export type CallOptions = {
  readonly token?: string | null;
  readonly cookie?: string;
  readonly headers?: Record<string, string>;
};

export type ManagerHarness = Awaited<ReturnType<typeof startManagerHarness>>;

export const startManagerHarness = async (options: HarnessOptions = {}) => {
  const migrations = (await loadMigrations()).map(({ sql }) => sql);
  const server = options.on?.database ?? (await testDatabase({ migrations }));
  const home = options.on?.home ?? (await mkdtemp(path.join(os.tmpdir(), 'nz-manager-')));
  await mkdir(path.join(home, 'manager'), { recursive: true, mode: 0o700 });
  const logger = createMemoryLogger();
  const clock = options.clock ?? systemClock;
  const timers = systemTimers;
  const database = createDatabase({ address: server.config, logger, name: 'harness' });
  const startId = randomBytes(4).toString('hex');
  const identity: Identity = { managerId: 'test', term: 1 as Identity['term'], startId, version: '0.0.0' };
  await ensureMonths(database, { nowMs: clock.epochMs() });

  const live = createLiveBus({ clock, timers }, identity);
  const audit = createAuditLog(logger);
  const calendars = createCalendars({
    database,
    audit,
    clock,
    timers,
    logger,
    moveSchedules,
    findUses: [findRulesOnCalendar, findNetsOnCalendar],
  });
  await calendars.load();
  const notifications = await createNotifications(
    { database, audit, calendars, clock, timers, logger, identity, chance: () => 0.5 },
    { home },
  );
  const settings = await createSettings({ database, audit, logger });
  const events = createEventSink({
    database,
    live,
    deliveries: notifications.planner,
    statusSettings: () => settings.of('status'),
  });
  const sending = notifications.connect(events);
  const calendaring = calendars.connect(events);
  const access = createAccess(
    {
      database,
      audit,
      events,
      clock,
      logger,
      policy: () => settings.of('password_policy'),
      places: () => inventory.inventory.places,
      standingOrders: () => outlook.orders,
      endStreams: live.endOf,
    },
    { home },
  );
  const listen = { host: '127.0.0.1', port: 0 };
  const ground = await openGround(
    { clock, timers, logger },
    // Beyond loopback the manager's own certificate is used.
    {
      home,
      listen: options.tls === true ? { ...listen, host: '0.0.0.0' } : listen,
      tls: null,
      agentListen: listen,
      advertise: null,
    },
    { authority: 'make' },
  );
  if (ground === null) throw new Error('There is no authority');
  const voices = createAgentVoices({ clock }, () => undefined);
  const inventory = await createInventory({
    database,
    events,
    audit,
    live,
    clock,
    timers,
    logger,
    identity,
    voices,
    authority: ground.authority,
    port: ground.agentPort,
    agentAddress: ground.agentAddress,
    netsOnScope: findNetsOnScope,
    rolesOnScope: findRolesOnScope,
  });
  const authors = createAuthorRights({ inventory: inventory.inventory, settings });
  const outlook = createRightsOutlook({
    database,
    inventory: inventory.inventory,
    settings,
    authors,
    events,
    clock,
  });
  sending.setPlaces({ scopesOf: inventory.inventory.places.scopesOfNode });
  const reports: Parameters<AgentHubListener['receipts']>[] = [];
  inventory.hub.setListener({
    connected: () => undefined,
    disconnected: () => undefined,
    removed: () => undefined,
    reported: () => undefined,
    receipts: async (...args) => void reports.push(args),
    output: async (_node, chunks) =>
      chunks.map(({ attemptId, stream, offset, data }) => ({
        attemptId,
        stream,
        offset: offset + Buffer.from(data, 'base64').length,
      })),
    openAttempts: () => 0,
    ...options.listener,
  });

  const snmp = await createSnmp({ database, audit, logger }, { home });
  await snmp.namesReady;
  const trapMonitors = await createTrapMonitors({
    database,
    audit,
    events,
    clock,
    logger,
    inventory: inventory.inventory.snapshot,
    names: snmp.names,
    onNamesChange: snmp.onNames,
    parse: createTrapReading(() => snmp.names).parse,
    place: ({ claimedHost }) => ({
      node: claimedHost,
      scopes: claimedHost === null ? new Set<string>() : inventory.inventory.places.scopesOfNode(claimedHost),
    }),
    readFiles: (files) => readDefinitionFiles(createDefinitionParser(), files),
  });
  const status = createStatus({
    database,
    audit,
    live,
    clock,
    timers,
    logger,
    inventory: inventory.statusPlaces,
    notifications: notifications.planner,
  });

  const own = [
    access.routes,
    snmp.routes,
    trapMonitors.routes,
    sending.routes,
    calendaring.routes,
    createEventRoutes({
      database,
      audit,
      live,
      nodesOfScope: inventory.statusPlaces.nodesOfScope,
      settings: () => settings.of('events'),
    }),
    createFilterRoutes({ database, audit }),
    status.routes,
    inventory.routes,
    createSettingsRoutes(settings),
    outlook.routes,
    options.handlers ?? {},
  ];
  const plain = mergeHandlers([...own, notFoundFor(own)]);
  const getRawOutput =
    options.getRawOutput ?? (() => Promise.reject(new CodedError('not_found', 'There is no such attempt.')));
  const http = createHttpServer(
    {
      door: ground.door,
      handlers: {
        plain,
        session: access.sessionHandlers,
        stream: {
          openLive: createLiveRoute({ live, netOfSession: async (id) => (id < 1000 ? 'a' : null) }),
          getRawOutput,
          exportAudit: access.exportAudit,
          exportEvents: createEventExportRoute(database, inventory.statusPlaces.nodesOfScope),
        },
      },
      authenticator: access.authenticator,
      logger,
      checkDatabase: async () => void (await database.query({ text: 'SELECT 1' })),
    },
    {
      consoleDirectory: options.consoleDirectory ?? null,
      version: '0.0.0',
      validateAllResponses: true,
    },
  );
  const { adminPassword } = await access.start();
  await inventory.start(options.localJoinTokenFile ?? null);
  ground.door.setHandler(await http.prepare());
  const { consoleUrl: url, agentAddress } = await ground.open();
  const { port } = await ground.door.start();
  sending.start();
  await access.openLocally({ url, ca: null });
  const localToken = (JSON.parse(await readFile(path.join(home, 'cli.json'), 'utf8')) as { token: string })
    .token;

  const stopParts = async (): Promise<void> => {
    live.stop();
    await http.stop();
    await inventory.stop();
    await ground.stop();
    await sending.stop();
    await trapMonitors.stop();
    await database.stop();
  };

  return {
    url,
    port,
    home,
    agentAddress,
    adminPassword,
    localToken,
    database,
    identity,
    logger,
    live,
    events,
    ca: ground.authority.certificate,
    voices,
    ground,
    inventory,
    status,
    http,
    reports,
    notifications: sending,
    calendars: calendaring,
    trapMonitors,
    snmp,
    /** Calls an operation; by the local token unless told otherwise. */
    call: async <Id extends OperationId>(
      id: Id,
      input: OperationInput<Operations[Id]> = {},
      how: CallOptions = {},
    ): Promise<Answer<OperationOutput<Operations[Id]>>> => {
      const parts = buildRequest(operations[id] as Operation, input as OperationInput<Operation>);
      const token = how.token === undefined && how.cookie === undefined ? localToken : (how.token ?? null);
      const answer = await fetch(`${url}${parts.path}`, {
        method: parts.method,
        redirect: 'manual',
        headers: {
          ...parts.headers,
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(how.cookie === undefined ? {} : { cookie: how.cookie, origin: url }),
          ...how.headers,
        },
        ...(parts.body === undefined ? {} : { body: parts.body }),
      });
      return await readAnswer(answer);
    },
    /** Signs in and gives the cookie. */
    signIn: async (password: string): Promise<string> => {
      const answer = await fetch(`${url}/api/v1/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user: 'admin', password }),
      });
      if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status}: ${await answer.text()}`);
      await answer.body?.cancel();
      return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    },
    /** Ends the manager and keeps what it stored, for a start `on` it. */
    halt: async () => {
      await stopParts();
      return { home, database: server };
    },
    stop: async () => {
      await stopParts();
      await server.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
};

export const readAnswer = async <Body = unknown>(answer: Response): Promise<Answer<Body>> => {
  const text = await answer.text();
  const isJson = /[/+]json/.test(answer.headers.get('content-type') ?? '');
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: (isJson && text !== '' ? JSON.parse(text) : null) as Answer<Body>['body'],
  };
};

const notFoundFor = (given: readonly Partial<Handlers>[]): Partial<Handlers> => {
  const there = new Set(given.flatMap((part) => Object.keys(part)));
  const rest = Object.keys(operations).filter((id) => !elsewhere.has(id) && !there.has(id));
  return Object.fromEntries(
    rest.map((id) => [
      id,
      () => Promise.reject(new CodedError('not_found', `There is no ${id} in this harness.`)),
    ]),
  );
};
