// Limits of what runs at once: queues, locks and nodes, with different numbers at different times of the day. Shape only.
import * as z from 'zod';
import { instantSchema, nameSchema } from '../../ids.ts';
import { textSchema } from '../units/unit-base.ts';
import { unitWaitSchema } from '../session.ts';
import { placesMax } from './places.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

/** Units that a node runs at once at the most; the manager's own bound (jobs-limits.ts) stands at the same number. */
export const nodePlacesMax = 200;

const bandKey = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;
/** Times of the day as `HH:MM-HH:MM`, up to but not including the second; over midnight too. Where two overlap, the first counts. */
export const placesByTimeSchema = z
  .record(z.string().regex(bandKey, schemaText('time_band')), z.int().min(0).max(placesMax))
  .refine((bands) => Object.keys(bands).length <= 48, schemaText('time_bands_max'));

const base = {
  name: nameSchema,
  title: textSchema.max(200).optional(),
  description: textSchema.optional(),
};
const byTime = {
  by_time: placesByTimeSchema.optional(),
  /** IANA zone of `by_time`. */
  timezone: z.string().min(1).max(64).default('UTC'),
};

/** Units that name the queue start as places are free. */
export const queueDefinitionSchema = z.strictObject({
  kind: z.literal('queue'),
  ...base,
  places: z.int().min(0).max(placesMax),
  ...byTime,
});
export type QueueDefinition = z.infer<typeof queueDefinitionSchema>;

/** A resource that units and nets hold while they run. A lock without a definition has one place. */
export const lockDefinitionSchema = z.strictObject({
  kind: z.literal('lock'),
  ...base,
  places: z.int().min(1).max(placesMax).default(1),
});
export type LockDefinition = z.infer<typeof lockDefinitionSchema>;

/** `name` is the node's. Without one a node runs as many as the manager hands out. */
export const nodeLimitDefinitionSchema = z.strictObject({
  kind: z.literal('node_limit'),
  ...base,
  places: z.int().min(0).max(nodePlacesMax),
  ...byTime,
});
export type NodeLimitDefinition = z.infer<typeof nodeLimitDefinitionSchema>;

export const limitDefinitionSchema = z.discriminatedUnion('kind', [
  queueDefinitionSchema,
  lockDefinitionSchema,
  nodeLimitDefinitionSchema,
]);
export type LimitDefinition = z.infer<typeof limitDefinitionSchema>;
export const limitKinds = [
  'queue',
  'lock',
  'node_limit',
] as const satisfies readonly LimitDefinition['kind'][];
export const limitKindSchema = z.enum(limitKinds);
export type LimitKind = z.infer<typeof limitKindSchema>;

/** Nothing new gets a place of it; what has one goes on. */
export const limitPauseSchema = z.object({
  by: z.string(),
  at: instantSchema,
  reason: z.string().nullable(),
});
export type LimitPause = z.infer<typeof limitPauseSchema>;

/** What holds a place, or waits for one. `unit` is null where it is the whole session. */
export const placeHolderSchema = z.object({
  /** Null, as the net: whoever asks may not see it. */
  session: z.int().nullable(),
  net: z.string().nullable(),
  unit: z.string().nullable(),
  /** How many places; null: all of them. */
  count: z.int().nullable(),
  priority: z.int(),
  since: instantSchema.nullable(),
  /** Of a waiter: its turn does not come before this freeze has ended. */
  waits: unitWaitSchema.optional(),
});
export type PlaceHolder = z.infer<typeof placeHolderSchema>;

export const limitSummarySchema = z.object({
  kind: limitKindSchema,
  name: z.string(),
  title: z.string().nullable(),
  /** Null: a lock that is used without a definition. */
  definition: limitDefinitionSchema.nullable(),
  /** Places now. */
  places: z.int(),
  used: z.int(),
  waiting: z.int(),
  paused: limitPauseSchema.nullable(),
  /** Of the definition; 0: there is none. */
  revision: z.int(),
  /** When the number of places changes by time; null: it does not. */
  changesAt: instantSchema.nullable(),
  /**
   * Present where the node is frozen, or somebody in the line waits for one that is. `waiting`: how many of the line. `freezes`: which; a few of
   * them, that of the node itself first.
   */
  frozen: z.object({ waiting: z.int(), freezes: z.array(unitWaitSchema) }).optional(),
});
export type LimitSummary = z.infer<typeof limitSummarySchema>;

export const limitDetailSchema = limitSummarySchema.extend({
  /** In the order in which they got their places; the oldest 500. */
  holders: z.array(placeHolderSchema),
  /** In the order in which they get their turn; the first 500. */
  waiters: z.array(placeHolderSchema),
});
export type LimitDetail = z.infer<typeof limitDetailSchema>;
