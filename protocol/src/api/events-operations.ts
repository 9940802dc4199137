// Operations on events and notifications.
import * as z from 'zod';
import { eventCodeSchema, eventSchema, confirmStates } from '../events/event.ts';
import { instantSchema, nameSchema } from '../ids.ts';
import { deliveryStates, notificationRuleSchema } from '../notifications/rule.ts';
import { prioritySchema } from '../priority.ts';
import { defineOperation } from './operation.ts';
import { many, noParams, noQuery, pageOf, pageQuery } from './paging.ts';

export const deliverySchema = z.object({
  id: z.int(),
  eventId: z.int(),
  rule: z.string(),
  channel: z.string(),
  state: z.enum(deliveryStates),
  tries: z.int(),
  nextTryAt: instantSchema.nullable(),
  lastError: z.string().nullable(),
  createdAt: instantSchema,
  sentAt: instantSchema.nullable(),
  /** The maintenance window or inhibition that kept it back, or the number of the silence. */
  suppressedBy: z.string().nullable().optional(),
  suppressedKind: z.enum(['maintenance', 'silence', 'inhibition']).nullable().optional(),
  /** The named channel; null: the rule's own. */
  target: z.string().nullable().optional(),
  /** Events that it lists, and how many it speaks of. */
  eventIds: z.array(z.int()).optional(),
  eventCount: z.int().optional(),
  /** An earlier try may have arrived: the next says that it is a repeat. */
  maybeRepeated: z.boolean().optional(),
  /** What was told before is over. */
  recovered: z.boolean().optional(),
  /** It still stands: nothing new had happened. */
  reminder: z.boolean().optional(),
  /** Step of an escalation; null: the rule's own message. */
  escalationStep: z.int().nullable().optional(),
  /** The session that it started. */
  session: z.int().nullable().optional(),
});
export type DeliveryView = z.infer<typeof deliverySchema>;

export const ruleViewSchema = z.object({
  rule: notificationRuleSchema,
  revision: z.int(),
  updatedAt: instantSchema,
  updatedBy: z.string(),
});

const eventFilter = {
  priority: many(prioritySchema),
  code: many(eventCodeSchema),
  node: nameSchema.optional(),
  confirm: z.enum(confirmStates).optional(),
  /** Anywhere in message, node, net or comment; upper and lower case, full and half width are the same. */
  q: z.string().max(200).optional(),
  session: z.coerce.number().int().optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
};

export const eventsOperations = {
  listEvents: defineOperation({
    id: 'listEvents',
    method: 'GET',
    path: '/events',
    tag: 'events',
    access: 'events.read',
    status: 200,
    summary: 'Events, newest first',
    params: noParams,
    query: z.strictObject({ ...pageQuery, ...eventFilter }),
    body: undefined,
    response: pageOf(eventSchema),
    problems: ['search_too_slow'],
  }),
  exportEvents: defineOperation({
    id: 'exportEvents',
    method: 'GET',
    path: '/events/export',
    tag: 'events',
    access: 'events.read',
    status: 200,
    summary: 'All events that fit, newest first, as CSV or as one JSON object a line',
    params: noParams,
    query: z.strictObject({ format: z.enum(['csv', 'ndjson']).default('csv'), ...eventFilter }),
    body: undefined,
    response: z.string(),
    responseType: 'application/octet-stream',
    problems: ['search_too_slow'],
  }),
  confirmEvents: defineOperation({
    id: 'confirmEvents',
    method: 'POST',
    path: '/events/confirm',
    tag: 'events',
    access: 'events.confirm',
    status: 200,
    summary: 'Confirm events or take that back, with a comment',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      ids: z.array(z.int().positive()).min(1).max(1000),
      confirmed: z.boolean(),
      comment: z.string().max(2000).optional(),
    }),
    response: z.object({ changed: z.int() }),
    problems: ['not_found'],
  }),
  listRules: defineOperation({
    id: 'listRules',
    method: 'GET',
    path: '/notification-rules',
    tag: 'notifications',
    access: 'notifications.read',
    status: 200,
    summary: 'Notification rules, by name, without secrets',
    params: noParams,
    query: z.strictObject({ ...pageQuery }),
    body: undefined,
    response: pageOf(ruleViewSchema),
  }),
  putRule: defineOperation({
    id: 'putRule',
    method: 'PUT',
    path: '/notification-rules/{name}',
    tag: 'notifications',
    access: 'notifications.write',
    status: 200,
    summary: 'Create or replace a notification rule',
    params: z.strictObject({ name: nameSchema }),
    query: noQuery,
    body: notificationRuleSchema,
    response: ruleViewSchema,
    versioned: 'write',
    problems: ['invalid_definition', 'precondition_failed', 'precondition_required'],
  }),
  deleteRule: defineOperation({
    id: 'deleteRule',
    method: 'DELETE',
    path: '/notification-rules/{name}',
    tag: 'notifications',
    access: 'notifications.write',
    status: 204,
    summary: 'Delete a notification rule',
    params: z.strictObject({ name: nameSchema }),
    query: noQuery,
    body: undefined,
    response: undefined,
    versioned: 'write',
    problems: ['not_found', 'precondition_failed', 'precondition_required'],
  }),
  testRule: defineOperation({
    id: 'testRule',
    method: 'POST',
    path: '/notification-rules/{name}/test',
    tag: 'notifications',
    access: 'notifications.write',
    status: 200,
    summary: 'Send a test message to every receiver of the rule now and tell the outcome',
    params: z.strictObject({ name: nameSchema }),
    query: noQuery,
    body: undefined,
    response: z.object({ sent: z.boolean(), error: z.string().nullable() }),
    problems: ['not_found'],
  }),
  listDeliveries: defineOperation({
    id: 'listDeliveries',
    method: 'GET',
    path: '/deliveries',
    tag: 'notifications',
    access: 'notifications.read',
    status: 200,
    summary: 'Outbox of notifications, newest first',
    params: noParams,
    query: z.strictObject({
      ...pageQuery,
      state: many(z.enum(deliveryStates)),
      rule: nameSchema.optional(),
      channel: nameSchema.optional(),
      event: z.coerce.number().int().positive().optional(),
    }),
    body: undefined,
    response: pageOf(deliverySchema),
  }),
  retryDelivery: defineOperation({
    id: 'retryDelivery',
    method: 'POST',
    path: '/deliveries/{id}/retry',
    tag: 'notifications',
    access: 'notifications.write',
    status: 200,
    summary: 'Try a failed delivery again',
    params: z.strictObject({ id: z.coerce.number().int() }),
    query: noQuery,
    body: undefined,
    response: deliverySchema,
    problems: ['not_found', 'operation_refused'],
  }),
} as const;
