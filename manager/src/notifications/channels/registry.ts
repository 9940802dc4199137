// All notification channels by their type.
import type { Channel } from '@nezuban/protocol/notifications/channel';
import type { ChannelKind, ChannelOf } from './channel.ts';
import { mailChannel } from './mail.ts';
import { webhookChannel } from './webhook.ts';

type Registry = { readonly [Type in Channel['type']]: ChannelKind<ChannelOf<Type>> };

const channelKinds: Registry = { mail: mailChannel, webhook: webhookChannel };

/** The kind of a channel. A kind is only ever given channels of its own type, which the compiler cannot follow through the lookup. */
export const kindOf = (channel: Channel): ChannelKind<Channel> => channelKinds[channel.type];
