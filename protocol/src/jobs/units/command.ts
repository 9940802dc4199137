// Form of the unit type "command": a shell line or a program, run by the agent of a node.
import * as z from 'zod';
import { definitionLimits } from '../definition-limits.ts';
import {
  environmentNameSchema,
  exitCodeRangesSchema,
  targetSchema,
  textSchema,
  unitBase,
  userNameSchema,
} from './unit-base.ts';

export const outputEncodings = [
  'auto',
  'utf-8',
  'shift_jis',
  'euc-jp',
  'iso-2022-jp',
  'utf-16le',
  'latin1',
] as const;
export const outputEncodingSchema = z.enum(outputEncodings);
export type OutputEncoding = z.infer<typeof outputEncodingSchema>;

export const commandUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('command'),
  /** A line for `/bin/sh -c`, or the arguments of a program started without a shell. Parameters reach it as environment variables, never by text substitution. */
  command: z.union(
    [
      z
        .string()
        .min(1)
        .max(definitionLimits.commandBytesMax)
        .refine((t) => !t.includes('\0'), 'must not hold a NUL character'),
      z
        .array(
          z
            .string()
            .max(definitionLimits.commandBytesMax)
            .refine((t) => !t.includes('\0'), 'must not hold a NUL character'),
        )
        .min(1)
        .max(1000),
    ],
    'must be a shell line or a list of arguments',
  ),
  working_directory: z.string().min(1).max(4096).optional(),
  environment: z.record(environmentNameSchema, textSchema).optional(),
  user: userNameSchema.optional(),
  /** Primary group; supplementary groups are the user's own unless listed. */
  group: userNameSchema.optional(),
  supplementary_groups: z.array(userNameSchema).max(64).optional(),
  stdin_file: z.string().min(1).max(4096).optional(),
  umask: z
    .string()
    .regex(/^0?[0-7]{3}$/, 'must be octal such as "022"')
    .optional(),
  /** After this many seconds the group gets TERM, `kill_after_s` later KILL. */
  timeout_s: z.number().positive().max(31_536_000).optional(),
  kill_after_s: z.number().nonnegative().max(3600).default(10),
  /** Exit codes that mean normal and warning; every other one, and a signal, is abnormal. */
  exit_codes: z
    .strictObject({ normal: exitCodeRangesSchema.default('0'), warning: exitCodeRangesSchema.optional() })
    .optional(),
  retry: z
    .strictObject({
      count: z.int().min(1).max(1000),
      delay_s: z.number().nonnegative().max(86_400).default(0),
      on: z
        .array(z.enum(['warning', 'abnormal']))
        .min(1)
        .default(['abnormal']),
    })
    .optional(),
  target: targetSchema.optional(),
  output_encoding: outputEncodingSchema.default('auto'),
  /** Bytes kept of stdout and of stderr, each; what follows is dropped and the cut is marked. */
  output_bytes_max: z
    .int()
    .min(0)
    .max(64 * 1024 * 1024)
    .default(1024 * 1024),
});
export type CommandUnit = z.infer<typeof commandUnitSchema>;
