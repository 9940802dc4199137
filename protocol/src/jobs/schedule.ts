// The form of a job net's schedules: by cron expression, by times of day, and by the days of a calendar.
// Shape only; which keys go together, zones, cron expressions and days that exist are judged by core/definitions/judge-schedules.ts.
import * as z from 'zod';
import { calendarDayKinds } from '../calendars/calendar.ts';
import { weekdays } from '../calendars/weekday.ts';
import { nameSchema } from '../ids.ts';
import { environmentNameSchema, textSchema } from './units/unit-base.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

/** What to do with starts that fell into a time when no manager ran: drop each (said as an event), or run once for all of them. */
export const missedPolicySchema = z.enum(['skip', 'run_once']);

export const scheduleLimits = {
  daysMax: 100,
  /** Calendar days that a start may be shifted by, and open days that it may be moved by. */
  shiftDaysMax: 31,
  /** Without `shift_days_max`: over the longest run of closed days that a year has, and not into another week of work. */
  shiftDaysDefault: 10,
} as const;

const weekdayPattern = weekdays.join('|');
/** Which day of a month, counted from its begin (1, 2, ...) or from its end (-1, -2, ...). */
const dayRuleTextSchema = z
  .string()
  .regex(
    new RegExp(
      String.raw`^(-?\d{1,2}|(open|closed) -?\d{1,2}|(${weekdayPattern})( -?\d)?|\d{2}-\d{2}|\d{4}-\d{2}-\d{2}(/\d{1,3})?)$`,
    ),
    schemaText('day_rule'),
  );
const dayRuleSchema = z.union(
  [z.int().min(-31).max(31).transform(String), dayRuleTextSchema],
  schemaText('day_rule'),
);

export const closedDayPolicies = ['skip', 'before', 'after', 'run'] as const;
export type ClosedDayPolicy = (typeof closedDayPolicies)[number];

export const scheduleSchema = z
  .strictObject({
    name: nameSchema,
    /** Cron expression of 5 fields (or 6 with seconds first); `L`, `#` and names as in croner. */
    cron: z.string().min(1).max(200).optional(),
    /** Times of day, `HH:MM` or `HH:MM:SS`. With a calendar up to 47:59:59, counted from midnight of the day on which the business day begins. */
    times: z
      .array(z.string().regex(/^([0-3]\d|4[0-7]):[0-5]\d(:[0-5]\d)?$/, schemaText('schedule_time')))
      .min(1)
      .max(1440)
      .optional(),
    /** IANA zone; default is the net's. With a calendar its zone holds. */
    timezone: z.string().min(1).max(64).optional(),
    /** Days go by this calendar, and so do times. */
    calendar: nameSchema.optional(),
    /** Only on days of this kind. Left out: `open`. */
    on: z.enum([...calendarDayKinds, 'all']).optional(),
    /** Days of the month on which it starts. Left out: every day. */
    days: z.array(dayRuleSchema).min(1).max(scheduleLimits.daysMax).optional(),
    /** Only in these months, 1 to 12. */
    months: z.array(z.int().min(1).max(12)).min(1).max(12).optional(),
    /** Of a day that is closed, where it starts on open days: left out of them, moved to the open day before or after, or run all the same. Left out: `skip`. */
    if_closed: z.enum(closedDayPolicies).optional(),
    /** With `before` and `after`: no farther than so many calendar days; else it is left out. */
    shift_days_max: z.int().min(1).max(scheduleLimits.shiftDaysMax).optional(),
    /** Moved on by so many open days, after all else; negative: to earlier ones. */
    move_open_days: z
      .int()
      .min(-scheduleLimits.shiftDaysMax)
      .max(scheduleLimits.shiftDaysMax)
      .refine((count) => count !== 0, schemaText('not_zero'))
      .optional(),
    enabled: z.boolean().default(true),
    missed: missedPolicySchema.default('run_once'),
    parameters: z.record(environmentNameSchema, textSchema).optional(),
  })
  .refine((s) => (s.cron === undefined) !== (s.times === undefined), schemaText('cron_or_times'));
export type ScheduleDefinition = z.infer<typeof scheduleSchema>;
