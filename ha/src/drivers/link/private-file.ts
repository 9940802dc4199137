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

export function writePrivateFile(file: string, content: unknown): void {
  const folder = path.dirname(file);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.draft`;
  const descriptor = fs.openSync(draft, 'w', 0o600);
  try {
    fs.writeFileSync(descriptor, `${JSON.stringify(content, null, 2)}\n`);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
  fs.renameSync(draft, file);
  syncFolder(folder);
}

/** Safe to repeat. */
export function removePrivateFile(file: string): void {
  fs.rmSync(file, { force: true });
  syncFolder(path.dirname(file));
}

function syncFolder(folder: string): void {
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
