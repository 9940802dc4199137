// The first start after a restore from a backup: what the database says is older than what the world has done since.
// Responsible for settling that in one transaction before anything acts, and for the event that says what is lost. The file that the restore left
// (`HOME/manager/restored.json`, see `ha/src/backup/restore-backup.ts`) goes only when the event stands. Called by master.ts.
//
// * Attempts that were open are asked for, never sent again: the agent may have run them after the backup was made.
// * Nothing new starts until somebody resumes: sessions and schedules have gone on in the time that is lost, and only people know how far.
// * Starts that fell due in that time are not made up.
// * Notifications that were waiting may have been sent: they say so.
// * Nobody is signed in any more: a sign-in that was ended since would have come back.
// * Nothing is written into the folder of backups: the manager that was backed up may still live and use it.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { RESTORED_FILE, restoredSchema, type Restored } from '@nezuban/protocol/backup/backup';
import type { Logger } from '@nezuban/platform/logger';
import type { Database } from '../database/database.ts';
import type { EventDraft } from '../ports.ts';

/** Who freezes a manager that was restored. */
const FROZEN_BY = 'restore';

export type SettledRestore = {
  /** To be stored once events can be; then `done`. */
  readonly event: Omit<EventDraft, 'at' | 'node'>;
  readonly done: () => Promise<void>;
};

/** Whether this manager was restored and nobody has resumed it since. */
export const isHeldByRestore = async (database: Database): Promise<boolean> => {
  const rows = await database.query({
    text: `SELECT FROM work_freeze WHERE place_kind = 'manager' AND frozen_by = $1 AND ended_at IS NULL`,
    values: [FROZEN_BY],
  });
  return rows.length > 0;
};

/** Null: this start follows no restore. */
export const settleRestore = async (
  ports: { readonly database: Database; readonly logger: Logger },
  options: { readonly home: string },
): Promise<SettledRestore | null> => {
  const file = path.join(options.home, 'manager', RESTORED_FILE);
  const restored = await readRestored(file);
  if (restored === null) return null;
  const counts = await settle(ports.database, restored);
  ports.logger.warn({ ...restored, ...counts }, 'This manager was restored from a backup');
  const { backup, holdsUntil, restoredAt } = restored;
  return {
    event: {
      code: 'backup_restored',
      priority: 'critical',
      message: `This manager was restored from the backup ${backup}. Everything acknowledged before ${holdsUntil} is there; what came after that, until ${restoredAt}, is lost. ${counts.sessions} sessions were open; nothing new starts until it is resumed: look at them first, then "nezuban resume manager".`,
      details: { backup, holdsUntil, restoredAt, ...counts },
    },
    done: async () => await rm(file, { force: true }),
  };
};

const readRestored = async (file: string): Promise<Restored | null> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  // Half a file: it was written whole or not at all, so this is none of ours; better too careful than not.
  const parsed = restoredSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${file} cannot be read: restore the backup once more`);
  return parsed.data;
};

const settle = async (
  database: Database,
  { backup, holdsUntil }: Restored,
): Promise<{ readonly sessions: number; readonly attempts: number }> =>
  await database.inTransaction(async (transaction) => {
    const { rowCount: sessions } = await transaction.query(
      `SELECT FROM session WHERE state IN ('running', 'stopping')`,
    );
    // As if the agent had confirmed it: the engine then asks for it, and an agent that knows nothing of it answers so and never runs it.
    const { rowCount: attempts } = await transaction.query(
      `UPDATE attempt SET state = 'accepted' WHERE state = 'pending' AND end_status IS NULL`,
    );
    await transaction.query('UPDATE schedule_state SET last_checked = now() WHERE last_checked < now()');
    await transaction.query(`UPDATE delivery SET maybe_delivered = true WHERE state = 'pending'`);
    await transaction.query('DELETE FROM sign_in');
    await transaction.query(
      `INSERT INTO work_freeze (place_kind, place_name, reason, frozen_by, since, until) VALUES ('manager', '', $1, $2, now(), NULL)
       ON CONFLICT (place_kind, place_name) WHERE ended_at IS NULL DO UPDATE SET reason = excluded.reason, frozen_by = $2, until = NULL`,
      [
        `Restored from the backup ${backup}, as it was at ${holdsUntil}. Look at the open sessions: they may have gone on after that.`,
        FROZEN_BY,
      ],
    );
    return { sessions: sessions ?? 0, attempts: attempts ?? 0 };
  });
