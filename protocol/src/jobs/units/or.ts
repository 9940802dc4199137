// Form of the unit type "or".
import * as z from 'zod';
import { unitBase } from './unit-base.ts';

/** Does nothing itself and ends normally at once: branches meet in it. */
export const orUnitSchema = z.strictObject({ ...unitBase, type: z.literal('or') });
export type OrUnit = z.infer<typeof orUnitSchema>;
