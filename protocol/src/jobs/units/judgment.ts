// Form of the unit type "judgment".
import * as z from 'zod';
import { nameSchema } from '../../ids.ts';
import { environmentNameSchema, exitCodeRangesSchema, textSchema, unitBase } from './unit-base.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

const exitCodeQuestionSchema = z.strictObject({
  /** A command under `after`. Of several nodes the worst counts: one without an exit code, else the highest. */
  unit: nameSchema,
  exit_code: exitCodeRangesSchema,
});
const tests = {
  equals: textSchema.optional(),
  /** RE2 syntax, found anywhere in the value. */
  matches: z.string().min(1).max(1000).optional(),
  ignore_case: z.boolean().optional(),
  /** The value is a number, and not below or above. */
  at_least: z.number().optional(),
  at_most: z.number().optional(),
};
const parameterQuestionSchema = z.strictObject({ parameter: environmentNameSchema, ...tests });
const outputQuestionSchema = z.strictObject({
  /** A unit under `after`, or inside a net there: its path from here. */
  unit: z.string().min(1).max(1000),
  /** One of its `outputs`. */
  output: environmentNameSchema,
  ...tests,
});
/** Asks a question and answers it with true or false; edges that lead away from it choose by `on: [true]` and `on: [false]`. */
export const judgmentUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('judgment'),
  if: z.union(
    [exitCodeQuestionSchema, outputQuestionSchema, parameterQuestionSchema],
    schemaText('question'),
  ),
});
export type JudgmentUnit = z.infer<typeof judgmentUnitSchema>;
