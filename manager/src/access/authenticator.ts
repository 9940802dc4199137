// Finds out who a request is from: by the console's cookie or by an API token.
// Responsible for that alone; whether the request may go on is decided in http/authorise.ts.
import type { Database } from '../database/database.ts';
import type { Authenticator } from '../http/http-ports.ts';
import { apiTokenPattern, hashSecret } from './secrets.ts';
import { findToken, touchToken } from './token-store.ts';
import { findSignIn, touchSignIn } from './user-store.ts';

/** Name of one sign-in for ending its live streams; a hash, so it may be logged. */
export const signInKey = (secretHash: Buffer): string => `sign-in:${secretHash.toString('base64url')}`;

export const tokenKey = (id: number): string => `token:${id}`;

export const createAuthenticator = (database: Database): Authenticator => ({
  async byCookie(secret) {
    const secretHash = hashSecret(secret);
    const found = await findSignIn(database, secretHash);
    if (found === undefined) return null;
    if (found.seen_long_ago) await touchSignIn(database, secretHash);
    return {
      user: found.user,
      by: 'cookie',
      mustChangePassword: found.must_change_password,
      key: signInKey(secretHash),
      expiresAt: found.expires_at,
    };
  },
  async byToken(token) {
    if (!apiTokenPattern.test(token)) return null;
    const found = await findToken(database, hashSecret(token));
    if (found === undefined) return null;
    if (found.used_long_ago) await touchToken(database, found.id);
    return {
      user: found.user,
      by: 'token',
      mustChangePassword: false,
      key: tokenKey(found.id),
      expiresAt: found.expires_at,
    };
  },
});
