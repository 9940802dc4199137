// Operations on the manager's settings.
import * as z from 'zod';
import { instantSchema } from '../ids.ts';
import { settingsSectionNames } from '../settings/settings.ts';
import { defineOperation } from './operation.ts';
import { noParams, noQuery } from './paging.ts';

const sectionParams = z.strictObject({ section: z.enum(settingsSectionNames) });

/** `values`: whole, with the defaults of what was never set. Revision 0: never written. */
export const settingsViewSchema = z.object({
  section: z.enum(settingsSectionNames),
  values: z.record(z.string(), z.unknown()),
  revision: z.int(),
  updatedAt: instantSchema.nullable(),
  updatedBy: z.string().nullable(),
});
export type SettingsView = z.infer<typeof settingsViewSchema>;

export const settingsOperations = {
  listSettings: defineOperation({
    id: 'listSettings',
    method: 'GET',
    path: '/settings',
    tag: 'settings',
    access: 'settings.read',
    status: 200,
    summary: 'All sections of the settings',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: z.object({ items: z.array(settingsViewSchema) }),
  }),
  getSettings: defineOperation({
    id: 'getSettings',
    method: 'GET',
    path: '/settings/{section}',
    tag: 'settings',
    access: 'settings.read',
    status: 200,
    summary: 'One section of the settings',
    params: sectionParams,
    query: noQuery,
    body: undefined,
    response: settingsViewSchema,
    versioned: 'read',
  }),
  putSettings: defineOperation({
    id: 'putSettings',
    method: 'PUT',
    path: '/settings/{section}',
    tag: 'settings',
    access: 'settings.write',
    status: 200,
    summary: 'Replace one section of the settings; fields that are left out get their defaults',
    params: sectionParams,
    query: noQuery,
    /** Judged by the section's own schema. */
    body: z.record(z.string(), z.unknown()),
    response: settingsViewSchema,
    versioned: 'write',
    problems: ['precondition_failed'],
  }),
} as const;
