// Start conditions of a job net: what is watched, and what becomes of a start while an earlier one still runs. Shapes only.
import * as z from 'zod';
import { instantSchema, nameSchema, netNameSchema } from '../ids.ts';
import { eventMatchSchema } from '../notifications/event-match.ts';
import { endStatusSchema } from './end-status.ts';
import { scheduleSchema } from './schedule.ts';
import { absolutePathSchema } from './units/attempt-base.ts';
import { fileWatchUnitSchema, watchLimits } from './units/file-watch.ts';
import { environmentNameSchema, textSchema } from './units/unit-base.ts';
import { sentenceSchema } from '../problem.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

export const startConditionLimits = {
  /** JP1 has 32 units in a start condition, too. */
  watchersMax: 32,
  /** Starts that wait for their turn; what is fulfilled beyond is dropped with an event. */
  waitingMax: 100,
  /** How often a watch of files says that it lives. */
  fileBeatMs: 20_000,
  secondsMax: 31_536_000,
} as const;

const watcherBase = {
  /** Unique among the conditions of the net. */
  name: nameSchema,
  /**
   * Values for the session, by the name of a parameter. With places: `{{event.message}}`, `{{event.node}}`, `{{event.key}}`, `{{event.id}}`,
   * `{{event.code}}`, `{{event.priority}}`, `{{event.monitor}}`, `{{event.at}}`, `{{event.field.NAME}}`, `{{event.detail.NAME}}`, and
   * `{{event.group.NAME}}` for a named group of `text.matches`. Of files: `{{file.path}}`, `{{file.name}}`, `{{file.folder}}`, `{{file.size}}`,
   * `{{file.modified}}`, `{{file.change}}`, `{{file.node}}`, `{{file.at}}`. Of times: `{{time.at}}`.
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
const { size_min, settle_s, interval_s, user } = fileWatchUnitSchema.shape;
/** As the unit type `file_watch`, but that it goes on: each file that is found counts, and what is found once is not found again. */
const filesSchema = z.strictObject({
  node: nameSchema,
  path: z.union(
    [
      absolutePathSchema.transform((path) => [path]),
      z.array(absolutePathSchema).min(1).max(watchLimits.pathsMax),
    ],
    schemaText('watched_paths'),
  ),
  watch: z.enum(['created', 'changed', 'deleted']).default('created'),
  /** What is so already when the watch begins counts, or is ignored. Not for `changed`. */
  already_there: z.enum(['counts', 'ignored']).default('ignored'),
  size_min,
  settle_s,
  interval_s,
  /** Who looks on the node. */
  user,
});
export type WatchedFiles = z.infer<typeof filesSchema>;
const fileWatcherSchema = z.strictObject({ ...watcherBase, files: filesSchema });

const { cron, times, timezone, calendar, on, days, months, if_closed } = scheduleSchema.shape;
const timeOfDaySchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, schemaText('watched_time'));
const watchedTimesSchema = z
  .strictObject({
    cron,
    times,
    /** Every so many minutes from `from` to `until`, both included; left out: the whole day. */
    every_minutes: z.int().min(1).max(1440).optional(),
    from: timeOfDaySchema.optional(),
    until: timeOfDaySchema.optional(),
    timezone,
    calendar,
    on,
    days,
    months,
    if_closed,
  })
  .refine(
    (value) =>
      [value.cron, value.times, value.every_minutes].filter((each) => each !== undefined).length === 1,
    schemaText('watched_times'),
  )
  .refine(
    (value) => value.every_minutes !== undefined || (value.from === undefined && value.until === undefined),
    schemaText('every_minutes_needed'),
  );
export type WatchedTimes = z.infer<typeof watchedTimesSchema>;
const timeWatcherSchema = z.strictObject({ ...watcherBase, time: watchedTimesSchema });

export const startWatcherSchema = z.union(
  [eventWatcherSchema, netWatcherSchema, fileWatcherSchema, timeWatcherSchema],
  schemaText('start_watcher'),
);
export type StartWatcher = z.infer<typeof startWatcherSchema>;
export type FileWatcher = z.infer<typeof fileWatcherSchema>;
export type TimeWatcher = z.infer<typeof timeWatcherSchema>;
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
    /** So long after it has begun the monitoring ends. */
    valid_for_s: z.number().positive().max(startConditionLimits.secondsMax).optional(),
    /** At this instant the monitoring ends. */
    valid_until: z.iso.datetime({ offset: true, error: schemaText('instant_with_zone') }).optional(),
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
      kind: z.enum(['event', 'net', 'file', 'time']),
      /** With `all`: fulfilled since then, and by which event. */
      met: z.object({ event: z.int().nullable(), at: instantSchema }).nullable(),
      /** Of files: how the watch on the node stands. */
      files: z
        .object({
          node: z.string(),
          path: z.array(z.string()),
          /** `begins`: no look has been taken yet. `troubled`: `says` tells why nothing is watched. */
          state: z.enum(['begins', 'watches', 'troubled']),
          /** Its last sign of life that this manager has heard. */
          lastSignAt: instantSchema.nullable(),
          /** Files found since the monitoring began. */
          found: z.int(),
          /** Found, and not yet taken up. */
          waiting: z.int(),
          says: z.string().nullable(),
          saysSaid: sentenceSchema.optional(),
        })
        .nullable(),
      /** Of times: the next one. */
      nextAt: instantSchema.nullable(),
    }),
  ),
  /** When it ends by itself. */
  validUntil: instantSchema.nullable(),
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
