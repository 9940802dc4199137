// `nezuban logout`: revokes the token that login made, as far as the manager can be reached, and forgets it in any case.
import { rm } from 'node:fs/promises';
import { createApiClient } from '../../api/client.ts';
import { loginFile, readStored } from '../../connection/connection-files.ts';
import { parseUrl, type StoredConnection } from '../../connection/connection.ts';
import { Failure } from '../../failure.ts';
import type { CommandContext, CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const file = loginFile(context.ports);
  const stored = await readStored(file);
  if (stored === undefined) {
    await context.out.result({ loggedOut: false }, () => 'You were not signed in by "nezuban login".');
    return;
  }
  const refusal = await revoke(stored, context);
  await rm(file, { force: true });
  await context.out.result({ loggedOut: true, url: stored.url, revoked: refusal === undefined }, () =>
    refusal === undefined
      ? `Signed out of ${stored.url}; the token is revoked.`
      : `The token is forgotten here, but not revoked: ${refusal} Revoke it in the console.`,
  );
};

/** The sentence why it could not be revoked; undefined when it was. */
const revoke = async (stored: StoredConnection, { signal }: CommandContext): Promise<string | undefined> => {
  if (stored.tokenId === undefined) return 'its number is not known.';
  const connection = {
    url: parseUrl(stored.url, 'stored'),
    token: stored.token,
    ca: stored.ca,
    source: 'login',
  };
  const api = await createApiClient(connection, signal);
  try {
    await api.call('deleteToken', { params: { id: stored.tokenId } });
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // A token that is not valid any more is as good as revoked.
    return error.code === 'not_signed_in' || error.code === 'not_found' ? undefined : error.message;
  } finally {
    api.close();
  }
};
