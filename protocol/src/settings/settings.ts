// Settings of the manager that people change while it runs: one section each, with its schema and its defaults.
// A section that was never written has its defaults; a new field gets its default in old rows. What a process needs before it has a
// database (addresses, home) is no setting.
import * as z from 'zod';
import { eventSettingsSchema, statusSettingsSchema } from '../events/event-settings.ts';
import { intakeSettingsSchema } from '../intake/orders.ts';
import { schemaText } from '../sentences/schema-sentences.ts';
import { httpCallSettingsSchema, runAsSettingsSchema } from './job-bounds.ts';

const days = (defaultDays: number) => z.int().min(1).max(36_500).default(defaultDays);

/** How long things are kept. Old ones go by whole partitions, so up to one partition's span longer. */
export const retentionSchema = z.strictObject({
  events_days: days(400),
  sessions_days: days(400),
  output_days: days(90),
  audit_days: days(1100),
  /** Traps as they came, and those that became no event. */
  traps_days: days(30),
  /** Deliveries of notifications that were sent, or have finally failed. */
  deliveries_days: days(90),
});

export const passwordPolicySchema = z.strictObject({
  length_min: z.int().min(8).max(200).default(10),
  /** The last ones of a user that may not be taken again. */
  history: z.int().min(0).max(24).default(0),
  /** Days until a password has to be replaced at the next sign-in; null: never. */
  expires_days: z.int().min(1).max(3650).nullable().default(null),
  /** Wrong passwords in a row that lock a user out; null: guesses are only slowed down. */
  lockout_failures: z.int().min(3).max(100).nullable().default(10),
  lockout_minutes: z.int().min(1).max(1440).default(15),
});

/** Thresholds of what the manager watches about itself: warning, then critical. */
const levels = (warning: number, critical: number) =>
  z
    .strictObject({
      warning: z.number().positive().default(warning),
      critical: z.number().positive().default(critical),
    })
    .prefault({});
export const selfWatchSchema = z.strictObject({
  disk_free_percent: levels(15, 5),
  disk_full_in_hours: levels(72, 12),
  event_loop_lag_ms: levels(200, 1000),
  queue_percent: levels(50, 90),
  certificate_days: levels(30, 7),
  clock_difference_s: levels(5, 60),
  line_stands_minutes: levels(60, 240),
  database_bytes: z
    .strictObject({
      warning: z.number().positive().nullable().default(null),
      critical: z.number().positive().nullable().default(null),
    })
    .prefault({}),
});

const absolutePath = z
  .string()
  .max(1000)
  .regex(/^\/[^\0\n]*$/, 'must be an absolute path, such as /backup/nezuban');

/** Backups that the manager on duty makes by itself. */
export const backupSchema = z.strictObject({
  /** On the host of the master; on a pair the same on both, best a folder that both share. Null: no backups. */
  directory: absolutePath.nullable().default(null),
  /** `HH:MM`, in the manager's time zone; null: only when somebody asks. */
  daily_at: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 02:00')
    .nullable()
    .default(null),
  /** The newest ones; older ones go once a newer one has been verified. */
  keep: z.int().min(1).max(1000).default(14),
  /** Its first line seals CA and keys; null: they lie in the backup as files of their owner. */
  passphrase_file: absolutePath.nullable().default(null),
  /** Copy the log as it is written: a restore reaches any point in time, and a loss costs about a second. */
  archive_log: z.boolean().default(true),
});

/** Megabytes (of 1,000,000 bytes) that output of commands may take on the disk of each host of managers; null: no bound. */
const quota = (megabytes: number) => z.int().min(1).max(1_000_000_000).nullable().default(megabytes);
/** What the output of commands may take. When a quota is full, beginning and end of each output are still kept, and no command is stopped. */
export const outputSettingsSchema = z.strictObject({
  net_mb_per_day: quota(10_000),
  node_mb_per_day: quota(10_000),
  /** Of all output that is kept. */
  total_mb: quota(100_000),
  /** How fast output is written, so that job starts and their results do not wait behind it. */
  mb_per_second: z.int().min(1).max(10_000).default(20),
});

/** Files that go from agent to agent through the manager on duty. */
export const transferSettingsSchema = z.strictObject({
  /** Of all transfers together, in megabytes of 1,000,000 bytes. */
  mb_per_second: z.int().min(1).max(100_000).default(100),
  /** More wait for their turn. */
  parallel_max: z.int().min(1).max(1_000).default(20),
  /** The same for one node, whether it reads or writes. */
  parallel_per_node_max: z.int().min(1).max(100).default(5),
  /** A larger file is not transferred. */
  file_bytes_max: z.int().min(1_000_000).max(1_000_000_000_000_000).default(1_000_000_000_000),
});

/** How the manager on duty compares what it believes of attempts with what agents know. */
export const reconciliationSettingsSchema = z.strictObject({
  /** An agent with running attempts that has been silent for so long is told. */
  agent_silent_after_s: z.int().min(15).max(604_800).default(300),
  every_s: z.int().min(5).max(86_400).default(300),
});

/** `https://host:port`, with the path in front of the console if there is one. */
const consoleUrl = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .refine((url) => !/[?#@]/.test(url), schemaText('console_url'));

/** How people operate sessions. */
export const operationsSettingsSchema = z.strictObject({
  /** Whether each operation on a session or unit must be given a reason. */
  reason: z.enum(['optional', 'required']).default('optional'),
  /** Under which addresses people open the console: messages link to the question or the session. Of a pair, one of each host. */
  console_urls: z.array(consoleUrl).max(4).default([]),
});

export const settingsSections = {
  retention: retentionSchema,
  password_policy: passwordPolicySchema,
  self_watch: selfWatchSchema,
  backup: backupSchema,
  intake: intakeSettingsSchema,
  events: eventSettingsSchema,
  status: statusSettingsSchema,
  output: outputSettingsSchema,
  transfers: transferSettingsSchema,
  reconciliation: reconciliationSettingsSchema,
  operations: operationsSettingsSchema,
  run_as: runAsSettingsSchema,
  http_calls: httpCallSettingsSchema,
} as const;
export type SettingsSection = keyof typeof settingsSections;
export type Settings = {
  readonly [Section in SettingsSection]: z.output<(typeof settingsSections)[Section]>;
};
export const settingsSectionNames = Object.keys(settingsSections) as [SettingsSection, ...SettingsSection[]];
