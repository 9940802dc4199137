// Notification rules: which events go out by which channel, when, how often and gathered how.
// Shape only; `core/src/notifications` judges, compiles and decides.
import * as z from 'zod';
import { calendarDayKinds } from '../calendars/calendar.ts';
import { weekdays } from '../calendars/weekday.ts';
import { eventCodeSchema } from '../events/event.ts';
import { nameSchema } from '../ids.ts';
import { prioritySchema } from '../priority.ts';
import { channelSchema } from './channel.ts';
import { eventMatchShape } from './event-match.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

export const ruleLimits = {
  channelsMax: 20,
  bandsMax: 50,
  /** A rule without `limit_per_min`: more than one message a second is read by nobody. */
  perMinuteDefault: 60,
  perMinuteMax: 6_000,
  groupWaitDefaultS: 10,
  groupIntervalDefaultS: 300,
} as const;

const timeOfDaySchema = z.string().regex(/^([0-3]\d|4[0-7]):[0-5]\d$|^48:00$/, schemaText('band_time'));

/**
 * A band that ends before it begins goes over midnight and belongs to the day on which it begins. With a calendar, its days are business days
 * and its zone is the calendar's; without times it is the whole business day.
 */
export const timeBandSchema = z.strictObject({
  /** Days of this calendar. */
  calendar: nameSchema.optional(),
  /** With `calendar`: its open days (if left out) or its closed ones. */
  on: z.enum(calendarDayKinds).optional(),
  /** Left out: every day. */
  weekdays: z.array(z.enum(weekdays)).min(1).max(7).optional(),
  from: timeOfDaySchema.default('00:00'),
  to: timeOfDaySchema.default('24:00'),
});
export type TimeBand = z.output<typeof timeBandSchema>;

export const ruleTimesSchema = z.strictObject({
  timezone: z.string().min(1).max(64).default('UTC'),
  /** Tells only within these. */
  only: z.array(timeBandSchema).max(ruleLimits.bandsMax).optional(),
  /** Tells nothing within these, whatever `only` says. */
  except: z.array(timeBandSchema).max(ruleLimits.bandsMax).optional(),
});
export type RuleTimes = z.output<typeof ruleTimesSchema>;

export const groupKeys = ['node', 'scope', 'monitor', 'key', 'net', 'code', 'priority'] as const;

export const ruleGroupSchema = z.strictObject({
  /** Events that are the same in all of these go together; empty: all events of the rule. */
  by: z.array(z.enum(groupKeys)).max(groupKeys.length).default([]),
  /** From the first event to the first message. */
  wait_s: z.int().min(0).max(3_600).default(ruleLimits.groupWaitDefaultS),
  /** From one message to the next of the same group. */
  interval_s: z.int().min(1).max(86_400).default(ruleLimits.groupIntervalDefaultS),
});
export type RuleGroup = z.output<typeof ruleGroupSchema>;

/** Kind `notification` in YAML files. An empty list matches everything. */
export const notificationRuleSchema = z
  .strictObject({
    kind: z.literal('notification'),
    name: nameSchema,
    enabled: z.boolean().default(true),
    ...eventMatchShape,
    priorities: z.array(prioritySchema).default([]),
    codes: z.array(eventCodeSchema).default([]),
    /** Job nets by name; `*` at the end matches any rest (`night/*`). */
    nets: z.array(z.string().min(1).max(201)).max(1000).default([]),
    times: ruleTimesSchema.optional(),
    /** Tells only when it has come so often, of the same node, monitor and key, within so many minutes. Counting then begins anew. */
    after: z
      .strictObject({ times: z.int().min(2).max(1_000), within_min: z.int().min(1).max(10_080) })
      .optional(),
    /**
     * Of the same node, monitor and key: `always` (if left out); `on_change`: not again while the priority stays; `every_min`: again after so
     * many minutes while it stays. Another priority, and a raising after a clearing, is a change.
     */
    repeat: z
      .union([z.enum(['always', 'on_change']), z.strictObject({ every_min: z.int().min(1).max(43_200) })])
      .optional(),
    /** Tells the same people when what was told is over. */
    recovered: z.boolean().optional(),
    group: ruleGroupSchema.optional(),
    /** Messages a minute; what is more is gathered into one at the end of the minute. */
    limit_per_min: z.int().min(1).max(ruleLimits.perMinuteMax).optional(),
    /** An escalation chain that begins with each message, until somebody takes care of it. */
    escalation: nameSchema.optional(),
    /** A channel of this rule alone. */
    channel: channelSchema.optional(),
    /** Named channels (kind `channel`). */
    channels: z.array(nameSchema).min(1).max(ruleLimits.channelsMax).optional(),
  })
  .refine(
    ({ channel, channels, escalation }) =>
      channel !== undefined || channels !== undefined || escalation !== undefined,
    schemaText('where_to'),
  );
export type NotificationRule = z.infer<typeof notificationRuleSchema>;

/** `suppressed`: kept back by a maintenance window, a silence or an inhibition, and never sent. */
export const deliveryStates = ['pending', 'sent', 'failed', 'suppressed'] as const;
