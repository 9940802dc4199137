// What is done about a unit or net that starts late or takes too long, as a definition says it. Shape only.
import * as z from 'zod';
import { nameSchema } from '../../ids.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

/** Up to 47:59, counted from the beginning of the session's day: the day of the time for which it was due. */
export const longTimeSchema = z.string().regex(/^([0-3]\d|4[0-7]):[0-5]\d$/, schemaText('watch_time'));

const secondsSchema = z.number().positive().max(31_536_000);
const statusSchema = z.strictObject({ set_status: z.enum(['normal', 'warning', 'abnormal']) });

/** Told once. `skip`: it does not run and counts as normal. `set_status`: it does not run and counts so. `stop`: it is stopped before it has run. */
export const startWatchSchema = z
  .strictObject({
    at: longTimeSchema.optional(),
    /** From the start of the net around it; of a whole net from the time for which it was due. */
    after_s: secondsSchema.optional(),
    do: z.union([z.enum(['notify', 'skip', 'stop']), statusSchema]).default('notify'),
  })
  .refine((watch) => (watch.at === undefined) !== (watch.after_s === undefined), schemaText('at_or_after'));
export type StartWatch = z.infer<typeof startWatchSchema>;

export const historyLimitSchema = z
  .strictObject({
    /** So many times the mean of its run times. */
    factor: z.number().min(1).max(1000).optional(),
    /** So many standard deviations above the mean. */
    sigma: z.number().positive().max(100).optional(),
    /** With fewer normal ends among the last 30 nothing is watched. */
    min_runs: z.int().min(2).max(30).default(5),
  })
  .refine(
    (limit) => (limit.factor === undefined) !== (limit.sigma === undefined),
    schemaText('factor_or_sigma'),
  );
export type HistoryLimit = z.infer<typeof historyLimitSchema>;

/** `set_status`: it is stopped, and counts so whatever comes of the stop. */
export const endWatchSchema = z
  .strictObject({
    at: longTimeSchema.optional(),
    /** From its own start. */
    after_s: secondsSchema.optional(),
    history: historyLimitSchema.optional(),
    do: z.union([z.enum(['notify', 'stop']), statusSchema]).default('notify'),
  })
  .refine(
    ({ at, after_s: after, history }) =>
      [at, after, history].filter((each) => each !== undefined).length === 1,
    schemaText('at_after_or_history'),
  );
export type EndWatch = z.infer<typeof endWatchSchema>;

export const watchSchema = z
  .strictObject({ start: startWatchSchema.optional(), end: endWatchSchema.optional() })
  .refine(({ start, end }) => start !== undefined || end !== undefined, schemaText('start_or_end'));
export type Watch = z.infer<typeof watchSchema>;

/**
 * With which status a net ends, of those of its units. `ignore_warning`: a warning is normal. `last`: only units that nothing follows count.
 * `units`: only these count.
 */
export const endStatusRuleSchema = z.union(
  [
    z.enum(['worst', 'last', 'ignore_warning']),
    z.strictObject({ units: z.array(nameSchema).min(1).max(1000) }),
  ],
  schemaText('end_status_rule'),
);
export type EndStatusRule = z.infer<typeof endStatusRuleSchema>;

export const holdSchema = z.literal([true, false, 'if_previous_warning', 'if_previous_abnormal']);
export type Hold = z.infer<typeof holdSchema>;
