// Operations that change the definition of one suspended session: a text that nobody has stored is tried, and taken. A revision that is stored
// already is taken by the operation `take_definition` of `operateSession`.
import * as z from 'zod';
import { sessionIdSchema } from '../ids.ts';
import { changeReasonSchema } from '../jobs/net-version.ts';
import { operationPreviewSchema } from '../jobs/operate.ts';
import { sessionDetailSchema } from '../jobs/session.ts';
import { defineOperation } from './operation.ts';
import { noQuery } from './paging.ts';

const sessionParams = z.strictObject({ id: sessionIdSchema });
/** The job net of the session as YAML, whole. */
const yamlSchema = z.string().min(1);

export const sessionDefinitionOperations = {
  previewSessionDefinition: defineOperation({
    id: 'previewSessionDefinition',
    method: 'POST',
    path: '/sessions/{id}/definition/preview',
    tag: 'jobs',
    access: 'nets.run',
    status: 200,
    summary:
      'What a suspended session would become with this definition: units added, removed and changed, and what starts as soon as it is released; changes nothing',
    params: sessionParams,
    query: noQuery,
    body: z.strictObject({ yaml: yamlSchema }),
    response: operationPreviewSchema,
    problems: ['not_found', 'forbidden', 'invalid_definition'],
  }),
  changeSessionDefinition: defineOperation({
    id: 'changeSessionDefinition',
    method: 'POST',
    path: '/sessions/{id}/definition',
    tag: 'jobs',
    access: 'nets.run',
    status: 200,
    summary:
      'Give a suspended session this definition. It is kept as a revision of the job net that is not in force; the job net itself stays as it is',
    params: sessionParams,
    query: noQuery,
    body: z.strictObject({ yaml: yamlSchema, reason: changeReasonSchema.optional() }),
    response: sessionDetailSchema,
    problems: ['not_found', 'forbidden', 'invalid_definition', 'operation_refused', 'invalid_request'],
  }),
} as const;
