// The backups domain: makes one when its time has come or somebody asks, keeps the log archived, says what became of it.
// Responsible for when, for the record of each run, for events, and for what the API shows. Not responsible for the bytes: a program of its own
// does that (backup-program.ts). Lives with the manager on duty, so on a pair it follows the master. Made by master.ts.
import { reasonFacts } from '@nezuban/protocol/events/event-facts';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import os from 'node:os';
import { backupListSchema, backupProgressSchema } from '@nezuban/protocol/backup/backup';
import type { BackupRun, BackupStatus } from '@nezuban/protocol/api/backup-operations';
import { CodedError } from '@nezuban/protocol/errors';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import type { AuditLog, EventDraft, EventSink, Handlers, RequestActor } from '../ports.ts';
import type { SettingsDomain } from '../settings/settings.ts';
import { isHeldByRestore } from './after-restore.ts';
import { createBackupArchive } from './backup-archive.ts';
import { startBackupProgram, toJson, type BackupProgram, type StartProgram } from './backup-program.ts';
import { insertRun, loadLastRuns, type LastRuns } from './backup-store.ts';
import { nextBackupAt, scheduleSince } from './backup-times.ts';

export type BackupPorts = {
  readonly database: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly events: EventSink;
  readonly audit: AuditLog;
  readonly settings: Pick<SettingsDomain, 'of' | 'onChange' | 'view'>;
  /** Tests give another one. */
  readonly startProgram?: StartProgram;
};

export type Backups = {
  readonly routes: Pick<Handlers, 'listBackups' | 'getBackupStatus' | 'createBackup'>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** How often it is looked whether one is due; a clock that is set is noticed within this, too. */
const LOOK_MS = 20_000;
/** The list is read by a program; two who look at once share it. */
const LIST_KEPT_MS = 3_000;
const ARCHIVE_SLOT = 'nezuban_archive';

const madeSchema = z.object({
  name: z.string(),
  startedAt: z.string(),
  holdsUntil: z.string(),
  bytes: z.int(),
});

type Running = {
  readonly cause: BackupRun['cause'];
  readonly startedAt: Date;
  readonly program: BackupProgram;
  progress: z.infer<typeof backupProgressSchema>;
};

export const createBackups = (ports: BackupPorts, options: { readonly home: string }): Backups => {
  const { clock, timers, database, settings, events } = ports;
  const logger = ports.logger.child({ domain: 'backup' });
  const startProgram = ports.startProgram ?? startBackupProgram;
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  let runs: LastRuns = { last: null, lastMade: null, lastFailed: null };
  let resumedAt: number | null = null;
  let running: Running | null = null;
  let finishing: Promise<void> = Promise.resolve();
  let cancelLooks: CancelTimer = () => undefined;
  let stopped = false;
  /** Restored and not resumed: the manager that was backed up may live and use the folder. */
  let held = false;
  let listed: { readonly at: number; readonly answer: Promise<ListAnswer> } | null = null;

  const archive = createBackupArchive(
    { timers, logger, startProgram },
    {
      home: options.home,
      onGap(says) {
        void sayQuietly({
          code: 'backup_log_broken',
          priority: 'warning',
          message: says.message,
          details: reasonFacts(says),
        });
        // A new backup closes the gap.
        if (running === null && settings.of('backup').daily_at !== null) begin('schedule');
      },
    },
  );

  const sayQuietly = async (draft: Omit<EventDraft, 'at' | 'node'>): Promise<void> => {
    try {
      await events.appendNow([{ at: new Date(clock.epochMs()), node: null, ...draft }]);
    } catch (error) {
      logger.warn({ err: error, event: draft.code }, 'An event about backups could not be stored');
    }
  };

  const applySettings = async (): Promise<void> => {
    const { directory, archive_log } = settings.of('backup');
    archive.set(archive_log && !held ? directory : null);
    if (directory !== null && archive_log) return;
    // Nobody reads it any more, and it would hold log on the master's disk.
    await database
      .query({
        text: 'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active',
        values: [ARCHIVE_SLOT],
      })
      .catch((error: unknown) => logger.warn({ err: error }, 'The slot of the archive could not be removed'));
  };

  const nextAt = (): number | null => {
    const { directory, daily_at } = settings.of('backup');
    if (directory === null || held) return null;
    const times = {
      dailyAt: daily_at,
      timezone,
      since: scheduleSince({ changedAt: settings.view('backup').updatedAt, resumedAt }),
      lastMade: runs.lastMade === null ? null : Date.parse(runs.lastMade.startedAt),
      lastFailed: runs.lastFailed === null ? null : Date.parse(runs.lastFailed.startedAt),
    };
    return nextBackupAt(times, clock.epochMs());
  };

  const lookAtHold = async (): Promise<void> => {
    const was = held;
    held = await isHeldByRestore(database);
    if (was && !held) {
      resumedAt = clock.epochMs();
      await applySettings();
    }
  };

  const look = (): void => {
    if (held)
      lookAtHold().catch((error: unknown) =>
        logger.warn({ err: error }, 'Whether backups may go on after a restore could not be looked at'),
      );
    const due = nextAt();
    if (!stopped && running === null && due !== null && due <= clock.epochMs()) begin('schedule');
  };

  const begin = (cause: BackupRun['cause']): void => {
    const { directory, keep, passphrase_file } = settings.of('backup');
    if (directory === null || stopped) return;
    const program = startProgram({
      home: options.home,
      args: [
        'create',
        '--to',
        directory,
        '--keep',
        String(keep),
        ...(passphrase_file === null ? [] : ['--passphrase-file', passphrase_file]),
        '--json',
        '--end-with-stdin',
      ],
      onErrorLine(line) {
        const progress = backupProgressSchema.safeParse(toJson(line));
        if (progress.success && running !== null) running.progress = progress.data;
      },
    });
    const startedAt = new Date(clock.epochMs());
    running = { cause, startedAt, program, progress: { phase: 'starting', bytes: 0, totalBytes: null } };
    logger.info({ cause, directory }, 'A backup begins');
    finishing = program.ended.then((end) => finish({ cause, startedAt, directory, ...end }));
  };

  const finish = async (end: {
    readonly cause: BackupRun['cause'];
    readonly startedAt: Date;
    readonly directory: string;
    readonly ok: boolean;
    readonly stdout: string;
    readonly says: Said | null;
  }): Promise<void> => {
    const made = end.ok ? madeSchema.safeParse(toJson(end.stdout.trim().split('\n').at(-1) ?? '')) : null;
    const { name = null, bytes = null, holdsUntil = null } = made?.success === true ? made.data : {};
    const ok = name !== null;
    const failure = end.says ?? say('backup_no_result');
    const says = ok ? `The backup ${name} was made and verified.` : failure.message;
    listed = null;
    try {
      // Ended with the manager: nothing failed, the next manager on duty makes it up.
      if (stopped && !ok) return;
      const endedAt = new Date(clock.epochMs());
      const lastMade = runs.lastMade?.endedAt ?? null;
      const [run, publish] = await database.inTransaction(async (transaction) => {
        const stored = await insertRun(transaction, {
          cause: end.cause,
          startedAt: end.startedAt.toISOString(),
          endedAt: endedAt.toISOString(),
          ok,
          name,
          directory: end.directory,
          host: os.hostname(),
          bytes,
          holdsUntil,
          says,
        });
        return [
          stored,
          await events.append(transaction, [toEvent(stored, { at: endedAt, lastMade, failure })]),
        ] as const;
      });
      publish();
      runs = { last: run, lastMade: ok ? run : runs.lastMade, lastFailed: ok ? runs.lastFailed : run };
    } catch (error) {
      logger.warn({ err: error, says }, 'What became of a backup could not be stored');
    } finally {
      running = null;
    }
  };

  const status = (): BackupStatus => {
    const due = nextAt();
    return {
      directory: settings.of('backup').directory,
      nextAt: due === null ? null : new Date(due).toISOString(),
      running:
        running === null
          ? null
          : { startedAt: running.startedAt.toISOString(), cause: running.cause, ...running.progress },
      ...runs,
      archive: archive.news(),
    };
  };

  type ListAnswer = Awaited<ReturnType<Backups['routes']['listBackups']>>['body'];
  const readList = async (): Promise<ListAnswer> => {
    const { directory } = settings.of('backup');
    if (directory === null) return { directory, items: [], problem: null };
    const end = await startProgram({ home: options.home, args: ['list', '--from', directory, '--json'] })
      .ended;
    const parsed = backupListSchema.safeParse(toJson(end.stdout));
    if (!end.ok || !parsed.success)
      return {
        directory,
        items: [],
        problem: end.says?.message ?? `What is in ${directory} cannot be read.`,
      };
    return { directory, items: parsed.data.items, problem: end.says?.message ?? null };
  };

  const create = async (actor: RequestActor): Promise<BackupStatus> => {
    if (settings.of('backup').directory === null)
      throw new CodedError('backup_refused', say('problem_nobody_has_said_yet_where_backups_go'));
    if (running !== null)
      throw new CodedError('backup_refused', say('problem_a_backup_is_being_made_already'));
    if (held) await lookAtHold();
    if (held) throw new CodedError('backup_refused', say('problem_this_manager_was_restored_and_nobody_has'));
    await database.inTransaction(async (transaction) => {
      const { directory } = settings.of('backup');
      await ports.audit.record(transaction, {
        actor,
        action: 'createBackup',
        target: directory,
        details: {},
      });
    });
    if (running === null) begin('person');
    return status();
  };

  return {
    routes: {
      async listBackups() {
        const now = clock.monotonicMs();
        if (listed === null || now - listed.at > LIST_KEPT_MS) listed = { at: now, answer: readList() };
        return { body: await listed.answer };
      },
      getBackupStatus: async () => ({ body: status() }),
      createBackup: async ({ actor }) => ({ body: await create(actor) }),
    },
    async start() {
      runs = await loadLastRuns(database);
      held = await isHeldByRestore(database);
      await applySettings();
      settings.onChange((section) => {
        if (section !== 'backup') return;
        listed = null;
        void applySettings();
        look();
      });
      cancelLooks = timers.every(LOOK_MS, look);
      look();
    },
    async stop() {
      stopped = true;
      cancelLooks();
      await Promise.all([archive.stop(), running?.program.stop()]);
      await finishing;
    },
  };
};

const MEGABYTE = 1024 * 1024;

const toEvent = (
  run: BackupRun,
  { at, lastMade, failure }: { readonly at: Date; readonly lastMade: string | null; readonly failure: Said },
): EventDraft => {
  const { name, directory, bytes, host } = run;
  const size = `${Math.max(1, Math.round((bytes ?? 0) / MEGABYTE))} MB`;
  const base = { at, node: null };
  if (name !== null)
    return {
      ...base,
      code: 'backup_made',
      priority: 'info',
      message: `The backup ${name} was made and verified (${size}, ${directory}).`,
      details: { name, directory, size, host },
    };
  return {
    ...base,
    code: 'backup_failed',
    priority: 'critical',
    message: `No backup could be made: ${failure.message} The last one was made ${lastMade === null ? 'never' : `at ${lastMade}`}.`,
    details: { ...reasonFacts(failure), directory, host, ...(lastMade === null ? {} : { lastMade }) },
  };
};
