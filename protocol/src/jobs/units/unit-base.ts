// What all types of units share: name, place in the graph, condition, target.
// Each type is a file beside this one; `../definition.ts` puts them together.
import * as z from 'zod';
import { nameSchema } from '../../ids.ts';
import { placeKeys } from '../control/places.ts';
import { holdSchema, watchSchema } from '../control/watch.ts';
import { endStatuses } from '../end-status.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

/** Text without NUL, which PostgreSQL does not store. */
export const textSchema = z
  .string()
  .max(10_000)
  .refine((text) => !text.includes('\0'), schemaText('text_without_nul'));
export const environmentNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/, schemaText('environment_name'));

/** Exit-code ranges such as `"0"`, `"1-9,20"`; each code 0-255. */
export const exitCodeRangesSchema = z
  .union([z.int().min(0).max(255).transform(String), z.string()])
  .refine(
    (text) => /^\d{1,3}(-\d{1,3})?(\s*,\s*\d{1,3}(-\d{1,3})?)*$/.test(text),
    schemaText('exit_code_ranges'),
  );

export const userNameSchema = z.string().regex(/^[a-z_][a-z0-9_.-]{0,31}\$?$/i, schemaText('os_account'));

export const targetModes = ['all', 'any', 'least_loaded', 'by_priority'] as const;
/**
 * Where a unit's command runs. `mode` of a scope: on every node; on any one that is connected; on the connected one with the fewest open
 * attempts; on the first connected one of `order`, or of the scope's own.
 */
export const targetSchema = z.union(
  [
    z.strictObject({ node: nameSchema }),
    z.strictObject({
      scope: nameSchema,
      mode: z.enum(targetModes).default('all'),
      /** Nodes of the scope that come before the others. */
      order: z.array(nameSchema).min(1).max(1000).optional(),
      /** Not of `all`: an agent that has not taken the order within so many seconds loses it, and the next node gets it. */
      answer_within_s: z.number().min(1).max(86_400).optional(),
      /** What follows if nobody can say whether the agent that did not answer has run it. */
      if_unknown: z.enum(['stop', 'run_elsewhere']).optional(),
    }),
  ],
  schemaText('target'),
);
export type Target = z.infer<typeof targetSchema>;

/** How that unit ended, or what it answered: a judgment answers true or false. */
export const edgeOutcomeSchema = z.literal([...endStatuses, true, false]);
export type EdgeOutcome = z.infer<typeof edgeOutcomeSchema>;

const edgeObjectSchema = z.strictObject({
  unit: nameSchema,
  /** End statuses of that unit on which this edge holds, or answers of a judgment. */
  on: z.array(edgeOutcomeSchema).min(1).default(['normal', 'warning']),
});
/** An edge from a sibling unit: its name alone means "after it ended normally or with a warning". */
export const edgeSchema = z.union([
  nameSchema.transform((unit): z.infer<typeof edgeObjectSchema> => ({ unit, on: ['normal', 'warning'] })),
  edgeObjectSchema,
]);
export type Edge = z.infer<typeof edgeObjectSchema>;

/** What a unit waits for: `all` edges (AND) or `any` edge (OR). A bare list means `all`. */
export const afterSchema = z.union(
  [
    z
      .array(edgeSchema)
      .max(1000)
      .transform((all) => ({ all })),
    z.strictObject({ all: z.array(edgeSchema).min(1).max(1000) }),
    z.strictObject({ any: z.array(edgeSchema).min(1).max(1000) }),
  ],
  schemaText('units_before'),
);
export type After = z.infer<typeof afterSchema>;

/** Keys that every type of unit has. */
export const unitBase = {
  name: nameSchema,
  title: textSchema.max(200).optional(),
  description: textSchema.optional(),
  after: afterSchema.optional(),
  /**
   * It runs only if one of the units under `after` ended so; `true` means abnormally. Else it is passed over, and what follows it goes on.
   */
  recovery: z
    .union([z.boolean(), z.array(z.enum(['warning', 'abnormal', 'unknown'])).min(1)], schemaText('recovery'))
    .optional(),
  /** Held when the session starts: waits for an operator's release. `if_previous_...`: if it ended so in the session before, or worse. */
  hold: holdSchema.default(false),
  ...placeKeys,
  /** What is done if it starts late or takes too long. */
  delays: watchSchema.optional(),
  /** Where it stands in the picture, in pixels of the graph's own plane. Without it the console lays it out. */
  position: z.strictObject({ x: z.number(), y: z.number() }).optional(),
};
