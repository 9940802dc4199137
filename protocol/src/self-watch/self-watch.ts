/**
 * What a manager watches about itself, and how it stands.
 *
 * Responsible for the shapes. Thresholds are settings (`settings/settings.ts`, section `self_watch`); deciding when something is told is
 * `core/self-watch`; measuring is `manager/src/self-watch`.
 */
import * as z from 'zod';
import { instantSchema } from '../ids.ts';

/** The name of a kind carries its unit. */
export const watchKinds = [
  'disk_free_percent',
  'inodes_free_percent',
  'disk_full_in_hours',
  'database_bytes',
  'queue_percent',
  'event_loop_lag_ms',
  'certificate_days',
  'clock_difference_s',
  'line_stands_minutes',
] as const;
export const watchKindSchema = z.enum(watchKinds);
export type WatchKind = z.infer<typeof watchKindSchema>;

export const watchLevels = ['ok', 'warning', 'critical'] as const;
export const watchLevelSchema = z.enum(watchLevels);
export type WatchLevel = z.infer<typeof watchLevelSchema>;

export const watchItemSchema = z.object({
  /** Stable: `disk_free_percent:home`, `queue_percent:engine`. */
  id: z.string(),
  kind: watchKindSchema,
  /** What it is about: a folder, the name of a queue, of a certificate, of a node. */
  subject: z.string(),
  /** In the unit of the kind; null: cannot be told, or will not happen (`disk_full_in_hours`). */
  value: z.number().nullable(),
  level: watchLevelSchema,
  /** Since when it has this level; null: always, since this manager started. */
  since: instantSchema.nullable(),
  /** Whether low or high values are bad. */
  worse: z.enum(['low', 'high']),
  warning: z.number().nullable(),
  critical: z.number().nullable(),
  /** Figures behind the value, such as `freeBytes` and `totalBytes`. */
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type WatchItem = z.infer<typeof watchItemSchema>;

export const selfWatchViewSchema = z.object({
  /** Of the newest measurement; null: there was none yet. */
  at: instantSchema.nullable(),
  level: watchLevelSchema,
  items: z.array(watchItemSchema),
});
export type SelfWatchView = z.infer<typeof selfWatchViewSchema>;
