// Operations on the manager's settings.
import * as z from 'zod';
import { runAsOutlookSchema } from '../access/outlook.ts';
import { instantSchema } from '../ids.ts';
import { runAsSettingsSchema } from '../settings/job-bounds.ts';
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

export const storedKinds = ['events', 'traps', 'sessions', 'output', 'audit', 'deliveries'] as const;
export type StoredKind = (typeof storedKinds)[number];

/** What the database holds and when it goes. Counts of rows are the database's own estimates. */
export const storageViewSchema = z.object({
  databaseBytes: z.int(),
  kinds: z.array(
    z.object({
      kind: z.enum(storedKinds),
      bytes: z.int(),
      rows: z.int(),
      keptDays: z.int(),
      partitions: z.int(),
      oldestAt: instantSchema.nullable(),
      /** The partition that goes next, if nothing in it is still needed then. */
      nextRemoval: z.object({ at: instantSchema, bytes: z.int(), rows: z.int() }).nullable(),
      lastRemovedAt: instantSchema.nullable(),
      /** From its size and its age; null while less than a day is stored. */
      bytesPerDay: z.int().nullable(),
      /** Its size once as much is stored as the policy keeps, if it goes on like this. */
      bytesExpected: z.int().nullable(),
    }),
  ),
  /** Nothing is removed before this moment: the clock has leapt, and it has to prove itself. */
  heldUntil: instantSchema.nullable(),
  lastLookAt: instantSchema.nullable(),
  /** Why the last try to remove something failed. */
  lastFailure: z.string().nullable(),
});
export type StorageView = z.infer<typeof storageViewSchema>;

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
  previewRunAs: defineOperation({
    id: 'previewRunAs',
    method: 'POST',
    path: '/settings/run_as/preview',
    tag: 'settings',
    access: 'settings.write',
    status: 200,
    summary:
      'Which units of job nets in force rules for users would refuse, those first that the rules in force allow; changes nothing',
    params: noParams,
    query: noQuery,
    body: runAsSettingsSchema,
    response: runAsOutlookSchema,
  }),
  getStorage: defineOperation({
    id: 'getStorage',
    method: 'GET',
    path: '/storage',
    tag: 'settings',
    access: 'settings.read',
    status: 200,
    summary: 'What the database holds, how far back it goes, and what the retention policy removes next',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: storageViewSchema,
  }),
} as const;
