// Operations on the versions of job nets: revisions, differences, restores, and releases at a date.
import * as z from 'zod';
import { instantSchema, netNameSchema } from '../ids.ts';
import {
  changeReasonSchema,
  netDifferenceSchema,
  netReleaseSchema,
  netRevisionDetailSchema,
  netRevisionSummarySchema,
  releaseStateSchema,
} from '../jobs/net-version.ts';
import { defineOperation } from './operation.ts';
import { many, noQuery, pageOf, pageQuery, noParams } from './paging.ts';

const netParams = z.strictObject({ name: netNameSchema });
const revisionNumber = z.coerce.number().int().min(1).max(2_147_483_647);
const revisionParams = z.strictObject({ name: netNameSchema, revision: revisionNumber });

/** Releases that may wait at once for one net; more is a mistake of a script. */
export const plannedReleasesMax = 100;

export const netVersionOperations = {
  listNetRevisions: defineOperation({
    id: 'listNetRevisions',
    method: 'GET',
    path: '/nets/{name}/revisions',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'Every revision of a job net with author and reason, newest first; of a deleted net, too',
    params: netParams,
    query: z.strictObject(pageQuery),
    body: undefined,
    response: pageOf(netRevisionSummarySchema),
    problems: ['not_found'],
  }),
  getNetRevision: defineOperation({
    id: 'getNetRevision',
    method: 'GET',
    path: '/nets/{name}/revisions/{revision}',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'One revision of a job net with its definition',
    params: revisionParams,
    query: noQuery,
    body: undefined,
    response: netRevisionDetailSchema,
    problems: ['not_found'],
  }),
  exportNetRevision: defineOperation({
    id: 'exportNetRevision',
    method: 'GET',
    path: '/nets/{name}/revisions/{revision}/yaml',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'One revision of a job net as YAML',
    params: revisionParams,
    query: noQuery,
    body: undefined,
    response: z.string(),
    responseType: 'application/yaml',
    problems: ['not_found'],
  }),
  diffNetRevisions: defineOperation({
    id: 'diffNetRevisions',
    method: 'GET',
    path: '/nets/{name}/difference',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'What differs between two revisions of a job net: by parts, and as two texts',
    params: netParams,
    query: z.strictObject({
      /** Without it: the one before `to`. */
      from: revisionNumber.optional(),
      /** Without it: the one in force, of a deleted net the last one. */
      to: revisionNumber.optional(),
    }),
    body: undefined,
    response: netDifferenceSchema,
    problems: ['not_found'],
  }),
  restoreNetRevision: defineOperation({
    id: 'restoreNetRevision',
    method: 'POST',
    path: '/nets/{name}/revisions/{revision}/restore',
    tag: 'jobs',
    access: 'nets.write',
    status: 200,
    summary:
      'Put the content of an old revision into force again, as a new revision; brings a deleted net back',
    params: revisionParams,
    query: noQuery,
    body: z.strictObject({ reason: changeReasonSchema.optional() }),
    response: z.object({
      /** `unchanged`: it was in force already, and no revision was made. */
      change: z.enum(['created', 'updated', 'unchanged']),
      revision: z.int(),
    }),
    problems: ['not_found', 'invalid_definition'],
  }),
  planNetRelease: defineOperation({
    id: 'planNetRelease',
    method: 'POST',
    path: '/nets/{name}/releases',
    tag: 'jobs',
    access: 'nets.write',
    status: 201,
    summary: 'Let a revision, or a definition that is given with it, come into force at a date or at once',
    params: netParams,
    query: noQuery,
    body: z
      .strictObject({
        revision: z.int().min(1).max(2_147_483_647).optional(),
        /** A job net of this name as YAML; it is kept as a revision that is not in force yet. */
        yaml: z.string().optional(),
        /** Without it, or in the past: at once. */
        at: instantSchema.optional(),
        ifChanged: z.enum(['refuse', 'replace']).default('refuse'),
        reason: changeReasonSchema.optional(),
      })
      .refine(({ revision, yaml }) => (revision === undefined) !== (yaml === undefined), {
        message: 'must hold either a revision or a YAML text',
      }),
    response: netReleaseSchema,
    problems: ['not_found', 'invalid_definition', 'operation_refused'],
  }),
  listNetReleases: defineOperation({
    id: 'listNetReleases',
    method: 'GET',
    path: '/net-releases',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'Releases of job nets, planned and past, the newest planned first',
    params: noParams,
    query: z.strictObject({
      ...pageQuery,
      net: netNameSchema.optional(),
      state: many(releaseStateSchema),
    }),
    body: undefined,
    response: pageOf(netReleaseSchema),
  }),
  cancelNetRelease: defineOperation({
    id: 'cancelNetRelease',
    method: 'POST',
    path: '/net-releases/{id}/cancel',
    tag: 'jobs',
    access: 'nets.write',
    status: 200,
    summary: 'Cancel a planned release',
    params: z.strictObject({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
    query: noQuery,
    body: z.strictObject({ reason: changeReasonSchema.optional() }),
    response: netReleaseSchema,
    problems: ['not_found', 'operation_refused'],
  }),
} as const;
