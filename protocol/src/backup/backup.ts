// Backups: what lies in one, what the programs say of one, and how far one is.
// No I/O. Written and read by `ha/src/backup`; the manager reads what that program prints.
import * as z from 'zod';
import { sentenceSchema } from '../problem.ts';
import { instantSchema } from '../ids.ts';

/** Layout of a backup's folder. Rises when an older program could not read what a newer one wrote. */
export const BACKUP_FORMAT = 1;

/** `20261126T020000Z-3f9a`: sorts by time, never met twice. */
export const backupNameSchema = z
  .string()
  .regex(/^\d{8}T\d{6}Z-[0-9a-f]{4}$/, 'must be the name of a backup, such as 20261126T020000Z-3f9a');

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
export const backupFileSchema = z.object({
  path: z.string().min(1).max(300),
  bytes: z.int().nonnegative(),
  sha256: sha256Schema,
});
export type BackupFile = z.infer<typeof backupFileSchema>;

/** `manifest.json` of a backup. It is written last: a folder without it is no backup. */
export const backupManifestSchema = z.object({
  product: z.literal('nezuban'),
  format: z.int().positive(),
  name: backupNameSchema,
  /** Release that made it. */
  release: z.string(),
  host: z.string(),
  startedAt: instantSchema,
  /** Everything that was acknowledged before this instant is in it. */
  holdsUntil: instantSchema,
  endedAt: instantSchema,
  managerId: z.string(),
  /** Term that agents had been shown. */
  term: z.int().nonnegative(),
  /** Names of the migrations that made its schema. */
  migrations: z.array(z.string()),
  postgres: z.object({
    version: z.string(),
    systemIdentifier: z.string(),
    timeline: z.int().positive(),
    startLsn: z.int().nonnegative(),
    endLsn: z.int().nonnegative(),
    segmentBytes: z.int().positive(),
  }),
  /** Size of the database's files before compression: what a restore needs. */
  dataBytes: z.int().nonnegative(),
  /** Whether CA, keys and passwords are sealed with a passphrase. */
  sealed: z.boolean(),
  files: z.array(backupFileSchema),
});
export type BackupManifest = z.infer<typeof backupManifestSchema>;

/** Before the sentence on standard error for which a backup was not made, where its output is for a program: the same as JSON. */
export const backupSaidMark = 'nezuban-said: ';

/** One line of `nezuban backup list --json`. */
export const backupSummarySchema = z.object({
  name: backupNameSchema,
  release: z.string(),
  startedAt: instantSchema,
  holdsUntil: instantSchema,
  endedAt: instantSchema,
  /** On the disk. */
  bytes: z.int().nonnegative(),
  dataBytes: z.int().nonnegative(),
  sealed: z.boolean(),
  /** When its checksums were last found right, or it was last restored for a test; null: never since it was made. */
  verifiedAt: instantSchema.nullable(),
  verifiedHow: z.enum(['checksums', 'restore']).nullable(),
  /** Up to when the archived log reaches on from it; null: nothing is archived behind it. */
  logUntil: instantSchema.nullable(),
});
export type BackupSummary = z.infer<typeof backupSummarySchema>;

export const backupListSchema = z.object({
  directory: z.string(),
  items: z.array(backupSummarySchema),
});

export const backupPhases = ['starting', 'copying', 'flushing', 'verifying', 'tidying'] as const;
/** What `nezuban backup create --progress json` prints on standard error, one object a line. */
export const backupProgressSchema = z.object({
  phase: z.enum(backupPhases),
  bytes: z.int().nonnegative(),
  totalBytes: z.int().nonnegative().nullable(),
});
export type BackupProgress = z.infer<typeof backupProgressSchema>;

/** What `nezuban backup archive` prints on standard output, one object a line. */
export const archiveNewsSchema = z.object({
  /** `gap`: log was lost before it could be copied; a new backup closes it. */
  state: z.enum(['streaming', 'waiting', 'gap']),
  says: z.string(),
  said: sentenceSchema.optional(),
  /** Up to which commit the archive reaches. */
  until: instantSchema.nullable(),
});
export type ArchiveNews = z.infer<typeof archiveNewsSchema>;

/** `HOME/manager/restored.json`: what a restore leaves for the manager's first start, which settles it and removes the file. */
export const restoredSchema = z.object({
  backup: z.string(),
  restoredAt: instantSchema,
  /** Everything acknowledged up to here is there; what came later is not. */
  holdsUntil: instantSchema,
  release: z.string(),
});
export type Restored = z.infer<typeof restoredSchema>;
export const RESTORED_FILE = 'restored.json';
