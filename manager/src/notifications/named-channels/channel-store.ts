// Named channels in the database, and the copy in memory that the outbox sends by. Rows and secrets are sealed-store.ts.
import { namedChannelSchema, type NamedChannelDefinition } from '@nezuban/protocol/notifications/channel';
import { channelPurpose } from '../../files/sealed-places.ts';
import type { NamedChannels } from '../channels/channel.ts';
import { kindOf } from '../channels/registry.ts';
import { notificationLimits } from '../notification-limits.ts';
import {
  createSealedStore,
  type SealedMeta,
  type SealedStore,
  type SealedStorePorts,
} from '../sealed-store.ts';

/** With its secrets. */
export type StoredChannel = SealedMeta & { readonly value: NamedChannelDefinition };

export type ChannelStore = NamedChannels & SealedStore<NamedChannelDefinition, StoredChannel>;

export const createChannelStore = (ports: SealedStorePorts): ChannelStore => {
  const store = createSealedStore<NamedChannelDefinition, StoredChannel>(ports, {
    table: 'notification_channel',
    what: 'channel',
    max: notificationLimits.channelsMax,
    purposeOf: channelPurpose,
    join(definition, secrets) {
      const bare = namedChannelSchema.parse(definition);
      return { ...bare, channel: kindOf(bare.channel).joinSecrets(bare.channel, secrets) };
    },
    wrap: (value, meta) => ({ value, ...meta }),
  });
  return {
    ...store,
    channelOf(name) {
      const stored = store.all().get(name);
      if (stored === undefined) return null;
      const { value, secretsLost, updatedBy } = stored;
      return {
        channel: value.channel,
        enabled: value.enabled,
        secretsLost,
        updatedBy,
        limitPerMin: value.limit_per_min ?? null,
      };
    },
    async exists(transaction, name) {
      const { rowCount } = await transaction.query('SELECT 1 FROM notification_channel WHERE name = $1', [
        name,
      ]);
      return rowCount !== 0;
    },
  };
};
