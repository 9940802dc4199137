// Operations on reports of agents that could not be taken and were put aside.
import * as z from 'zod';
import { attemptIdSchema, instantSchema } from '../ids.ts';
import { defineOperation } from './operation.ts';
import { noQuery, pageLimitMax } from './paging.ts';

export const reportAsideSchema = z.object({
  key: z.string(),
  node: z.string(),
  attemptId: attemptIdSchema,
  session: z.int(),
  /** Null: the session is gone, or is of a net that whoever asks may not see. */
  net: z.string().nullable(),
  /** What the report says of the attempt: `accepted`, `running`, `ended`, `unknown`, `refused`. */
  state: z.string(),
  /** Why it could not be taken. */
  reason: z.string(),
  putAsideAt: instantSchema,
  /** The attempt has ended as unknown instead. False: the report is tried again every minute. */
  attemptClosed: z.boolean(),
  /** The report as it came, as JSON, without the values of outputs. Null: not readable with the key of this manager, or of a net that is not to be seen. */
  report: z.string().nullable(),
});
export type ReportAsideView = z.infer<typeof reportAsideSchema>;

const keyParams = z.strictObject({ key: z.string().regex(/^[0-9a-f]{32}$/) });

export const reportAsideOperations = {
  listReportsAside: defineOperation({
    id: 'listReportsAside',
    method: 'GET',
    path: '/reports-aside',
    tag: 'jobs',
    access: 'nodes.read',
    status: 200,
    summary: 'Reports of agents that could not be taken and were put aside, newest first',
    params: z.strictObject({}),
    query: z.strictObject({
      node: z.string().min(1).max(255).optional(),
      limit: z.coerce.number().int().min(1).max(pageLimitMax).default(50),
    }),
    body: undefined,
    response: z.object({
      items: z.array(reportAsideSchema),
      /** There are more than these. */ more: z.boolean(),
    }),
    problems: [],
  }),
  takeReportAside: defineOperation({
    id: 'takeReportAside',
    method: 'POST',
    path: '/reports-aside/{key}/take',
    tag: 'jobs',
    access: 'nodes.write',
    status: 204,
    summary: 'Tries at once to take a report that was put aside and whose attempt is still open',
    params: keyParams,
    query: noQuery,
    body: undefined,
    response: undefined,
    problems: ['not_found', 'operation_refused'],
  }),
  removeReportAside: defineOperation({
    id: 'removeReportAside',
    method: 'DELETE',
    path: '/reports-aside/{key}',
    tag: 'jobs',
    access: 'nodes.write',
    status: 204,
    summary: 'Removes a report that was put aside: somebody has read it and seen to its attempt',
    params: keyParams,
    query: noQuery,
    body: undefined,
    response: undefined,
    problems: ['not_found'],
  }),
} as const;
