// Live changes as server-sent events. A stream carries changes only from its opening on: a client loads what it shows after each
// (re)opening, then keeps it fresh by these messages. Name of the SSE event = `type`; data = the whole object as JSON.
import * as z from 'zod';
import { eventSchema } from '../events/event.ts';
import { attemptIdSchema, sessionIdSchema } from '../ids.ts';
import { nodeViewSchema } from '../inventory/node.ts';
import { sessionSummarySchema, unitViewSchema } from '../jobs/session.ts';
import { pairStatusSchema } from '../pair/status.ts';
import { outputStreamSchema } from '../agent/link.ts';

export const liveTopics = ['sessions', 'events', 'nodes', 'nets', 'pair', 'operations', 'status'] as const;

export const liveMessageSchema = z.discriminatedUnion('type', [
  /** First message. Another `startId` than before: the manager restarted. */
  z.object({ type: z.literal('hello'), startId: z.string(), version: z.string() }),
  /** Topic sessions, or the watched session: its newest summary. Bursts are folded. */
  z.object({ type: z.literal('session'), session: sessionSummarySchema }),
  /** Watched session: units that changed, whole. */
  z.object({
    type: z.literal('units'),
    sessionId: sessionIdSchema,
    revision: z.int(),
    units: z.array(unitViewSchema),
    /** These are all of its units, in their order: it may have been given another definition. */
    whole: z.literal(true).optional(),
  }),
  /** Watched session: an attempt has more output; fetch from where you are. */
  z.object({
    type: z.literal('output'),
    sessionId: sessionIdSchema,
    attemptId: attemptIdSchema,
    stream: outputStreamSchema,
    storedBytes: z.int(),
    complete: z.boolean(),
  }),
  z.object({ type: z.literal('event'), event: eventSchema }),
  /** Topic events: more than can be told one by one are new or have changed; load anew. */
  z.object({ type: z.literal('eventsChanged') }),
  /** Topic status: the status view has changed; at most once a second. */
  z.object({ type: z.literal('statusChanged') }),
  z.object({ type: z.literal('node'), node: nodeViewSchema }),
  z.object({ type: z.literal('nodeRemoved'), name: z.string() }),
  z.object({ type: z.literal('netsChanged'), names: z.array(z.string()) }),
  /** Topic sessions: other units wait for people to approve them than before. */
  z.object({ type: z.literal('approvalsChanged') }),
  /** Topic pair: how the pair is now, whole; at most once a second. */
  z.object({ type: z.literal('pair'), status: pairStatusSchema }),
  /** Topic operations: something was frozen, resumed, or a maintenance window opened, closed or changed. */
  z.object({ type: z.literal('operationsChanged') }),
  /** The client was too slow and messages were dropped: load anew. */
  z.object({ type: z.literal('reload') }),
]);
export type LiveMessage = z.infer<typeof liveMessageSchema>;
