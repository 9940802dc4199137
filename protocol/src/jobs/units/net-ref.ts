// Form of the unit type "net_ref".
import * as z from 'zod';
import { netNameSchema } from '../../ids.ts';
import { environmentNameSchema, targetSchema, textSchema, unitBase } from './unit-base.ts';

/** Runs another job net inside this session, as if its units stood here. */
export const netRefUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('net_ref'),
  net: netNameSchema,
  /** Values of that net's parameters. With places. Its units see these alone. */
  parameters: z.record(environmentNameSchema, textSchema).optional(),
  /** Instead of that net's own. Units in it that have a target of their own keep it. */
  target: targetSchema.optional(),
});
export type NetRefUnit = z.infer<typeof netRefUnitSchema>;
