// The form of a job net's parameters: what is asked at the start of a session, and what a value must be like.
// Shape only; which keys go with which type, defaults and patterns are judged by core/definitions/judge-parameters.ts, values by
// core/jobs/variables/parameter-values.ts.
import * as z from 'zod';
import { environmentNameSchema, textSchema } from './units/unit-base.ts';

export const parameterTypes = ['text', 'number', 'choice', 'date', 'boolean', 'secret'] as const;
export type ParameterType = (typeof parameterTypes)[number];

export const parameterLimits = {
  choicesMax: 500,
  /** A shorter secret could not be hidden in what a command writes: it would be found everywhere. */
  secretCharsMin: 4,
  /** Each output of a command is looked through for it. */
  secretCharsMax: 8_192,
} as const;

/** A text; numbers, true and false may be written without quotes. */
const valueSchema = z.union([textSchema, z.number().transform(String), z.boolean().transform(String)]);

const choiceSchema = z.union([
  valueSchema,
  z.strictObject({ value: valueSchema, /** What people read instead. */ label: textSchema.max(200) }),
]);
export type ParameterChoice = z.infer<typeof choiceSchema>;

export const parameterSchema = z.strictObject({
  name: environmentNameSchema,
  /** Left out: `text`. */
  type: z.enum(parameterTypes).optional(),
  /** What people read instead of the name. */
  label: textSchema.max(200).optional(),
  description: textSchema.optional(),
  /** Of a date also `today`, `today-1`, `today+7`: by the day of the start in the net's zone. Of a secret `{{secret.NAME}}` alone. */
  default: valueSchema.optional(),
  /** Whether a start without a value is refused. Left out: if there is no default. */
  required: z.boolean().optional(),
  /** Of a text: the whole value fits (RE2 syntax). */
  pattern: z.string().min(1).max(1000).optional(),
  /** Characters of a text. */
  length_min: z.int().min(0).max(10_000).optional(),
  length_max: z.int().min(0).max(10_000).optional(),
  /** Of a number. */
  min: z.number().optional(),
  max: z.number().optional(),
  /** Of a choice. */
  choices: z.array(choiceSchema).min(1).max(parameterLimits.choicesMax).optional(),
  /** Of a date: how commands get it, of YYYY, MM, DD and what stands between. Left out: YYYY-MM-DD. */
  format: z.string().min(1).max(40).optional(),
});
export type ParameterDefinition = z.infer<typeof parameterSchema>;
