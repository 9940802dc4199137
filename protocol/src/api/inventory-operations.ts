// Operations on nodes, scopes and enrolment.
import * as z from 'zod';
import { nameSchema } from '../ids.ts';
import {
  agentConnectionSchema,
  joinTokenSchema,
  nodeViewSchema,
  scopeInputSchema,
  scopeViewSchema,
} from '../inventory/node.ts';
import { nodeAttemptSchema } from '../jobs/session.ts';
import { defineOperation } from './operation.ts';
import { many, noParams, noQuery, pageLimitMax, pageOf, pageQuery } from './paging.ts';

const nodeParams = z.strictObject({ name: nameSchema });
const scopeParams = z.strictObject({ name: nameSchema });

export const inventoryOperations = {
  listNodes: defineOperation({
    id: 'listNodes',
    method: 'GET',
    path: '/nodes',
    tag: 'inventory',
    access: 'nodes.read',
    status: 200,
    summary: 'Nodes and their agents, by name',
    params: noParams,
    query: z.strictObject({
      ...pageQuery,
      q: z.string().max(200).optional(),
      connection: many(agentConnectionSchema),
      /** Nodes of this scope and its child scopes. */
      scope: nameSchema.optional(),
    }),
    body: undefined,
    response: pageOf(nodeViewSchema),
  }),
  getNode: defineOperation({
    id: 'getNode',
    method: 'GET',
    path: '/nodes/{name}',
    tag: 'inventory',
    access: 'nodes.read',
    status: 200,
    summary: 'One node',
    params: nodeParams,
    query: noQuery,
    body: undefined,
    response: nodeViewSchema,
    problems: ['not_found'],
  }),
  listNodeAttempts: defineOperation({
    id: 'listNodeAttempts',
    method: 'GET',
    path: '/nodes/{name}/attempts',
    tag: 'inventory',
    access: 'nets.read',
    status: 200,
    summary: 'Attempts that are open on a node, of unfinished sessions, newest session first',
    params: nodeParams,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(pageLimitMax).default(50) }),
    body: undefined,
    response: z.object({
      items: z.array(nodeAttemptSchema),
      /** There are more than these. */ more: z.boolean(),
    }),
  }),
  removeNode: defineOperation({
    id: 'removeNode',
    method: 'DELETE',
    path: '/nodes/{name}',
    tag: 'inventory',
    access: 'nodes.write',
    status: 204,
    summary:
      'Remove a node: its certificate is refused from now on. Refused while its agent is connected and attempts are open on it; those of an agent that is away end as unknown',
    params: nodeParams,
    query: noQuery,
    body: undefined,
    response: undefined,
    problems: ['not_found', 'operation_refused'],
  }),
  createJoinToken: defineOperation({
    id: 'createJoinToken',
    method: 'POST',
    path: '/join-tokens',
    tag: 'inventory',
    access: 'nodes.write',
    status: 201,
    summary: 'Make a one-time token for a new agent; it is shown once',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      expires_in_s: z
        .int()
        .min(60)
        .max(7 * 86_400)
        .default(3600),
    }),
    response: joinTokenSchema,
  }),
  listScopes: defineOperation({
    id: 'listScopes',
    method: 'GET',
    path: '/scopes',
    tag: 'inventory',
    access: 'nodes.read',
    status: 200,
    summary: 'Scopes, by name',
    params: noParams,
    query: z.strictObject({ ...pageQuery }),
    body: undefined,
    response: pageOf(scopeViewSchema),
  }),
  getScope: defineOperation({
    id: 'getScope',
    method: 'GET',
    path: '/scopes/{name}',
    tag: 'inventory',
    access: 'nodes.read',
    status: 200,
    summary: 'One scope',
    params: scopeParams,
    query: noQuery,
    body: undefined,
    response: scopeViewSchema,
    versioned: 'read',
    problems: ['not_found'],
  }),
  putScope: defineOperation({
    id: 'putScope',
    method: 'PUT',
    path: '/scopes/{name}',
    tag: 'inventory',
    access: 'nodes.write',
    status: 200,
    summary: 'Create or replace a scope: its title, its place in the tree, its nodes',
    params: scopeParams,
    query: noQuery,
    body: scopeInputSchema,
    response: scopeViewSchema,
    versioned: 'write',
    problems: ['invalid_definition', 'precondition_failed'],
  }),
  deleteScope: defineOperation({
    id: 'deleteScope',
    method: 'DELETE',
    path: '/scopes/{name}',
    tag: 'inventory',
    access: 'nodes.write',
    status: 204,
    summary:
      'Delete a scope; its nodes stay. Refused while it holds other scopes, and while job nets run on it',
    params: scopeParams,
    query: noQuery,
    body: undefined,
    response: undefined,
    versioned: 'write',
    problems: ['not_found', 'precondition_failed', 'operation_refused'],
  }),
} as const;
