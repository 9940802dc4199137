// All notification channels by their type.
import type { Channel } from '@nezuban/protocol/notifications/channel';
import type { ChannelKind, ChannelOf } from './channel.ts';
import { discordChannel, googleChatChannel, slackChannel, teamsChannel } from './chat.ts';
import { commandChannel } from './command.ts';
import { jobNetChannel } from './job-net.ts';
import { mailChannel } from './mail.ts';
import { pagerdutyChannel } from './pagerduty.ts';
import { snmpTrapChannel } from './snmp-trap.ts';
import { syslogChannel } from './syslog.ts';
import { webhookChannel } from './webhook.ts';

type Registry = { readonly [Type in Channel['type']]: ChannelKind<ChannelOf<Type>> };

const channelKinds: Registry = {
  mail: mailChannel,
  webhook: webhookChannel,
  slack: slackChannel,
  teams: teamsChannel,
  google_chat: googleChatChannel,
  discord: discordChannel,
  pagerduty: pagerdutyChannel,
  syslog: syslogChannel,
  snmp_trap: snmpTrapChannel,
  job_net: jobNetChannel,
  command: commandChannel,
};

/** The kind of a channel. A kind is only ever given channels of its own type, which the compiler cannot follow through the lookup. */
export const kindOf = <C extends Channel>(channel: C): ChannelKind<C> =>
  channelKinds[channel.type] as unknown as ChannelKind<C>;
