// Lets the command line on this host in without a sign-in: HOME/cli.json, readable by the owner of the home alone.
// Responsible for the file and its token, both new at each start. Whoever can read the file owns the home, and with it the database.
import path from 'node:path';
import { writePrivateFile } from '../files/private-file.ts';
import type { Database } from '../database/database.ts';
import { adminName } from './first-user.ts';
import { apiTokenPrefix, hashSecret, randomSecret } from './secrets.ts';
import { replaceLocalToken } from './token-store.ts';
import { lockUser } from './user-store.ts';

export type LocalAccess = {
  readonly url: string;
  /** PEM of the CA that the command line is to trust; null on plain HTTP. */
  readonly ca: string | null;
};

export const localAccessFile = (home: string): string => path.join(home, 'cli.json');

/** Call it once the address is known; the token of the last start is void from then on. */
export const writeLocalAccess = async (
  ports: { readonly database: Database; readonly home: string },
  access: LocalAccess,
): Promise<void> => {
  const token = `${apiTokenPrefix}${randomSecret()}`;
  await ports.database.inTransaction(async (transaction) => {
    const user = await lockUser(transaction, adminName);
    if (user === undefined) throw new Error(`The user ${adminName} is missing`);
    await replaceLocalToken(transaction, { userId: user.id, secretHash: hashSecret(token) });
  });
  await writePrivateFile(
    localAccessFile(ports.home),
    `${JSON.stringify({ url: access.url, token, ca: access.ca }, null, 2)}\n`,
  );
};
