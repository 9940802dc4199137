// The domains of jobs and operations together on a real database with fake agents, without HTTP: for tests of what a freeze does.
// `start` after `crash` is a restart, or a take-over: what is frozen is read from the database.
import { systemClock, type Clock } from '@nezuban/platform/clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers, type Timers } from '@nezuban/platform/timers';
import type { Frozen } from '@nezuban/protocol/api/operate-operations';
import type { SessionDetail, SessionSummary } from '@nezuban/protocol/jobs/session';
import type { SessionId } from '@nezuban/protocol/ids';
import type { MaintenanceWindow } from '@nezuban/protocol/operations/maintenance-window';
import type { Place } from '@nezuban/protocol/operations/place';
import { createAuditLog } from '../access/audit-log.ts';
import { createDatabase, type Database, type DatabaseAddress } from '../database/database.ts';
import { createEventSink } from '../events/event-sink.ts';
import type { OperateHandlers } from '../operations/operate-routes.ts';
import { createOperations } from '../operations/operations.ts';
import type { EventSink, RequestActor } from '../ports.ts';
import type { FakeAgentHub } from './fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from './jobs-domain.ts';

export type OperationsBench = {
  readonly jobs: JobsDomain;
  readonly routes: OperateHandlers;
  readonly database: Database;
  readonly events: EventSink;
  readonly freeze: (place: Place, reason: string, until?: Date) => Promise<unknown>;
  readonly resume: (place: Place) => Promise<boolean>;
  readonly frozen: () => Promise<Frozen>;
  readonly putWindow: (window: MaintenanceWindow, actor?: RequestActor) => Promise<unknown>;
  readonly run: (net: string, overrideFreeze?: boolean) => Promise<SessionSummary>;
  readonly view: (id: number) => Promise<SessionDetail>;
  readonly stop: () => Promise<void>;
};

export const startOperationsBench = async ({
  address,
  hub,
  clock = systemClock,
  timers = systemTimers,
  jobsAddress = address,
}: {
  readonly address: DatabaseAddress;
  /** Left out: the same. */
  readonly jobsAddress?: DatabaseAddress;
  readonly hub: FakeAgentHub;
  readonly clock?: Clock;
  readonly timers?: Timers;
}): Promise<OperationsBench> => {
  const logger = createMemoryLogger();
  const database = createDatabase({ address, logger, name: 'test-operations' });
  const live = { publish: () => undefined, watches: () => false };
  const audit = createAuditLog(logger);
  const operations = await createOperations({ database, audit, live, clock, timers, logger });
  const events = createEventSink({
    database,
    live,
    deliveries: { plan: () => Promise.resolve(false), wake: () => undefined },
    mutedBy: operations.mutedBy,
  });
  const connected = operations.connect({ events, inventory: hub.inventory.snapshot });
  const jobs = await startJobsDomain({
    address: jobsAddress,
    hub,
    clock,
    timers,
    freezes: operations.freezes,
    windows: connected.windows,
  });
  const routes = connected.routes(jobs.jobs.openWork);
  connected.start();
  const request = { params: {}, query: {}, expected: null, actor: tester, requestId: 'test' };
  return {
    jobs,
    routes,
    database,
    events,
    freeze: async (place, reason, until) =>
      (await routes.freeze({ ...request, body: { place, reason, until: until?.toISOString() } })).body,
    resume: async (place) => (await routes.resume({ ...request, body: { place } })).body.resumed,
    frozen: async () => (await routes.getFrozen({ ...request, body: undefined })).body,
    putWindow: async (window, actor = tester) =>
      (
        await routes.putMaintenanceWindow({
          ...request,
          actor,
          params: { name: window.name },
          expected: 'absent',
          body: window,
        })
      ).body,
    run: async (net, overrideFreeze = false) =>
      (
        await jobs.jobs.routes.runNet({
          ...request,
          params: { name: net },
          body: { parameters: {}, overrideFreeze },
        })
      ).body,
    view: async (id) =>
      (
        await jobs.jobs.routes.getSession({
          ...request,
          params: { id: id as SessionId },
          body: undefined,
        })
      ).body,
    async stop() {
      await connected.stop();
      await jobs.stop();
      await database.stop();
    },
  };
};
