// Decides whether a request may call an operation.
// Responsible for finding who asks, for the same-origin proof of cookies, for the forced change of a one-time password, and that nobody goes
// on who holds the operation's right nowhere. Whether it is held on the very object is asked by the handlers (`ActorPermissions` in ports.ts).
// Called by the operation routes before anything of the request is parsed.
import { say } from '@nezuban/protocol/sentences/sentence';
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

/** What belongs to the user himself: a token that was narrowed must not make one that is not. */
const NOT_BY_LIMITED_TOKEN: ReadonlySet<string> = new Set([
  'changePassword',
  'listTokens',
  'createToken',
  'deleteToken',
  'listSignIns',
  'revokeSignIn',
]);

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
  if (credentials.authorization !== undefined) {
    const principal = await byToken(credentials.authorization, authenticator);
    assertHolds(operation, principal);
    return principal;
  }
  if (credentials.cookie === undefined)
    throw new CodedError('not_signed_in', say('problem_the_request_carries_neither_a_sign_in'));
  const principal = await authenticator.byCookie(credentials.cookie);
  if (principal === null) throw new CodedError('not_signed_in', say('problem_the_sign_in_has_ended'));
  if (unsafe && !isSameOrigin(credentials.origin)) throw csrf();
  if (principal.mustChangePassword && !BEFORE_PASSWORD_CHANGE.has(operation.id))
    throw new CodedError('password_change_needed', say('problem_the_one_time_or_expired_password_must'));
  assertHolds(operation, principal);
  return principal;
};

const assertHolds = (operation: Operation, { permissions }: Principal): void => {
  const { access } = operation;
  if (access === 'public') return;
  if (access !== 'user') permissions.require(access);
  else if (permissions.decided.limits !== null && NOT_BY_LIMITED_TOKEN.has(operation.id))
    throw new CodedError('forbidden', say('problem_an_api_token_with_limits_does_not'));
};

const byToken = async (authorization: string, authenticator: Authenticator): Promise<Principal> => {
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined)
    throw new CodedError('not_signed_in', 'The Authorization header must be "Bearer" and an API token.');
  const principal = await authenticator.byToken(token);
  if (principal === null)
    throw new CodedError('not_signed_in', say('problem_the_api_token_is_unknown_expired_or'));
  return principal;
};

const csrf = (): CodedError =>
  new CodedError('csrf_refused', say('problem_the_browser_says_that_another_site_or'));
