/**
 * Small private files of the keeper: one JSON document, 0600, written whole or not at all, and on the disk when the call returns.
 *
 * Responsible for that and for a clear sentence where a file cannot be read. Not responsible for what they hold. Called by
 * `pair-identity.ts` and `join-tokens.ts`.
 */
import fs from 'node:fs';
import path from 'node:path';
import type * as z from 'zod';
import { LinkError } from './link-error.ts';

/** Null: it does not exist. `remedy` is the second half of the sentence when it is damaged. */
export function readPrivateFile<T>(file: string, schema: z.ZodType<T>, remedy: string): T | null {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new LinkError(
      'damaged',
      `The file ${file} cannot be read (${error instanceof Error ? error.message : String(error)}): ${remedy}.`,
      error,
    );
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` (at "${issue.path.join('.')}")`;
  throw new LinkError('damaged', `The file ${file} is damaged${where}: ${remedy}.`, parsed.error);
}

/** Flushed off the event loop: a disk that takes its time must not make a heartbeat late. One write of a file at a time is the caller's part. */
export async function writePrivateFile(file: string, content: unknown): Promise<void> {
  const folder = path.dirname(file);
  await fs.promises.mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.draft`;
  await fs.promises.writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true });
  await fs.promises.rename(draft, file);
  await syncFolder(folder);
}

/** Safe to repeat. */
export async function removePrivateFile(file: string): Promise<void> {
  await fs.promises.rm(file, { force: true });
  await syncFolder(path.dirname(file));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.promises.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
