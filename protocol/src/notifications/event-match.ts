// Which events somebody means: the conditions that notification rules, inhibitions and silences share.
// Shape only; `core/src/notifications/event-matcher.ts` compiles them and `judge-notification.ts` refuses what has no sense.
import * as z from 'zod';
import { eventCodeSchema } from '../events/event.ts';
import { nameSchema } from '../ids.ts';
import { prioritySchema } from '../priority.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

export const eventMatchLimits = {
  /** Of each list of names: longer ones are what scopes are for. */
  namesMax: 1_000,
  fieldsMax: 50,
  patternCharsMax: 2_000,
} as const;

/** `*` at the end stands for any rest. */
const patternsSchema = z.array(z.string().min(1).max(500)).max(eventMatchLimits.namesMax).optional();

const textShape = {
  contains: z.string().min(1).max(eventMatchLimits.patternCharsMax).optional(),
  /** Regular expression without look-around and back references, so that it takes linear time. */
  matches: z.string().min(1).max(eventMatchLimits.patternCharsMax).optional(),
  ignore_case: z.boolean().optional(),
};

export const textMatchSchema = z
  .strictObject(textShape)
  .refine(
    ({ contains, matches }) => contains !== undefined || matches !== undefined,
    schemaText('contains_or_matches'),
  );
export type TextMatch = z.output<typeof textMatchSchema>;

export const fieldMatchSchema = z
  .strictObject({ name: z.string().min(1).max(200), equals: z.string().max(2_000).optional(), ...textShape })
  .refine(
    ({ equals, contains, matches }) =>
      equals !== undefined || contains !== undefined || matches !== undefined,
    schemaText('equals_contains_or_matches'),
  );
export type FieldMatch = z.output<typeof fieldMatchSchema>;

/** All that is named must hold. What is left out, or an empty list, is no condition. */
export const eventMatchShape = {
  priorities: z.array(prioritySchema).optional(),
  codes: z.array(eventCodeSchema).optional(),
  /** Job nets by name; an event about no net fits none. */
  nets: z.array(z.string().min(1).max(201)).max(eventMatchLimits.namesMax).optional(),
  monitors: patternsSchema,
  /** The node lies in one of them, or in a scope below. */
  scopes: z.array(nameSchema).max(eventMatchLimits.namesMax).optional(),
  nodes: patternsSchema,
  /** Of the message. */
  text: textMatchSchema.optional(),
  /** What state it is about, such as `link:3`. */
  keys: patternsSchema,
  /** Fields of the user and details, by name. All must hold. */
  fields: z.array(fieldMatchSchema).max(eventMatchLimits.fieldsMax).optional(),
  /** `raised`: it begins a state that something can end; `cleared`: it ends one. */
  state: z.enum(['raised', 'cleared']).optional(),
} as const;

export const eventMatchSchema = z.strictObject(eventMatchShape);
export type EventMatch = z.output<typeof eventMatchSchema>;
