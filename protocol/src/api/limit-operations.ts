// Operations on queues, locks and limits of nodes: what they hold now, their definitions, and pausing them.
// Who may change one depends on which it is, so the handlers ask: of a node's limit `nodes.write` there, of the others `nets.write` on every
// net; to pause or open `system.operate` too is enough, or `nets.run` on every net.
import * as z from 'zod';
import { nameSchema } from '../ids.ts';
import {
  limitDefinitionSchema,
  limitDetailSchema,
  limitKindSchema,
  limitSummarySchema,
} from '../jobs/control/limit.ts';
import { defineOperation } from './operation.ts';
import { noParams, noQuery } from './paging.ts';

const limitParams = z.strictObject({ kind: limitKindSchema, name: nameSchema });

export const limitOperations = {
  listLimits: defineOperation({
    id: 'listLimits',
    method: 'GET',
    path: '/limits',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'Queues, locks and limits of nodes, with how many places are taken and how many wait',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: z.object({ items: z.array(limitSummarySchema) }),
  }),
  getLimit: defineOperation({
    id: 'getLimit',
    method: 'GET',
    path: '/limits/{kind}/{name}',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'One of them, with who holds its places and who waits, in order',
    params: limitParams,
    query: noQuery,
    body: undefined,
    response: limitDetailSchema,
    versioned: 'read',
    problems: ['not_found'],
  }),
  putLimit: defineOperation({
    id: 'putLimit',
    method: 'PUT',
    path: '/limits/{kind}/{name}',
    tag: 'jobs',
    access: 'user',
    status: 200,
    summary:
      'Create or replace a queue, lock or limit of a node; in force at once. What has a place keeps it',
    params: limitParams,
    query: noQuery,
    body: limitDefinitionSchema,
    response: limitDetailSchema,
    versioned: 'write',
    problems: ['invalid_definition', 'not_found', 'precondition_failed', 'precondition_required'],
  }),
  deleteLimit: defineOperation({
    id: 'deleteLimit',
    method: 'DELETE',
    path: '/limits/{kind}/{name}',
    tag: 'jobs',
    access: 'user',
    status: 204,
    summary: 'Delete a queue, lock or limit of a node; who waits for it goes on',
    params: limitParams,
    query: noQuery,
    body: undefined,
    response: undefined,
    versioned: 'write',
    problems: ['not_found', 'operation_refused', 'precondition_failed', 'precondition_required'],
  }),
  pauseLimit: defineOperation({
    id: 'pauseLimit',
    method: 'POST',
    path: '/limits/{kind}/{name}/pause',
    tag: 'jobs',
    access: 'user',
    status: 200,
    summary: 'Give no more of its places until it is opened. Paused already: the reason is replaced',
    params: limitParams,
    query: noQuery,
    body: z.strictObject({ reason: z.string().trim().min(1).max(500).optional() }),
    response: limitDetailSchema,
    problems: ['not_found'],
  }),
  openLimit: defineOperation({
    id: 'openLimit',
    method: 'POST',
    path: '/limits/{kind}/{name}/open',
    tag: 'jobs',
    access: 'user',
    status: 200,
    summary: 'Take a pause back. Not paused: nothing happens',
    params: limitParams,
    query: noQuery,
    body: undefined,
    response: limitDetailSchema,
    problems: ['not_found'],
  }),
} as const;
