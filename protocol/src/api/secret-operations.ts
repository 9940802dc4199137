// Operations on kept secrets: their names are listed, their values are set and never read.
import * as z from 'zod';
import { instantSchema, nameSchema } from '../ids.ts';
import { parameterLimits } from '../jobs/parameter.ts';
import { textSchema } from '../jobs/units/unit-base.ts';
import { defineOperation } from './operation.ts';
import { noParams, noQuery, pageOf, pageQuery } from './paging.ts';

const secretParams = z.strictObject({ name: nameSchema });

export const secretViewSchema = z.object({
  name: z.string(),
  description: z.string().nullable(),
  /** Job nets whose definitions in force name it. */
  usedBy: z.array(z.string()),
  /** It does not open with the secret key of this manager: it must be set anew. */
  lost: z.boolean(),
  revision: z.int(),
  updatedAt: instantSchema,
  updatedBy: z.string(),
});
export type SecretView = z.infer<typeof secretViewSchema>;

export const secretOperations = {
  listSecrets: defineOperation({
    id: 'listSecrets',
    method: 'GET',
    path: '/secrets',
    tag: 'jobs',
    access: 'secrets.use',
    status: 200,
    summary: 'Names of the kept secrets; their values are shown to nobody',
    params: noParams,
    query: z.strictObject(pageQuery),
    body: undefined,
    response: pageOf(secretViewSchema),
  }),
  putSecret: defineOperation({
    id: 'putSecret',
    method: 'PUT',
    path: '/secrets/{name}',
    tag: 'jobs',
    access: 'secrets.write',
    status: 200,
    summary: 'Set a kept secret, or its description',
    params: secretParams,
    query: noQuery,
    body: z.strictObject({
      /** Left out: the value stays as it is. */
      value: z
        .string()
        .min(parameterLimits.secretCharsMin)
        .max(parameterLimits.secretCharsMax)
        .refine((text) => !text.includes('\0'), 'must not hold a NUL character')
        .optional(),
      description: textSchema.max(500).nullable().optional(),
    }),
    response: secretViewSchema,
    problems: ['invalid_request', 'operation_refused'],
  }),
  deleteSecret: defineOperation({
    id: 'deleteSecret',
    method: 'DELETE',
    path: '/secrets/{name}',
    tag: 'jobs',
    access: 'secrets.write',
    status: 204,
    summary: 'Delete a kept secret that no job net names',
    params: secretParams,
    query: noQuery,
    body: undefined,
    response: undefined,
    problems: ['not_found', 'operation_refused'],
  }),
} as const;
