// What a change of rules or rights would stop, asked while it is typed, as options for TanStack Query. Part of `queries` (queries.ts).
import { queryOptions, skipToken } from '@tanstack/react-query';
import type { AccessChange } from '@nezuban/protocol/access/outlook';
import type { Settings } from '@nezuban/protocol/settings/settings';
import type { Api } from './client.ts';

/** Null: nothing is asked. What it would stop changes with every net that is saved, so nothing is kept for long. */
export const createOutlookQueries = (api: Api) => ({
  runAsOutlook: (body: Settings['run_as'] | null) =>
    queryOptions({
      queryKey: ['outlook', 'run_as', body] as const,
      queryFn: body === null ? skipToken : ({ signal }) => api.call('previewRunAs', { body }, signal),
      gcTime: 0,
    }),
  accessOutlook: (body: AccessChange | null) =>
    queryOptions({
      queryKey: ['outlook', 'access', body] as const,
      queryFn: body === null ? skipToken : ({ signal }) => api.call('previewAccess', { body }, signal),
      gcTime: 0,
    }),
});
