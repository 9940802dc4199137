// Operations on what manager and agents know differently of attempts.
import * as z from 'zod';
import { attemptIdSchema, instantSchema } from '../ids.ts';
import { defineOperation } from './operation.ts';
import { noParams, noQuery } from './paging.ts';

export const silentAgentSchema = z.object({
  node: z.string(),
  /** When it was last heard. */
  since: instantSchema,
  /** Attempts that run there, as far as anybody knows. */
  attempts: z.int(),
  /** An event has told of it. */
  told: z.boolean(),
});
export const strayAttemptSchema = z.object({
  attemptId: attemptIdSchema,
  node: z.string(),
  pid: z.int().nullable(),
  /** Of a process that the agent found without a record. */
  command: z.string().nullable(),
  startedAt: instantSchema.nullable(),
  /** Number of the session in its id; whether this manager knows that session, `net` says. */
  session: z.int(),
  /** Null: this manager has no such attempt, or it is of a net that whoever asks may not see. */
  net: z.string().nullable(),
  unit: z.string().nullable(),
  /** As which it was closed here. */
  endStatus: z.string().nullable(),
  seenAt: instantSchema,
});
export const reconciliationSchema = z.object({
  /** When an agent was last compared; null: none has been since this manager is on duty. */
  comparedAt: instantSchema.nullable(),
  /** Agents with running attempts that are not connected. */
  silent: z.array(silentAgentSchema),
  /** What agents run and nobody here waits for. */
  strays: z.array(strayAttemptSchema),
  /** Nodes with more of them than are listed: end those that are, and the next come up. */
  straysLeftOut: z.array(z.object({ node: z.string(), attempts: z.int() })),
});
export type ReconciliationView = z.infer<typeof reconciliationSchema>;

export const reconciliationOperations = {
  getReconciliation: defineOperation({
    id: 'getReconciliation',
    method: 'GET',
    path: '/reconciliation',
    tag: 'jobs',
    access: 'nodes.read',
    status: 200,
    summary:
      'What manager and agents know differently of attempts: silent agents, attempts that nobody waits for',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: reconciliationSchema,
    problems: [],
  }),
  endStrayAttempt: defineOperation({
    id: 'endStrayAttempt',
    method: 'POST',
    path: '/reconciliation/strays/{attemptId}/end',
    tag: 'jobs',
    access: 'nodes.write',
    status: 204,
    summary: 'Ends an attempt that an agent runs and nobody waits for',
    params: z.strictObject({ attemptId: attemptIdSchema }),
    query: noQuery,
    body: z.strictObject({
      /** From TERM to KILL. */
      killAfterSeconds: z.number().min(0).max(3600).default(10),
    }),
    response: undefined,
    problems: ['not_found'],
  }),
} as const;
