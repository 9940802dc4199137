// Operations on what stands around notification rules: inhibitions, escalations, silences, what is kept back, trying a rule on past events,
// the dead letters, and the chain from a trap to what became of it. Rules and single deliveries are in events-operations.ts.
import * as z from 'zod';
import { eventSchema } from '../events/event.ts';
import { instantSchema, nameSchema } from '../ids.ts';
import { escalationSchema, escalationStates } from '../notifications/escalation.ts';
import { eventMatchSchema } from '../notifications/event-match.ts';
import { inhibitionSchema } from '../notifications/inhibition.ts';
import { notificationRuleSchema } from '../notifications/rule.ts';
import { prioritySchema } from '../priority.ts';
import { deliverySchema } from './events-operations.ts';
import { defineOperation } from './operation.ts';
import { many, noParams, noQuery, pageOf, pageQuery } from './paging.ts';

const revisionShape = { revision: z.int(), updatedAt: instantSchema, updatedBy: z.string() };
export const inhibitionViewSchema = z.object({ inhibition: inhibitionSchema, ...revisionShape });
export const escalationViewSchema = z.object({ escalation: escalationSchema, ...revisionShape });

export const silenceSchema = z.object({
  id: z.int(),
  match: eventMatchSchema,
  reason: z.string(),
  from: instantSchema,
  until: instantSchema,
  by: z.string(),
  /** Ended by hand, before its time. */
  endedAt: instantSchema.nullable(),
  endedBy: z.string().nullable(),
});
export type SilenceView = z.infer<typeof silenceSchema>;

export const escalationRunSchema = z.object({
  rule: z.string(),
  chain: z.string(),
  state: z.enum(escalationStates),
  /** Steps taken in this round. */
  step: z.int(),
  round: z.int(),
  nextAt: instantSchema.nullable(),
  /** The first is what it is known by. */
  eventIds: z.array(z.int()),
  startedAt: instantSchema,
  endedAt: instantSchema.nullable(),
  /** Who has taken it up. */
  endedBy: z.string().nullable(),
});
export type EscalationRunView = z.infer<typeof escalationRunSchema>;

export const keptBackSchema = z.object({
  rule: z.string(),
  /** `silence` (its number), `inhibition` (its name). */
  kind: z.enum(['silence', 'inhibition', 'maintenance']),
  by: z.string(),
  event: eventSchema,
});

export const simulatedMessageSchema = z.object({
  at: instantSchema,
  /** `message`: told; `suppressed`: kept back. */
  type: z.enum(['message', 'suppressed']),
  /** Of what was kept back: why. */
  cause: z.string().nullable(),
  /** Names of channels; null: the rule's own. */
  channels: z.array(z.string()).nullable(),
  recovered: z.boolean(),
  reminder: z.boolean(),
  overflow: z.boolean(),
  escalationStep: z.int().nullable(),
  unchanged: z.int(),
  /** Events that it speaks of, those not listed included. */
  count: z.int(),
  events: z.array(
    z.object({
      id: z.int(),
      at: instantSchema,
      priority: prioritySchema,
      node: z.string().nullable(),
      message: z.string(),
    }),
  ),
});

export const eventChainSchema = z.object({
  event: eventSchema,
  /** The trap it came from; null: none, or it may not be seen. */
  trapId: z.int().nullable(),
  /** Null: the caller may not see notifications. */
  deliveries: z.array(deliverySchema).nullable(),
  escalations: z.array(escalationRunSchema).nullable(),
  /** Sessions that notifications have started. */
  sessions: z.array(z.int()),
});

const name = z.strictObject({ name: nameSchema });
const written = ['invalid_definition', 'precondition_failed', 'precondition_required'] as const;
const removed = ['not_found', 'precondition_failed', 'precondition_required'] as const;

export const notificationOperations = {
  listInhibitions: defineOperation({
    id: 'listInhibitions',
    method: 'GET',
    path: '/inhibitions',
    tag: 'notifications',
    access: 'notifications.read',
    status: 200,
    summary: 'Inhibitions, by name: while some events stand, notifications of others are kept back',
    params: noParams,
    query: z.strictObject({ ...pageQuery }),
    body: undefined,
    response: pageOf(inhibitionViewSchema),
  }),
  putInhibition: defineOperation({
    id: 'putInhibition',
    method: 'PUT',
    path: '/inhibitions/{name}',
    tag: 'notifications',
    access: 'notifications.write',
    status: 200,
    summary: 'Create or replace an inhibition',
    params: name,
    query: noQuery,
    body: inhibitionSchema,
    response: inhibitionViewSchema,
    versioned: 'write',
    problems: [...written],
  }),
  deleteInhibition: defineOperation({
    id: 'deleteInhibition',
    method: 'DELETE',
    path: '/inhibitions/{name}',
    tag: 'notifications',
    access: 'notifications.write',
    status: 204,
    summary: 'Delete an inhibition: what it keeps back and still stands is told',
    params: name,
    query: noQuery,
    body: undefined,
    response: undefined,
    versioned: 'write',
    problems: [...removed],
  }),
  listEscalations: defineOperation({
    id: 'listEscalations',
    method: 'GET',
    path: '/escalations',
    tag: 'notifications',
    access: 'notifications.read',
    status: 200,
    summary: 'Escalation chains, by name',
    params: noParams,
    query: z.strictObject({ ...pageQuery }),
    body: undefined,
    response: pageOf(escalationViewSchema),
  }),
  putEscalation: defineOperation({
    id: 'putEscalation',
    method: 'PUT',
    path: '/escalations/{name}',
    tag: 'notifications',
    access: 'notifications.write',
    status: 200,
    summary: 'Create or replace an escalation chain; those that run go on by the new steps',
    params: name,
    query: noQuery,
    body: escalationSchema,
    response: escalationViewSchema,
    versioned: 'write',
    problems: [...written],
  }),
  deleteEscalation: defineOperation({
    id: 'deleteEscalation',
    method: 'DELETE',
    path: '/escalations/{name}',
    tag: 'notifications',
    access: 'notifications.write',
    status: 204,
    summary: 'Delete an escalation chain; those that run end at their next step',
    params: name,
    query: noQuery,
    body: undefined,
    response: undefined,
    versioned: 'write',
    problems: [...removed],
  }),
  listEscalationRuns: defineOperation({
    id: 'listEscalationRuns',
    method: 'GET',
    path: '/escalation-runs',
    tag: 'notifications',
    access: 'notifications.read',
    status: 200,
    summary: 'Escalations that run, and those that ran in the last 90 days, newest first',
    params: noParams,
    query: z.strictObject({ ...pageQuery, state: many(z.enum(escalationStates)) }),
    body: undefined,
    response: pageOf(escalationRunSchema),
  }),
  listSilences: defineOperation({
    id: 'listSilences',
    method: 'GET',
    path: '/silences',
    tag: 'notifications',
    access: 'notifications.read',
    status: 200,
    summary: 'Silences, newest first',
    params: noParams,
    query: z.strictObject({ ...pageQuery, open: z.enum(['true', 'false']).optional() }),
    body: undefined,
    response: pageOf(silenceSchema),
  }),
  addSilence: defineOperation({
    id: 'addSilence',
    method: 'POST',
    path: '/silences',
    tag: 'notifications',
    access: 'system.operate',
    status: 201,
    summary: 'Keep notifications of some events back for a time; what still stands at its end is told then',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      match: eventMatchSchema,
      until: instantSchema,
      reason: z.string().trim().min(1).max(500),
    }),
    response: silenceSchema,
    problems: ['invalid_definition', 'operation_refused'],
  }),
  endSilence: defineOperation({
    id: 'endSilence',
    method: 'POST',
    path: '/silences/{id}/end',
    tag: 'notifications',
    access: 'system.operate',
    status: 200,
    summary: 'End a silence now; one that has ended stays as it is',
    params: z.strictObject({ id: z.coerce.number().int().positive() }),
    query: noQuery,
    body: undefined,
    response: silenceSchema,
    problems: ['not_found'],
  }),
  listKeptBack: defineOperation({
    id: 'listKeptBack',
    method: 'GET',
    path: '/kept-back',
    tag: 'notifications',
    access: 'notifications.read',
    status: 200,
    summary:
      'What silences and inhibitions keep back at this moment and will be told if it still stands; what was kept back before is among the deliveries',
    params: noParams,
    query: z.strictObject({ ...pageQuery }),
    body: undefined,
    response: pageOf(keptBackSchema),
  }),
  simulateRule: defineOperation({
    id: 'simulateRule',
    method: 'POST',
    path: '/notification-rules/simulate',
    tag: 'notifications',
    access: 'notifications.read',
    status: 200,
    summary:
      'What a rule would have told of the events of the last hours, when and gathered how; sends nothing',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      rule: notificationRuleSchema,
      hours: z.number().positive().max(744).default(24),
    }),
    response: z.object({
      from: instantSchema,
      to: instantSchema,
      /** Events that were looked at. */
      events: z.int(),
      /** There were more events, or more messages: only the newest events, only the first messages are here. */
      isCut: z.boolean(),
      messages: z.array(simulatedMessageSchema),
    }),
    problems: ['invalid_definition', 'too_many_requests'],
  }),
  retryDeliveries: defineOperation({
    id: 'retryDeliveries',
    method: 'POST',
    path: '/deliveries/retry',
    tag: 'notifications',
    access: 'notifications.write',
    status: 200,
    summary: 'Try all failed deliveries that fit again, the oldest 10,000 at once',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      rule: nameSchema.nullable().default(null),
      channel: nameSchema.nullable().default(null),
      from: instantSchema.nullable().default(null),
      to: instantSchema.nullable().default(null),
    }),
    response: z.object({ retried: z.int() }),
  }),
  getEventChain: defineOperation({
    id: 'getEventChain',
    method: 'GET',
    path: '/events/{id}/chain',
    tag: 'events',
    access: 'events.read',
    status: 200,
    summary: 'What an event came from, and what became of it: trap, notifications, escalations, sessions',
    params: z.strictObject({ id: z.coerce.number().int().positive() }),
    query: noQuery,
    body: undefined,
    response: eventChainSchema,
    problems: ['not_found'],
  }),
} as const;
