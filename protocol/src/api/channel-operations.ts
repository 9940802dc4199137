// Operations on named channels of notifications. Secrets go in and never come out.
import * as z from 'zod';
import { instantSchema, nameSchema } from '../ids.ts';
import { namedChannelSchema } from '../notifications/channel.ts';
import { defineOperation } from './operation.ts';
import { noQuery, pageOf, pageQuery, noParams } from './paging.ts';

export const channelViewSchema = z.object({
  /** Secrets are masked. */
  definition: namedChannelSchema,
  /** Where it goes, in a few words. */
  goesTo: z.string(),
  /** The stored secrets do not open with the key of this manager: they have to be entered again. */
  secretsLost: z.boolean(),
  /** Rules and escalations that name it. */
  usedBy: z.array(z.object({ kind: z.enum(['notification', 'escalation']), name: z.string() })),
  revision: z.int(),
  updatedAt: instantSchema,
  updatedBy: z.string(),
});
export type ChannelView = z.infer<typeof channelViewSchema>;

const byName = z.strictObject({ name: nameSchema });

export const channelOperations = {
  listChannels: defineOperation({
    id: 'listChannels',
    method: 'GET',
    path: '/channels',
    tag: 'notifications',
    access: 'notifications.read',
    status: 200,
    summary: 'Named channels, by name, without secrets',
    params: noParams,
    query: z.strictObject({ ...pageQuery }),
    body: undefined,
    response: pageOf(channelViewSchema),
  }),
  getChannel: defineOperation({
    id: 'getChannel',
    method: 'GET',
    path: '/channels/{name}',
    tag: 'notifications',
    access: 'notifications.read',
    status: 200,
    summary: 'One named channel, without secrets',
    params: byName,
    query: noQuery,
    body: undefined,
    response: channelViewSchema,
    versioned: 'read',
    problems: ['not_found'],
  }),
  putChannel: defineOperation({
    id: 'putChannel',
    method: 'PUT',
    path: '/channels/{name}',
    tag: 'notifications',
    access: 'notifications.write',
    status: 200,
    summary: 'Create or replace a named channel; masked or left out secrets stay',
    params: byName,
    query: noQuery,
    body: namedChannelSchema,
    response: channelViewSchema,
    versioned: 'write',
    problems: ['invalid_definition', 'precondition_failed', 'precondition_required', 'forbidden'],
  }),
  deleteChannel: defineOperation({
    id: 'deleteChannel',
    method: 'DELETE',
    path: '/channels/{name}',
    tag: 'notifications',
    access: 'notifications.write',
    status: 204,
    summary: 'Delete a named channel that no rule and no escalation names',
    params: byName,
    query: noQuery,
    body: undefined,
    response: undefined,
    versioned: 'write',
    problems: ['not_found', 'precondition_failed', 'precondition_required', 'operation_refused'],
  }),
  testChannel: defineOperation({
    id: 'testChannel',
    method: 'POST',
    path: '/channels/{name}/test',
    tag: 'notifications',
    access: 'notifications.write',
    status: 200,
    summary: 'Send a test message by the channel now and tell the outcome',
    params: byName,
    query: noQuery,
    body: undefined,
    response: z.object({ sent: z.boolean(), error: z.string().nullable() }),
    problems: ['not_found'],
  }),
} as const;
