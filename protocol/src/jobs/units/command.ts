// Form of the unit type "command": a shell line or a program, run by the agent of a node.
import * as z from 'zod';
import { definitionLimits } from '../definition-limits.ts';
import { absolutePathSchema, attemptUnitBase, exitCodesSchema } from './attempt-base.ts';
import { environmentNameSchema, textSchema, userNameSchema } from './unit-base.ts';
import { stopCommandSchema, unitLimitsSchema } from './limits.ts';
import { unitOutputsSchema } from './unit-output.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

/** What decides how a command has ended: its exit code, nothing (always the same), or a file that it was to write. */
export const endBySchema = z.union(
  [
    z.enum(['exit_code', 'normal', 'abnormal']),
    z.strictObject({
      file: absolutePathSchema,
      /** `exists`: it is there at the end; `updated`: it has been made or written since the start. */
      is: z.enum(['exists', 'updated']).default('updated'),
    }),
  ],
  schemaText('end_by'),
);
export type EndBy = z.infer<typeof endBySchema>;

const longTextSchema = z
  .string()
  .max(definitionLimits.commandBytesMax)
  .refine((text) => !text.includes('\0'), schemaText('text_without_nul'));

/** A command is a shell line, a program with its arguments, or a script: one of `command` and `script` is there. */
export const commandUnitSchema = z.strictObject({
  ...attemptUnitBase,
  type: z.literal('command'),
  /** A line for `/bin/sh -c`, or the arguments of a program started without a shell. Parameters reach the line as environment variables, never by text substitution; arguments have places. */
  command: z
    .union([longTextSchema.min(1), z.array(longTextSchema).min(1).max(1000)], schemaText('command_line'))
    .optional(),
  /** Instead of a command: lines of a script, with an interpreter line such as `#!/usr/bin/env python3`; without one of /bin/sh. */
  script: longTextSchema.min(1).optional(),
  /** Of the script. With places. */
  arguments: z.array(longTextSchema).max(1000).optional(),
  working_directory: z.string().min(1).max(4096).optional(),
  environment: z.record(environmentNameSchema, textSchema).optional(),
  supplementary_groups: z.array(userNameSchema).max(64).optional(),
  stdin_file: z.string().min(1).max(4096).optional(),
  /** Standard input as text, with places, instead of a file. */
  stdin: longTextSchema.optional(),
  /** Texts with places that lie in files while it runs; the variable holds the path. */
  files: z.record(environmentNameSchema, longTextSchema).optional(),
  umask: z
    .string()
    .regex(/^0?[0-7]{3}$/, schemaText('umask'))
    .optional(),
  /** What it may use on its node. */
  limits: unitLimitsSchema.optional(),
  /** What ends it before it gets TERM. */
  stop: stopCommandSchema.optional(),
  /** Exit codes that mean normal and warning; every other one, and a signal, is abnormal. */
  exit_codes: exitCodesSchema.optional(),
  end_by: endBySchema.default('exit_code'),
  /** Variables that are taken out of what it writes. */
  outputs: unitOutputsSchema.optional(),
});
export type CommandUnit = z.infer<typeof commandUnitSchema>;
