// Operations of those who run the system: freeze, resume, see what is frozen and what still runs there, and maintenance windows.
// Who may freeze a place depends on the place, so the handlers ask: `system.operate`; for a folder or net `nets.run` there is enough, for a
// scope or node `nodes.write` there.
import * as z from 'zod';
import { attemptIdSchema, instantSchema, nameSchema, sessionIdSchema } from '../ids.ts';
import { maintenanceEffects, maintenanceWindowSchema } from '../operations/maintenance-window.ts';
import { placeKinds, placeSchema } from '../operations/place.ts';
import { defineOperation } from './operation.ts';
import { noParams, noQuery } from './paging.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

/** Sessions and attempts named in one answer about what still runs; the counts are whole. */
export const openWorkItemsMax = 100;

export const openCountsSchema = z.object({
  /** Of manager, folder, net: sessions that have not ended. */
  sessions: z.int(),
  /** Of scope, node: commands that an agent has, and that have not ended. */
  attempts: z.int(),
  /** Of scope, node: commands that wait in the manager until it is resumed. */
  waiting: z.int(),
});
export type OpenCounts = z.infer<typeof openCountsSchema>;

export const freezeViewSchema = z.object({
  place: placeSchema,
  reason: z.string(),
  by: z.string(),
  since: instantSchema,
  /** It ends by itself then; null: somebody has to resume. */
  until: instantSchema.nullable(),
  /** The maintenance window that froze it; null: a person did. */
  window: z.string().nullable(),
  open: openCountsSchema,
  /** Nothing runs there any more. */
  drained: z.boolean(),
});
export type FreezeView = z.infer<typeof freezeViewSchema>;

export const windowTimeSchema = z.object({ start: instantSchema, end: instantSchema });
export type WindowTime = z.infer<typeof windowTimeSchema>;

export const activeWindowSchema = z.object({
  name: nameSchema,
  title: z.string().nullable(),
  reason: z.string().nullable(),
  places: z.array(placeSchema),
  effects: z.array(z.enum(maintenanceEffects)),
  start: instantSchema,
  end: instantSchema,
  /** Notifications kept back since it began. */
  suppressed: z.int(),
});
export type ActiveWindow = z.infer<typeof activeWindowSchema>;

/** A scheduled start that has fallen due and waits for the resume. */
export const heldStartSchema = z.object({
  net: z.string(),
  schedule: z.string(),
  dueAt: instantSchema,
  missed: z.enum(['skip', 'run_once']),
});
export type HeldStart = z.infer<typeof heldStartSchema>;

export const frozenSchema = z.object({
  frozen: z.array(freezeViewSchema),
  windows: z.array(activeWindowSchema),
  /** At most 100, by their time. */
  heldStarts: z.array(heldStartSchema),
});
export type Frozen = z.infer<typeof frozenSchema>;

export const openWorkSchema = z.object({
  counts: openCountsSchema,
  /** At most 100 of each. */
  sessions: z.array(z.object({ id: sessionIdSchema, net: z.string(), createdAt: instantSchema })),
  attempts: z.array(
    z.object({
      attempt: attemptIdSchema,
      session: sessionIdSchema,
      net: z.string(),
      unit: z.string(),
      node: z.string(),
      startedAt: instantSchema.nullable(),
    }),
  ),
});
export type OpenWork = z.infer<typeof openWorkSchema>;

export const windowViewSchema = z.object({
  window: maintenanceWindowSchema,
  revision: z.int(),
  updatedAt: instantSchema,
  updatedBy: z.string(),
  /** The time that runs now. */
  active: windowTimeSchema.nullable(),
  /** The next ones, at most five. */
  next: z.array(windowTimeSchema),
  /** Notifications that it has ever kept back. */
  suppressed: z.int(),
});
export type WindowView = z.infer<typeof windowViewSchema>;

const windowParams = z.strictObject({ name: nameSchema });
const reasonSchema = z.string().trim().min(1, schemaText('reason_needed')).max(500);

export const operateOperations = {
  getFrozen: defineOperation({
    id: 'getFrozen',
    method: 'GET',
    path: '/frozen',
    tag: 'operations',
    access: 'user',
    status: 200,
    summary:
      'What is frozen and why, with what still runs there; windows that are open; scheduled starts that are held',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: frozenSchema,
  }),
  getOpenWork: defineOperation({
    id: 'getOpenWork',
    method: 'GET',
    path: '/open-work',
    tag: 'operations',
    access: 'user',
    status: 200,
    summary: 'Sessions or commands that are still open at a place, frozen or not',
    params: noParams,
    query: z.strictObject({ kind: z.enum(placeKinds), name: z.string().max(200).optional() }),
    body: undefined,
    response: openWorkSchema,
    problems: ['not_found'],
  }),
  freeze: defineOperation({
    id: 'freeze',
    method: 'POST',
    path: '/freeze',
    tag: 'operations',
    access: 'user',
    status: 200,
    summary:
      'Freeze a place: nothing starts there, what runs goes on. Frozen already: reason and end are replaced',
    params: noParams,
    query: noQuery,
    body: z.strictObject({ place: placeSchema, reason: reasonSchema, until: instantSchema.optional() }),
    response: freezeViewSchema,
    problems: ['not_found'],
  }),
  resume: defineOperation({
    id: 'resume',
    method: 'POST',
    path: '/resume',
    tag: 'operations',
    access: 'user',
    status: 200,
    summary: 'Take a freeze back. Not frozen: nothing happens',
    params: noParams,
    query: noQuery,
    body: z.strictObject({ place: placeSchema }),
    response: z.object({
      resumed: z.boolean(),
      /** What else keeps the place frozen: something around it, or a maintenance window. */
      stillFrozenBy: z.array(freezeViewSchema),
    }),
  }),
  listMaintenanceWindows: defineOperation({
    id: 'listMaintenanceWindows',
    method: 'GET',
    path: '/maintenance-windows',
    tag: 'operations',
    access: 'user',
    status: 200,
    summary: 'Maintenance windows by name, with their next times',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: z.object({ items: z.array(windowViewSchema) }),
  }),
  getMaintenanceWindow: defineOperation({
    id: 'getMaintenanceWindow',
    method: 'GET',
    path: '/maintenance-windows/{name}',
    tag: 'operations',
    access: 'user',
    status: 200,
    summary: 'One maintenance window',
    params: windowParams,
    query: noQuery,
    body: undefined,
    response: windowViewSchema,
    versioned: 'read',
    problems: ['not_found'],
  }),
  exportMaintenanceWindow: defineOperation({
    id: 'exportMaintenanceWindow',
    method: 'GET',
    path: '/maintenance-windows/{name}/yaml',
    tag: 'operations',
    access: 'user',
    status: 200,
    summary: 'The definition of a maintenance window as YAML',
    params: windowParams,
    query: noQuery,
    body: undefined,
    response: z.string(),
    responseType: 'application/yaml',
    versioned: 'read',
    problems: ['not_found'],
  }),
  putMaintenanceWindow: defineOperation({
    id: 'putMaintenanceWindow',
    method: 'PUT',
    path: '/maintenance-windows/{name}',
    tag: 'operations',
    access: 'user',
    status: 200,
    summary: 'Create or replace a maintenance window',
    params: windowParams,
    query: noQuery,
    body: maintenanceWindowSchema,
    response: windowViewSchema,
    versioned: 'write',
    problems: ['invalid_definition', 'precondition_failed', 'precondition_required'],
  }),
  deleteMaintenanceWindow: defineOperation({
    id: 'deleteMaintenanceWindow',
    method: 'DELETE',
    path: '/maintenance-windows/{name}',
    tag: 'operations',
    access: 'user',
    status: 204,
    summary: 'Delete a maintenance window; one that is open ends',
    params: windowParams,
    query: noQuery,
    body: undefined,
    response: undefined,
    versioned: 'write',
    problems: ['not_found', 'precondition_failed', 'precondition_required'],
  }),
} as const;
