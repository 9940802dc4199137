// The business date of a session: by which calendar a net goes, and what a session keeps of it from its start on. Shapes only.
import * as z from 'zod';
import { nameSchema } from '../ids.ts';

export const businessDateLimits = {
  /** Open days that a text may ask for, before or behind. */
  offsetMax: 31,
  /** Calendar days before and behind of which a session keeps whether they are open. */
  reachDays: 75,
} as const;

/** Of a job net: the business day of the calendar in which a session is due, moved by open days. */
export const businessDateRuleSchema = z.strictObject({
  calendar: nameSchema,
  /** Of a day that is closed: the open day before it or after it, or the day itself. */
  if_closed: z.enum(['before', 'after', 'keep']).default('before'),
  /** Then by so many open days; negative: to earlier ones. */
  move_open_days: z.int().min(-businessDateLimits.offsetMax).max(businessDateLimits.offsetMax).optional(),
});
export type BusinessDateRule = z.infer<typeof businessDateRuleSchema>;

/** Fixed when the session is planned, so that a change of the calendar changes nothing in it. */
export const businessDaysSchema = z.object({
  calendar: z.string(),
  date: z.iso.date(),
  /** One character a day, `1` where it is open: `reachDays` days before the date, the date, and as many behind it. */
  open: z.string(),
});
export type BusinessDays = z.infer<typeof businessDaysSchema>;
