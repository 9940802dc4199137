// What the pages of traps read, as options for TanStack Query. Part of `queries` (queries.ts), by the same keys: name of the operation, then
// what narrows it. Not responsible for changes.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { OperationInput } from '@nezuban/protocol/api/operation';
import { pageLimitMax } from '@nezuban/protocol/api/paging';
import type { Operations } from '@nezuban/protocol/api/operations';
import type { TrapSummary } from '@nezuban/protocol/traps/trap';
import type { Api } from './client.ts';

/** Traps come many a second; who looks at the newest sees them this often. */
export const trapPollMs = 5_000;
/** How the intakes are, who speaks: it moves, but nobody counts seconds by it. */
export const intakePollMs = 10_000;
/** Scrolled through quickly: few large pages. */
const trapPageSize = 200;
/** Letters of the tree and of names of MIBs are asked for once in a visit. */
const mibStaleMs = 5 * 60_000;

export type TrapsFilter = {
  readonly q?: string;
  readonly node?: string;
  readonly address?: string;
  readonly protocol?: readonly TrapSummary['protocol'][];
  readonly matched?: boolean;
  readonly malformed?: boolean;
  readonly unknown?: boolean;
  readonly from?: string;
  readonly to?: string;
};

/** As it goes over the wire. */
const toTrapsQuery = ({ matched, malformed, unknown, ...rest }: TrapsFilter) => ({
  ...rest,
  ...(matched === undefined ? {} : { matched: String(matched) }),
  ...(malformed === undefined ? {} : { malformed: String(malformed) }),
  ...(unknown === undefined ? {} : { unknown: String(unknown) }),
});

export type TrapTestInput = NonNullable<OperationInput<Operations['testTrapMonitor']>['body']>;

export const createTrapQueries = (api: Api) => ({
  traps: (filter: TrapsFilter) =>
    infiniteQueryOptions({
      queryKey: ['listTraps', filter] as const,
      queryFn: ({ pageParam, signal }) =>
        api.call(
          'listTraps',
          {
            query: {
              ...toTrapsQuery(filter),
              limit: trapPageSize,
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
          signal,
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
    }),
  trap: (id: number) =>
    queryOptions({
      queryKey: ['trap', id] as const,
      queryFn: ({ signal }) => api.call('getTrap', { params: { id } }, signal),
    }),
  trapSources: (filter: { readonly unknown?: boolean }) =>
    queryOptions({
      queryKey: ['listTrapSources', filter] as const,
      queryFn: async ({ signal }) =>
        (
          await api.call(
            'listTrapSources',
            { query: filter.unknown === true ? { unknown: 'true' } : {} },
            signal,
          )
        ).items,
      refetchInterval: intakePollMs,
      placeholderData: keepPreviousData,
    }),
  intake: () =>
    queryOptions({
      queryKey: ['intake'] as const,
      queryFn: ({ signal }) => api.call('getIntake', {}, signal),
      refetchInterval: trapPollMs,
    }),
  /** All of them: there are hundreds at most, and forms choose among them. */
  trapMonitors: () =>
    queryOptions({
      queryKey: ['listTrapMonitors'] as const,
      queryFn: async ({ signal }) =>
        (await api.call('listTrapMonitors', { query: { limit: pageLimitMax } }, signal)).items,
      refetchInterval: intakePollMs,
    }),
  trapMonitor: (name: string) =>
    queryOptions({
      queryKey: ['trapMonitor', name] as const,
      queryFn: ({ signal }) => api.call('getTrapMonitor', { params: { name } }, signal),
    }),
  trapMonitorYaml: (name: string, revision: number) =>
    queryOptions({
      queryKey: ['trapMonitorYaml', name, revision] as const,
      queryFn: ({ signal }) => api.call('exportTrapMonitor', { params: { name } }, signal),
    }),
  /** What rules would make of traps. `body` is the key: as long as it stands, so does the answer. */
  trapTest: (body: TrapTestInput | null) =>
    queryOptions({
      queryKey: ['testTrapMonitor', body] as const,
      queryFn: ({ signal }) => api.call('testTrapMonitor', body === null ? {} : { body }, signal),
      enabled: body !== null,
      retry: false,
      staleTime: trapPollMs,
      gcTime: intakePollMs,
      placeholderData: keepPreviousData,
    }),
  trapAliases: () =>
    queryOptions({
      queryKey: ['listTrapAliases'] as const,
      queryFn: async ({ signal }) =>
        (await api.call('listTrapAliases', { query: { limit: pageLimitMax } }, signal)).items,
    }),
  mibs: () =>
    queryOptions({
      queryKey: ['mibs'] as const,
      queryFn: async ({ signal }) =>
        (await api.call('listMibs', { query: { limit: pageLimitMax } }, signal)).items,
    }),
  mib: (name: string) =>
    queryOptions({
      queryKey: ['mib', name] as const,
      queryFn: ({ signal }) => api.call('getMib', { params: { name } }, signal),
    }),
  /** What lies directly below an OID; null: the roots. */
  oidsBelow: (below: string | null) =>
    queryOptions({
      queryKey: ['oids', 'below', below] as const,
      queryFn: async ({ signal }) =>
        (await api.call('browseOids', { query: below === null ? {} : { below } }, signal)).items,
      staleTime: mibStaleMs,
    }),
  oidsFound: (q: string) =>
    queryOptions({
      queryKey: ['oids', 'search', q] as const,
      queryFn: async ({ signal }) => (await api.call('searchOids', { query: { q } }, signal)).items,
      placeholderData: keepPreviousData,
      staleTime: mibStaleMs,
    }),
  oid: (q: string) =>
    queryOptions({
      queryKey: ['oids', 'translate', q] as const,
      queryFn: ({ signal }) => api.call('translateOid', { query: { q } }, signal),
      retry: false,
      staleTime: mibStaleMs,
    }),
  snmpUsers: () =>
    queryOptions({
      queryKey: ['snmpUsers'] as const,
      queryFn: async ({ signal }) => (await api.call('listSnmpUsers', {}, signal)).items,
    }),
  trapTokens: () =>
    queryOptions({
      queryKey: ['trapTokens'] as const,
      queryFn: async ({ signal }) => (await api.call('listTrapTokens', {}, signal)).items,
    }),
});
