/**
 * What the keeper and the process of a copy say to each other. Called by `copier.ts` and `copy-main.ts`.
 */
import * as z from 'zod';

export const copyOrderSchema = z.object({
  socketDirectory: z.string(),
  directory: z.string(),
  owner: z.object({ uid: z.int(), gid: z.int() }).nullable(),
  rateMax: z.number().nullable(),
});
export type CopyOrder = z.infer<typeof copyOrderSchema>;

/** `starting`: the source makes its checkpoint, and sends nothing meanwhile. */
const copyPhaseSchema = z.enum(['connecting', 'starting', 'copying', 'checking']);
export type CopyPhase = z.infer<typeof copyPhaseSchema>;

export const copyNewsSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    phase: copyPhaseSchema,
    /** Received, then flushed. Any change is a sign of life. */
    bytes: z.int(),
    flushed: z.int(),
    totalBytes: z.int().nullable(),
  }),
  z.object({ type: z.literal('done'), start: z.int(), timeline: z.int(), end: z.int() }),
  z.object({ type: z.literal('failed'), why: z.string() }),
]);
export type CopyNews = z.infer<typeof copyNewsSchema>;
