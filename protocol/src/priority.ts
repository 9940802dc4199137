// Priorities of events, in the order of how much they matter.
import * as z from 'zod';

export const priorities = ['info', 'unknown', 'warning', 'critical'] as const;
export const prioritySchema = z.enum(priorities);
export type Priority = z.infer<typeof prioritySchema>;
