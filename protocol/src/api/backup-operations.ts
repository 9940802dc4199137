// Operations on backups. The schedule is the section `backup` of the settings.
import * as z from 'zod';
import { archiveNewsSchema, backupPhases, backupSummarySchema } from '../backup/backup.ts';
import { instantSchema } from '../ids.ts';
import { defineOperation } from './operation.ts';
import { noParams, noQuery } from './paging.ts';

/** One backup that was tried. */
export const backupRunSchema = z.object({
  id: z.int(),
  cause: z.enum(['schedule', 'person']),
  startedAt: instantSchema,
  endedAt: instantSchema,
  ok: z.boolean(),
  /** Name of the backup; null: none came of it. */
  name: z.string().nullable(),
  directory: z.string(),
  /** Host that made it. */
  host: z.string(),
  bytes: z.int().nullable(),
  holdsUntil: instantSchema.nullable(),
  /** One sentence. */
  says: z.string(),
});
export type BackupRun = z.infer<typeof backupRunSchema>;

export const backupStatusSchema = z.object({
  /** Where backups go; null: nobody has said it yet. */
  directory: z.string().nullable(),
  /** Null: none is made by itself. */
  nextAt: instantSchema.nullable(),
  running: z
    .object({
      startedAt: instantSchema,
      cause: z.enum(['schedule', 'person']),
      phase: z.enum(backupPhases),
      bytes: z.int(),
      totalBytes: z.int().nullable(),
    })
    .nullable(),
  last: backupRunSchema.nullable(),
  lastMade: backupRunSchema.nullable(),
  lastFailed: backupRunSchema.nullable(),
  /** The archived log, by which a restore reaches any point in time; null: it is switched off. */
  archive: archiveNewsSchema.nullable(),
});
export type BackupStatus = z.infer<typeof backupStatusSchema>;

export const backupOperations = {
  listBackups: defineOperation({
    id: 'listBackups',
    method: 'GET',
    path: '/backups',
    tag: 'backup',
    access: 'backup.read',
    status: 200,
    summary: 'The backups in the folder of the schedule, newest first',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: z.object({
      directory: z.string().nullable(),
      items: z.array(backupSummarySchema),
      /** Why the list is not whole; null: it is. */
      problem: z.string().nullable(),
    }),
  }),
  getBackupStatus: defineOperation({
    id: 'getBackupStatus',
    method: 'GET',
    path: '/backup-status',
    tag: 'backup',
    access: 'backup.read',
    status: 200,
    summary: 'When the next backup is made, how far one is, and what became of the last ones',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: backupStatusSchema,
  }),
  createBackup: defineOperation({
    id: 'createBackup',
    method: 'POST',
    path: '/backups',
    tag: 'backup',
    access: 'backup.operate',
    status: 201,
    summary: 'Make a backup now; it goes on by itself',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: backupStatusSchema,
    problems: ['backup_refused'],
  }),
} as const;
