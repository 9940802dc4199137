// What the pages of calendars read, as options for TanStack Query. Part of `queries` (queries.ts), by the same keys: name of the operation, then
// what narrows it. Not responsible for changes.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { pageLimitMax } from '@nezuban/protocol/api/paging';
import type { Api } from './client.ts';

/** Another person may have imported holidays; nobody counts seconds by it. */
const calendarPollMs = 60_000;
/** Starts of each schedule that a page shows. */
const startsShown = 20;

export const createCalendarQueries = (api: Api) => ({
  /** All of them: there are hundreds at most, and forms choose among them. */
  calendars: () =>
    queryOptions({
      queryKey: ['listCalendars'] as const,
      queryFn: async ({ signal }) =>
        (await api.call('listCalendars', { query: { limit: pageLimitMax } }, signal)).items,
      refetchInterval: calendarPollMs,
    }),
  calendar: (name: string) =>
    queryOptions({
      queryKey: ['calendar', name] as const,
      queryFn: ({ signal }) => api.call('getCalendar', { params: { name } }, signal),
    }),
  netStarts: (name: string) =>
    queryOptions({
      queryKey: ['netStarts', name] as const,
      queryFn: async ({ signal }) =>
        (await api.call('previewNet', { params: { name }, query: { count: startsShown } }, signal)).schedules,
      placeholderData: keepPreviousData,
    }),
});
