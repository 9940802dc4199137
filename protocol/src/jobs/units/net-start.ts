// Form of the unit type "net_start".
import * as z from 'zod';
import { netNameSchema } from '../../ids.ts';
import { environmentNameSchema, textSchema, unitBase } from './unit-base.ts';
import { waitLimitShape } from './wait-limit.ts';

/** Starts a session of another job net, once for each run of the unit, and waits for its end if it is told to. */
export const netStartUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('net_start'),
  net: netNameSchema,
  /** With places as in `event_send`: `{{parameter.NAME}}`, `{{net}}`, `{{session}}`, `{{unit}}`. */
  parameters: z.record(environmentNameSchema, textSchema).optional(),
  /** Wait for its end and end as it does. `false`: end normally as soon as it has begun. */
  wait: z.boolean().default(true),
  /** A stop of this unit stops the session that it has started, too. */
  pass_stop: z.boolean().default(true),
  ...waitLimitShape,
});
export type NetStartUnit = z.infer<typeof netStartUnitSchema>;
