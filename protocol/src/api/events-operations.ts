// Operations on events and notifications.
import * as z from 'zod';
import { eventFilterSchema, eventFilterShape } from '../events/event-filter.ts';
import { eventSchema, confirmStates } from '../events/event.ts';
import { instantSchema, nameSchema } from '../ids.ts';
import { deliveryStates, notificationRuleSchema } from '../notifications/rule.ts';
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

const eventIdSchema = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

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
    query: z.strictObject({ ...pageQuery, ...eventFilterShape }),
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
    query: z.strictObject({ format: z.enum(['csv', 'ndjson']).default('csv'), ...eventFilterShape }),
    body: undefined,
    response: z.string(),
    responseType: 'application/octet-stream',
    problems: ['search_too_slow'],
  }),
  getEvent: defineOperation({
    id: 'getEvent',
    method: 'GET',
    path: '/events/{id}',
    tag: 'events',
    access: 'events.read',
    status: 200,
    summary: 'One event',
    params: z.strictObject({ id: eventIdSchema }),
    query: noQuery,
    body: undefined,
    response: eventSchema,
    problems: ['not_found'],
  }),
  confirmEvents: defineOperation({
    id: 'confirmEvents',
    method: 'POST',
    path: '/events/confirm',
    tag: 'events',
    access: 'events.confirm',
    status: 200,
    summary: 'Confirm events, say that somebody is on it, or take that back; or only comment on them',
    params: noParams,
    query: noQuery,
    body: z
      .strictObject({
        ids: z.array(z.int().positive()).min(1).max(1000),
        /** The short form of `state`: confirmed or unconfirmed. */
        confirmed: z.boolean().optional(),
        state: z.enum(confirmStates).optional(),
        comment: z.string().max(2000).optional(),
      })
      .refine(
        ({ confirmed, state }) => confirmed === undefined || state === undefined,
        'must name "confirmed" or "state", not both',
      )
      .refine(
        ({ confirmed, state, comment }) =>
          confirmed !== undefined || state !== undefined || comment !== undefined,
        'must name "state", "confirmed" or "comment"',
      ),
    response: z.object({ changed: z.int() }),
    problems: ['not_found'],
  }),
  confirmMatchingEvents: defineOperation({
    id: 'confirmMatchingEvents',
    method: 'POST',
    path: '/events/confirm-matching',
    tag: 'events',
    access: 'events.confirm',
    status: 200,
    summary: 'Confirm all events that fit a filter, at most 10,000 in one call; first count them',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      filter: eventFilterSchema,
      state: z.enum(confirmStates),
      comment: z.string().max(2000).optional(),
      /** Only count: nothing is changed. */
      preview: z.boolean().default(false),
      /** Newer ones stay as they are: what the preview said, so that nothing is confirmed that nobody has seen. */
      up_to_id: z.int().positive().optional(),
    }),
    /** `more`: there are more than one call takes; `upToId`: the newest event there was. */
    response: z.object({ matching: z.int(), more: z.boolean(), changed: z.int(), upToId: z.int() }),
    problems: ['search_too_slow'],
  }),
  setEventFields: defineOperation({
    id: 'setEventFields',
    method: 'PUT',
    path: '/events/{id}/fields',
    tag: 'events',
    access: 'events.confirm',
    status: 200,
    summary: 'Write fields of the user on an event; null takes one away, others stay',
    params: z.strictObject({ id: eventIdSchema }),
    query: noQuery,
    body: z.strictObject({ fields: z.record(nameSchema, z.string().max(2000).nullable()) }),
    response: eventSchema,
    problems: ['not_found', 'invalid_request'],
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
