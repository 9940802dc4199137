// Notifications of the fake manager: rules, channels, silences, inhibitions, escalations, deliveries, with versions; secrets are masked.
import type { ChannelView } from '@nezuban/protocol/api/channel-operations';
import type { DeliveryView } from '@nezuban/protocol/api/events-operations';
import type { EscalationRunView, SilenceView } from '@nezuban/protocol/api/notification-operations';
import { maskedSecret, namedChannelSchema, type Channel } from '@nezuban/protocol/notifications/channel';
import { escalationSchema, type Escalation } from '@nezuban/protocol/notifications/escalation';
import { inhibitionSchema, type Inhibition } from '@nezuban/protocol/notifications/inhibition';
import { notificationRuleSchema, type NotificationRule } from '@nezuban/protocol/notifications/rule';
import { ago } from './fake-data.ts';
import { assertFresh, paged, refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

type Stored<Value> = {
  readonly value: Value;
  readonly revision: number;
  readonly updatedAt: string;
  readonly updatedBy: string;
};

/** Definitions of one kind, by name. */
const createShelf = <Value extends { readonly name: string }>(kind: string, samples: readonly Value[]) => {
  const stored = new Map<string, Stored<Value>>(
    samples.map((value) => [
      value.name,
      { value, revision: 1, updatedAt: '2026-11-01T00:00:00.000Z', updatedBy: 'admin' },
    ]),
  );
  return {
    all: () => [...stored.values()].toSorted((a, b) => (a.value.name < b.value.name ? -1 : 1)),
    get: (name: string) => stored.get(name) ?? refuse('not_found', `There is no ${kind} "${name}".`),
    put: (value: Value, ifMatch: string | null): Stored<Value> => {
      const before = stored.get(value.name)?.revision ?? null;
      assertFresh(ifMatch, before);
      const next = { value, revision: (before ?? 0) + 1, updatedAt: ago(0), updatedBy: 'admin' };
      stored.set(value.name, next);
      return next;
    },
    remove: (name: string, ifMatch: string | null): undefined => {
      assertFresh(ifMatch, stored.get(name)?.revision ?? null);
      stored.delete(name);
    },
  };
};

const sampleChannels = () =>
  [
    {
      kind: 'channel',
      name: 'duty-mail',
      title: '夜間当番のメーリングリスト',
      channel: {
        type: 'mail',
        smtp: { host: 'mail.example.jp', port: 587, user: 'nezuban' },
        from: 'nezuban@example.jp',
        to: ['duty@example.jp'],
        language: 'ja',
      },
    },
    { kind: 'channel', name: 'chat', channel: { type: 'slack', url: maskedSecret } },
    {
      kind: 'channel',
      name: 'ticket',
      enabled: false,
      channel: {
        type: 'webhook',
        url: 'https://ticket.example.jp/hooks/42',
        headers: { Authorization: maskedSecret, 'X-Team': 'operations' },
      },
    },
    { kind: 'channel', name: 'pager', channel: { type: 'pagerduty', routing_key: maskedSecret } },
    {
      kind: 'channel',
      name: 'restart-web',
      channel: { type: 'job_net', net: 'backup', parameters: { host: '{{node}}' } },
    },
  ].map((each) => namedChannelSchema.parse(each));

const sampleInhibitions = () => [
  inhibitionSchema.parse({
    kind: 'inhibition',
    name: 'router-down',
    title: 'ルータ停止中は配下を通知しない',
    while: { monitors: ['ping'], scopes: ['network'] },
    keep_back: { priorities: ['warning', 'critical'] },
    behind: 'behind-{{node}}',
  }),
];

const sampleEscalations = () => [
  escalationSchema.parse({
    kind: 'escalation',
    name: 'night',
    steps: [
      { after_min: 10, channels: ['pager'] },
      { after_min: 20, channels: ['pager', 'duty-mail'] },
    ],
    rounds: 2,
  }),
];

const sampleRules = (before: readonly NotificationRule[]): readonly NotificationRule[] => [
  ...before,
  notificationRuleSchema.parse({
    kind: 'notification',
    name: 'web-night',
    priorities: ['critical', 'warning'],
    scopes: ['web'],
    nodes: ['web-*'],
    monitors: ['http'],
    times: { timezone: 'Asia/Tokyo', only: [{ from: '18:00', to: '09:00' }] },
    repeat: { every_min: 30 },
    recovered: true,
    group: { by: ['node'] },
    escalation: 'night',
    channels: ['duty-mail', 'chat'],
  }),
];

const sampleSilences = (): SilenceView[] => [
  {
    id: 4,
    match: { nodes: ['web-01'], monitors: ['http'] },
    reason: 'ファームウェアの更新',
    from: ago(1800),
    until: ago(-7200),
    by: 'sato',
    endedAt: null,
    endedBy: null,
  },
  {
    id: 3,
    match: { scopes: ['batch'] },
    reason: 'disk swap',
    from: ago(90_000),
    until: ago(80_000),
    by: 'admin',
    endedAt: ago(86_000),
    endedBy: 'admin',
  },
];

const sampleDeliveries = (): DeliveryView[] =>
  Array.from({ length: 30 }, (_, i) => {
    const state =
      i === 0 ? 'pending' : i % 7 === 2 ? 'failed' : i % 7 === 5 ? 'suppressed' : ('sent' as const);
    const isTried = state === 'failed' || state === 'pending';
    return {
      id: 30 - i,
      eventId: 500 - i,
      rule: i % 2 === 0 ? 'night-duty' : 'web-night',
      channel: i % 2 === 0 ? 'mail to duty@example.jp by mail.example.jp:587' : 'Slack',
      target: i % 2 === 0 ? null : 'chat',
      state,
      tries: state === 'sent' ? 1 : isTried ? 5 : 0,
      nextTryAt: state === 'pending' ? ago(-20) : null,
      lastError: isTried ? '451 4.7.1 try again later' : null,
      createdAt: ago(i * 700),
      sentAt: state === 'sent' ? ago(i * 700 - 2) : null,
      suppressedBy: state === 'suppressed' ? '4' : null,
      suppressedKind: state === 'suppressed' ? 'silence' : null,
      eventIds: i % 3 === 0 ? [500 - i, 499 - i] : [500 - i],
      eventCount: i % 3 === 0 ? 2 : 1,
      maybeRepeated: i === 2,
      recovered: i % 5 === 4,
    };
  });

const sampleRuns = (): EscalationRunView[] => [
  {
    rule: 'web-night',
    chain: 'night',
    state: 'running',
    step: 1,
    round: 1,
    nextAt: ago(-600),
    eventIds: [500, 499],
    startedAt: ago(700),
    endedAt: null,
    endedBy: null,
  },
  {
    rule: 'web-night',
    chain: 'night',
    state: 'acknowledged',
    step: 2,
    round: 1,
    nextAt: null,
    eventIds: [498],
    startedAt: ago(20_000),
    endedAt: ago(18_500),
    endedBy: 'sato',
  },
];

const goesTo = (channel: Channel): string => {
  switch (channel.type) {
    case 'mail':
      return `mail to ${channel.to.join(', ')} by ${channel.smtp.host}:${channel.smtp.port}`;
    case 'webhook':
      return `webhook ${new URL(channel.url).origin}`;
    case 'job_net':
      return `job net ${channel.net}`;
    case 'syslog':
    case 'snmp_trap':
      return `${channel.type} to ${channel.host}:${channel.port}`;
    default:
      return channel.type;
  }
};

/** As the manager answers: what was typed is not given back. */
const masked = (channel: Channel): Channel => {
  switch (channel.type) {
    case 'slack':
    case 'teams':
    case 'google_chat':
    case 'discord':
      return { ...channel, url: maskedSecret };
    case 'pagerduty':
      return { ...channel, routing_key: maskedSecret };
    case 'mail': {
      const { password: _secret, ...smtp } = channel.smtp;
      return { ...channel, smtp };
    }
    default:
      return channel;
  }
};

export const createFakeNotificationHandlers = (world: FakeWorld): FakeHandlers => {
  const isEmpty = world.nets.size === 0;
  const or = <Value>(samples: readonly Value[]) => (isEmpty ? [] : samples);
  const channels = createShelf('channel', or(sampleChannels()));
  const inhibitions = createShelf<Inhibition>('inhibition', or(sampleInhibitions()));
  const escalations = createShelf<Escalation>('escalation', or(sampleEscalations()));
  const rules = createShelf<NotificationRule>(
    'rule',
    or(sampleRules([...world.rules.values()].map(({ rule }) => rule))),
  );
  const silences = isEmpty ? [] : sampleSilences();
  let deliveries = isEmpty ? [] : sampleDeliveries();
  const ruleView = ({ value: rule, ...rest }: Stored<NotificationRule>) => ({ rule, ...rest });
  const inhibitionView = ({ value: inhibition, ...rest }: Stored<Inhibition>) => ({ inhibition, ...rest });
  const escalationView = ({ value: escalation, ...rest }: Stored<Escalation>) => ({ escalation, ...rest });
  const channelView = ({ value, ...rest }: Stored<ChannelView['definition']>): ChannelView => ({
    definition: { ...value, channel: masked(value.channel) },
    goesTo: goesTo(value.channel),
    secretsLost: false,
    usedBy: [
      ...rules
        .all()
        .filter(({ value: rule }) => rule.channels?.includes(value.name) === true)
        .map(({ value: rule }) => ({ kind: 'notification' as const, name: rule.name })),
      ...escalations
        .all()
        .filter(({ value: chain }) => chain.steps.some((step) => step.channels.includes(value.name)))
        .map(({ value: chain }) => ({ kind: 'escalation' as const, name: chain.name })),
    ],
    ...rest,
  });
  const retry = (isMeant: (delivery: DeliveryView) => boolean): number => {
    const meant = deliveries.filter((delivery) => delivery.state === 'failed' && isMeant(delivery));
    deliveries = deliveries.map((delivery) =>
      meant.includes(delivery) ? { ...delivery, state: 'pending', nextTryAt: ago(0) } : delivery,
    );
    return meant.length;
  };
  return {
    listRules: ({ query }) => ({ body: paged(rules.all().map(ruleView), query) }),
    putRule: ({ body, ifMatch }) => {
      const unknown = (body.channels ?? []).findIndex(
        (name) => !channels.all().some(({ value }) => value.name === name),
      );
      if (unknown >= 0)
        refuse('invalid_definition', 'A channel is not there.', [
          { path: `channels[${unknown}]`, message: 'there is no such channel' },
        ]);
      const stored = rules.put(body, ifMatch);
      return { body: ruleView(stored), revision: stored.revision };
    },
    deleteRule: ({ params, ifMatch }) => ({ body: rules.remove(params.name, ifMatch) }),
    testRule: ({ params }) => ({
      body:
        params.name === 'chat'
          ? { sent: false, error: 'connect ECONNREFUSED 10.0.0.9:443' }
          : { sent: true, error: null },
    }),
    simulateRule: ({ body }) => {
      const events = world.events.filter(
        ({ priority }) => body.rule.priorities.length === 0 || body.rule.priorities.includes(priority),
      );
      return {
        body: {
          from: ago(body.hours * 3600),
          to: ago(0),
          events: world.events.length,
          isCut: false,
          messages: events
            .slice(0, 12)
            .toReversed()
            .map((event, index) => ({
              at: event.at,
              type: index % 5 === 3 ? ('suppressed' as const) : ('message' as const),
              cause: index % 5 === 3 ? 'silence:4' : null,
              channels: body.rule.channels ?? null,
              recovered: index % 5 === 4,
              reminder: false,
              overflow: false,
              escalationStep: null,
              unchanged: 0,
              count: 1,
              events: [
                {
                  id: event.id,
                  at: event.at,
                  priority: event.priority,
                  node: event.node,
                  message: event.message,
                },
              ],
            })),
        },
      };
    },
    listChannels: ({ query }) => ({ body: paged(channels.all().map(channelView), query) }),
    getChannel: ({ params }) => {
      const stored = channels.get(params.name);
      return { body: channelView(stored), revision: stored.revision };
    },
    putChannel: ({ body, ifMatch }) => {
      const stored = channels.put(body, ifMatch);
      return { body: channelView(stored), revision: stored.revision };
    },
    deleteChannel: ({ params, ifMatch }) => {
      if (channelView(channels.get(params.name)).usedBy.length > 0)
        refuse('operation_refused', `The channel "${params.name}" is in use.`);
      return { body: channels.remove(params.name, ifMatch) };
    },
    testChannel: ({ params }) => ({
      body:
        params.name === 'ticket'
          ? { sent: false, error: 'connect ECONNREFUSED 10.0.0.9:443' }
          : { sent: true, error: null },
    }),
    listInhibitions: ({ query }) => ({ body: paged(inhibitions.all().map(inhibitionView), query) }),
    putInhibition: ({ body, ifMatch }) => {
      const stored = inhibitions.put(body, ifMatch);
      return { body: inhibitionView(stored), revision: stored.revision };
    },
    deleteInhibition: ({ params, ifMatch }) => ({ body: inhibitions.remove(params.name, ifMatch) }),
    listEscalations: ({ query }) => ({ body: paged(escalations.all().map(escalationView), query) }),
    putEscalation: ({ body, ifMatch }) => {
      const stored = escalations.put(body, ifMatch);
      return { body: escalationView(stored), revision: stored.revision };
    },
    deleteEscalation: ({ params, ifMatch }) => ({ body: escalations.remove(params.name, ifMatch) }),
    listEscalationRuns: ({ query }) => ({
      body: paged(
        or(sampleRuns()).filter(({ state }) => query.state === undefined || query.state.includes(state)),
        query,
      ),
    }),
    listSilences: ({ query }) => ({
      body: paged(
        silences.filter(
          ({ endedAt, until }) => query.open !== 'true' || (endedAt === null && until > ago(0)),
        ),
        query,
      ),
    }),
    addSilence: ({ body }) => {
      const silence: SilenceView = {
        ...body,
        id: (silences[0]?.id ?? 0) + 1,
        from: ago(0),
        by: 'admin',
        endedAt: null,
        endedBy: null,
      };
      silences.unshift(silence);
      return { body: silence };
    },
    endSilence: ({ params }) => {
      const index = silences.findIndex(({ id }) => id === params.id);
      const silence = silences[index] ?? refuse('not_found', `There is no silence ${params.id}.`);
      const ended = { ...silence, endedAt: ago(0), endedBy: 'admin' };
      silences[index] = ended;
      return { body: ended };
    },
    listKeptBack: ({ query }) => ({
      body: paged(
        world.events
          .slice(0, 2)
          .map((event) => ({ rule: 'web-night', kind: 'silence' as const, by: '4', event })),
        query,
      ),
    }),
    listDeliveries: ({ query }) => ({
      body: paged(
        deliveries.filter(
          ({ state, rule, target }) =>
            (query.state === undefined || query.state.includes(state)) &&
            (query.rule === undefined || query.rule === rule) &&
            (query.channel === undefined || query.channel === target),
        ),
        query,
      ),
    }),
    retryDelivery: ({ params }) => {
      if (retry(({ id }) => id === params.id) === 0)
        refuse('operation_refused', `Delivery ${params.id} has not failed.`);
      return {
        body: deliveries.find(({ id }) => id === params.id) ?? refuse('not_found', 'There is none.'),
      };
    },
    retryDeliveries: ({ body }) => ({
      body: {
        retried: retry(
          ({ rule, target }) =>
            (body.rule === null || body.rule === rule) && (body.channel === null || body.channel === target),
        ),
      },
    }),
  };
};
