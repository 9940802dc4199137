// The user `admin` and its one-time password.
// Responsible for making both at the first start, and for giving the password again at each start until it has been replaced: a terminal
// that was closed too early must not mean a new installation. The password lies in HOME/manager/one-time-password (0600) until then.
import path from 'node:path';
import type { Database } from '../database/database.ts';
import { readIfExists, removePrivateFile, writePrivateFile } from '../files/private-file.ts';
import type { PasswordHasher } from './password-hash.ts';
import { oneTimePassword } from './secrets.ts';
import { findUser, hasUsers, insertUser, lockUser, updatePassword } from './user-store.ts';

export const adminName = 'admin';

export type FirstUserPorts = {
  readonly database: Database;
  readonly hasher: PasswordHasher;
  readonly directory: string;
};

const fileOf = (directory: string): string => path.join(directory, 'one-time-password');

/** The password to show to the person at the terminal; null once it has been replaced. */
export const ensureAdmin = async ({
  database,
  hasher,
  directory,
}: FirstUserPorts): Promise<string | null> => {
  const file = fileOf(directory);
  const user = await findUser(database, adminName);
  // Whoever runs this installation without `admin`, or gave it another one-time password, knows another way in.
  const isSettled = user === undefined ? await hasUsers(database) : !user.initial_password;
  if (isSettled) {
    await removePrivateFile(file);
    return null;
  }
  const kept = (await readIfExists(file))?.trim() ?? null;
  if (user !== undefined && kept !== null && (await hasher.verify(kept, user.password_hash))) return kept;
  // No user yet, or the file was lost: nobody can know a password, so a new one takes nothing from anybody.
  const password = oneTimePassword();
  const passwordHash = await hasher.hash(password);
  // The file first: a password that is stored but shown to nobody would lock everybody out.
  await writePrivateFile(file, `${password}\n`);
  await database.inTransaction(async (transaction) => {
    const locked = await lockUser(transaction, adminName);
    if (locked === undefined)
      await insertUser(transaction, {
        name: adminName,
        title: null,
        roles: ['administrator'],
        disabled: false,
        passwordHash,
        initialPassword: true,
      });
    else await updatePassword(transaction, { id: locked.id, passwordHash, mustChange: true, initial: true });
  });
  return password;
};

export const forgetOneTimePassword = (directory: string): Promise<void> =>
  removePrivateFile(fileOf(directory));
