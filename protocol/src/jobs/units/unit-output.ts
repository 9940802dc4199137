// The form of what is captured from a unit's output: variables that later units can use.
import * as z from 'zod';
import { environmentNameSchema } from './unit-base.ts';

export const unitOutputLimits = {
  outputsMax: 32,
  /** Characters of a captured value; a longer one is not taken. */
  valueCharsMax: 4_096,
  /** Of one line; what is behind is not looked at. */
  lineCharsMax: 16_384,
  /** Of a whole output that is read as JSON. */
  jsonBytesMax: 1024 * 1024,
  pathCharsMax: 500,
} as const;

export const unitOutputSchema = z.strictObject({
  name: environmentNameSchema,
  /** Left out: stdout. */
  from: z.enum(['stdout', 'stderr']).optional(),
  /** RE2 syntax, looked for in each line. The value is what its first group holds, without a group the whole match. */
  regex: z.string().min(1).max(1000).optional(),
  ignore_case: z.boolean().optional(),
  /** Which match counts, of several; left out: the first. */
  take: z.enum(['first', 'last']).optional(),
  /** The whole output is JSON; the value stands at this path, such as `$.result.files[0].name`. Objects and lists are taken as JSON. */
  json: z.string().min(1).max(unitOutputLimits.pathCharsMax).optional(),
  /** Whether the unit ends abnormally without it. Left out: true. */
  required: z.boolean().optional(),
  /** It is kept sealed and shown to nobody, and the output that it stood in shows `***` in its place. */
  secret: z.boolean().optional(),
  /** On several nodes: the values of all, in the order of the scope, joined by this. Left out: the value of the first node that has one. */
  join: z.string().max(20).optional(),
});
export type UnitOutput = z.infer<typeof unitOutputSchema>;

export const unitOutputsSchema = z.array(unitOutputSchema).min(1).max(unitOutputLimits.outputsMax);
