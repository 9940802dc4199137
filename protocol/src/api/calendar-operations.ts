// Operations on calendars: their definitions, the days that they make, who uses them, holidays from a file; and what schedules do next.
import * as z from 'zod';
import { calendarLimits, calendarSchema, dayTimeSchema } from '../calendars/calendar.ts';
import { instantSchema, nameSchema, netNameSchema } from '../ids.ts';
import { scheduleSchema } from '../jobs/schedule.ts';
import { defineOperation } from './operation.ts';
import { noParams, noQuery, pageOf, pageQuery } from './paging.ts';

/** A date of a calendar: `2026-12-29`. */
export const civilDateSchema = z.iso.date();

/** What names a calendar. `release`: a planned release of a job net. */
export const calendarUseKinds = ['calendar', 'notification', 'jobnet', 'release'] as const;
export const calendarUseSchema = z.object({ kind: z.enum(calendarUseKinds), name: z.string() });
export type CalendarUse = z.infer<typeof calendarUseSchema>;

export const calendarViewSchema = z.object({
  calendar: calendarSchema,
  revision: z.int(),
  updatedAt: instantSchema,
  updatedBy: z.string(),
  /** With what is inherited. */
  timezone: z.string(),
  dayStarts: dayTimeSchema,
  /** The business day of this moment, and whether it is open. */
  today: civilDateSchema,
  todayOpen: z.boolean(),
  /** The last day that an entry with a year names, here or above; null: there is none. */
  lastDay: civilDateSchema.nullable(),
  /** It is in use, and `lastDay` is near or past: the holidays of the coming time are missing. */
  ending: z.boolean(),
  /** Those that the caller may see. */
  uses: z.array(calendarUseSchema),
  /** Uses that the caller may not see. */
  usesHidden: z.int(),
});
export type CalendarView = z.infer<typeof calendarViewSchema>;

export const calendarDaySchema = z.object({
  date: civilDateSchema,
  open: z.boolean(),
  /** Such as the name of the holiday. */
  name: z.string().nullable(),
  /** What has decided: an entry for the date, one for this day of every year, or the week. */
  by: z.enum(['date', 'every_year', 'week']),
  /** The calendar in which that stands; null: in none, the week from Monday to Friday holds. */
  from: z.string().nullable(),
});
export type CalendarDay = z.infer<typeof calendarDaySchema>;

export const holidayChangeSchema = z.object({
  /** `2026-01-01`, or `01-01` of every year. */
  date: z.string(),
  name: z.string().nullable(),
  change: z.enum(['added', 'renamed', 'removed', 'missing', 'kept_open']),
  /** Of `renamed`: the name that it had. */
  before: z.string().nullable(),
});
export type HolidayChangeView = z.infer<typeof holidayChangeSchema>;

export const holidayImportSchema = z.object({
  dryRun: z.boolean(),
  format: z.enum(['csv', 'ics']),
  encoding: z.string(),
  /** Holidays in the file. */
  holidays: z.int(),
  changes: z.array(holidayChangeSchema),
  /** Days that are closed by this name already. */
  unchanged: z.int(),
  /** What of the file was passed over. At most 100. */
  skipped: z.array(z.object({ line: z.int(), reason: z.string() })),
  /** The calendar as it is, or with `dryRun` as it would be. */
  calendar: calendarSchema,
});
export type HolidayImport = z.infer<typeof holidayImportSchema>;

export const leftOutReasons = ['closed', 'open', 'no_open_day', 'no_move'] as const;
export const previewedSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    at: instantSchema,
    /** The business day; without a calendar the date in the zone of the schedule. */
    day: civilDateSchema,
    /** Days that the schedule names and that were moved to this one. */
    insteadOf: z.array(civilDateSchema),
  }),
  z.object({
    type: z.literal('left_out'),
    day: civilDateSchema,
    /**
     * `closed`, `open`: it runs on days of the other kind only. `no_open_day`: none within `shift_days_max`. `no_move`: not so many open days
     * within reach.
     */
    reason: z.enum(leftOutReasons),
    /** What the calendar calls the day. */
    name: z.string().nullable(),
  }),
]);
export type PreviewedView = z.infer<typeof previewedSchema>;

export const schedulePreviewSchema = z.object({
  schedule: z.string(),
  enabled: z.boolean(),
  /** By which its times go. */
  timezone: z.string(),
  calendar: z.string().nullable(),
  /** By date. */
  days: z.array(previewedSchema),
});
export type SchedulePreview = z.infer<typeof schedulePreviewSchema>;

export const previewLimits = {
  startsMax: 200,
  startsDefault: 20,
  /** Nothing later is looked for. */
  daysMax: 400,
} as const;

const calendarParams = z.strictObject({ name: nameSchema });
const previewShape = {
  from: instantSchema.optional(),
  /** Starts of each schedule. */
  count: z.coerce.number().int().min(1).max(previewLimits.startsMax).default(previewLimits.startsDefault),
};
const written = ['invalid_definition', 'precondition_failed', 'precondition_required'] as const;

export const calendarOperations = {
  listCalendars: defineOperation({
    id: 'listCalendars',
    method: 'GET',
    path: '/calendars',
    tag: 'calendars',
    access: 'calendars.read',
    status: 200,
    summary: 'Calendars by name, with who uses them and whether their holidays run out',
    params: noParams,
    query: z.strictObject({ ...pageQuery }),
    body: undefined,
    response: pageOf(calendarViewSchema),
  }),
  getCalendar: defineOperation({
    id: 'getCalendar',
    method: 'GET',
    path: '/calendars/{name}',
    tag: 'calendars',
    access: 'calendars.read',
    status: 200,
    summary: 'One calendar',
    params: calendarParams,
    query: noQuery,
    body: undefined,
    response: calendarViewSchema,
    versioned: 'read',
    problems: ['not_found'],
  }),
  exportCalendar: defineOperation({
    id: 'exportCalendar',
    method: 'GET',
    path: '/calendars/{name}/yaml',
    tag: 'calendars',
    access: 'calendars.read',
    status: 200,
    summary: 'The definition of a calendar as YAML',
    params: calendarParams,
    query: noQuery,
    body: undefined,
    response: z.string(),
    responseType: 'application/yaml',
    versioned: 'read',
    problems: ['not_found'],
  }),
  getCalendarDays: defineOperation({
    id: 'getCalendarDays',
    method: 'GET',
    path: '/calendars/{name}/days',
    tag: 'calendars',
    access: 'calendars.read',
    status: 200,
    summary: 'What a calendar says of each day from one date to another, inherited days included',
    params: calendarParams,
    query: z.strictObject({ from: civilDateSchema, to: civilDateSchema }),
    body: undefined,
    response: z.object({ items: z.array(calendarDaySchema).max(calendarLimits.daysShownMax) }),
    problems: ['not_found'],
  }),
  putCalendar: defineOperation({
    id: 'putCalendar',
    method: 'PUT',
    path: '/calendars/{name}',
    tag: 'calendars',
    access: 'calendars.write',
    status: 200,
    summary: 'Create or replace a calendar; schedules and rules go by it at once',
    params: calendarParams,
    query: noQuery,
    body: calendarSchema,
    response: calendarViewSchema,
    versioned: 'write',
    problems: [...written, 'operation_refused'],
  }),
  deleteCalendar: defineOperation({
    id: 'deleteCalendar',
    method: 'DELETE',
    path: '/calendars/{name}',
    tag: 'calendars',
    access: 'calendars.write',
    status: 204,
    summary: 'Delete a calendar that nothing uses',
    params: calendarParams,
    query: noQuery,
    body: undefined,
    response: undefined,
    versioned: 'write',
    problems: ['not_found', 'operation_refused', 'precondition_failed', 'precondition_required'],
  }),
  importHolidays: defineOperation({
    id: 'importHolidays',
    method: 'POST',
    path: '/calendars/{name}/holidays',
    tag: 'calendars',
    access: 'calendars.write',
    status: 200,
    summary:
      'Put the holidays of a file among the closed days: CSV as the Japanese Cabinet Office publishes it, or iCalendar',
    params: calendarParams,
    query: noQuery,
    body: z.strictObject({
      /** The bytes of the file in Base64: UTF-8 or Shift_JIS, which is found out. */
      content: z.base64().max(Math.ceil(calendarLimits.importBytesMax / 3) * 4),
      /** Say what would change, and change nothing. */
      dryRun: z.boolean().default(false),
      /** Take named days out that stand in the calendar and, in the years of the file, not in the file. */
      removeMissing: z.boolean().default(false),
    }),
    response: holidayImportSchema,
    problems: ['not_found', 'invalid_definition'],
  }),
  previewNet: defineOperation({
    id: 'previewNet',
    method: 'GET',
    path: '/nets/{name}/starts',
    tag: 'calendars',
    access: 'nets.read',
    status: 200,
    summary: 'When the schedules of a job net start next, and which days they leave out and why',
    params: z.strictObject({ name: netNameSchema }),
    query: z.strictObject(previewShape),
    body: undefined,
    response: z.object({ schedules: z.array(schedulePreviewSchema) }),
    problems: ['not_found'],
  }),
  previewSchedule: defineOperation({
    id: 'previewSchedule',
    method: 'POST',
    path: '/schedule-preview',
    tag: 'calendars',
    access: 'nets.read',
    status: 200,
    summary: 'The same for a schedule that is not stored',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      schedule: scheduleSchema,
      /** Zone of the net. */
      timezone: z.string().min(1).max(64).default('UTC'),
      ...previewShape,
    }),
    response: schedulePreviewSchema,
    problems: ['invalid_definition'],
  }),
} as const;
