// Decides whether a request may call an operation.
// Responsible for finding who asks, for the same-origin proof of cookies, and for the forced change of a one-time password.
// Called by the operation routes before anything of the request is parsed.
import type { Operation } from '@nezuban/protocol/api/operation';
import { CodedError } from '@nezuban/protocol/errors';
import type { Authenticator, Principal } from './http-ports.ts';
import { isForeign, isSameOrigin } from './same-origin.ts';
import type { OriginFacts } from './same-origin.ts';

export type Credentials = {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly origin: OriginFacts;
};

/** What a cookie sign-in may do before it has replaced the one-time password. Tokens are made after it and are not concerned. */
const BEFORE_PASSWORD_CHANGE: ReadonlySet<string> = new Set(['whoAmI', 'changePassword', 'signOut']);

/** The principal, or null for a public operation. Throws a CodedError where the request may not go on. */
export const authorise = async (
  operation: Operation,
  credentials: Credentials,
  authenticator: Authenticator,
): Promise<Principal | null> => {
  const unsafe = operation.method !== 'GET';
  if (operation.access === 'public') {
    if (unsafe && isForeign(credentials.origin)) throw csrf();
    return null;
  }
  if (credentials.authorization !== undefined) return await byToken(credentials.authorization, authenticator);
  if (credentials.cookie === undefined)
    throw new CodedError('not_signed_in', 'The request carries neither a sign-in nor an API token.');
  const principal = await authenticator.byCookie(credentials.cookie);
  if (principal === null) throw new CodedError('not_signed_in', 'The sign-in has ended.');
  if (unsafe && !isSameOrigin(credentials.origin)) throw csrf();
  if (principal.mustChangePassword && !BEFORE_PASSWORD_CHANGE.has(operation.id))
    throw new CodedError(
      'password_change_needed',
      'The one-time password must be replaced before anything else.',
    );
  return principal;
};

const byToken = async (authorization: string, authenticator: Authenticator): Promise<Principal> => {
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined)
    throw new CodedError('not_signed_in', 'The Authorization header must be "Bearer" and an API token.');
  const principal = await authenticator.byToken(token);
  if (principal === null)
    throw new CodedError('not_signed_in', 'The API token is unknown, expired or revoked.');
  return principal;
};

const csrf = (): CodedError =>
  new CodedError(
    'csrf_refused',
    'The browser says that another site or origin made this request, or does not say which.',
  );
