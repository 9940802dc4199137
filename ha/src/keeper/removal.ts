// The mark of a host that was taken out of its pair: `HOME/keeper/removed.json`.
// Responsible for one thing: such a host holds a copy of the pair's data, so it must never run as a manager of its own, which would command
// the same agents. Written when the master says so; looked at before every start; cleared by joining anew. Called by the keeper's commands.
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const removalSchema = z.object({ at: z.string(), by: z.string() });
export type Removal = z.infer<typeof removalSchema>;

/** `directory` is `HOME/keeper`. A mark that cannot be read counts: it was not written by chance. */
export function readRemoval(directory: string): Removal | null {
  const file = fileIn(directory);
  if (!fs.existsSync(file)) return null;
  try {
    return removalSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch {
    return { at: 'an unknown time', by: 'another host' };
  }
}

export function markRemoved(directory: string, removal: Removal): void {
  const file = fileIn(directory);
  fs.writeFileSync(`${file}.draft`, JSON.stringify(removal), { mode: 0o600, flush: true });
  fs.renameSync(`${file}.draft`, file);
}

export function clearRemoval(directory: string): void {
  fs.rmSync(fileIn(directory), { force: true });
}

export function removalSentence(home: string, { at, by }: Removal): string {
  return `This host was taken out of its pair by ${by} (${at}). Its home ${home} holds a copy of the pair's data, so it must not run as a manager of its own: join it anew with "nezuban pair join ... --set-data-aside", or name another home with --home.`;
}

function fileIn(directory: string): string {
  return path.join(directory, 'removed.json');
}
