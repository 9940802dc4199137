// What the pages of calendars read, as options for TanStack Query. Part of `queries` (queries.ts), by the same keys: name of the operation, then
// what narrows it. Not responsible for changes.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { previewLimits } from '@nezuban/protocol/api/calendar-operations';
import { pageLimitMax } from '@nezuban/protocol/api/paging';
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import type { Api } from './client.ts';

/** Another person may have imported holidays; nobody counts seconds by it. */
const calendarPollMs = 60_000;
/** Starts of each schedule that a page shows. */
const startsShown = 20;
/** Starts of a schedule that is being written: enough for the picture of its year. */
const startsOfDraft = previewLimits.startsMax;

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
  /** Of a schedule that is not saved; `schedule` must have its form. */
  schedulePreview: (schedule: ScheduleDefinition, timezone: string) =>
    queryOptions({
      queryKey: ['previewSchedule', schedule, timezone] as const,
      queryFn: ({ signal }) =>
        api.call('previewSchedule', { body: { schedule, timezone, count: startsOfDraft } }, signal),
      placeholderData: keepPreviousData,
      // What is wrong with it stays wrong.
      retry: false,
    }),
});
