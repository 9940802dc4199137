// What the console reads, as options for TanStack Query: keys, calls, paging. Every screen reads through these, so that one live message
// or one change finds all places that show it. Not responsible for changes: screens call `api.call` and invalidate by these keys.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { OperationInput, OperationOutput } from '@nezuban/protocol/api/operation';
import { pageLimitMax } from '@nezuban/protocol/api/paging';
import type { Operations } from '@nezuban/protocol/api/operations';
import type { UnitPath } from '@nezuban/protocol/ids';
import type { EventCode } from '@nezuban/protocol/events/event';
import type { AgentConnection } from '@nezuban/protocol/inventory/node';
import type { EndStatus } from '@nezuban/protocol/jobs/definition';
import type { SessionState } from '@nezuban/protocol/jobs/session';
import type { Priority } from '@nezuban/protocol/priority';
import { hasCode } from './api-problem.ts';
import type { Api } from './client.ts';
import type { LoadedSession, Page } from './live-patch.ts';

/** Items of one page of a list; more are loaded when the end is scrolled to. */
export const listPageSize = 100;

/** Counts on the frame are polled, which also notices a manager that went away without closing the stream. */
export const systemPollMs = 10_000;

/** How the pair is comes by the live stream; this is for when that is away, as it is during a switch. */
export const pairPollMs = { page: 2_000, frame: 10_000 } as const;

export type SessionsFilter = {
  readonly net?: string;
  readonly state?: readonly SessionState[];
  readonly end_status?: readonly EndStatus[];
};
export type EventsFilter = {
  readonly priority?: readonly Priority[];
  readonly code?: readonly EventCode[];
  readonly confirm?: 'unconfirmed' | 'confirmed';
  readonly q?: string;
  readonly node?: string;
  readonly session?: number;
  readonly from?: string;
  readonly to?: string;
};

export type NodesFilter = {
  readonly q?: string;
  readonly connection?: readonly AgentConnection[];
  readonly scope?: string;
};

type ListId =
  | 'listNets'
  | 'listSessions'
  | 'listEvents'
  | 'listNodes'
  | 'listScopes'
  | 'listTokens'
  | 'listAudit'
  | 'listRules'
  | 'listDeliveries';
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
    pair: (pollMs: number) =>
      queryOptions({
        queryKey: ['pair'] as const,
        queryFn: ({ signal }) => api.call('getPair', {}, signal),
        refetchInterval: pollMs,
        // The next poll is the retry.
        retry: false,
      }),
    nets: (filter: { readonly q?: string } = {}) => list('listNets', filter),
    net: (name: string) =>
      queryOptions({
        queryKey: ['net', name] as const,
        queryFn: ({ signal }) => api.callForAnswer('getNet', { params: { name } }, signal),
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
    scopes: () => list('listScopes', {}, pageLimitMax),
    tokens: () => list('listTokens', {}),
    audit: (filter: { readonly actor?: string; readonly action?: string } = {}) => list('listAudit', filter),
    rules: () => list('listRules', {}),
    deliveries: (filter: { readonly state?: readonly ('pending' | 'sent' | 'failed')[] } = {}) =>
      list('listDeliveries', filter),
  };
};
export type Queries = ReturnType<typeof createQueries>;
