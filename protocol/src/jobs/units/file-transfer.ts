// Form of the unit type "file_transfer": files of one node arrive on others. `target` and `user` say where and as whom they are written, as of
// every unit that works on nodes; `from` says where and as whom they are read.
import * as z from 'zod';
import { nameSchema } from '../../ids.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';
import { absolutePathSchema, attemptUnitBase } from './attempt-base.ts';
import { userNameSchema } from './unit-base.ts';
import { unitOutputsSchema } from './unit-output.ts';

export const transferLimits = {
  /** Files of one unit: a folder of more is packed first. */
  filesMax: 1_000,
  /** What is left behind by a host that died is tidied after a day without a write, so no transfer may stand still for so long. */
  noProgressSecondsMax: 43_200,
} as const;

export const fileTransferUnitSchema = z.strictObject({
  ...attemptUnitBase,
  type: z.literal('file_transfer'),
  from: z.strictObject({
    node: nameSchema,
    /** Who reads there; left out: the unit's own `user`. */
    user: userNameSchema.optional(),
    group: userNameSchema.optional(),
    /** One file; or, with `*`, `?` and `[...]` in its last part, those of one folder. */
    path: absolutePathSchema,
    /** How it ends when there is no such file. */
    on_missing: z.enum(['normal', 'warning', 'abnormal']).default('abnormal'),
    /** More of them than this are a mistake. */
    files_max: z.int().min(1).max(transferLimits.filesMax).default(100),
  }),
  to: z.strictObject({
    /** A file; or, with `/` at its end, a folder that is there, in which each file keeps its name. */
    path: absolutePathSchema,
    if_exists: z.enum(['replace', 'keep', 'fail']).default('replace'),
    /** Such as `0640`; left out: that of the file that is read, without the right of group and others to write. */
    mode: z
      .string()
      .regex(/^0?[0-7]{3}$/, schemaText('octal_mode'))
      .optional(),
    /** Needs a unit that writes as root. */
    owner: userNameSchema.optional(),
    /** One that the writing user is in. */
    group: userNameSchema.optional(),
    /** The time of modification goes with the file. */
    keep_times: z.boolean().default(false),
  }),
  /** At most so many megabytes (of 1,000,000 bytes) a second. */
  mb_per_second: z.number().min(0.1).max(10_000).optional(),
  /** It ends abnormally when nothing has come for so long. */
  no_progress_s: z.number().min(10).max(transferLimits.noProgressSecondsMax).default(600),
  outputs: unitOutputsSchema.optional(),
});
export type FileTransferUnit = z.infer<typeof fileTransferUnitSchema>;
