// Form of the unit type "file_watch": waits on a node until files are made, changed, deleted, or simply there.
import * as z from 'zod';
import { absolutePathSchema, attemptUnitBase } from './attempt-base.ts';
import { unitOutputsSchema } from './unit-output.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

export const watchLimits = { pathsMax: 50 } as const;

export const fileWatchUnitSchema = z.strictObject({
  ...attemptUnitBase,
  type: z.literal('file_watch'),
  /** One path or several, each absolute; `*`, `?` and `[...]` stand for names as in a shell. */
  path: z.union(
    [
      absolutePathSchema.transform((path) => [path]),
      z.array(absolutePathSchema).min(1).max(watchLimits.pathsMax),
    ],
    schemaText('watched_paths'),
  ),
  /** `created`, `changed` (size or time of modification), `deleted`, or `exists`: it is there, since whenever. */
  watch: z.enum(['created', 'changed', 'deleted', 'exists']).default('created'),
  /** Of several paths: whether one is enough. */
  match: z.enum(['any', 'all']).default('any'),
  /** What is so already when the watch begins counts at once, or is ignored. Not for `changed` and `exists`. */
  already_there: z.enum(['counts', 'ignored']).optional(),
  /** Smaller files do not count yet. */
  size_min: z.int().nonnegative().optional(),
  /** Only when nothing has changed for so long, and no process of the host writes to it. */
  settle_s: z.number().nonnegative().max(86_400).default(0),
  interval_s: z.number().min(0.2).max(3600).default(5),
  /** How it ends when `timeout_s` is over and nothing was found. */
  outputs: unitOutputsSchema.optional(),
  on_timeout: z.enum(['normal', 'warning', 'abnormal']).default('abnormal'),
});
export type FileWatchUnit = z.infer<typeof fileWatchUnitSchema>;
