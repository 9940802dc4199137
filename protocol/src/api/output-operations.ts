// Operations on the output of attempts: pages, search, download.
import * as z from 'zod';
import { attemptIdSchema, instantSchema } from '../ids.ts';
import { outputStreamSchema } from '../agent/link.ts';
import { outputEncodingSchema } from '../jobs/units/attempt-base.ts';
import { defineOperation } from './operation.ts';

export const outputPageSchema = z.object({
  stream: outputStreamSchema,
  /** Byte positions in what the command wrote. */
  offset: z.int(),
  nextOffset: z.int(),
  text: z.string(),
  /** Encoding used to decode: as declared, or the guess. */
  encoding: z.string(),
  /** Position behind the last byte that is here. */
  storedBytes: z.int(),
  /** Instead of text: what the command wrote between `offset` and `nextOffset` was not kept, because of the limit of the unit or a quota. */
  gap: z
    .object({
      /** From `offset` on. */
      bytes: z.int(),
      /** Where the whole range begins. */
      from: z.int(),
      reason: z.enum(['limit', 'quota']),
    })
    .optional(),
  /** Bytes that were not kept; known at the end of the attempt. */
  droppedBytes: z.int(),
  /** No more will come. */
  complete: z.boolean(),
  /** Present if there was output and the retention policy has removed it. */
  removedAt: instantSchema.optional(),
});
export type OutputPage = z.infer<typeof outputPageSchema>;

export const outputHitSchema = z.object({
  /** Byte position where its line begins. */
  offset: z.int(),
  /** The line, or a part of it around the hit. */
  text: z.string(),
  /** Where the hit stands in `text`. */
  start: z.int(),
  end: z.int(),
});
export type OutputHit = z.infer<typeof outputHitSchema>;
export const outputSearchSchema = z.object({
  stream: outputStreamSchema,
  encoding: z.string(),
  hits: z.array(outputHitSchema),
  /** Ask again from here; null: everything that is there now was looked through. */
  nextOffset: z.int().nullable(),
  searchedBytes: z.int(),
  storedBytes: z.int(),
  complete: z.boolean(),
});
export type OutputSearch = z.infer<typeof outputSearchSchema>;

export const outputOperations = {
  getOutput: defineOperation({
    id: 'getOutput',
    method: 'GET',
    path: '/attempts/{attemptId}/output',
    tag: 'jobs',
    access: 'output.read',
    status: 200,
    summary: 'A piece of the output of an attempt, decoded',
    params: z.strictObject({ attemptId: attemptIdSchema }),
    query: z.strictObject({
      stream: outputStreamSchema.default('stdout'),
      /** Negative: that many bytes from the end. */
      offset: z.coerce.number().int().default(0),
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(1024 * 1024)
        .default(256 * 1024),
      encoding: outputEncodingSchema.optional(),
    }),
    body: undefined,
    response: outputPageSchema,
    problems: ['not_found'],
  }),
  searchOutput: defineOperation({
    id: 'searchOutput',
    method: 'GET',
    path: '/attempts/{attemptId}/output/search',
    tag: 'jobs',
    access: 'output.read',
    status: 200,
    summary: 'Lines of the output of an attempt that hold a text; a bounded part at a time',
    params: z.strictObject({ attemptId: attemptIdSchema }),
    query: z.strictObject({
      stream: outputStreamSchema.default('stdout'),
      text: z.string().min(1).max(1000),
      /** `pattern`: a regular expression in the syntax of RE2. */
      mode: z.enum(['plain', 'pattern']).default('plain'),
      ignoreCase: z.stringbool().default(false),
      offset: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      encoding: outputEncodingSchema.optional(),
    }),
    body: undefined,
    response: outputSearchSchema,
    problems: ['not_found'],
  }),
  getRawOutput: defineOperation({
    id: 'getRawOutput',
    method: 'GET',
    path: '/attempts/{attemptId}/output/raw',
    tag: 'jobs',
    access: 'output.read',
    status: 200,
    summary:
      'The kept output of an attempt, byte for byte; the header nezuban-output-missing says what is missing of it',
    params: z.strictObject({ attemptId: attemptIdSchema }),
    query: z.strictObject({
      stream: outputStreamSchema.default('stdout'),
      /** As a file of gzip. */
      gzip: z.stringbool().default(false),
    }),
    body: undefined,
    response: z.string(),
    responseType: 'application/octet-stream',
    problems: ['not_found'],
  }),
} as const;
