/**
 * What we write into a data directory, and beside it, to know it again: whose it is, which promotions it contains, and that it is unfinished.
 *
 * Token and lineage lie inside, so that they are gone with the data, and come with a copy of it (a token that names another member counts
 * as none). The mark of unfinished work lies beside the directory: `pg_rewind` deletes what its source does not have.
 * Every change is on the disk, name included, when the promise resolves. Called by the actor that owns the directory.
 */
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { termSchema, tokenSchema, voterIdSchema } from '@nezuban/protocol/pair/roster';
import type { Token, VoterId } from '@nezuban/protocol/pair/roster';
import type { ServerUser } from './server-user.ts';

const TOKEN_FILE = 'nezuban-token.json';
const LINEAGE_FILE = 'nezuban-lineage.json';
const UNFINISHED_FILE = 'unfinished.json';
const MODE_PRIVATE = 0o600;

const tokenFileSchema = z.object({ member: voterIdSchema, token: tokenSchema });
/**
 * `promoting`: a promotion was asked for, on top of that timeline. Written before it is asked for, since a host that dies just after it has
 * a promotion in its data; whether it has is seen by a newer timeline.
 */
const lineageFileSchema = z.object({
  term: termSchema,
  promoting: z.object({ term: termSchema, timeline: z.int() }).optional(),
});
export type LineageFile = z.infer<typeof lineageFileSchema>;
const unfinishedSchema = z.object({ work: z.enum(['copy', 'rewind']), from: voterIdSchema, at: z.string() });
export type Unfinished = z.infer<typeof unfinishedSchema>;

export type TokenFile = { readonly member: VoterId; readonly token: Token };

export async function readToken(data: string): Promise<TokenFile | null> {
  return readFile(path.join(data, TOKEN_FILE), tokenFileSchema);
}

export async function writeToken(data: string, content: TokenFile, user: ServerUser): Promise<void> {
  await writeDurably(path.join(data, TOKEN_FILE), JSON.stringify(content), user);
}

/** Gone for good before anything in the directory changes. */
export async function removeToken(data: string): Promise<void> {
  await removeDurably(path.join(data, TOKEN_FILE));
}

/** Term 0: no promotion is known. */
export async function readLineage(data: string): Promise<LineageFile> {
  return (await readFile(path.join(data, LINEAGE_FILE), lineageFileSchema)) ?? { term: 0 };
}

export async function writeLineage(data: string, content: LineageFile, user: ServerUser): Promise<void> {
  await writeDurably(path.join(data, LINEAGE_FILE), JSON.stringify(content), user);
}

/** `broken`: something stands there that says nothing; the work it was for is unfinished all the same. */
export async function readUnfinished(root: string): Promise<Unfinished | 'broken' | null> {
  const file = path.join(root, UNFINISHED_FILE);
  const found = await readFile(file, unfinishedSchema);
  return found ?? (fs.existsSync(file) ? 'broken' : null);
}

export async function writeUnfinished(root: string, content: Unfinished, user: ServerUser): Promise<void> {
  await writeDurably(path.join(root, UNFINISHED_FILE), JSON.stringify(content), user);
}

export async function removeUnfinished(root: string): Promise<void> {
  await removeDurably(path.join(root, UNFINISHED_FILE));
}

async function readFile<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await fs.promises.readFile(file, 'utf8')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Cut off or foreign counts as none; a disk that cannot be read is told.
    if (code === undefined || code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** Whole or not at all, owned by the server's user, and on the disk. */
export async function writeDurably(file: string, text: string, user: ServerUser): Promise<void> {
  await replaceFile(file, text, { user, flush: true });
  await flushFolder(path.dirname(file));
}

/** Whole or not at all. Without `flush` for what is written anew before every start anyway. */
export async function replaceFile(
  file: string,
  text: string,
  { user, flush }: { readonly user: ServerUser; readonly flush: boolean },
): Promise<void> {
  const draft = `${file}.draft`;
  await fs.promises.writeFile(draft, text, { mode: MODE_PRIVATE, flush });
  if (user.other) await fs.promises.chown(draft, user.uid, user.gid);
  await fs.promises.rename(draft, file);
}

async function removeDurably(file: string): Promise<void> {
  await fs.promises.rm(file, { force: true });
  await flushFolder(path.dirname(file));
}

export async function flushFolder(folder: string): Promise<void> {
  const handle = await fs.promises.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
