// How a unit or a session ended.
import * as z from 'zod';

export const endStatuses = ['normal', 'warning', 'abnormal', 'unknown'] as const;
/** How a unit or session ended. `unknown`: nobody can say whether or how the command ended; never rerun by itself. */
export const endStatusSchema = z.enum(endStatuses);
export type EndStatus = z.infer<typeof endStatusSchema>;
