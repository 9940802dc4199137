// What a unit that waits for something inside the manager waits for, and what has come of it: part of the unit's view.
import * as z from 'zod';
import { instantSchema } from '../ids.ts';
import { endStatusSchema } from './end-status.ts';

export const approvalDecisionSchema = z.object({
  by: z.string(),
  at: instantSchema,
  approve: z.boolean(),
  comment: z.string().nullable(),
});
export type ApprovalDecision = z.infer<typeof approvalDecisionSchema>;

export const unitWorkViewSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('event_wait'),
    /** The event that has ended it; null while it waits, and where none has. */
    event: z
      .object({
        id: z.int(),
        at: instantSchema,
        code: z.string(),
        priority: z.string(),
        node: z.string().nullable(),
        monitor: z.string().nullable(),
        key: z.string().nullable(),
        message: z.string(),
        fields: z.record(z.string(), z.string()),
        /** Named groups of the pattern. */
        groups: z.record(z.string(), z.string()),
      })
      .nullable(),
  }),
  z.object({
    kind: z.literal('net_wait'),
    targets: z.array(
      z.object({
        net: z.string(),
        unit: z.string().nullable(),
        on: z.array(endStatusSchema),
        /** Whether it is fulfilled; without a session it was taken for that, because there was none. */
        met: z.boolean(),
        session: z.int().nullable(),
        endStatus: endStatusSchema.nullable(),
      }),
    ),
  }),
  z.object({ kind: z.literal('net_start'), net: z.string(), session: z.int().nullable() }),
  z.object({
    kind: z.literal('approval'),
    question: z.string(),
    needed: z.int(),
    users: z.array(z.string()).nullable(),
    roles: z.array(z.string()).nullable(),
    decisions: z.array(approvalDecisionSchema),
  }),
  z.object({ kind: z.literal('mail_send'), channel: z.string(), to: z.array(z.string()).nullable() }),
]);
export type UnitWorkView = z.infer<typeof unitWorkViewSchema>;
