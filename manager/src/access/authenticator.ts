// Finds out who a request is from: by the console's cookie or by an API token.
// Responsible for that and for what comes with it, by one question to the database; whether the request may go on is decided in
// http/authorise.ts.
import type { Database } from '../database/database.ts';
import type { Authenticator } from '../http/http-ports.ts';
import { allPermissions } from './actor-permissions.ts';
import { adminName } from './first-user.ts';
import type { RoleBook } from './role-book.ts';
import { apiTokenPattern, hashSecret } from './secrets.ts';
import { findSignIn, touchSignIn } from './sign-in-store.ts';
import { findToken, touchToken } from './token-store.ts';
import type { TokenOwnerRow } from './token-store.ts';

/** Name of one sign-in for ending its live streams; a hash, so it may be logged. */
export const signInKey = (secretHash: Buffer): string => `sign-in:${secretHash.toString('base64url')}`;

export const tokenKey = (id: number): string => `token:${id}`;

/** Roles of whoever owns the host. */
const LOCAL_ROLES = ['administrator'] as const;

export const createAuthenticator = (database: Database, book: RoleBook): Authenticator => ({
  async byCookie(secret) {
    const secretHash = hashSecret(secret);
    const found = await findSignIn(database, secretHash);
    if (found === undefined) return null;
    if (found.seen_long_ago) await touchSignIn(database, secretHash);
    return {
      user: found.user,
      by: 'cookie',
      mustChangePassword: found.must_change_password,
      roles: found.roles,
      permissions: book.permissions(found.roles, null),
      key: signInKey(secretHash),
      expiresAt: found.expires_at,
    };
  },
  async byToken(token) {
    if (!apiTokenPattern.test(token)) return null;
    const found = await findToken(database, hashSecret(token));
    if (found === undefined) return null;
    if (found.used_long_ago) await touchToken(database, found.id);
    const roles = found.roles ?? LOCAL_ROLES;
    return {
      // The owner of the host goes by the name of the first user, whatever became of that one.
      user: found.user ?? adminName,
      ...(found.user === null ? { ownsHost: true } : {}),
      by: 'token',
      mustChangePassword: false,
      roles,
      permissions: found.user === null ? allPermissions : book.permissions(roles, limitsOf(found)),
      key: tokenKey(found.id),
      expiresAt: found.expires_at,
    };
  },
});

const limitsOf = ({ rights, folder, scope }: TokenOwnerRow) =>
  rights === null && folder === null && scope === null
    ? null
    : { rights: rights === null ? null : [...rights], folder, scope };
