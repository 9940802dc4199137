// What the types of units share that do their work on nodes, by attempts: as whom, how long, how often, where, how much output is kept.
// Each such type is a file beside this one; the engine runs them all by core/src/jobs/unit-types/attempt.ts.
import * as z from 'zod';
import { exitCodeRangesSchema, targetSchema, unitBase, userNameSchema } from './unit-base.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

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

/** Seconds of a year: no attempt takes longer. */
export const secondsMax = 31_536_000;

export const absolutePathSchema = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => path.startsWith('/') && !path.includes('\0'), schemaText('directory'));

export const retrySchema = z.strictObject({
  count: z.int().min(1).max(1000),
  delay_s: z.number().nonnegative().max(86_400).default(0),
  on: z
    .array(z.enum(['warning', 'abnormal']))
    .min(1)
    .default(['abnormal']),
  /** Of the ends under `on`, only those with one of these exit codes. */
  exit_codes: exitCodeRangesSchema.optional(),
});
export type Retry = z.infer<typeof retrySchema>;

export const exitCodesSchema = z.strictObject({
  normal: exitCodeRangesSchema.default('0'),
  warning: exitCodeRangesSchema.optional(),
});

/** Keys of every type of unit that makes attempts on nodes. */
export const attemptUnitBase = {
  ...unitBase,
  target: targetSchema.optional(),
  user: userNameSchema.optional(),
  /** Primary group; supplementary groups are the user's own unless listed. */
  group: userNameSchema.optional(),
  /** After this many seconds the group gets TERM, `kill_after_s` later KILL. */
  timeout_s: z.number().positive().max(secondsMax).optional(),
  kill_after_s: z.number().nonnegative().max(3600).default(10),
  /** After this many seconds of running an event says that it takes long; it goes on. */
  warn_after_s: z.number().positive().max(secondsMax).optional(),
  retry: retrySchema.optional(),
  output_encoding: outputEncodingSchema.default('auto'),
  /** Bytes kept of the beginning of stdout and of stderr, each. Of what is longer the last 64 KiB are kept too, and what is left out between is marked. */
  output_bytes_max: z
    .int()
    .min(0)
    .max(1024 * 1024 * 1024)
    .default(1024 * 1024),
};
