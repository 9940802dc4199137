// What a unit or net asks for before it may start, as a definition says it: priority, queue, locks; and of a root net: overlap and exclusion.
// Shape only; what is allowed where is judged in core/definitions/judge-places.ts.
import * as z from 'zod';
import { nameSchema, netNameSchema } from '../../ids.ts';

/** From 1, the last, to 5, the first. */
export const workPriorities = { lowest: 1, default: 3, highest: 5 } as const;
export const workPrioritySchema = z.int().min(workPriorities.lowest).max(workPriorities.highest);

/** Places of one lock, queue or node. */
export const placesMax = 10_000;

const lockObjectSchema = z.strictObject({
  name: nameSchema,
  /** How many of the lock's places; `all`: nobody else holds any meanwhile. */
  count: z.union([z.int().min(1).max(placesMax), z.literal('all')]).default(1),
});
export type LockClaim = z.infer<typeof lockObjectSchema>;
/** Taken together, in one decision, held from the start to the end, over all tries. A name alone means one place. */
export const locksSchema = z
  .array(z.union([nameSchema.transform((name): LockClaim => ({ name, count: 1 })), lockObjectSchema]))
  .min(1)
  .max(32);

/** What becomes of a start while as many sessions of the net run as may: run beside them, wait, or not start. */
export const overlapSchema = z.enum(['parallel', 'queue', 'skip']);
export type Overlap = z.infer<typeof overlapSchema>;

/** Keys of units and nets alike. A net hands `priority` and `queue` on to the units inside; its `locks` it holds itself. */
export const placeKeys = {
  priority: workPrioritySchema.optional(),
  queue: nameSchema.optional(),
  locks: locksSchema.optional(),
};
/** Keys of a root net alone. */
export const overlapKeys = {
  /** Left out: `parallel`. */
  overlap: overlapSchema.optional(),
  /** Sessions at once, from which on `queue` and `skip` count; left out, one. */
  overlap_max: z.int().min(1).max(1000).optional(),
  /** No session of this net runs at the same time as one of those, whoever comes first. */
  exclusive_with: z.array(netNameSchema).min(1).max(32).optional(),
};
