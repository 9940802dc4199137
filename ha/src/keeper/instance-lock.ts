// One keeper per home.
// Responsible for the lock: held by the kernel (through SQLite's file lock) for as long as this process lives, so a killed keeper leaves none
// behind and two starts at the same moment cannot both win. A pid file could do neither.
// Called once by the keeper, before it touches anything in the home.
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type InstanceLock = { readonly release: () => void };

/** `SQLITE_BUSY`, the primary result code in the low byte. */
const SQLITE_BUSY = 5;

/** Null if another living process holds it. */
export function acquireInstanceLock(home: string): InstanceLock | null {
  const database = new DatabaseSync(path.join(home, 'keeper.lock'), { timeout: 0 });
  try {
    // The file stays empty: nothing is ever written in this transaction.
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
