// What the pages of approvals and start conditions read, as options for TanStack Query. Part of `queries` (queries.ts), by the same keys: name
// of the operation, then what narrows it. Not responsible for changes.
import { queryOptions } from '@tanstack/react-query';
import type { Api } from './client.ts';

/** The live stream says when there is something new; this is for when that is away. */
const approvalsPollMs = 30_000;
/** Events come at any time, and nobody tells a browser which of them a net has looked at. */
const monitoringPollMs = 5_000;

export const createWaitingQueries = (api: Api) => ({
  approvals: () =>
    queryOptions({
      queryKey: ['listApprovals'] as const,
      queryFn: async ({ signal }) => (await api.call('listApprovals', {}, signal)).items,
      refetchInterval: approvalsPollMs,
    }),
  netMonitoring: (name: string) =>
    queryOptions({
      queryKey: ['netMonitoring', name] as const,
      queryFn: ({ signal }) => api.call('getNetMonitoring', { params: { name } }, signal),
      refetchInterval: monitoringPollMs,
    }),
});
