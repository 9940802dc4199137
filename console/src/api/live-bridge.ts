// Carries live messages into the query cache: patches what is loaded, and loads anew what a patch cannot know.
// Called by app/backend.tsx. What a message changes is decided in live-patch.ts.
//
// A message may arrive while a load is under way whose answer was made before it. Such a patch is applied at once and once more
// when the load is done, or the answer would undo it. Patches are idempotent: they carry whole items and know revisions.
import type { Query, QueryClient, QueryKey } from '@tanstack/react-query';
import type { NetSummary } from '@nezuban/protocol/api/jobs-operations';
import type { LiveMessage } from '@nezuban/protocol/api/live';
import type { EventView } from '@nezuban/protocol/events/event';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import type { SessionSummary } from '@nezuban/protocol/jobs/session';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { eventMatches, isJudgedHere } from './event-filter.ts';
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
import { eventStreamPageSize, type EventsFilter, type NodesFilter, type SessionsFilter } from './queries.ts';

/** Patches kept for one load under way; with more, it is simply loaded once more. */
const keptPatchesMax = 500;
/** Counts of the frame are loaded so long after a message, once for a burst of them. */
const countsDelayMs = 1_000;
/** So too the folders of job nets, which show how sessions ended; they ask more of the database. */
const foldersDelayMs = 5_000;

/** In a storm, lists of events are loaded so often and no oftener; the status view, too. */
const eventsDelayMs = 1_000;
const statusDelayMs = 2_000;
/** Pages of the stream that are loaded anew after a gap. */
const reloadedPagesMax = 3;

/**
 * Says, by a number that grows, that there is more in the stream of events than was told one by one. The page of events decides when it loads
 * that: not while somebody reads.
 */
export const eventsMovedKey = ['eventsMoved'] as const;

/** Messages that come often and change no count. */
const countless: ReadonlySet<LiveMessage['type']> = new Set(['units', 'output', 'pair', 'statusChanged']);

type Message<Type extends LiveMessage['type']> = Extract<LiveMessage, { type: Type }>;

/** Returns what takes the notices of the live client. */
export const createLiveBridge = (client: QueryClient): ((notice: LiveNotice) => void) => {
  const cache = client.getQueryCache();
  const kept = new Map<string, (() => void)[]>();

  cache.subscribe((event) => {
    if (event.type === 'removed') kept.delete(event.query.queryHash);
    if (event.type !== 'updated' || event.query.state.fetchStatus === 'fetching') return;
    const patches = kept.get(event.query.queryHash);
    if (patches === undefined) return;
    kept.delete(event.query.queryHash);
    if (patches.length > keptPatchesMax) load(event.query.queryKey);
    else for (const patch of patches) patch();
  });

  let countsTimer: ReturnType<typeof setTimeout> | undefined;
  const loadCounts = (): void => {
    countsTimer ??= setTimeout(() => {
      countsTimer = undefined;
      load(['system']);
    }, countsDelayMs);
  };

  let foldersTimer: ReturnType<typeof setTimeout> | undefined;
  const loadFolders = (): void => {
    foldersTimer ??= setTimeout(() => {
      foldersTimer = undefined;
      load(['netFolders']);
    }, foldersDelayMs);
  };

  let eventsTimer: ReturnType<typeof setTimeout> | undefined;
  const loadEvents = (): void => {
    eventsTimer ??= setTimeout(() => {
      eventsTimer = undefined;
      loadAllBut(isReadStream, ['listEvents']);
      load(['event']);
      client.setQueryData<number>(eventsMovedKey, (count = 0) => count + 1);
    }, eventsDelayMs);
  };

  let statusTimer: ReturnType<typeof setTimeout> | undefined;
  const loadStatus = (): void => {
    statusTimer ??= setTimeout(() => {
      statusTimer = undefined;
      load(['statusTree']);
      load(['listStatus']);
    }, statusDelayMs);
  };

  const loadAllBut = (excepted: (query: Query) => boolean, queryKey?: QueryKey): void =>
    void client.invalidateQueries({
      ...(queryKey === undefined ? {} : { queryKey }),
      predicate: (query) => !excepted(query),
    });
  /** Hundreds of pages may be loaded: to load all of them anew helps nobody. A stream without rows has nobody who reads it. */
  const isReadStream = (query: Query): boolean =>
    query.queryKey[0] === 'listEvents' &&
    query.queryKey[2] === eventStreamPageSize &&
    query.getObserversCount() > 0 &&
    ((query.state.data as Pages<EventView> | undefined)?.pages[0]?.items.length ?? 0) > 0;
  /** Of a short list all is loaded, as it always was: somebody may have confirmed what it shows. */
  const isLongStream = (query: Query): boolean =>
    isReadStream(query) &&
    ((query.state.data as Pages<EventView> | undefined)?.pages.length ?? 0) > reloadedPagesMax;
  const loadEverything = (): void => {
    const isHeld = cache.findAll({ queryKey: ['listEvents'] }).some(isLongStream);
    loadAllBut(isLongStream);
    if (!isHeld) return;
    client.setQueryData<number>(eventsMovedKey, (count = 0) => count + 1);
  };

  const load = (queryKey: QueryKey): void => void client.invalidateQueries({ queryKey });

  /** Applies a patch to one query's data, now and again after a load that is under way. `null` from it: load anew. */
  const change = <Data>(query: Query, patch: (data: Data) => Data | null): void => {
    const apply = () => {
      const before = client.getQueryData<Data>(query.queryKey);
      if (before === undefined) return;
      const after = patch(before);
      if (after === null) load(query.queryKey);
      else if (after !== before) client.setQueryData<Data>(query.queryKey, after);
    };
    if (query.state.fetchStatus === 'fetching') {
      const patches = kept.get(query.queryHash) ?? [];
      kept.set(query.queryHash, patches);
      if (patches.length <= keptPatchesMax) patches.push(apply);
    }
    apply();
  };

  const changeLists = <Item>(id: string, patch: (list: Pages<Item>, filter: object) => Pages<Item>): void => {
    for (const query of cache.findAll({ queryKey: [id] }))
      change<Pages<Item>>(query, (list) => patch(list, query.queryKey[1] ?? {}));
  };

  const changeSession = (id: number, patch: (loaded: LoadedSession) => LoadedSession | null): void => {
    for (const query of cache.findAll({ queryKey: ['session', id], exact: true })) change(query, patch);
  };

  const applySession = ({ session }: Message<'session'>): void => {
    changeLists<SessionSummary>('listSessions', (list, filter) =>
      patchPages(list, session, {
        key: (item) => item.id,
        shows: (item) => sessionMatches(item, filter as SessionsFilter),
        isNewer: (next, previous) => next.revision >= previous.revision,
        descendingBy: (item) => item.id,
      }),
    );
    changeLists<NetSummary>('listNets', (list) => ({
      ...list,
      pages: list.pages.map((page) => ({
        ...page,
        items: page.items.map((net) => patchNetSession(net, session)),
      })),
    }));
    const before = client.getQueryData<LoadedSession>(['session', session.id]);
    changeSession(session.id, (loaded) => patchSessionSummary(loaded, session));
    if (session.state === 'ended') {
      load(['netHistory', session.net]);
      loadFolders();
    }
    // What may be done with the session as a whole follows from its state, and is not in the message.
    if (before !== undefined && before.detail.state !== session.state) load(['session', session.id]);
  };

  const applyNode = ({ node }: Message<'node'>): void => {
    let known = false;
    changeLists<NodeView>('listNodes', (list, filter) => {
      known ||= list.pages.some((page) => page.items.some((item) => item.name === node.name));
      const wanted = (filter as NodesFilter).connection;
      return patchPages(list, node, {
        key: (item) => item.name,
        shows: (item) => wanted === undefined || wanted.includes(item.connection),
      });
    });
    for (const query of cache.findAll({ queryKey: ['node', node.name], exact: true }))
      change<NodeView>(query, () => node);
    // Lists of nodes are in the order of names: the manager knows where a new one stands.
    if (!known) load(['listNodes']);
  };

  const applyEvent = ({ event }: Message<'event'>): void => {
    changeLists<EventView>('listEvents', (list, filter) => {
      const wanted: EventsFilter = filter;
      if (isJudgedHere(wanted))
        return patchPages(list, event, {
          key: (item) => item.id,
          shows: (item) => eventMatches(item, wanted),
          descendingBy: (item) => item.id,
        });
      loadEvents();
      return patchPages(list, event, { key: (item) => item.id, shows: () => true });
    });
    for (const query of cache.findAll({ queryKey: ['event', event.id], exact: true }))
      change<EventView>(query, () => event);
    load(['eventChain', event.id]);
  };

  const applyMessage = (message: Exclude<LiveMessage, { type: 'hello' }>): void => {
    switch (message.type) {
      case 'session':
        return applySession(message);
      case 'units':
        return changeSession(message.sessionId, (loaded) => patchSessionUnits(loaded, message));
      case 'output':
        // The output viewer listens itself.
        return undefined;
      case 'event':
        return applyEvent(message);
      case 'eventsChanged':
        return loadEvents();
      case 'statusChanged':
        return loadStatus();
      case 'node':
        return applyNode(message);
      case 'nodeRemoved':
        load(['node', message.name]);
        return changeLists<NodeView>('listNodes', (list) =>
          removeFromPages(list, (node) => node.name === message.name),
        );
      case 'approvalsChanged':
        load(['listApprovals']);
        return undefined;
      case 'netsChanged':
        load(['listNets']);
        load(['netFolders']);
        load(['comingStarts']);
        for (const name of message.names) {
          load(['net', name]);
          load(['netYaml', name]);
          load(['netVersions', name]);
          load(['startPreparations', name]);
          load(['netStarts', name]);
        }
        return undefined;
      case 'pair':
        // Always the newest: clocks of two hosts may differ, so that `at` says nothing about the order.
        for (const query of cache.findAll({ queryKey: ['pair'], exact: true }))
          change<PairStatus>(query, () => message.status);
        return undefined;
      case 'operationsChanged':
        load(['operations']);
        return undefined;
      case 'reload':
        return loadEverything();
    }
  };

  return (notice) => {
    if (notice.kind === 'message') {
      if (!countless.has(notice.message.type)) loadCounts();
      applyMessage(notice.message);
    } else if (notice.gap) loadEverything();
    // The stream was exchanged for one that watches another session: only that session was not heard of before.
    else load(['session']);
  };
};
