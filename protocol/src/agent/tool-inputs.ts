// What agents do themselves instead of starting a command, and the form of each tool's input. Made by core/src/jobs/attempt-kinds, read by
// agent/src/tools. Times in milliseconds. An input is in no argument, environment or log.
import * as z from 'zod';

const millisecondsSchema = z.number().nonnegative();

export const fileWatchInputSchema = z.strictObject({
  paths: z.array(z.string()).min(1),
  watch: z.enum(['created', 'changed', 'deleted', 'exists']),
  match: z.enum(['any', 'all']),
  already: z.enum(['counts', 'ignored']),
  sizeMin: z.int().nonnegative(),
  settleMs: millisecondsSchema,
  intervalMs: millisecondsSchema,
  /** Exit code 124 after it. */
  timeoutMs: millisecondsSchema.optional(),
  /** An earlier watch that was cut off began then: what has come about since counts as seen by this one. */
  sinceMs: millisecondsSchema.optional(),
});
export type FileWatchInput = z.infer<typeof fileWatchInputSchema>;

export const toolInputSchemas = { file_watch: fileWatchInputSchema } as const;
export type ToolName = keyof typeof toolInputSchemas;

/** What the exit codes of tools mean, after sysexits(3) where it has a word for it. 0: as it should be. */
export const toolExitCodes = {
  warning: 1,
  abnormal: 2,
  /** The input is not what the tool understands. */
  usage: 64,
  /** Not reached, or turned away: nothing was done. */
  unreachable: 69,
  /** A disk or a network failed under it. */
  trouble: 74,
  /** Asked to come again. */
  tryAgain: 75,
  /** Begun, and nobody can say what became of it. */
  noAnswer: 76,
  permission: 77,
  /** Something that it needs is not installed or not set up on this host. */
  notInstalled: 78,
  /** The time was over, as timeout(1) says it. */
  timeOver: 124,
} as const;
