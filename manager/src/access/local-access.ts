// Lets the command line on this host in without a sign-in: HOME/cli.json, readable by the owner of the home alone.
// Responsible for the file and its token. The token outlives a restart, so that a command that follows a run goes on; one that could have
// been seen or changed by others is replaced. Whoever can read the file owns the home, and with it the database.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { writePrivateFile } from '../files/private-file.ts';
import type { Database } from '../database/database.ts';
import { adminName } from './first-user.ts';
import { apiTokenPattern, apiTokenPrefix, hashSecret, randomSecret } from './secrets.ts';
import { isLocalToken, replaceLocalToken } from './token-store.ts';
import { lockUser } from './user-store.ts';

export type LocalAccess = {
  readonly url: string;
  /** PEM of the CA that the command line is to trust; null on plain HTTP. */
  readonly ca: string | null;
};

export const localAccessFile = (home: string): string => path.join(home, 'cli.json');

/** Call it once the address is known. */
export const writeLocalAccess = async (
  ports: { readonly database: Database; readonly home: string },
  access: LocalAccess,
): Promise<void> => {
  const file = localAccessFile(ports.home);
  const kept = await readPrivateToken(file);
  const token = await ports.database.inTransaction(async (transaction) => {
    const user = await lockUser(transaction, adminName);
    if (user === undefined) throw new Error(`The user ${adminName} is missing`);
    if (kept !== null && (await isLocalToken(transaction, { userId: user.id, secretHash: hashSecret(kept) })))
      return kept;
    const made = `${apiTokenPrefix}${randomSecret()}`;
    await replaceLocalToken(transaction, { userId: user.id, secretHash: hashSecret(made) });
    return made;
  });
  await writePrivateFile(file, `${JSON.stringify({ url: access.url, token, ca: access.ca }, null, 2)}\n`);
};

/** Nobody but the owner may read or write it. */
const OTHERS = 0o077;
/** Address, token and a certificate are a few kilobytes. */
const FILE_BYTES_MAX = 64 * 1024;

/** The token in the file; null if there is none, or it is not certain that it is ours alone. */
const readPrivateToken = async (file: string): Promise<string | null> => {
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
    return parseToken(await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
};

const parseToken = (text: string): string | null => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const token = typeof value === 'object' && value !== null && 'token' in value ? value.token : null;
  return typeof token === 'string' && apiTokenPattern.test(token) ? token : null;
};
