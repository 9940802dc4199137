// Operations on the status view and on saved filters of events.
import * as z from 'zod';
import { eventFilterSchema, savedFilterSchema } from '../events/event-filter.ts';
import { statusEntrySchema, statusPlaceSchema, statusTreeSchema } from '../events/status.ts';
import { nameSchema } from '../ids.ts';
import { prioritySchema } from '../priority.ts';
import { defineOperation } from './operation.ts';
import { many, noParams, noQuery, pageOf, pageQuery } from './paging.ts';

const yesNo = z.enum(['yes', 'no']);

export const statusOperations = {
  getStatusTree: defineOperation({
    id: 'getStatusTree',
    method: 'GET',
    path: '/status/tree',
    tag: 'events',
    access: 'events.read',
    status: 200,
    summary: 'Worst current priority over all, by scope and by node',
    params: noParams,
    query: z.strictObject({
      /** Nodes of this scope alone. */
      scope: nameSchema.optional(),
      /** Nodes that are listed, the worst ones. */
      nodes: z.coerce.number().int().min(0).max(10_000).default(1_000),
    }),
    body: undefined,
    response: statusTreeSchema,
    problems: ['not_found'],
  }),
  listStatus: defineOperation({
    id: 'listStatus',
    method: 'GET',
    path: '/status',
    tag: 'events',
    access: 'events.read',
    status: 200,
    summary: 'What is the matter now, by node, monitor and key',
    params: noParams,
    query: z.strictObject({
      ...pageQuery,
      priority: many(prioritySchema),
      node: nameSchema.optional(),
      scope: nameSchema.optional(),
      monitor: nameSchema.optional(),
      key: z.string().min(1).max(500).optional(),
      cleared: yesNo.optional(),
      acknowledged: yesNo.optional(),
      q: z.string().max(200).optional(),
    }),
    body: undefined,
    response: pageOf(statusEntrySchema),
  }),
  changeStatus: defineOperation({
    id: 'changeStatus',
    method: 'POST',
    path: '/status/change',
    tag: 'events',
    access: 'events.confirm',
    status: 200,
    summary: 'Clear entries of the status view by hand, acknowledge them, or take that back',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      entries: z.array(statusPlaceSchema).min(1).max(500),
      action: z.enum(['clear', 'acknowledge', 'unacknowledge']),
      comment: z.string().max(2000).optional(),
    }),
    response: z.object({ changed: z.int() }),
    problems: ['not_found'],
  }),
  listEventFilters: defineOperation({
    id: 'listEventFilters',
    method: 'GET',
    path: '/event-filters',
    tag: 'events',
    access: 'events.read',
    status: 200,
    summary: 'Saved filters of events: your own and those for everybody',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: z.object({ items: z.array(savedFilterSchema) }),
  }),
  putEventFilter: defineOperation({
    id: 'putEventFilter',
    method: 'PUT',
    path: '/event-filters/{name}',
    tag: 'events',
    access: 'events.read',
    status: 200,
    summary: 'Save a filter of events, for yourself or (with events.confirm) for everybody',
    params: z.strictObject({ name: nameSchema }),
    query: noQuery,
    body: z.strictObject({ filter: eventFilterSchema, shared: z.boolean().default(false) }),
    response: savedFilterSchema,
    problems: ['already_exists', 'too_many_requests'],
  }),
  deleteEventFilter: defineOperation({
    id: 'deleteEventFilter',
    method: 'DELETE',
    path: '/event-filters/{name}',
    tag: 'events',
    access: 'events.read',
    status: 204,
    summary: "Delete a filter of your own, or (with settings.write) somebody's that is for everybody",
    params: z.strictObject({ name: nameSchema }),
    query: noQuery,
    body: undefined,
    response: undefined,
    problems: ['not_found'],
  }),
} as const;
