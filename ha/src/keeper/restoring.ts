// A home that is being restored from a backup, or whose restore was cut off.
// Responsible for the mark and for refusing a start in it: half a home would look like a new one. Written by `ha/src/backup`.
import fs from 'node:fs';
import path from 'node:path';

export const RESTORING_FILE = 'restoring.json';

/** Null: the home is whole. */
export function restoringSentence(home: string): string | null {
  if (!fs.existsSync(path.join(home, RESTORING_FILE))) return null;
  return `The home ${home} is only half restored from a backup: type "nezuban backup restore" once more with the same home; it begins anew.`;
}
