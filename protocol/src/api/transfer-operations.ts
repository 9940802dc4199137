// Operations on file transfers that are under way. What came of those that have ended stands with their attempts.
import * as z from 'zod';
import { attemptIdSchema, instantSchema, sessionIdSchema } from '../ids.ts';
import { unitWaitSchema } from '../jobs/session.ts';
import { issueSchema } from '../problem.ts';
import { defineOperation } from './operation.ts';
import { noParams } from './paging.ts';

export const transferStates = ['waits', 'runs', 'broken'] as const;

export const transferViewSchema = z.object({
  attemptId: attemptIdSchema,
  sessionId: sessionIdSchema,
  net: z.string(),
  unit: z.string(),
  from: z.object({ node: z.string(), path: z.string() }),
  to: z.object({ node: z.string(), path: z.string() }),
  /** `broken`: a connection was lost; it goes on where it was as soon as there is one again. */
  state: z.enum(transferStates),
  /** Why it waits, as a sentence; null: it does not. */
  reason: z.string().nullable(),
  /** The sentence that `reason` is, for whoever speaks another language; left out where it has none. */
  reasonSaid: issueSchema.pick({ code: true, values: true }).optional(),
  /** The facts of a freeze that it waits for the end of; left out: it waits for something else. */
  waits: unitWaitSchema.optional(),
  /** The file that comes now; null: none yet. */
  file: z.string().nullable(),
  files: z.int().nullable(),
  filesDone: z.int(),
  bytes: z.int(),
  bytesTotal: z.int().nullable(),
  /** Of the last seconds. */
  bytesPerSecond: z.int().nullable(),
  /** When this manager first heard of it. */
  since: instantSchema,
});
export type TransferView = z.infer<typeof transferViewSchema>;

export const transferOperations = {
  listTransfers: defineOperation({
    id: 'listTransfers',
    method: 'GET',
    path: '/transfers',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'File transfers that are under way: how far they are, how quick, what they wait for',
    params: noParams,
    query: z.strictObject({ session: sessionIdSchema.optional() }),
    body: undefined,
    response: z.object({ items: z.array(transferViewSchema) }),
    problems: [],
  }),
} as const;
