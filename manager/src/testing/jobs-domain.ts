// The whole jobs domain on a real database with fake agents, without HTTP: for tests of its routes, schedules, output and live messages.
import { createMemoryLogger, type MemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemClock, type Clock } from '@nezuban/platform/clock';
import { systemTimers, type Timers } from '@nezuban/platform/timers';
import type { LiveMessage } from '@nezuban/protocol/api/live';
import { settingsSections, type Settings, type SettingsSection } from '@nezuban/protocol/settings/settings';
import { createAuditLog } from '../access/audit-log.ts';
import { createCalendars, type ConnectedCalendars } from '../calendars/calendars.ts';
import { createDatabase, type Database, type DatabaseAddress } from '../database/database.ts';
import { beginTerm } from '../identity.ts';
import { findNetsOnCalendar, moveSchedules } from '../jobs/calendar-moves.ts';
import type { Jobs } from '../jobs/jobs-port.ts';
import { createJobs } from '../jobs/jobs.ts';
import type { Freezes, MaintenanceWindows, People, RequestActor } from '../ports.ts';
import type { FakeAgentHub } from './fake-agent-hub.ts';
import { allPermissions } from '../access/actor-permissions.ts';
import {
  createFakeEventSink,
  noEventWatch,
  noFreezes,
  noMails,
  plainSecrets,
  type FakeEventSink,
} from './jobs-harness.ts';

export const tester: RequestActor = {
  name: 'tester',
  address: null,
  by: 'token',
  permissions: allPermissions,
  key: null,
  until: null,
  mustChangePassword: false,
};

export type JobsDomain = {
  readonly jobs: Jobs;
  readonly calendars: ConnectedCalendars;
  readonly database: Database;
  readonly events: FakeEventSink;
  readonly logger: MemoryLogger;
  readonly published: LiveMessage[];
  /** Sessions that somebody watches. */
  readonly watched: Set<number>;
  readonly broken: unknown[];
  readonly apply: (yaml: string) => Promise<unknown>;
  readonly stop: () => Promise<void>;
};

export type JobsDomainOptions = {
  readonly address: DatabaseAddress;
  readonly hub: FakeAgentHub;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly freezes?: Freezes;
  readonly windows?: MaintenanceWindows;
  /** Of users who do not ask themselves; left out: there is none. */
  readonly standingOf?: People['standingOf'];
  /** Other than the defaults. */
  readonly settings?: { readonly [Section in SettingsSection]?: Partial<Settings[Section]> };
};

export const startJobsDomain = async ({
  address,
  hub,
  clock = systemClock,
  timers = systemTimers,
  freezes = noFreezes,
  standingOf = () => Promise.resolve(null),
  settings = {},
  windows = { applyWindow: () => Promise.resolve({ change: 'unchanged', afterCommit: () => undefined }) },
}: JobsDomainOptions): Promise<JobsDomain> => {
  const logger = createMemoryLogger();
  const database = createDatabase({ address, logger, name: 'test-requests' });
  const identity = await beginTerm(database, '0.0.0', 0);
  const events = createFakeEventSink();
  const published: LiveMessage[] = [];
  const watched = new Set<number>();
  const broken: unknown[] = [];
  const audit = createAuditLog(logger);
  const calendars = createCalendars({
    database,
    audit,
    clock,
    timers,
    logger,
    moveSchedules,
    findUses: [findNetsOnCalendar],
  });
  await calendars.load();
  const calendaring = calendars.connect(events);
  const jobs = createJobs(
    {
      database,
      events,
      audit,
      calendars: { ...calendars, applyCalendar: calendaring.apply },
      roles: { applyRole: () => Promise.resolve({ change: 'unchanged', afterCommit: () => undefined }) },
      rules: {
        applyRule: () => Promise.resolve({ change: 'unchanged', afterCommit: () => undefined }),
        applyChannel: () => Promise.resolve({ change: 'unchanged', afterCommit: () => undefined }),
        applyInhibition: () => Promise.resolve({ change: 'unchanged', afterCommit: () => undefined }),
        applyEscalation: () => Promise.resolve({ change: 'unchanged', afterCommit: () => undefined }),
      },
      traps: {
        applyMonitor: () => Promise.resolve({ change: 'unchanged', afterCommit: () => undefined }),
        applyAlias: () => Promise.resolve({ change: 'unchanged', afterCommit: () => undefined }),
      },
      people: {
        permissionsOf: async (name) => (await standingOf(name))?.permissions ?? null,
        standingOf,
      },
      windows,
      freezes,
      secrets: plainSecrets,
      settings: {
        of: (section) => ({ ...settingsSections[section].parse({}), ...settings[section] }) as never,
        onChange: () => undefined,
        onSaving: () => undefined,
      },
      inventory: hub.inventory,
      hub,
      eventWatch: noEventWatch,
      mails: noMails,
      lastEventId: () => 0,
      live: { publish: (message) => void published.push(message), watches: (id) => watched.has(id) },
      clock,
      timers,
      logger,
      identity,
    },
    { address, onBroken: (error) => void broken.push(error) },
  );
  calendaring.setListener(jobs.calendarsChanged);
  await jobs.start();
  for (const node of hub.inventory.snapshot().nodes.keys()) if (hub.isConnected(node)) hub.connect(node);
  const request = { params: {}, expected: null, actor: tester, requestId: 'test' };
  return {
    jobs,
    calendars: calendaring,
    database,
    events,
    logger,
    published,
    watched,
    broken,
    apply: async (yaml) =>
      await jobs.routes.applyDefinitions({ ...request, query: { dry_run: false }, body: yaml }),
    async stop() {
      await jobs.stop(5_000);
      hub.stop();
      await database.stop();
    },
  };
};
