// Form of the unit type "approval".
import * as z from 'zod';
import { nameSchema } from '../../ids.ts';
import { textSchema, unitBase } from './unit-base.ts';
import { waitLimitShape } from './wait-limit.ts';

/** People who may be named; more are what roles are for. */
const peopleMax = 100;

/** Asks people and answers as they do: `true` when enough have approved, `false` as soon as one has refused. Edges choose as with a judgment. */
export const approvalUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('approval'),
  /** With places as in `event_send`. */
  question: textSchema.min(1).max(2000),
  /** Who may decide, besides having the right to approve on this net: one of these users, or somebody with one of these roles. Neither: everybody with the right. */
  users: z.array(z.string().min(1).max(200)).max(peopleMax).optional(),
  roles: z.array(nameSchema).max(peopleMax).optional(),
  /** So many different people have to approve. */
  needed: z.int().min(1).max(20).default(1),
  /** Whoever has started the session must not decide. */
  not_starter: z.boolean().default(false),
  /** Named channel that is told that somebody is asked. */
  channel: nameSchema.optional(),
  ...waitLimitShape,
  /** `approve` and `refuse` answer as people would. */
  on_timeout: z.enum(['refuse', 'approve', 'normal', 'warning', 'abnormal', 'stopped']).default('refuse'),
});
export type ApprovalUnit = z.infer<typeof approvalUnitSchema>;
