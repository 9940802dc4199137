// Operations on approvals: what sessions wait for people to decide, and the decision.
import * as z from 'zod';
import { instantSchema, sessionIdSchema, unitPathSchema } from '../ids.ts';
import { approvalDecisionSchema } from '../jobs/unit-work-view.ts';
import { sessionDetailSchema } from '../jobs/session.ts';
import { defineOperation } from './operation.ts';
import { issueSchema } from '../problem.ts';

const noParams = z.strictObject({});
const noQuery = z.strictObject({});

export const openApprovalSchema = z.object({
  sessionId: sessionIdSchema,
  net: z.string(),
  unit: unitPathSchema,
  title: z.string().nullable(),
  run: z.int(),
  question: z.string(),
  needed: z.int(),
  users: z.array(z.string()).nullable(),
  roles: z.array(z.string()).nullable(),
  decisions: z.array(approvalDecisionSchema),
  askedAt: instantSchema,
  /** When its time is up; null: it waits for as long as it takes. */
  until: instantSchema.nullable(),
  /** Null: you may decide. A sentence: why not. */
  refusal: z.string().nullable(),
  /** The sentence that `refusal` is, for whoever speaks another language; left out where it has none. */
  refusalSaid: issueSchema.pick({ code: true, values: true }).optional(),
});
export type OpenApproval = z.infer<typeof openApprovalSchema>;

export const approvalOperations = {
  listApprovals: defineOperation({
    id: 'listApprovals',
    method: 'GET',
    path: '/approvals',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'Units that wait for people to approve them, oldest first; each says whether you may decide',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: z.object({ items: z.array(openApprovalSchema) }),
    problems: [],
  }),
  decideApproval: defineOperation({
    id: 'decideApproval',
    method: 'POST',
    path: '/sessions/{id}/approvals',
    tag: 'jobs',
    access: 'nets.approve',
    status: 200,
    summary: 'Approve or refuse a unit that waits for people',
    params: z.strictObject({ id: sessionIdSchema }),
    query: noQuery,
    body: z.strictObject({
      unit: unitPathSchema,
      approve: z.boolean(),
      comment: z.string().trim().min(1).max(1_000).optional(),
      /** The run that was seen; if the unit has run again since, nothing is decided. */
      run: z.int().min(1).optional(),
    }),
    response: sessionDetailSchema,
    problems: ['not_found', 'operation_refused', 'forbidden'],
  }),
} as const;
