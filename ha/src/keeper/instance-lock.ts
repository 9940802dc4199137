// One keeper per home.
// Responsible for the name of the lock. Called once by the keeper, before it touches anything in the home.
import path from 'node:path';
import { acquireFileLock, type FileLock } from '@nezuban/platform/file-lock';

export type InstanceLock = FileLock;

/** Null if another living process holds it. */
export function acquireInstanceLock(home: string): InstanceLock | null {
  return acquireFileLock(path.join(home, 'keeper'));
}
