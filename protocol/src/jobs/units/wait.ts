// Form of the unit type "wait".
import * as z from 'zod';
import { unitBase } from './unit-base.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

/** Waits so long, or until a time of day: the next one after its start, in the net's zone. */
export const waitUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('wait'),
  for_s: z.number().positive().max(31_536_000).optional(),
  until: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, schemaText('wait_time'))
    .optional(),
});
export type WaitUnit = z.infer<typeof waitUnitSchema>;
