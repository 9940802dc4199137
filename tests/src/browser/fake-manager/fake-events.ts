// What the fake manager answers about events, saved filters and the status view.
import { rollUp } from '@nezuban/core/events/roll-up';
import type { Operations } from '@nezuban/protocol/api/operations';
import type { ConfirmState, EventView } from '@nezuban/protocol/events/event';
import type { SavedFilter } from '@nezuban/protocol/events/event-filter';
import type { StatusEntry, StatusPlace } from '@nezuban/protocol/events/status';
import { ago } from './fake-data.ts';
import { paged, refuse, type FakeHandlers, type Schema } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

type EventsQuery = Schema<Operations['listEvents']['query']>;

const anyOf = (wanted: readonly string[] | undefined, value: string | null) =>
  wanted === undefined || (value !== null && wanted.includes(value));

const raises = ({ priority, key, clearedAt }: EventView) =>
  key !== null && priority !== 'info' && clearedAt === null;

const eventMatches = (
  event: EventView,
  query: Omit<EventsQuery, 'limit' | 'cursor'>,
  nodes: readonly string[] | null,
) =>
  anyOf(query.priority, event.priority) &&
  (query.confirm === undefined || query.confirm === event.confirm) &&
  anyOf(query.code, event.code) &&
  (query.node === undefined || query.node === event.node) &&
  (nodes === null || (event.node !== null && nodes.includes(event.node))) &&
  (query.monitor === undefined || query.monitor === event.monitor) &&
  (query.key === undefined || query.key === event.key) &&
  (query.cleared === undefined ||
    query.cleared === (event.clearedAt === null ? (raises(event) ? 'no' : 'other') : 'yes')) &&
  (query.min_count === undefined || event.count >= query.min_count) &&
  (query.field ?? []).every((field) => {
    const at = field.indexOf('=');
    return event.fields[field.slice(0, at)] === field.slice(at + 1);
  }) &&
  (query.from === undefined || event.at >= query.from) &&
  (query.to === undefined || event.at < query.to) &&
  (query.session === undefined || event.details['session'] === query.session) &&
  event.message.toLowerCase().includes((query.q ?? '').toLowerCase());

const toState = (event: EventView, state: ConfirmState): EventView => {
  const open = { ...event, confirmedBy: null, confirmedAt: null };
  switch (state) {
    case 'confirmed':
      return { ...event, confirm: state, confirmedBy: 'admin', confirmedAt: ago(0) };
    case 'confirming':
      return { ...open, confirm: state, confirmingBy: 'admin', confirmingAt: ago(0) };
    case 'unconfirmed':
      return { ...open, confirm: state, confirmingBy: null, confirmingAt: null };
  }
};

const order = ['critical', 'warning', 'unknown', 'info'];
const isPlace =
  (place: StatusPlace) =>
  ({ node, monitor, key }: StatusEntry): boolean =>
    node === place.node && monitor === place.monitor && key === place.key;

export const createFakeEventHandlers = (world: FakeWorld): FakeHandlers => {
  const saved: SavedFilter[] =
    world.events.length === 0
      ? []
      : [
          {
            name: 'night-open',
            owner: 'admin',
            shared: false,
            filter: { priority: ['critical', 'unknown'], confirm: 'unconfirmed' },
            updatedAt: ago(90_000),
          },
          {
            name: 'network-down',
            owner: 'sato',
            shared: true,
            filter: { monitor: 'syslog-network', cleared: 'no' },
            updatedAt: ago(9000),
          },
        ];
  const eventOr404 = (id: number): EventView =>
    world.events.find((event) => event.id === id) ?? refuse('not_found', `There is no event ${id}.`);
  const nodesOf = (scope: string | undefined): readonly string[] | null => {
    if (scope === undefined) return null;
    const below = (name: string): string[] => [
      name,
      ...world.scopes.filter(({ parent }) => parent === name).flatMap((child) => below(child.name)),
    ];
    const names = below(scope);
    return world.scopes.filter(({ name }) => names.includes(name)).flatMap(({ nodes }) => nodes);
  };
  const matching = ({ limit: _limit, cursor: _cursor, ...query }: EventsQuery): readonly EventView[] => {
    const nodes = nodesOf(query.scope);
    return world.events.filter((event) => eventMatches(event, query, nodes));
  };
  const change = (ids: ReadonlySet<number>, to: (event: EventView) => EventView): number => {
    world.events = world.events.map((event) => (ids.has(event.id) ? to(event) : event));
    const changed = world.events.filter(({ id }) => ids.has(id));
    if (changed.length > 100) world.publish({ type: 'eventsChanged' });
    else for (const event of changed) world.publish({ type: 'event', event });
    return changed.length;
  };
  const commented = (event: EventView, comment: string | undefined): EventView =>
    comment === undefined ? event : { ...event, comment, commentBy: 'admin', commentAt: ago(0) };
  return {
    listEvents: ({ query }) => ({ body: paged(matching(query), query) }),
    getEvent: ({ params }) => ({ body: eventOr404(params.id) }),
    confirmEvents: ({ body }) => {
      const state =
        body.state ??
        (body.confirmed === undefined ? undefined : body.confirmed ? 'confirmed' : 'unconfirmed');
      const changed = change(new Set(body.ids), (event) =>
        commented(state === undefined ? event : toState(event, state), body.comment),
      );
      return { body: { changed } };
    },
    confirmMatchingEvents: ({ body }) => {
      const upToId = body.up_to_id ?? world.events[0]?.id ?? 0;
      const found = matching({ ...body.filter, limit: 1 }).filter(
        ({ id, confirm }) => id <= upToId && confirm !== body.state,
      );
      if (!body.preview)
        change(new Set(found.map(({ id }) => id)), (event) =>
          commented(toState(event, body.state), body.comment),
        );
      return {
        body: { matching: found.length, more: false, changed: body.preview ? 0 : found.length, upToId },
      };
    },
    setEventFields: ({ params, body }) => {
      const { fields } = eventOr404(params.id);
      const next = Object.fromEntries(
        Object.entries({ ...fields, ...body.fields }).flatMap(([name, value]) =>
          value === null ? [] : [[name, value] as const],
        ),
      );
      change(new Set([params.id]), (event) => ({ ...event, fields: next }));
      return { body: eventOr404(params.id) };
    },
    listEventFilters: () => ({ body: { items: saved } }),
    putEventFilter: ({ params, body }) => {
      const before = saved.findIndex(({ name, owner }) => name === params.name && owner === 'admin');
      const view = { name: params.name, owner: 'admin', updatedAt: ago(0), ...body };
      if (before < 0) saved.push(view);
      else saved[before] = view;
      return { body: view };
    },
    deleteEventFilter: ({ params }) => {
      const at = saved.findIndex(({ name }) => name === params.name);
      if (at < 0) refuse('not_found', `There is no saved filter "${params.name}".`);
      saved.splice(at, 1);
      return { body: undefined };
    },
    getEventChain: ({ params }) => {
      const event = eventOr404(params.id);
      const isTrap = event.trapId !== null;
      return {
        body: {
          event,
          trapId: event.trapId,
          deliveries: isTrap ? sampleDeliveries(event.id) : [],
          escalations: isTrap
            ? [
                {
                  rule: 'network',
                  chain: 'network-duty',
                  state: 'running',
                  step: 1,
                  round: 1,
                  nextAt: ago(-300),
                  eventIds: [event.id],
                  startedAt: ago(2400),
                  endedAt: null,
                  endedBy: null,
                },
              ]
            : [],
          sessions: isTrap ? [41] : [],
        },
      };
    },
    getStatusTree: ({ query }) => {
      const { status } = world;
      const named = status.flatMap(({ node }) => (node === null ? [] : [node]));
      const listed = nodesOf(query.scope);
      return {
        body: rollUp({
          entries: status.map(({ node, priority }) => ({ node: node ?? '', priority, count: 1 })),
          scopes: world.scopes.map(({ name, parent, title }) => ({
            name,
            parent,
            title,
            nodes: [...new Set(nodesOf(name) ?? [])],
          })),
          nodes: new Set([...world.nodes.map(({ name }) => name), ...named]),
          listed: listed === null ? null : new Set(listed),
          nodesMax: query.nodes,
        }),
      };
    },
    listStatus: ({ query }) => {
      const nodes = nodesOf(query.scope);
      const found = world.status
        .filter(
          (entry) =>
            anyOf(query.priority, entry.priority) &&
            (query.node === undefined || query.node === entry.node) &&
            (nodes === null || (entry.node !== null && nodes.includes(entry.node))) &&
            (query.acknowledged === undefined ||
              (query.acknowledged === 'yes') === (entry.acknowledgedAt !== null)) &&
            `${entry.message} ${entry.node} ${entry.monitor} ${entry.key}`
              .toLowerCase()
              .includes((query.q ?? '').toLowerCase()),
        )
        .toSorted((a, b) => order.indexOf(a.priority) - order.indexOf(b.priority));
      return { body: paged(found, query) };
    },
    changeStatus: ({ body }) => {
      const isMeant = (entry: StatusEntry) => body.entries.some((place) => isPlace(place)(entry));
      world.status =
        body.action === 'clear'
          ? world.status.filter((entry) => !isMeant(entry))
          : world.status.map((entry) =>
              isMeant(entry)
                ? {
                    ...entry,
                    acknowledgedAt: body.action === 'acknowledge' ? ago(0) : null,
                    acknowledgedBy: body.action === 'acknowledge' ? 'admin' : null,
                  }
                : entry,
            );
      world.publish({ type: 'statusChanged' });
      return { body: { changed: body.entries.length } };
    },
  };
};

/** One of those that can be tried again (fake-notifications.ts). */
const failedDeliveryId = 28;

const sampleDeliveries = (eventId: number) => {
  const delivery = {
    eventId,
    rule: 'network',
    channel: 'mail',
    state: 'sent' as const,
    tries: 1,
    nextTryAt: null,
    lastError: null,
    createdAt: ago(2450),
    sentAt: ago(2448),
  };
  return [
    { ...delivery, id: 812, target: 'duty-mail', eventIds: [eventId], eventCount: 1 },
    {
      ...delivery,
      id: failedDeliveryId,
      channel: 'webhook',
      target: 'chat',
      state: 'failed' as const,
      tries: 5,
      lastError: 'connect ECONNREFUSED 10.0.9.9:443',
      sentAt: null,
      maybeRepeated: true,
    },
    {
      ...delivery,
      id: 810,
      target: 'night-mail',
      state: 'suppressed' as const,
      tries: 0,
      sentAt: null,
      suppressedBy: '4',
      suppressedKind: 'silence' as const,
    },
  ];
};
