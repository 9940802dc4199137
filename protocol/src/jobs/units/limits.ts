// What the work of a unit may use on its node, and the command that ends it: of commands and containers, and as a default of a whole net.
// Not responsible for sizes as numbers (core/src/jobs/attempt-kinds/limits.ts), nor for holding them: the agent does.
import * as z from 'zod';
import { schemaText } from '../../sentences/schema-sentences.ts';
import { definitionLimits } from '../definition-limits.ts';

/** A number of bytes such as `512m` or `2g`; a number alone means bytes. */
export const sizeSchema = z.union([
  z.int().nonnegative().transform(String),
  z.string().regex(/^\d{1,12}[bkmg]?$/i, schemaText('memory_size')),
]);

export const unitLimitsSchema = z.strictObject({
  /** Of all its processes together. Beyond it they are ended. */
  memory: sizeSchema.optional(),
  /** Processes and threads at one time. */
  processes: z.int().min(1).max(4_000_000).optional(),
  /** Processors that it may keep busy, such as 1.5. */
  cpus: z.number().min(0.01).max(1024).optional(),
  /** Its share where the processors do not suffice for all; 100 is what everybody else has. */
  cpu_share: z.int().min(1).max(10_000).optional(),
  /** Files that each process may have open. */
  open_files: z.int().min(16).max(1_000_000_000).optional(),
  /** Of a file that each process writes. */
  file_size: sizeSchema.optional(),
  /** Of a core dump; `0`: none is written. */
  core_size: sizeSchema.optional(),
});
export type UnitLimits = z.infer<typeof unitLimitsSchema>;

const longTextSchema = z
  .string()
  .max(definitionLimits.commandBytesMax)
  .refine((text) => !text.includes('\0'), schemaText('text_without_nul'));

/** The command that ends another: run on the node, as the same user, when the unit is stopped or its time is over. */
export const stopCommandSchema = z.strictObject({
  /** A line for `/bin/sh -c`, or the arguments of a program; `NEZUBAN_PID` is the number of what runs. */
  command: z.union(
    [longTextSchema.min(1), z.array(longTextSchema).min(1).max(1000)],
    schemaText('command_line'),
  ),
  /** After so many seconds it is ended itself, and what it was to end gets TERM. */
  timeout_s: z.number().positive().max(86_400).default(60),
});
export type StopCommand = z.infer<typeof stopCommandSchema>;
