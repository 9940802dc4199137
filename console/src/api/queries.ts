// What the console reads, as options for TanStack Query: keys, calls, paging. Every screen reads through these, so that one live message
// or one change finds all places that show it. Not responsible for changes: screens call `api.call` and invalidate by these keys.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { OperationInput, OperationOutput } from '@nezuban/protocol/api/operation';
import { pageLimitMax } from '@nezuban/protocol/api/paging';
import type { Operations } from '@nezuban/protocol/api/operations';
import type { UnitPath } from '@nezuban/protocol/ids';
import type { DeliveryView } from '@nezuban/protocol/api/events-operations';
import type { EventCode, EventView } from '@nezuban/protocol/events/event';
import type { AgentConnection } from '@nezuban/protocol/inventory/node';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { SessionState } from '@nezuban/protocol/jobs/session';
import type { EscalationState } from '@nezuban/protocol/notifications/escalation';
import type { SettingsSection } from '@nezuban/protocol/settings/settings';
import type { Place } from '@nezuban/protocol/operations/place';
import type { Priority } from '@nezuban/protocol/priority';
import { hasCode } from './api-problem.ts';
import type { Api } from './client.ts';
import type { LoadedSession, Page } from './live-patch.ts';
import { createCalendarQueries } from './calendar-queries.ts';
import { createLimitQueries } from './limit-queries.ts';
import { createOutlookQueries } from './outlook-queries.ts';
import { createNetVersionQueries } from './net-version-queries.ts';
import { createTrapQueries } from './trap-queries.ts';
import { createWaitingQueries } from './waiting-queries.ts';

/** Items of one page of a list; more are loaded when the end is scrolled to. */
export const listPageSize = 100;

/** Counts on the frame are polled, which also notices a manager that went away without closing the stream. */
export const systemPollMs = 10_000;
/** Progress of file transfers: for eyes. */
const transferPollMs = 2_000;

/** How the pair is comes by the live stream; this is for when that is away, as it is during a switch. */
export const pairPollMs = { page: 2_000, frame: 10_000 } as const;

/** How far a backup is, while one is made; and whether one has begun. */
export const backupPollMs = { running: 1_000, idle: 10_000 } as const;

/** What is frozen, for the banner of every page. */
export const frozenPollMs = 15_000;
/** How far a place is drained, while somebody looks at it. */
export const drainPollMs = 2_000;

/** Who edits which net: an editor says so about as often. */
export const netEditingPollMs = 15_000;

/** What runs out by itself disappears from the status view. */
export const statusPollMs = 60_000;

/** A start that has come drops out of the list of those to come. */
export const comingStartsPollMs = 30_000;
/** How the nets of the map ended last. */
export const netMapPollMs = 10_000;

/** Sessions that the history of a net shows. */
export const netHistorySessions = 60;

export type NetsFilter = { readonly q?: string; readonly folder?: string };
export type SessionsFilter = {
  readonly net?: string;
  readonly state?: readonly SessionState[];
  readonly end_status?: readonly EndStatus[];
};
export type EventsFilter = {
  readonly priority?: readonly Priority[];
  readonly code?: readonly EventCode[];
  readonly confirm?: EventView['confirm'];
  readonly q?: string;
  readonly node?: string;
  readonly scope?: string;
  readonly monitor?: string;
  readonly key?: string;
  readonly cleared?: 'yes' | 'no' | 'other';
  /** As `name=value`. */
  readonly field?: readonly string[];
  readonly min_count?: number;
  readonly session?: number;
  readonly trap?: number;
  readonly from?: string;
  readonly to?: string;
};
export type StatusFilter = {
  readonly priority?: readonly Priority[];
  readonly node?: string;
  readonly scope?: string;
  readonly monitor?: string;
  readonly acknowledged?: 'yes' | 'no';
  readonly q?: string;
};

/** Of the stream of events: long lists are scrolled through quickly, so few large pages. The live bridge knows the stream by it. */
export const eventStreamPageSize = 300;

/** Tiles of the node map, and so nodes that the tree of the status names at most. */
export const statusNodesMax = 10_000;

export type NodesFilter = {
  readonly q?: string;
  readonly connection?: readonly AgentConnection[];
  readonly scope?: string;
};

export type DeliveriesFilter = {
  readonly state?: readonly DeliveryView['state'][];
  readonly rule?: string;
  readonly channel?: string;
  readonly event?: number;
};

/** Whose things: the own ones if nothing is said. */
export type Owner = { readonly user?: string; readonly all?: boolean };
export type AuditFilter = {
  readonly q?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly from?: string;
  readonly to?: string;
};

type ListId =
  | 'listNets'
  | 'listSessions'
  | 'listEvents'
  | 'listStatus'
  | 'listNodes'
  | 'listScopes'
  | 'listTokens'
  | 'listSecrets'
  | 'listSignIns'
  | 'listUsers'
  | 'listAudit'
  | 'listRules'
  | 'listDeliveries'
  | 'listChannels'
  | 'listSilences'
  | 'listInhibitions'
  | 'listEscalations'
  | 'listEscalationRuns'
  | 'listKeptBack';
export type ListItem<Id extends ListId> = OperationOutput<Operations[Id]>['items'][number];

export const createQueries = (api: Api) => {
  const list = <Id extends ListId>(id: Id, filter: object, limit = listPageSize) =>
    infiniteQueryOptions({
      queryKey: [id, filter, limit] as const,
      queryFn: ({ pageParam, signal }) => {
        const query = { ...filter, limit, ...(pageParam === null ? {} : { cursor: pageParam }) };
        return api.call(
          id,
          { query } as OperationInput<Operations[Id]>,
          signal,
        ) as Promise<unknown> as Promise<Page<ListItem<Id>>>;
      },
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      // While a changed filter loads, the old list stays: no flicker at each letter.
      placeholderData: keepPreviousData,
    });
  return {
    ...createCalendarQueries(api),
    ...createLimitQueries(api),
    ...createOutlookQueries(api),
    ...createTrapQueries(api),
    ...createWaitingQueries(api),
    ...createNetVersionQueries(api),
    /** Null: nobody is signed in. */
    me: () =>
      queryOptions({
        queryKey: ['me'] as const,
        queryFn: async ({ signal }) => {
          try {
            return await api.call('whoAmI', {}, signal);
          } catch (error) {
            if (hasCode(error, 'not_signed_in')) return null;
            throw error;
          }
        },
        staleTime: Infinity,
      }),
    system: () =>
      queryOptions({
        queryKey: ['system'] as const,
        queryFn: ({ signal }) => api.call('getSystem', {}, signal),
        refetchInterval: systemPollMs,
      }),
    backupStatus: () =>
      queryOptions({
        queryKey: ['backup', 'status'] as const,
        queryFn: ({ signal }) => api.call('getBackupStatus', {}, signal),
        refetchInterval: ({ state }) =>
          (state.data?.running ?? null) === null ? backupPollMs.idle : backupPollMs.running,
      }),
    /** `lastRun`: once another backup was tried, the list is another one. */
    backups: (directory: string, lastRun: number) =>
      queryOptions({
        queryKey: ['backup', 'list', directory, lastRun] as const,
        queryFn: ({ signal }) => api.call('listBackups', {}, signal),
        placeholderData: keepPreviousData,
      }),
    selfWatch: () =>
      queryOptions({
        queryKey: ['self-watch'] as const,
        queryFn: ({ signal }) => api.call('getSelfWatch', {}, signal),
        refetchInterval: systemPollMs,
      }),
    pair: (pollMs: number) =>
      queryOptions({
        queryKey: ['pair'] as const,
        queryFn: ({ signal }) => api.call('getPair', {}, signal),
        refetchInterval: pollMs,
        // The next poll is the retry.
        retry: false,
      }),
    frozen: () =>
      queryOptions({
        queryKey: ['operations', 'frozen'] as const,
        queryFn: ({ signal }) => api.call('getFrozen', {}, signal),
        // Changes come by the live stream; this is for what time alone changes.
        refetchInterval: frozenPollMs,
      }),
    openWork: ({ kind, name }: Place) =>
      queryOptions({
        queryKey: ['operations', 'openWork', kind, name] as const,
        queryFn: ({ signal }) =>
          api.call('getOpenWork', { query: { kind, ...(name === null ? {} : { name }) } }, signal),
        refetchInterval: drainPollMs,
      }),
    maintenanceWindows: () =>
      queryOptions({
        queryKey: ['operations', 'windows'] as const,
        queryFn: ({ signal }) => api.call('listMaintenanceWindows', {}, signal),
      }),
    nets: (filter: NetsFilter = {}, limit?: number) => list('listNets', filter, limit),
    netFolders: () =>
      queryOptions({
        queryKey: ['netFolders'] as const,
        queryFn: ({ signal }) => api.call('listNetFolders', {}, signal),
      }),
    netMap: (query: { readonly net?: string; readonly folder?: string; readonly depth?: number }) =>
      queryOptions({
        queryKey: ['netMap', query] as const,
        queryFn: ({ signal }) => api.call('getNetMap', { query }, signal),
        refetchInterval: netMapPollMs,
      }),
    comingStarts: (limit: number) =>
      queryOptions({
        queryKey: ['comingStarts', limit] as const,
        queryFn: ({ signal }) => api.call('listComingStarts', { query: { limit } }, signal),
        refetchInterval: comingStartsPollMs,
      }),
    /** Below the starts of the net in the page: read anew with the same beat. */
    startPreparations: (name: string) =>
      queryOptions({
        queryKey: ['startPreparations', name] as const,
        queryFn: ({ signal }) => api.call('listStartPreparations', { params: { name } }, signal),
        refetchInterval: comingStartsPollMs,
      }),
    netHistory: (name: string) =>
      queryOptions({
        queryKey: ['netHistory', name] as const,
        queryFn: ({ signal }) =>
          api.call('getNetHistory', { params: { name }, query: { limit: netHistorySessions } }, signal),
      }),
    net: (name: string) =>
      queryOptions({
        queryKey: ['net', name] as const,
        queryFn: ({ signal }) => api.callForAnswer('getNet', { params: { name } }, signal),
      }),
    netEditing: () =>
      queryOptions({
        queryKey: ['netEditing'] as const,
        queryFn: ({ signal }) => api.call('listNetEditing', {}, signal),
        refetchInterval: netEditingPollMs,
      }),
    netYaml: (name: string) =>
      queryOptions({
        queryKey: ['netYaml', name] as const,
        queryFn: ({ signal }) => api.callForAnswer('exportNet', { params: { name } }, signal),
      }),
    sessions: (filter: SessionsFilter = {}, limit?: number) => list('listSessions', filter, limit),
    session: (id: number) =>
      queryOptions({
        queryKey: ['session', id] as const,
        queryFn: async ({ signal }): Promise<LoadedSession> => {
          const detail = await api.call('getSession', { params: { id } }, signal);
          return { detail, loadedRevision: detail.revision };
        },
        // Comparing 10,000 units costs more than showing them.
        structuralSharing: false,
      }),
    transfers: (session: number) =>
      queryOptions({
        queryKey: ['transfers', session] as const,
        queryFn: ({ signal }) => api.call('listTransfers', { query: { session } }, signal),
        refetchInterval: transferPollMs,
      }),
    attempts: (session: number, unit: UnitPath) =>
      infiniteQueryOptions({
        queryKey: ['attempts', session, unit] as const,
        queryFn: ({ pageParam, signal }) =>
          api.call(
            'listAttempts',
            {
              params: { id: session },
              query: { unit, limit: listPageSize, ...(pageParam === null ? {} : { cursor: pageParam }) },
            },
            signal,
          ),
        initialPageParam: null as string | null,
        getNextPageParam: (page) => page.nextCursor,
      }),
    events: (filter: EventsFilter = {}, limit?: number) => list('listEvents', filter, limit),
    event: (id: number) =>
      queryOptions({
        queryKey: ['event', id] as const,
        queryFn: ({ signal }) => api.call('getEvent', { params: { id } }, signal),
      }),
    eventChain: (id: number) =>
      queryOptions({
        queryKey: ['eventChain', id] as const,
        queryFn: ({ signal }) => api.call('getEventChain', { params: { id } }, signal),
      }),
    eventFilters: () =>
      queryOptions({
        queryKey: ['eventFilters'] as const,
        queryFn: async ({ signal }) => (await api.call('listEventFilters', {}, signal)).items,
      }),
    statusTree: (nodes: number) =>
      queryOptions({
        queryKey: ['statusTree', nodes] as const,
        queryFn: ({ signal }) => api.call('getStatusTree', { query: { nodes } }, signal),
        // Changes come by the live stream; this is for what time alone changes.
        refetchInterval: statusPollMs,
      }),
    status: (filter: StatusFilter = {}, limit?: number) => list('listStatus', filter, limit),
    nodes: (filter: NodesFilter = {}) => list('listNodes', filter),
    node: (name: string) =>
      queryOptions({
        queryKey: ['node', name] as const,
        queryFn: ({ signal }) => api.call('getNode', { params: { name } }, signal),
      }),
    nodeAttempts: (name: string) =>
      queryOptions({
        queryKey: ['nodeAttempts', name] as const,
        queryFn: ({ signal }) => api.call('listNodeAttempts', { params: { name } }, signal),
        refetchInterval: systemPollMs,
      }),
    reportsAside: (node: string) =>
      queryOptions({
        queryKey: ['reportsAside', node] as const,
        queryFn: ({ signal }) => api.call('listReportsAside', { query: { node } }, signal),
        refetchInterval: systemPollMs,
      }),
    scopes: () => list('listScopes', {}, pageLimitMax),
    tokens: (owner: Owner = {}) => list('listTokens', owner),
    secrets: () => list('listSecrets', {}),
    signIns: (owner: Owner = {}) => list('listSignIns', owner),
    audit: (filter: AuditFilter = {}) => list('listAudit', filter),
    users: (filter: { readonly q?: string; readonly role?: string } = {}) => list('listUsers', filter),
    user: (name: string) =>
      queryOptions({
        queryKey: ['user', name] as const,
        queryFn: ({ signal }) => api.call('getUser', { params: { name } }, signal),
      }),
    roles: () =>
      queryOptions({
        queryKey: ['roles'] as const,
        queryFn: async ({ signal }) => (await api.call('listRoles', {}, signal)).items,
      }),
    role: (name: string) =>
      queryOptions({
        queryKey: ['role', name] as const,
        queryFn: ({ signal }) => api.call('getRole', { params: { name } }, signal),
      }),
    storage: () =>
      queryOptions({
        queryKey: ['storage'] as const,
        queryFn: ({ signal }) => api.call('getStorage', {}, signal),
      }),
    settings: (section: SettingsSection) =>
      queryOptions({
        queryKey: ['settings', section] as const,
        queryFn: ({ signal }) => api.call('getSettings', { params: { section } }, signal),
      }),
    rules: () => list('listRules', {}),
    deliveries: (filter: DeliveriesFilter = {}, limit?: number) => list('listDeliveries', filter, limit),
    channels: () => list('listChannels', {}, pageLimitMax),
    channel: (name: string) =>
      queryOptions({
        queryKey: ['channel', name] as const,
        queryFn: ({ signal }) => api.call('getChannel', { params: { name } }, signal),
      }),
    silences: (filter: { readonly open?: 'true' } = {}) => list('listSilences', filter),
    inhibitions: () => list('listInhibitions', {}, pageLimitMax),
    escalations: () => list('listEscalations', {}, pageLimitMax),
    escalationRuns: (filter: { readonly state?: readonly EscalationState[] } = {}) =>
      list('listEscalationRuns', filter),
    keptBack: () => list('listKeptBack', {}),
  };
};
export type Queries = ReturnType<typeof createQueries>;
