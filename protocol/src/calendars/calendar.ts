// Calendars: which days are open for business and which are closed, and when the business day begins: kind `calendar` of a YAML file.
// Shape only; that dates exist, ranges run forwards and no day stands twice is judged by core/calendars, and so is what a calendar means.
import * as z from 'zod';
import { nameSchema } from '../ids.ts';
import { weekdays } from './weekday.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

export const calendarLimits = {
  calendarsMax: 500,
  /** Entries of `closed` and of `open`: some forty years of public holidays. */
  entriesMax: 2_000,
  /** Days of one range. A longer one is taken for a slip of the year. */
  rangeDaysMax: 366,
  /** Days of all entries of one calendar. */
  daysMax: 10_000,
  /** Calendars above one another. */
  inheritedMax: 8,
  /** Bytes of a file of holidays: the Cabinet Office's list of seventy years has 20,000. */
  importBytesMax: 1024 * 1024,
  /** Days of which one question is answered: two years. */
  daysShownMax: 800,
  yearMin: 1970,
  yearMax: 2199,
} as const;

/** `2026-12-29`, or `12-29` of every year. */
const dateSchema = z.string().regex(/^(\d{4}-)?\d{2}-\d{2}$/, schemaText('calendar_day'));

const dayEntryObjectSchema = z.strictObject({
  date: dateSchema,
  /** The last day of a range that begins at `date`; both are part of it. */
  to: dateSchema.optional(),
  /** Such as "New Year's Day". */
  name: z.string().trim().min(1).max(100).optional(),
});
/** A day, or a range of days, each with a name if it has one. A bare date has none. */
export const dayEntrySchema = z.union([dateSchema, dayEntryObjectSchema], schemaText('calendar_entry'));
export type DayEntry = z.output<typeof dayEntrySchema>;

export const dayTimeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, schemaText('day_begin'));

export const calendarSchema = z.strictObject({
  kind: z.literal('calendar'),
  name: nameSchema,
  title: z.string().max(200).optional(),
  description: z.string().max(10_000).optional(),
  /** What is left out below is that of this calendar. Days of its lists hold where this one says nothing of a day. */
  inherits: nameSchema.optional(),
  /** IANA zone. Left out everywhere: UTC. */
  timezone: z.string().min(1).max(64).optional(),
  /** The business day begins then: what is earlier belongs to the day before. Left out everywhere: 00:00. */
  day_starts: dayTimeSchema.optional(),
  /** Weekdays that are open; the others are closed. Left out everywhere: Monday to Friday. */
  week: z.array(z.enum(weekdays)).max(7).optional(),
  /** Days that are closed whatever the weekday: public holidays, the turn of the year. */
  closed: z.array(dayEntrySchema).max(calendarLimits.entriesMax).default([]),
  /** Days that are open whatever the weekday. */
  open: z.array(dayEntrySchema).max(calendarLimits.entriesMax).default([]),
});
export type CalendarDefinition = z.output<typeof calendarSchema>;

/** What a use of a calendar wants of a day. */
export const calendarDayKinds = ['open', 'closed'] as const;
export type CalendarDayKind = (typeof calendarDayKinds)[number];
