// What the work of an attempt has used, and the limit that ended it: as its agent tells it with the end, and as everybody sees it.
// Not responsible for what it may use (`link.ts`, jobs/units/limits.ts).
import * as z from 'zod';

/** Limits of which an agent can tell that they ended the work. */
export const reachableLimits = ['memory', 'processes', 'fileSize'] as const;
/** What the work of an attempt has used, as far as the host tells. */
export const attemptUsageSchema = z.object({
  /** The most at one time. `of`: all processes together with what the kernel has kept for them of files, or the largest of them. */
  memory: z.object({ bytes: z.int(), of: z.enum(['all', 'largest']) }).optional(),
  cpuMs: z.int().optional(),
  /** Processes and threads at one time. */
  processes: z.int().optional(),
  /** The limit that ended it. `isDefault`: nobody asked for it; it is the agent's own. */
  limit: z
    .object({ name: z.enum(reachableLimits), max: z.int(), isDefault: z.boolean().optional() })
    .optional(),
  /** The command that was to end it, where it was run. */
  stop: z
    .object({ exitCode: z.int().nullable(), signal: z.string().nullable(), timedOut: z.boolean() })
    .optional(),
});
export type AttemptUsage = z.infer<typeof attemptUsageSchema>;
