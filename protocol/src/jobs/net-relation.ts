// How job nets are related across each other: the map of nets.
import * as z from 'zod';
import { instantSchema, netNameSchema, sessionIdSchema } from '../ids.ts';
import { endStatusSchema } from './end-status.ts';
import { sessionStateSchema } from './session.ts';

/**
 * What a net does with another one. contains: runs its units inside its own session. starts: starts a session of it. waits_for: waits until
 * it, or a unit of it, has ended. begins_after: is started because it has ended. excludes: never runs at the same time.
 */
export const netRelationKinds = ['contains', 'starts', 'waits_for', 'begins_after', 'excludes'] as const;
export const netRelationKindSchema = z.enum(netRelationKinds);
export type NetRelationKind = z.infer<typeof netRelationKindSchema>;

export const netMapLimits = {
  /** Nets of one map; a picture of more is no picture. */
  netsMax: 500,
  /** Units that a relation names. */
  unitsMax: 20,
  /** Steps from the net in the middle. */
  depthMax: 10,
} as const;

export const netMapEntrySchema = z.object({
  name: netNameSchema,
  title: z.string().nullable(),
  /** False: others name it, but there is no such net (any more). */
  exists: z.boolean(),
  lastSession: z
    .object({
      id: sessionIdSchema,
      state: sessionStateSchema,
      endStatus: endStatusSchema.nullable(),
      createdAt: instantSchema,
      endedAt: instantSchema.nullable(),
    })
    .nullable(),
});
export type NetMapEntry = z.infer<typeof netMapEntrySchema>;

export const netMapRelationSchema = z.object({
  net: netNameSchema,
  kind: netRelationKindSchema,
  other: netNameSchema,
  /** Paths of units of `net` that say so, the first ones; empty: the net itself. */
  units: z.array(z.string()),
  unitCount: z.int(),
});
export type NetMapRelation = z.infer<typeof netMapRelationSchema>;

export const netMapSchema = z.object({
  nets: z.array(netMapEntrySchema),
  relations: z.array(netMapRelationSchema),
  /** There are more nets than the map takes. */
  truncated: z.boolean(),
});
export type NetMap = z.infer<typeof netMapSchema>;
