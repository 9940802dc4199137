// Lets the command line on this host in without a sign-in: HOME/cli.json, readable by the owner of the home alone.
// Responsible for the file and its token. The token outlives a restart, so that a command that follows a run goes on; one that could have
// been seen or changed by others is replaced. It also lies in HOME/manager/local-token, which the hosts of a pair have alike: so the command
// line works on both, and goes on over a switch. Whoever can read the files owns the home, and with it the database.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { writePrivateFile } from '../files/private-file.ts';
import type { Database } from '../database/database.ts';
import { apiTokenPattern, apiTokenPrefix, hashSecret, randomSecret } from './secrets.ts';
import { isLocalToken, replaceLocalToken } from './token-store.ts';

export type LocalAccess = {
  readonly url: string;
  /** PEM of the CA that the command line is to trust; null on plain HTTP. */
  readonly ca: string | null;
};

export const localAccessFile = (home: string): string => path.join(home, 'cli.json');
const localTokenFile = (home: string): string => path.join(home, 'manager', 'local-token');

/** Call it once the address is known. */
export const writeLocalAccess = async (
  ports: { readonly database: Database; readonly home: string },
  access: LocalAccess,
): Promise<void> => {
  const { home } = ports;
  const shown = parseToken(await readPrivateFile(localAccessFile(home)));
  const shared = parseBareToken(await readPrivateFile(localTokenFile(home)));
  // Homes from before the pair have the first file alone.
  const kept = shared === null || shared === shown ? shown : null;
  const token = await ports.database.inTransaction(async (transaction) => {
    if (kept !== null && (await isLocalToken(transaction, hashSecret(kept)))) return kept;
    const made = `${apiTokenPrefix}${randomSecret()}`;
    await replaceLocalToken(transaction, hashSecret(made));
    return made;
  });
  if (token !== shared) await writePrivateFile(localTokenFile(home), `${token}\n`);
  await writeAccess(home, access, token);
};

/** The same on a standby, by the token that came from the master; nothing happens as long as there is none. */
export const writeStandbyAccess = async (home: string, access: LocalAccess): Promise<void> => {
  const token = parseBareToken(await readPrivateFile(localTokenFile(home)));
  if (token !== null) await writeAccess(home, access, token);
};

const writeAccess = async (home: string, access: LocalAccess, token: string): Promise<void> => {
  const text = `${JSON.stringify({ url: access.url, token, ca: access.ca }, null, 2)}\n`;
  // Unchanged at most starts; writing it costs two waits for the disk.
  if ((await readPrivateFile(localAccessFile(home))) !== text)
    await writePrivateFile(localAccessFile(home), text);
};

/** Nobody but the owner may read or write it. */
const OTHERS = 0o077;
/** Address, token and a certificate are a few kilobytes. */
const FILE_BYTES_MAX = 64 * 1024;

/** The text of a file; null if there is none, or it is not certain that it is ours alone. */
const readPrivateFile = async (file: string): Promise<string | null> => {
  let handle;
  try {
    // Neither through a link nor waiting for the other end of a pipe.
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    // Missing or out of reach: it is written anew, and that says what is wrong.
    return null;
  }
  try {
    const stat = await handle.stat();
    const isOurs = stat.isFile() && stat.uid === process.getuid?.() && (stat.mode & OTHERS) === 0;
    if (!isOurs || stat.size > FILE_BYTES_MAX) return null;
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
};

const parseBareToken = (text: string | null): string | null =>
  text !== null && apiTokenPattern.test(text.trim()) ? text.trim() : null;

const parseToken = (text: string | null): string | null => {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const token = typeof value === 'object' && value !== null && 'token' in value ? value.token : null;
  return typeof token === 'string' && apiTokenPattern.test(token) ? token : null;
};
