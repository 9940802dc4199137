// The channel `pagerduty`: Events API v2. What stands is one incident, whoever tells of it again; when it is over the incident is resolved.
// Source: PagerDuty, "Send an Alert Event", Events API v2.
import type { Priority } from '@nezuban/protocol/priority';
import type { EventView } from '@nezuban/protocol/events/event';
import type { ChannelKind, ChannelOf } from './channel.ts';
import { sendJson } from './http-post.ts';
import { linkWordsOf, subjectOf, textOf, urlsOf } from './message-text.ts';
import { secretsAt } from './secret-places.ts';

type PagerDutyChannel = ChannelOf<'pagerduty'>;

const SEVERITY: Readonly<Record<Priority, string>> = {
  info: 'info',
  unknown: 'warning',
  warning: 'warning',
  critical: 'critical',
};
const SUMMARY_CHARS_MAX = 1_024;
const DEDUP_CHARS_MAX = 255;

export const pagerdutyChannel: ChannelKind<PagerDutyChannel> = {
  describe: ({ url }) => `pagerduty ${new URL(url).host}`,
  send: async (channel, message, { signal }) =>
    await sendJson({
      url: channel.url,
      signal,
      headers: {},
      value: {
        routing_key: channel.routing_key,
        event_action: message.recovered ? 'resolve' : 'trigger',
        dedup_key: incidentOf(message.event),
        links: urlsOf(message).map((href) => ({ href, text: linkWordsOf(message).replace(/:$/, '') })),
        payload: {
          summary: subjectOf(message).slice(0, SUMMARY_CHARS_MAX),
          source: message.event.node ?? 'nezuban',
          severity: SEVERITY[message.event.priority],
          timestamp: message.event.at,
          component: message.event.monitor ?? message.event.code,
          custom_details: { text: textOf(message), delivery: message.key, rule: message.rule },
        },
      },
    }),
  ...secretsAt<PagerDutyChannel>(({ url }) => [
    { path: 'routing_key', boundTo: url, boundBy: 'the address', required: true },
  ]),
};

/** What raises and what clears meet by it; without a key each event is an incident of its own. */
const incidentOf = ({ id, node, monitor, key }: EventView): string =>
  key === null
    ? `nezuban-event-${id}`
    : `nezuban ${node ?? ''} ${monitor ?? ''} ${key}`.slice(0, DEDUP_CHARS_MAX);
