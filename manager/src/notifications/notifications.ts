// The notifications domain put together. Made by manager.ts.
// The event sink needs the planner, and rules and outbox need the event sink; so the parts are made in two steps.
import path from 'node:path';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import type { DeliveryPlanner } from '../events/event-sink.ts';
import { openSecretBox } from '../files/secret-box.ts';
import type { AuditLog, EventSink, Handlers, Identity, NotificationRules } from '../ports.ts';
import { createDeliveryPlanner } from './delivery-planner.ts';
import { createNotificationRoutes } from './notification-routes.ts';
import { createOutboxLoop } from './outbox-loop.ts';
import type { OutboxLoop } from './outbox-loop.ts';
import { createRuleChanges } from './rule-changes.ts';
import { createRuleDefinitions } from './rule-definitions.ts';
import { createRuleStore } from './rule-store.ts';

export type NotificationsPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly identity: Identity;
  /** Between 0 and 1. */
  readonly chance: () => number;
};

export type Notifications = {
  /** For the event sink. */
  readonly planner: DeliveryPlanner;
  /** Once the event sink is made: the rest, and the loop that sends. */
  connect(events: EventSink): ConnectedNotifications;
};

export type ConnectedNotifications = {
  /** Rules, for export and compare. */
  readonly definitions: DefinitionSource;
  readonly rules: NotificationRules;
  readonly routes: Pick<
    Handlers,
    'listRules' | 'putRule' | 'deleteRule' | 'testRule' | 'listDeliveries' | 'retryDelivery'
  >;
  start(): void;
  /** Sends nothing more until `resume`, and waits for what is on its way. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
};

/** Loads the rules. `home`: NEZUBAN_HOME; the folder `manager` in it exists and is private. */
export const createNotifications = async (
  ports: NotificationsPorts,
  options: { readonly home: string },
): Promise<Notifications> => {
  const { database, audit, clock, timers, identity } = ports;
  const logger = ports.logger.child({ domain: 'notifications' });
  const secretBox = await openSecretBox(path.join(options.home, 'manager', 'secret-key'));
  const store = createRuleStore({ database, secretBox, logger });
  await store.load();
  let outbox: OutboxLoop | undefined;
  const wakeOutbox = (): void => outbox?.wake();
  return {
    planner: createDeliveryPlanner(store, wakeOutbox),
    connect(events) {
      const changes = createRuleChanges({ store, audit, events });
      const loop = createOutboxLoop(
        { database, rules: store, events, clock, timers, logger, chance: ports.chance },
        identity,
      );
      outbox = loop;
      return {
        definitions: createRuleDefinitions(store),
        rules: changes,
        routes: createNotificationRoutes({ database, audit, store, changes, wakeOutbox, clock }, identity),
        start: () => loop.start(),
        pause: () => loop.pause(),
        resume: () => loop.resume(),
        stop: () => loop.stop(),
      };
    },
  };
};
