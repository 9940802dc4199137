// Which command makes a backup of this manager: the manager itself where it knows the folder, else the host's tool.
// Reads the settings; never stands in the way of what has been done. Called by admin/commands.ts.
import { settingsSections } from '@nezuban/protocol/settings/settings';
import type { Database } from '../../database/database.ts';

/** The folder that the settings name; null: none, or they cannot be read. */
export const readBackupFolder = async (database: Database): Promise<string | null> => {
  const [row] = await database
    .query<{ value: unknown }>({ text: "SELECT value FROM setting WHERE section = 'backup'" })
    .catch(() => []);
  const parsed = settingsSections.backup.safeParse(row?.value ?? {});
  return parsed.success ? parsed.data.directory : null;
};

export const adviseBackup = (folder: string | null): string =>
  folder === null ? 'nezuban backup create --to DIR' : 'nezuban backup now';
