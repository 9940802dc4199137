// Writes small private files: whole or not at all, on disk before the call returns, readable by their owner alone.
// Called for keys, certificates and tokens that lie in the home.
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

export type PrivateFileOptions = {
  readonly mode?: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
};

export const writePrivateFile = async (
  file: string,
  content: string | Buffer,
  options: PrivateFileOptions = {},
): Promise<void> => {
  const draft = `${file}.${randomBytes(4).toString('hex')}.draft`;
  try {
    const handle = await open(draft, 'wx', options.mode ?? PRIVATE_FILE);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (options.owner !== undefined) await chown(draft, options.owner.uid, options.owner.gid);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(path.dirname(file));
};

/** Removes it durably; nothing happens if there is none. */
export const removePrivateFile = async (file: string): Promise<void> => {
  await rm(file, { force: true });
};

export const makePrivateFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
  await chmod(folder, PRIVATE_FOLDER);
};

/** The content, or null if there is no such file. */
export const readIfExists = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
