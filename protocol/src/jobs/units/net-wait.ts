// Form of the unit type "net_wait".
import * as z from 'zod';
import { netNameSchema, unitPathSchema } from '../../ids.ts';
import { endStatusSchema } from '../end-status.ts';
import { unitBase } from './unit-base.ts';
import { waitLimitShape, waitSecondsMax } from './wait-limit.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

/** Targets of one unit; JP1's wait conditions have the same bound. */
export const netWaitTargetsMax = 32;

const targetObjectSchema = z.strictObject({
  net: netNameSchema,
  /** Path of one of its units; without it, the whole session. */
  unit: unitPathSchema.optional(),
  /** End statuses that fulfil it. */
  on: z.array(endStatusSchema).min(1).default(['normal', 'warning']),
});
export type NetWaitTarget = z.infer<typeof targetObjectSchema>;
const targetSchema = z.union(
  [netNameSchema.transform((net): NetWaitTarget => ({ net, on: ['normal', 'warning'] })), targetObjectSchema],
  schemaText('waited_net'),
);
const targetsSchema = z.array(targetSchema).min(1).max(netWaitTargetsMax);

/** Waits until other job nets, or units of them, have ended. */
export const netWaitUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('net_wait'),
  /** `all` of them, or `any`. A bare list means `all`. */
  nets: z.union(
    [
      targetsSchema.transform((all) => ({ all })),
      z.strictObject({ all: targetsSchema }),
      z.strictObject({ any: targetsSchema }),
    ],
    schemaText('waited_nets'),
  ),
  /**
   * Which session of the other net counts, always the newest one: `today` those begun since midnight in this net's zone, `session` those begun
   * since this session began, `next` those begun after this unit did.
   */
  which: z.enum(['today', 'session', 'next']).default('today'),
  /** Instead of `today`: those begun in so many seconds before this unit did, or later. */
  look_back_s: z.number().positive().max(waitSecondsMax).optional(),
  /** If there is no such session when the unit begins: wait for one, take it for fulfilled, or end abnormally. */
  if_absent: z.enum(['wait', 'go_on', 'fail']).default('wait'),
  /** If it has ended otherwise: wait for its rerun or the next session, or end abnormally. */
  if_other: z.enum(['wait', 'fail']).default('wait'),
  ...waitLimitShape,
});
export type NetWaitUnit = z.infer<typeof netWaitUnitSchema>;
