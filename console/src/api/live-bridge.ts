// Carries live messages into the query cache: patches what is loaded, and loads anew what a patch cannot know.
// Called by app/backend.tsx. What a message changes is decided in live-patch.ts.
import type { QueryClient } from '@tanstack/react-query';
import type { NetSummary } from '@nezuban/protocol/api/jobs-operations';
import type { LiveMessage } from '@nezuban/protocol/api/live';
import type { EventView } from '@nezuban/protocol/events/event';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import type { SessionSummary } from '@nezuban/protocol/jobs/session';
import { eventMatches } from './event-filter.ts';
import type { LiveNotice } from './live-client.ts';
import {
  patchNetSession,
  patchPages,
  patchSessionSummary,
  patchSessionUnits,
  removeFromPages,
  sessionMatches,
  type LoadedSession,
  type Pages,
} from './live-patch.ts';
import type { EventsFilter, SessionsFilter } from './queries.ts';

/** Answers a notice of the live client. Returns whether it was a restart of the manager, for a word to the user. */
export const applyLiveNotice = (client: QueryClient, notice: LiveNotice): void => {
  if (notice.kind === 'message') applyMessage(client, notice.message);
  else if (notice.gap) void client.invalidateQueries();
  else void client.invalidateQueries({ queryKey: ['session'] });
};

const applyMessage = (client: QueryClient, message: Exclude<LiveMessage, { type: 'hello' }>): void => {
  switch (message.type) {
    case 'session':
      return applySession(client, message.session);
    case 'units':
      return applyUnits(client, message);
    case 'output':
      // The output viewer listens itself.
      return undefined;
    case 'event':
      return applyEvent(client, message.event);
    case 'node':
      return applyNode(client, message.node);
    case 'nodeRemoved':
      eachList<NodeView>(client, 'listNodes', (list) =>
        removeFromPages(list, (node) => node.name === message.name),
      );
      return undefined;
    case 'netsChanged':
      void client.invalidateQueries({ queryKey: ['listNets'] });
      for (const name of message.names) {
        void client.invalidateQueries({ queryKey: ['net', name] });
        void client.invalidateQueries({ queryKey: ['netYaml', name] });
      }
      return undefined;
    case 'reload':
      void client.invalidateQueries();
      return undefined;
  }
};

const eachList = <Item>(
  client: QueryClient,
  id: string,
  patch: (list: Pages<Item>, filter: object) => Pages<Item>,
): void => {
  for (const query of client.getQueryCache().findAll({ queryKey: [id] })) {
    client.setQueryData<Pages<Item>>(query.queryKey, (list) => list && patch(list, query.queryKey[1] ?? {}));
  }
};

const applySession = (client: QueryClient, session: SessionSummary): void => {
  eachList<SessionSummary>(client, 'listSessions', (list, filter) =>
    patchPages(list, session, {
      key: (item) => item.id,
      shows: (item) => sessionMatches(item, filter as SessionsFilter),
      isNewer: (next, previous) => next.revision >= previous.revision,
      // Only the newest belongs at the top: an old session may come back by a rerun.
      insert: isNewest(list, session) ? 'first' : 'never',
    }),
  );
  eachList<NetSummary>(client, 'listNets', (list) => ({
    ...list,
    pages: list.pages.map((page) => ({
      ...page,
      items: page.items.map((net) => patchNetSession(net, session)),
    })),
  }));
  const key = ['session', session.id];
  const before = client.getQueryData<LoadedSession>(key);
  if (before === undefined) return;
  client.setQueryData<LoadedSession>(key, patchSessionSummary(before, session));
  // What may be done with the session as a whole follows from its state, and is not in the message.
  if (before.detail.state !== session.state) void client.invalidateQueries({ queryKey: key });
};

const isNewest = (list: Pages<SessionSummary>, session: SessionSummary): boolean =>
  session.id > (list.pages[0]?.items[0]?.id ?? 0);

const applyUnits = (client: QueryClient, message: Extract<LiveMessage, { type: 'units' }>): void => {
  const key = ['session', message.sessionId];
  const before = client.getQueryData<LoadedSession>(key);
  if (before === undefined) return;
  const after = patchSessionUnits(before, message);
  if (after === null) void client.invalidateQueries({ queryKey: key });
  else client.setQueryData<LoadedSession>(key, after);
};

const applyEvent = (client: QueryClient, event: EventView): void => {
  eachList<EventView>(client, 'listEvents', (list, filter) =>
    patchPages(list, event, {
      key: (item) => item.id,
      shows: (item) => eventMatches(item, filter as EventsFilter),
      insert: event.id > (list.pages[0]?.items[0]?.id ?? 0) ? 'first' : 'never',
    }),
  );
};

const applyNode = (client: QueryClient, node: NodeView): void => {
  const known = client
    .getQueryCache()
    .findAll({ queryKey: ['listNodes'] })
    .some((query) =>
      client
        .getQueryData<Pages<NodeView>>(query.queryKey)
        ?.pages.some((page) => page.items.some((item) => item.name === node.name)),
    );
  if (known)
    eachList<NodeView>(client, 'listNodes', (list) =>
      patchPages(list, node, { key: (item) => item.name, shows: () => true, insert: 'never' }),
    );
  // Lists of nodes are in the order of names: the manager knows where a new one stands.
  else void client.invalidateQueries({ queryKey: ['listNodes'] });
};
