// Operations on job nets, sessions and their output.
import * as z from 'zod';
import { netMapLimits, netMapSchema } from '../jobs/net-relation.ts';
import { instantSchema, netNameSchema, sessionIdSchema, unitPathSchema } from '../ids.ts';
import { endStatusSchema } from '../jobs/end-status.ts';
import { jobNetSchema } from '../jobs/definition.ts';
import {
  attemptViewSchema,
  sessionDetailSchema,
  sessionStateSchema,
  sessionSummarySchema,
  sessionTimes,
  sessionTriggerTypes,
} from '../jobs/session.ts';
import { operationPreviewSchema, operationRequestSchema } from '../jobs/operate.ts';
import { waitExplanationSchema } from '../jobs/waiting.ts';
import { changeReasonSchema } from '../jobs/net-version.ts';
import { orderPreviewSchema } from '../jobs/order-preview.ts';
import { definitionChangeSchema } from './definitions-operations.ts';
import { defineOperation } from './operation.ts';
import { many, noParams, noQuery, pageOf, pageQuery } from './paging.ts';

const netParams = z.strictObject({ name: netNameSchema });
/** Why, for the history of the definitions. */
const reasonQuery = z.strictObject({ reason: changeReasonSchema.optional() });
const sessionParams = z.strictObject({ id: sessionIdSchema });

export const netSummarySchema = z.object({
  name: netNameSchema,
  title: z.string().nullable(),
  unitCount: z.int(),
  revision: z.int(),
  updatedAt: instantSchema,
  updatedBy: z.string(),
  /** Earliest next start of its enabled schedules. */
  nextRunAt: instantSchema.nullable(),
  schedules: z.array(
    z.object({
      name: z.string(),
      rule: z.string(),
      timezone: z.string(),
      enabled: z.boolean(),
      nextRunAt: instantSchema.nullable(),
    }),
  ),
  lastSession: sessionSummarySchema.nullable(),
});
export type NetSummary = z.infer<typeof netSummarySchema>;

export const netDetailSchema = netSummarySchema.extend({ definition: jobNetSchema });
export type NetDetail = z.infer<typeof netDetailSchema>;

/** A folder is a part of names up to a `/`; it is there as long as a net lies below it. */
export const netFolderSchema = z.object({
  folder: z.string(),
  /** Nets that lie in it, not in a folder of it. */
  nets: z.int(),
  /** Nets anywhere below it, its own included. */
  netsBelow: z.int(),
  /** The worst of how the nets below it ended last; null where none has ended yet. */
  worstLast: endStatusSchema.nullable(),
});
export type NetFolder = z.infer<typeof netFolderSchema>;

export const comingStartSchema = z.object({
  net: netNameSchema,
  title: z.string().nullable(),
  schedule: z.string(),
  at: instantSchema,
  /** An operator has moved it: when the schedule has it. */
  movedFrom: instantSchema.optional(),
  /** An operator has prepared it: who, and why. */
  prepared: z.object({ by: z.string(), reason: z.string().nullable() }).optional(),
});
export type ComingStart = z.infer<typeof comingStartSchema>;

export const netHistorySchema = z.object({
  /** Newest first. */
  sessions: z.array(
    sessionSummarySchema
      .pick({ id: true, state: true, endStatus: true, trigger: true, createdAt: true, endedAt: true })
      .extend({
        /** From its creation to its end; null while it has none. */ durationMs: z.int().nullable(),
      }),
  ),
  /** Of those of them that have ended. */
  statistics: z.object({
    ended: z.int(),
    normal: z.int(),
    /** Share that ended normally or with a warning, 0 to 1; null if none has ended. */
    successRate: z.number().nullable(),
    medianMs: z.int().nullable(),
    p90Ms: z.int().nullable(),
  }),
});
export type NetHistory = z.infer<typeof netHistorySchema>;

export const applyResultSchema = z.object({ dryRun: z.boolean(), changes: z.array(definitionChangeSchema) });
export type ApplyResult = z.infer<typeof applyResultSchema>;

export const jobsOperations = {
  applyDefinitions: defineOperation({
    id: 'applyDefinitions',
    method: 'POST',
    path: '/definitions',
    tag: 'jobs',
    access: 'user',
    status: 200,
    summary: 'Apply a YAML file of job nets, scopes and notification rules, all or nothing',
    params: noParams,
    query: z.strictObject({
      dry_run: z.stringbool().default(false),
      /** Name that error places carry. */ file: z.string().max(1000).optional(),
      /** Why, for the history of the job nets. */ reason: changeReasonSchema.optional(),
    }),
    body: z.string(),
    bodyType: 'application/yaml',
    response: applyResultSchema,
    problems: ['invalid_definition', 'body_too_large'],
  }),
  listNets: defineOperation({
    id: 'listNets',
    method: 'GET',
    path: '/nets',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'Job nets, by name',
    params: noParams,
    query: z.strictObject({
      ...pageQuery,
      /** Anywhere in name or title. */
      q: z.string().max(200).optional(),
      /** Nets below this folder. */
      folder: netNameSchema.optional(),
      /** With `folder`: those alone that lie in it itself; without: those that lie in none. */
      direct: z.stringbool().default(false),
    }),
    body: undefined,
    response: pageOf(netSummarySchema),
  }),
  getNetMap: defineOperation({
    id: 'getNetMap',
    method: 'GET',
    path: '/net-map',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'How job nets are related: which runs, starts or waits for which',
    params: noParams,
    query: z.strictObject({
      /** In the middle. Without it: all nets that have relations. */
      net: netNameSchema.optional(),
      /** Nets below this folder, and those that they are related to. */
      folder: netNameSchema.optional(),
      /** Steps from the net in the middle. */
      depth: z.coerce.number().int().min(1).max(netMapLimits.depthMax).default(2),
    }),
    body: undefined,
    response: netMapSchema,
  }),
  listNetFolders: defineOperation({
    id: 'listNetFolders',
    method: 'GET',
    path: '/net-folders',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'All folders of job nets with how many nets they hold and their worst last result, by name',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: z.object({ items: z.array(netFolderSchema), /** Nets in no folder. */ netsOutside: z.int() }),
  }),
  listComingStarts: defineOperation({
    id: 'listComingStarts',
    method: 'GET',
    path: '/coming-starts',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary:
      'What the schedules start next, soonest first: of each schedule its next start, and later ones that are prepared',
    params: noParams,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(20) }),
    body: undefined,
    response: z.object({ items: z.array(comingStartSchema) }),
  }),
  changeComingStart: defineOperation({
    id: 'changeComingStart',
    method: 'POST',
    path: '/nets/{name}/coming-starts',
    tag: 'jobs',
    access: 'nets.run',
    status: 200,
    summary: 'Skip, move or begin now a coming start of a schedule, this once',
    params: netParams,
    query: noQuery,
    body: z.strictObject({
      schedule: z.string().max(100),
      /** Which one, up to 400 days ahead: refused if the schedule has none at that time. Left out: the next. */
      at: instantSchema.optional(),
      change: z.enum(['skip', 'move', 'start']),
      /** Of `move`: the new time. */
      to: instantSchema.optional(),
      reason: changeReasonSchema.optional(),
    }),
    response: z.object({
      /** Of `start`: what was begun. */
      session: sessionIdSchema.nullable(),
    }),
    problems: ['not_found', 'precondition_failed', 'frozen'],
  }),
  getNetHistory: defineOperation({
    id: 'getNetHistory',
    method: 'GET',
    path: '/nets/{name}/history',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'The last sessions of a job net with their durations, and how it usually goes',
    params: netParams,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
    body: undefined,
    response: netHistorySchema,
    problems: ['not_found'],
  }),
  getNet: defineOperation({
    id: 'getNet',
    method: 'GET',
    path: '/nets/{name}',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'One job net with its definition',
    params: netParams,
    query: noQuery,
    body: undefined,
    response: netDetailSchema,
    versioned: 'read',
    problems: ['not_found'],
  }),
  exportNet: defineOperation({
    id: 'exportNet',
    method: 'GET',
    path: '/nets/{name}/yaml',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'The definition as YAML',
    params: netParams,
    query: noQuery,
    body: undefined,
    response: z.string(),
    responseType: 'application/yaml',
    versioned: 'read',
    problems: ['not_found'],
  }),
  putNet: defineOperation({
    id: 'putNet',
    method: 'PUT',
    path: '/nets/{name}',
    tag: 'jobs',
    access: 'nets.write',
    status: 200,
    summary: 'Create or replace a job net',
    params: netParams,
    query: reasonQuery,
    body: jobNetSchema,
    response: netDetailSchema,
    versioned: 'write',
    problems: ['invalid_definition', 'precondition_failed', 'precondition_required'],
  }),
  deleteNet: defineOperation({
    id: 'deleteNet',
    method: 'DELETE',
    path: '/nets/{name}',
    tag: 'jobs',
    access: 'nets.write',
    status: 204,
    summary: 'Delete a job net; its sessions and its revisions stay',
    params: netParams,
    query: reasonQuery,
    body: undefined,
    response: undefined,
    versioned: 'write',
    problems: ['not_found', 'precondition_failed', 'precondition_required'],
  }),
  runNet: defineOperation({
    id: 'runNet',
    method: 'POST',
    path: '/nets/{name}/sessions',
    tag: 'jobs',
    access: 'nets.run',
    status: 201,
    summary: 'Run a job net now',
    params: netParams,
    query: noQuery,
    body: z.strictObject({
      parameters: z.record(z.string(), z.string()).default({}),
      /** The same key within a day gives the session that the first call made. */
      idempotencyKey: z.string().min(8).max(100).optional(),
      /** Start although it is frozen: for whoever may end that freeze. Audited. */
      overrideFreeze: z.boolean().optional(),
    }),
    response: sessionSummarySchema,
    problems: ['not_found', 'missing_parameter', 'no_target', 'frozen', 'forbidden'],
  }),
  previewOrder: defineOperation({
    id: 'previewOrder',
    method: 'POST',
    path: '/nets/{name}/order-preview',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'What an agent would be given for a unit: command, environment, user, directory and nodes',
    params: netParams,
    query: noQuery,
    body: z.strictObject({
      unit: unitPathSchema,
      parameters: z.record(z.string(), z.string()).default({}),
    }),
    response: orderPreviewSchema,
    problems: ['not_found', 'invalid_definition'],
  }),
  listSessions: defineOperation({
    id: 'listSessions',
    method: 'GET',
    path: '/sessions',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'Sessions, newest first',
    params: noParams,
    query: z.strictObject({
      ...pageQuery,
      net: netNameSchema.optional(),
      /** Sessions of the nets below this folder. */
      folder: netNameSchema.optional(),
      state: many(sessionStateSchema),
      end_status: many(endStatusSchema),
      trigger: many(z.enum(sessionTriggerTypes)),
      /** Anywhere in the net's name or title. */
      q: z.string().max(200).optional(),
      /** Of that which `time` says: from then on, and before then. */
      from: instantSchema.optional(),
      to: instantSchema.optional(),
      /** Those that were begun in that time (so too if it is left out), that ended in it, or that ran at some moment of it (from their begin to their last end). */
      time: z.enum(sessionTimes).optional(),
    }),
    body: undefined,
    response: pageOf(sessionSummarySchema),
  }),
  getSession: defineOperation({
    id: 'getSession',
    method: 'GET',
    path: '/sessions/{id}',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'One session with its units',
    params: sessionParams,
    query: noQuery,
    body: undefined,
    response: sessionDetailSchema,
    problems: ['not_found'],
  }),
  operateSession: defineOperation({
    id: 'operateSession',
    method: 'POST',
    path: '/sessions/{id}/operations',
    tag: 'jobs',
    access: 'nets.run',
    status: 200,
    summary:
      'Operate a session or one of its units: stop, kill, interrupt, suspend, rerun, hold, release, skip, set a result',
    params: sessionParams,
    query: noQuery,
    body: operationRequestSchema,
    response: sessionDetailSchema,
    problems: ['not_found', 'operation_refused', 'frozen', 'forbidden'],
  }),
  previewOperation: defineOperation({
    id: 'previewOperation',
    method: 'POST',
    path: '/sessions/{id}/operations/preview',
    tag: 'jobs',
    access: 'nets.run',
    status: 200,
    summary:
      'What an operation would bring about, at once and if every command ends normally; changes nothing',
    params: sessionParams,
    query: noQuery,
    body: operationRequestSchema,
    response: operationPreviewSchema,
    problems: ['not_found', 'forbidden'],
  }),
  explainWaiting: defineOperation({
    id: 'explainWaiting',
    method: 'GET',
    path: '/sessions/{id}/waiting',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'Why a session or one of its units waits: the unmet conditions, and where they come down to',
    params: sessionParams,
    query: z.strictObject({ unit: unitPathSchema.optional() }),
    body: undefined,
    response: waitExplanationSchema,
    problems: ['not_found'],
  }),
  listAttempts: defineOperation({
    id: 'listAttempts',
    method: 'GET',
    path: '/sessions/{id}/attempts',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'Attempts of a unit, newest first',
    params: sessionParams,
    query: z.strictObject({ ...pageQuery, unit: unitPathSchema }),
    body: undefined,
    response: pageOf(attemptViewSchema),
    problems: ['not_found'],
  }),
} as const;
