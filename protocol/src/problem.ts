// Problem documents (RFC 9457), the one form of an error answer.
import * as z from 'zod';
import { errorRegistry } from './errors.ts';
import type { ErrorCode } from './errors.ts';

export const issueSchema = z.object({
  path: z.string(),
  /** In English; `code` and `values` say the same to whoever speaks another language. */
  message: z.string(),
  code: z.string().optional(),
  values: z.record(z.string(), z.unknown()).optional(),
  file: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
});

/** A sentence of `sentences/` as it travels: whoever does not know its code has the English text beside it. */
export const sentenceSchema = z.object({
  code: z.string(),
  values: z.record(z.string(), z.unknown()).optional(),
});

export const problemSchema = z.object({
  /** `https://nezuban.dev/problems/<code>` is a name, not an address that is fetched. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(errorRegistry) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string(),
  /** The same as a sentence of `sentences/`; missing where its text is all that is known. */
  detailSaid: sentenceSchema.optional(),
  /** Request id, as in the log. */
  instance: z.string(),
  remedy: z.string(),
  retryable: z.boolean(),
  issues: z.array(issueSchema),
});
export type Problem = z.infer<typeof problemSchema>;
