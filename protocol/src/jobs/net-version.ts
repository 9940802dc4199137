// Versions of job nets: revisions with who, how and why; differences between two of them; releases at a date. Shapes only.
import * as z from 'zod';
import { instantSchema, netNameSchema } from '../ids.ts';
import { jobNetSchema } from './definition.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

export const revisionKinds = ['put', 'apply', 'restore', 'release', 'prepare', 'session'] as const;
/** How a revision came to be. `prepare`: kept for a release; `session`: given to one session. Neither has been in force by itself. */
export const revisionKindSchema = z.enum(revisionKinds);
export type RevisionKind = z.infer<typeof revisionKindSchema>;

/** Why somebody changes a definition, for those who read the history. */
export const changeReasonSchema = z.string().trim().min(1, schemaText('reason_needed')).max(500);

export const netRevisionSummarySchema = z.object({
  net: netNameSchema,
  revision: z.int(),
  title: z.string().nullable(),
  kind: revisionKindSchema,
  createdAt: instantSchema,
  createdBy: z.string(),
  reason: z.string().nullable(),
  /** Of a restore and a release: whose content it has. */
  fromRevision: z.int().nullable(),
  /** What starts now runs this one. */
  inForce: z.boolean(),
  /** The net was deleted while this revision was in force. */
  deleted: z.object({ at: instantSchema, by: z.string(), reason: z.string().nullable() }).nullable(),
});
export type NetRevisionSummary = z.infer<typeof netRevisionSummarySchema>;

export const netRevisionDetailSchema = netRevisionSummarySchema.extend({ definition: jobNetSchema });
export type NetRevisionDetail = z.infer<typeof netRevisionDetailSchema>;

export const netPartChangeSchema = z.object({
  part: z.enum(['net', 'parameter', 'schedule', 'unit', 'edge']),
  /** Of a unit its path, of an edge the paths of both ends as `a -> b`, of parameters and schedules the name; of the net its name. */
  name: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  /** What differs. Values are plain text, or JSON where they are more than a text or a number; null: there is none. */
  fields: z.array(
    z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
  ),
});
export type NetPartChange = z.infer<typeof netPartChangeSchema>;

export const netDifferenceSchema = z.object({
  from: netRevisionDetailSchema,
  to: netRevisionDetailSchema,
  changes: z.array(netPartChangeSchema),
  /** Both as canonical YAML. */
  before: z.string(),
  after: z.string(),
});
export type NetDifference = z.infer<typeof netDifferenceSchema>;

export const releaseStates = ['planned', 'released', 'refused', 'cancelled'] as const;
export const releaseStateSchema = z.enum(releaseStates);

export const netReleaseSchema = z.object({
  id: z.int(),
  net: netNameSchema,
  /** What comes into force; a release makes a new revision with its content. */
  revision: z.int(),
  /** What was in force when it was planned; null: there was no such net. */
  baseRevision: z.int().nullable(),
  at: instantSchema,
  /** What becomes of it if somebody has changed the net since it was planned. */
  ifChanged: z.enum(['refuse', 'replace']),
  reason: z.string().nullable(),
  plannedAt: instantSchema,
  plannedBy: z.string(),
  state: releaseStateSchema,
  /** Of a planned one: somebody has changed the net since, so `refuse` would refuse it now. */
  changedSince: z.boolean(),
  closedAt: instantSchema.nullable(),
  closedBy: z.string().nullable(),
  /** `unchanged`: the content was in force already. `changed`, `invalid`: why it was refused. */
  outcome: z.enum(['in_force', 'unchanged', 'changed', 'invalid', 'cancelled', 'net_deleted']).nullable(),
  /** More about the outcome, or why it was cancelled. */
  detail: z.string().nullable(),
  releasedRevision: z.int().nullable(),
});
export type NetRelease = z.infer<typeof netReleaseSchema>;
