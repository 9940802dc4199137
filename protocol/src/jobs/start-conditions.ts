// Start conditions of a job net: what is watched, and what becomes of a start while an earlier one still runs. Shapes only.
import * as z from 'zod';
import { instantSchema, nameSchema, netNameSchema } from '../ids.ts';
import { eventMatchSchema } from '../notifications/event-match.ts';
import { endStatusSchema } from './end-status.ts';
import { environmentNameSchema, textSchema } from './units/unit-base.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

export const startConditionLimits = {
  /** JP1 has 32 units in a start condition, too. */
  watchersMax: 32,
  /** Starts that wait for their turn; what is fulfilled beyond is dropped with an event. */
  waitingMax: 100,
} as const;

const watcherBase = {
  /** Unique among the conditions of the net. */
  name: nameSchema,
  /**
   * Values for the session, by the name of a parameter. With places: `{{event.message}}`, `{{event.node}}`, `{{event.key}}`, `{{event.id}}`,
   * `{{event.code}}`, `{{event.priority}}`, `{{event.monitor}}`, `{{event.at}}`, `{{event.field.NAME}}`, `{{event.detail.NAME}}`, and
   * `{{event.group.NAME}}` for a named group of `text.matches`.
   */
  parameters: z.record(environmentNameSchema, textSchema).optional(),
};
const eventWatcherSchema = z.strictObject({ ...watcherBase, event: eventMatchSchema });
const netWatcherSchema = z.strictObject({
  ...watcherBase,
  /** A session of this net has ended so. */
  net: netNameSchema,
  on: z.array(endStatusSchema).min(1).default(['normal', 'warning']),
});
export const startWatcherSchema = z.union(
  [eventWatcherSchema, netWatcherSchema],
  schemaText('start_watcher'),
);
export type StartWatcher = z.infer<typeof startWatcherSchema>;
const watchersSchema = z.array(startWatcherSchema).min(1).max(startConditionLimits.watchersMax);

export const startConditionsSchema = z
  .strictObject({
    /** Each of them starts a session; or `all` together do. */
    any: watchersSchema.optional(),
    all: watchersSchema.optional(),
    /** With `all`: one that was fulfilled counts for so many seconds. */
    within_s: z.number().positive().max(31_536_000).optional(),
    /** While a session that they have started still runs: start another, let it wait for its turn, or drop it. */
    overlap: z.enum(['parallel', 'wait', 'skip']).default('wait'),
    /** When the last one has ended abnormally: go on, hold further starts until somebody releases them, or end the monitoring. */
    after_abnormal: z.enum(['go_on', 'hold', 'stop']).default('go_on'),
    /** After so many starts the monitoring ends. */
    starts_max: z.int().min(1).max(1_000_000).optional(),
    /** Whether anything is watched. */
    enabled: z.boolean().default(true),
  })
  .refine((value) => (value.any === undefined) !== (value.all === undefined), schemaText('any_or_all'));
export type StartConditions = z.infer<typeof startConditionsSchema>;

export const monitoringOperations = ['begin', 'end', 'release', 'clear'] as const;
/** `release`: after an abnormal end, further starts go on. `clear`: what is fulfilled and what waits is forgotten. */
export const monitoringOperationSchema = z.enum(monitoringOperations);
export type MonitoringOperation = z.infer<typeof monitoringOperationSchema>;

export const netMonitoringSchema = z.object({
  net: z.string(),
  enabled: z.boolean(),
  since: instantSchema,
  overlap: startConditionsSchema.shape.overlap.unwrap(),
  mode: z.enum(['any', 'all']),
  conditions: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['event', 'net']),
      /** With `all`: fulfilled since then, and by which event. */
      met: z.object({ event: z.int().nullable(), at: instantSchema }).nullable(),
    }),
  ),
  /** Sessions that they have started since the monitoring began. */
  generation: z.int(),
  startsMax: z.int().nullable(),
  /** Starts that wait for their turn. */
  waiting: z.int(),
  /** Why they wait, or why nothing is watched; null: nothing is to be said. */
  reason: z.string().nullable(),
  lastSession: z.int().nullable(),
  lastStartAt: instantSchema.nullable(),
});
export type NetMonitoring = z.infer<typeof netMonitoringSchema>;
