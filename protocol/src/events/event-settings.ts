// What people set about events and the status view: settings sections `events` and `status`.
import * as z from 'zod';
import { nameSchema } from '../ids.ts';

export const EVENT_FIELDS_MAX = 40;

/** Settings section `events`. */
export const eventSettingsSchema = z.strictObject({
  /** Fields that people write on events, beside what trap monitors give. A title that is left out: the name. */
  fields: z
    .array(
      z.strictObject({
        name: nameSchema,
        title: z.string().max(200).optional(),
        title_ja: z.string().max(200).optional(),
      }),
    )
    .max(EVENT_FIELDS_MAX)
    .refine(
      (fields) => new Set(fields.map(({ name }) => name)).size === fields.length,
      'must not name a field twice',
    )
    .default([]),
});
export type EventSettings = z.output<typeof eventSettingsSchema>;

/** A year. */
const MINUTES_MAX = 527_040;
const minutes = z.int().min(1).max(MINUTES_MAX);
export const expiryActions = ['remove', 'unknown'] as const;

/** Settings section `status`: how long an entry holds without being heard of again. What changes holds from the next event on. */
export const statusSettingsSchema = z.strictObject({
  /** Of entries with a key, which something clears; null: until then. */
  keyed_minutes: minutes.nullable().default(null),
  /** Of entries of a monitor as a whole, which nothing clears. */
  unkeyed_minutes: minutes.nullable().default(1440),
  /** What is cleared stays so long, as information. */
  cleared_minutes: minutes.default(1440),
  /** What is not heard of in time goes, or turns to unknown ("not updated"). */
  on_expiry: z.enum(expiryActions).default('remove'),
  /** Monitors that differ. */
  monitors: z
    .array(
      z.strictObject({
        monitor: nameSchema,
        minutes: minutes.nullable(),
        on_expiry: z.enum(expiryActions).default('remove'),
      }),
    )
    .max(500)
    .default([]),
});
export type StatusSettings = z.output<typeof statusSettingsSchema>;
