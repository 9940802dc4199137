// Operations on the manager itself, and the live stream.
import * as z from 'zod';
import { instantSchema, sessionIdSchema } from '../ids.ts';
import { selfWatchViewSchema } from '../self-watch/self-watch.ts';
import { liveMessageSchema, liveTopics } from './live.ts';
import { versionsSchema } from '../versions/versions.ts';
import { defineOperation } from './operation.ts';
import { many, noParams, noQuery } from './paging.ts';

export const systemSchema = z.object({
  product: z.literal('Nezuban'),
  version: z.string(),
  managerId: z.string(),
  term: z.int(),
  startedAt: instantSchema,
  timezone: z.string(),
  counts: z.object({
    nets: z.int(),
    runningSessions: z.int(),
    openAttempts: z.int(),
    nodesConnected: z.int(),
    nodes: z.int(),
    unconfirmedCritical: z.int(),
  }),
});

export const systemOperations = {
  getSystem: defineOperation({
    id: 'getSystem',
    method: 'GET',
    path: '/system',
    tag: 'system',
    access: 'user',
    status: 200,
    summary: 'What this manager is and what it is busy with',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: systemSchema,
  }),
  getSelfWatch: defineOperation({
    id: 'getSelfWatch',
    method: 'GET',
    path: '/system/self-watch',
    tag: 'system',
    access: 'settings.read',
    status: 200,
    summary: 'What the manager watches about itself: disk, database, queues, certificates, clocks',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: selfWatchViewSchema,
  }),
  getVersions: defineOperation({
    id: 'getVersions',
    method: 'GET',
    path: '/system/versions',
    tag: 'system',
    access: 'settings.read',
    status: 200,
    summary: 'What this manager is made of: release, schema, PostgreSQL, agents; for who wants to upgrade it',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: versionsSchema,
  }),
  openLive: defineOperation({
    id: 'openLive',
    method: 'GET',
    path: '/live',
    tag: 'system',
    access: 'user',
    status: 200,
    summary: 'Live changes as server-sent events',
    params: noParams,
    query: z.strictObject({ topic: many(z.enum(liveTopics)), session: sessionIdSchema.optional() }),
    body: undefined,
    response: liveMessageSchema,
    responseType: 'text/event-stream',
    problems: ['not_found'],
  }),
  installSample: defineOperation({
    id: 'installSample',
    method: 'POST',
    path: '/sample',
    tag: 'system',
    access: 'nets.write',
    status: 200,
    summary: 'Install the sample night run (a job net "sample/night-run" on the local agent)',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: z.object({ net: z.string(), change: z.enum(['created', 'updated', 'unchanged']) }),
    problems: ['no_target'],
  }),
} as const;
