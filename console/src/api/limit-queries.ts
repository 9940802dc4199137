// What the page of queues and locks reads, as options for TanStack Query. Part of `queries` (queries.ts).
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { LimitKind } from '@nezuban/protocol/jobs/control/limit';
import type { Api } from './client.ts';

/** Places are given and taken all the time; somebody looks at them only while he waits for one. */
const limitPollMs = 2_000;

export const createLimitQueries = (api: Api) => ({
  limits: () =>
    queryOptions({
      queryKey: ['limits', 'list'] as const,
      queryFn: async ({ signal }) => (await api.call('listLimits', {}, signal)).items,
      refetchInterval: limitPollMs,
    }),
  limit: (kind: LimitKind, name: string) =>
    queryOptions({
      queryKey: ['limits', kind, name] as const,
      queryFn: ({ signal }) => api.call('getLimit', { params: { kind, name } }, signal),
      refetchInterval: limitPollMs,
      placeholderData: keepPreviousData,
    }),
});
