// Operations that say who has a job net open in an editor. Nothing is locked by it: whoever saves later is asked, as ever.
import * as z from 'zod';
import { instantSchema, netNameSchema } from '../ids.ts';
import { defineOperation } from './operation.ts';
import { noParams, noQuery } from './paging.ts';

export const netEditingLimits = {
  /** An editor that says nothing for so long is taken for closed: a tab that crashed must not warn for ever. */
  leaseMs: 60_000,
  /** How often an editor says that it is there: two may be lost. */
  renewMs: 20_000,
} as const;

const netParams = z.strictObject({ name: netNameSchema });
/** Made by the editor, one for each that is open: a user may have two. */
const editorIdSchema = z.string().regex(/^[A-Za-z0-9-]{8,64}$/, 'must be 8 to 64 letters, digits or "-"');

export const netEditingSchema = z.object({
  net: netNameSchema,
  user: z.string(),
  since: instantSchema,
});
export type NetEditing = z.infer<typeof netEditingSchema>;

export const netEditingOperations = {
  listNetEditing: defineOperation({
    id: 'listNetEditing',
    method: 'GET',
    path: '/net-editing',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'Who has which job net open in an editor; a user once for each net',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: z.object({ items: z.array(netEditingSchema) }),
  }),
  holdNetEditing: defineOperation({
    id: 'holdNetEditing',
    method: 'PUT',
    path: '/nets/{name}/editing',
    tag: 'jobs',
    access: 'nets.write',
    status: 200,
    summary: 'Say that one edits a job net, for a minute, and hear who else does; locks nothing',
    params: netParams,
    query: noQuery,
    body: z.strictObject({ editor: editorIdSchema }),
    response: z.object({
      /** The other editors of this net; the caller's own in another window among them. */
      others: z.array(netEditingSchema),
    }),
  }),
  endNetEditing: defineOperation({
    id: 'endNetEditing',
    method: 'DELETE',
    path: '/nets/{name}/editing',
    tag: 'jobs',
    access: 'nets.write',
    status: 204,
    summary: 'Say that an editor of a job net was closed',
    params: netParams,
    query: z.strictObject({ editor: editorIdSchema }),
    body: undefined,
    response: undefined,
  }),
} as const;
