// Form of the unit type "wait".
import * as z from 'zod';
import { unitBase } from './unit-base.ts';

/** Waits so long, or until a time of day: the next one after its start, in the net's zone. */
export const waitUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('wait'),
  for_s: z.number().positive().max(31_536_000).optional(),
  until: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'must be a time of day such as "22:00"')
    .optional(),
});
export type WaitUnit = z.infer<typeof waitUnitSchema>;
