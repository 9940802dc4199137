// Operations on definitions of every kind as YAML: what is in force, what an applying would change, and many files in one change.
// What one kind alone offers (lists, single nets) stands in the files of its domain.
import * as z from 'zod';
import { netNameSchema } from '../ids.ts';
import { changeReasonSchema } from '../jobs/net-version.ts';
import { defineOperation } from './operation.ts';
import { noParams, noQuery, pageOf, pageQuery } from './paging.ts';

export const definitionSetLimits = {
  filesMax: 5_000,
  /** Characters of all files together: reading them takes some seconds of a thread. */
  charsMax: 12 * 1024 * 1024,
} as const;

/** Stands in exported YAML where a secret is; applying it keeps the secret that is stored. */
export const secretPlaceholder = '********';

export const exportedDefinitionSchema = z.object({
  /** `jobnet`, `scope`, `notification`, `role`, ... */
  kind: z.string(),
  name: z.string(),
  /** One document. Secrets are placeholders. */
  yaml: z.string(),
});
export type ExportedDefinition = z.infer<typeof exportedDefinitionSchema>;

export const definitionChangeSchema = z.object({
  kind: z.string(),
  name: z.string(),
  change: z.enum(['created', 'updated', 'unchanged', 'deleted']),
  /** Of the document that says so; null: what is deleted stands in none. */
  file: z.string().nullable(),
  line: z.int().nullable(),
  /** Of a job net: names of what is not there, such as `node "web-9"`. It is applied all the same, since they may come. Left out: there is none. */
  absent: z.array(z.string()).readonly().optional(),
});
export type DefinitionChange = z.infer<typeof definitionChangeSchema>;
export const definitionComparisonSchema = definitionChangeSchema.extend({
  /** What is in force and what would be, as canonical YAML, so that both differ only where they mean something else. Null: there is none; of unchanged ones both. */
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type DefinitionComparison = z.infer<typeof definitionComparisonSchema>;

const definitionFilesSchema = z
  .array(z.strictObject({ name: z.string().min(1).max(1000), text: z.string() }))
  .min(1)
  .max(definitionSetLimits.filesMax);
/** Job nets of this folder that stand in none of the files are deleted. */
const pruneSchema = netNameSchema.nullable().default(null);

export const definitionsOperations = {
  exportDefinitions: defineOperation({
    id: 'exportDefinitions',
    method: 'GET',
    path: '/definitions',
    tag: 'jobs',
    access: 'user',
    status: 200,
    summary:
      'Definitions in force as YAML, by kind and name: those that the caller may see. Secrets are placeholders, which applying keeps',
    params: noParams,
    query: z.strictObject({
      ...pageQuery,
      kind: z.string().max(50).optional(),
      /** Only job nets below this folder. */
      folder: netNameSchema.optional(),
    }),
    body: undefined,
    response: pageOf(exportedDefinitionSchema),
    problems: ['not_found'],
  }),
  compareDefinitions: defineOperation({
    id: 'compareDefinitions',
    method: 'POST',
    path: '/definitions/compare',
    tag: 'jobs',
    access: 'user',
    status: 200,
    summary: 'What applying these YAML files would change, with both texts; changes nothing',
    params: noParams,
    query: noQuery,
    body: z.strictObject({ files: definitionFilesSchema, prune: pruneSchema }),
    response: z.object({ changes: z.array(definitionComparisonSchema) }),
    problems: ['invalid_definition', 'body_too_large', 'too_many_requests'],
  }),
  applyDefinitionSet: defineOperation({
    id: 'applyDefinitionSet',
    method: 'POST',
    path: '/definitions/set',
    tag: 'jobs',
    access: 'user',
    status: 200,
    summary:
      'Apply many YAML files in one change, all or nothing; may delete the job nets of a folder that stand in none of them',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      files: definitionFilesSchema,
      prune: pruneSchema,
      dryRun: z.boolean().default(false),
      /** Why, for the history of the job nets. */
      reason: changeReasonSchema.optional(),
    }),
    response: z.object({ dryRun: z.boolean(), changes: z.array(definitionChangeSchema) }),
    problems: ['invalid_definition', 'body_too_large', 'too_many_requests'],
  }),
} as const;
