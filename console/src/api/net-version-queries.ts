// What the pages of versions of job nets read, as options for TanStack Query. Part of `queries` (queries.ts). The keys begin with
// `netVersions` and the net, so that a change of the net makes all of them stale. Not responsible for changes.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { NetRevisionSummary } from '@nezuban/protocol/jobs/net-version';
import type { Api } from './client.ts';
import type { Page } from './live-patch.ts';

/** A full page may have one behind it. */
export const revisionsPageSize = 50;
/** Those that are planned, and the last that are not any more. */
const releasesShown = 20;

export const createNetVersionQueries = (api: Api) => ({
  netRevisions: (name: string) =>
    infiniteQueryOptions({
      queryKey: ['netVersions', name, 'revisions'] as const,
      queryFn: ({ pageParam, signal }): Promise<Page<NetRevisionSummary>> =>
        api.call(
          'listNetRevisions',
          {
            params: { name },
            query: { limit: revisionsPageSize, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
          signal,
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
  netReleases: (name: string) =>
    queryOptions({
      queryKey: ['netVersions', name, 'releases'] as const,
      queryFn: ({ signal }) =>
        api.call('listNetReleases', { query: { net: name, limit: releasesShown } }, signal),
    }),
  netDifference: (name: string, of: { readonly from?: number | undefined; readonly to: number }) =>
    queryOptions({
      queryKey: ['netVersions', name, 'difference', of.from ?? null, of.to] as const,
      queryFn: ({ signal }) =>
        api.call(
          'diffNetRevisions',
          { params: { name }, query: { to: of.to, ...(of.from === undefined ? {} : { from: of.from }) } },
          signal,
        ),
    }),
});
