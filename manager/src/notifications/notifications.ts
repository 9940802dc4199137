// The notifications domain put together. Made by master.ts.
// The event sink needs the planner, and rules and outbox need the event sink; so the parts are made in two steps.
import path from 'node:path';
import type { ScopesOf } from '@nezuban/core/notifications/notified-event';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { escalationSchema } from '@nezuban/protocol/notifications/escalation';
import { inhibitionSchema } from '@nezuban/protocol/notifications/inhibition';
import type { Database } from '../database/database.ts';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import { openSecretBox } from '../files/secret-box.ts';
import type {
  AuditLog,
  Calendars,
  EventSink,
  Handlers,
  Identity,
  NotificationRules,
  UnitMails,
} from '../ports.ts';
import { noHands, type ChannelHands } from './channels/channel.ts';
import { kindOf } from './channels/registry.ts';
import { createConfigurations } from './configurations.ts';
import { createDeliveryPlanner, type NotificationPlanner } from './delivery-planner.ts';
import { createNamedChanges } from './named-changes.ts';
import { createChannels } from './named-channels/named-channels.ts';
import type { ChannelRoutes } from './named-channels/channel-routes.ts';
import { createNamedDefinitions } from './named-definitions.ts';
import { createNamedRoutes } from './named-routes.ts';
import { createNamedStore } from './named-store.ts';
import { createNotificationLoop, type NotificationLoop } from './notification-loop.ts';
import { createNotificationRoutes, type RuleRoutes } from './notification-routes.ts';
import { createOutboxLoop, type OutboxLoop } from './outbox-loop.ts';
import { createOutlookRoutes } from './outlook-routes.ts';
import { createRuleChanges } from './rule-changes.ts';
import { createRuleDefinitions } from './rule-definitions.ts';
import { createRuleStore } from './rule-store.ts';
import { createUnitMails } from './unit-mails.ts';
import { unknownChannels } from './unknown-channels.ts';
import { createSilenceRoutes } from './silence-routes.ts';
import { createSilenceStore } from './silence-store.ts';

export type NotificationsPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly identity: Identity;
  readonly calendars: Pick<Calendars, 'book' | 'exists'>;
  /** Between 0 and 1. */
  readonly chance: () => number;
};

export type Notifications = {
  /** For the event sink. */
  readonly planner: NotificationPlanner;
  /** For units that send mails. */
  readonly mails: UnitMails;
  /** Once the event sink is made: the rest, and the loops that decide and send. */
  connect(events: EventSink): ConnectedNotifications;
};

type NotificationHandlers = RuleRoutes &
  ChannelRoutes &
  ReturnType<typeof createNamedRoutes> &
  ReturnType<typeof createSilenceRoutes> &
  ReturnType<typeof createOutlookRoutes>;

/** What of the other domains is there only when everything is wired. */
export type NotificationPlaces = {
  readonly scopesOf?: ScopesOf;
  readonly hands?: ChannelHands;
  /** Under which addresses people open the console. */
  readonly consoleUrls?: () => readonly string[];
};

export type ConnectedNotifications = {
  /** Rules, inhibitions and escalations, for export and compare. */
  readonly definitions: readonly DefinitionSource[];
  readonly rules: NotificationRules;
  readonly routes: Pick<Handlers, keyof NotificationHandlers>;
  /** Where nodes lie, and what channels act with. Until then they are not there. */
  setPlaces(places: NotificationPlaces): void;
  start(): void;
  /** Decides and sends nothing more until `resume`, and waits for what is on its way. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
};

/** Loads what is defined. `home`: NEZUBAN_HOME; the folder `manager` in it exists and is private. */
export const createNotifications = async (
  ports: NotificationsPorts,
  options: { readonly home: string },
): Promise<Notifications> => {
  const { database, audit, calendars, clock, timers, identity } = ports;
  const logger = ports.logger.child({ domain: 'notifications' });
  const secretBox = await openSecretBox(path.join(options.home, 'manager', 'secret-key'));
  const store = createRuleStore({ database, secretBox, logger });
  const inhibitions = createNamedStore(
    { database, logger },
    { kind: 'inhibition', schema: inhibitionSchema },
  );
  const escalations = createNamedStore(
    { database, logger },
    { kind: 'escalation', schema: escalationSchema },
  );
  const silences = createSilenceStore({ database });
  const configurations = createConfigurations({
    clock,
    rules: store,
    inhibitions,
    escalations,
    silences,
    calendars,
  });

  let places: NotificationPlaces = {};
  const scopesOf = (): ScopesOf | null => places.scopesOf ?? null;
  const hands: ChannelHands = {
    startNet: (order) => (places.hands ?? noHands).startNet(order),
    runCommand: (order) => (places.hands ?? noHands).runCommand(order),
  };
  const named = createChannels(
    { database, secretBox, logger, audit, clock, hands, usesOf: (name) => usesOf(name) },
    identity,
  );
  const channels = named.store;
  const usesOf = (channel: string) => [
    ...[...store.rules().values()]
      .filter(({ rule }) => rule.channels?.includes(channel) === true)
      .map(({ rule }) => ({ kind: 'notification' as const, name: rule.name })),
    ...[...escalations.all().values()]
      .filter(({ value }) => value.steps.some((step) => step.channels.includes(channel)))
      .map(({ value }) => ({ kind: 'escalation' as const, name: value.name })),
  ];
  await Promise.all([store.load(), channels.load(), inhibitions.load(), escalations.load(), silences.load()]);

  let outbox: OutboxLoop | undefined;
  let decider: NotificationLoop | undefined;
  const wakeOutbox = (): void => outbox?.wake();
  const wake = (): void => decider?.wake();

  const describeChannel = (name: string): string => {
    const known = channels.channelOf(name);
    return known === null ? name : kindOf(known.channel).describe(known.channel);
  };
  /** What is ordered for a channel by name is due at once. */
  const wakeBoth = (): void => {
    wake();
    wakeOutbox();
  };
  const mails = createUnitMails({ database, wakeOutbox });

  return {
    mails,
    planner: createDeliveryPlanner({ configurations, scopesOf, describeChannel, wake: wakeBoth }),
    connect(events) {
      const changes = createRuleChanges({ store, audit, events, escalations, channels, calendars });
      const inhibition = {
        store: inhibitions,
        changes: createNamedChanges({ store: inhibitions, audit, events }),
      };
      const escalation = {
        store: escalations,
        changes: createNamedChanges({
          store: escalations,
          audit,
          events,
          findUnknown: (transaction, chain) => unknownChannels(transaction, chain, channels),
        }),
      };
      const sending = createOutboxLoop(
        {
          database,
          rules: store,
          channels,
          hands,
          consoleUrls: () => places.consoleUrls?.() ?? [],
          escalationAuthor: (name) => escalations.all().get(name)?.updatedBy,
          events,
          clock,
          timers,
          logger,
          chance: ports.chance,
          onUnitMail: mails.finished,
        },
        identity,
      );
      const deciding = createNotificationLoop({
        database,
        configurations,
        channels,
        scopesOf,
        events,
        wakeOutbox,
        clock,
        timers,
        logger,
      });
      const connectedChannels = named.connect(events);
      outbox = sending;
      decider = deciding;
      return {
        definitions: [
          createRuleDefinitions(store),
          connectedChannels.definitions,
          createNamedDefinitions(inhibitions, (value) => ({ kind: 'inhibition', value })),
          createNamedDefinitions(escalations, (value) => ({ kind: 'escalation', value })),
        ],
        rules: {
          ...changes,
          applyChannel: (transaction, value, actor) =>
            connectedChannels.changes.put(transaction, { value, expected: null, actor }),
          applyInhibition: (transaction, value, actor) =>
            inhibition.changes.put(transaction, { value, expected: null, actor }),
          applyEscalation: (transaction, value, actor) =>
            escalation.changes.put(transaction, { value, expected: null, actor }),
        },
        routes: {
          ...createNotificationRoutes(
            { database, audit, store, changes, channels, hands, wakeOutbox, clock },
            identity,
          ),
          ...connectedChannels.routes,
          ...createNamedRoutes({ database, inhibitions: inhibition, escalations: escalation }),
          ...createSilenceRoutes({ database, audit, silences, clock, wake }),
          ...createOutlookRoutes({
            database,
            configurations,
            calendars,
            scopesOf,
            state: () => deciding.state(),
            clock,
          }),
        },
        setPlaces(known) {
          places = { ...places, ...known };
        },
        start() {
          deciding.start();
          sending.start();
        },
        async pause() {
          await deciding.pause();
          await sending.pause();
        },
        resume() {
          deciding.resume();
          sending.resume();
        },
        async stop() {
          await deciding.stop();
          await sending.stop();
        },
      };
    },
  };
};
