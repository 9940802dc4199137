// Named channels put together: store, changes, definitions and routes. Made by notifications.ts.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Database } from '../../database/database.ts';
import type { SecretBox } from '../../files/secret-box.ts';
import type { AuditLog, EventSink, Identity } from '../../ports.ts';
import type { ChannelHands } from '../channels/channel.ts';
import { messageOfEvent } from '../channels/message-text.ts';
import { kindOf } from '../channels/registry.ts';
import { notificationLimits } from '../notification-limits.ts';
import { testEventOf } from '../test-event.ts';
import { createChannelChanges, type ChannelUse } from './channel-changes.ts';
import { createChannelDefinitions } from './channel-definitions.ts';
import { createChannelRoutes } from './channel-routes.ts';
import { createChannelStore, type ChannelStore } from './channel-store.ts';

export type ChannelsPorts = {
  readonly database: Database;
  readonly secretBox: SecretBox;
  readonly logger: Logger;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly hands: ChannelHands;
  /** Rules and escalations that name it. */
  readonly usesOf: (name: string) => readonly ChannelUse[];
};

export type Channels = {
  readonly store: ChannelStore;
  readonly connect: (events: EventSink) => {
    readonly changes: ReturnType<typeof createChannelChanges>;
    readonly definitions: ReturnType<typeof createChannelDefinitions>;
    readonly routes: ReturnType<typeof createChannelRoutes>;
  };
};

export const createChannels = (ports: ChannelsPorts, identity: Pick<Identity, 'managerId'>): Channels => {
  const { database, audit, clock, hands, usesOf } = ports;
  const store = createChannelStore(ports);
  return {
    store,
    connect(events) {
      const changes = createChannelChanges({ store, audit, events, usesOf });
      return {
        changes,
        definitions: createChannelDefinitions(store),
        routes: createChannelRoutes({
          database,
          audit,
          store,
          changes,
          usesOf,
          async test({ value }) {
            const event = testEventOf(`channel "${value.name}"`, clock.epochMs());
            return await kindOf(value.channel).send(
              value.channel,
              {
                ...messageOfEvent(event),
                test: true,
                rule: '',
                key: `${identity.managerId}-test-${clock.epochMs()}`,
              },
              { signal: AbortSignal.timeout(notificationLimits.sendTimeoutMs), hands },
            );
          },
        }),
      };
    },
  };
};
