// One user at a time for a file.
// Responsible for a lock that the kernel holds (through SQLite's file lock) for as long as this process lives: a killed process leaves none
// behind, and threads of one process exclude each other too. A pid file could do neither. The lock lies beside the file, since SQLite wants a file that is empty, and since closing any descriptor of a file gives up
// the locks of the whole process on it. Not responsible for other hosts. Called by the keeper for its home, and by voters for their record.
import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export type FileLock = { readonly release: () => void };

/** `SQLITE_BUSY`, the primary result code in the low byte. */
const SQLITE_BUSY = 5;

/** Null if somebody else holds it. The lock's own file stays: it needs no space, so that a full disk does not matter at the next start. */
export function acquireFileLock(file: string): FileLock | null {
  const lockFile = `${file}.lock`;
  createPrivately(lockFile);
  const database = new DatabaseSync(lockFile, { timeout: 0 });
  try {
    // Without this, SQLite creates a journal beside the file, which takes space that a full disk has not, and which a killed process leaves.
    database.exec('PRAGMA journal_mode = MEMORY');
    // The file stays empty: this transaction never ends with anything to write.
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    const { errcode } = error as { errcode?: number };
    if (errcode !== undefined && (errcode & 0xff) === SQLITE_BUSY) return null;
    throw error;
  }
  let held = true;
  return {
    release() {
      if (held) database.close();
      held = false;
    },
  };
}

/** Only opened when it is new: opening and closing it would give up a lock that another thread of this process holds. */
function createPrivately(lockFile: string): void {
  try {
    fs.closeSync(fs.openSync(lockFile, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
