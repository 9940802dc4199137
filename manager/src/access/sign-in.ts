// Signing in and out, and changing the password.
// Responsible for the order of things: the failure counts are asked before the password is looked at, and the change is stored with its
// audit entry before the cookie goes out. Not responsible for cookies' attributes (http/session-cookie.ts).
import { say } from '@nezuban/protocol/sentences/sentence';
import type { Clock } from '@nezuban/platform/clock';
import { judgePassword } from '@nezuban/core/access/password-policy';
import type { Settings } from '@nezuban/protocol/settings/settings';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type { SessionHandlers } from '../http/http-ports.ts';
import type { Actor, AuditLog, EventSink } from '../ports.ts';
import { accessLimits } from './access-limits.ts';
import { signInKey } from './authenticator.ts';
import type { PasswordHasher } from './password-hash.ts';
import type { RoleBook } from './role-book.ts';
import { hashSecret, randomSecret } from './secrets.ts';
import type { SignInFailures } from './sign-in-failures.ts';
import { deleteOtherSignIns, deleteSignIn, forgetExpiry, insertSignIn } from './sign-in-store.ts';
import { countFailure, findUser, lastPasswords, lockUser, noteSignIn, updatePassword } from './user-store.ts';
import type { UserRow } from './user-store.ts';
import { viewWho } from './who-am-i.ts';

export type PasswordPolicy = Settings['password_policy'];

export type SignInPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly events: EventSink;
  readonly hasher: PasswordHasher;
  readonly failures: SignInFailures;
  readonly clock: Clock;
  readonly book: RoleBook;
  readonly policy: () => PasswordPolicy;
  /** The sign-ins of these keys have ended: what they opened must end too. */
  readonly onEnded: (keys: readonly string[]) => void;
  /** The one-time password of the first user has been replaced. */
  readonly onPasswordChanged: () => Promise<void>;
};

export const createSessionHandlers = (ports: SignInPorts): SessionHandlers => {
  const { database, audit, hasher, failures, clock } = ports;

  /** Refuses while failures of before demand waiting; counts this try as failed until it is forgiven. */
  const countTry = (user: string, address: string): void => {
    const waitMs = failures.begin(user, address, clock.monotonicMs());
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw new CodedError(
      'too_many_requests',
      say('problem_too_many_failed_sign_ins_try_again', { seconds }),
      {
        retryAfterSeconds: seconds,
      },
    );
  };

  /** `counted`: towards the lock-out of the user, whom nobody may learn about from the answer. */
  const recordRefusal = async (actor: Actor, user: string, counted: boolean): Promise<void> => {
    const name = user.slice(0, 100);
    const at = new Date(clock.epochMs());
    const { lockout_failures: failuresMax, lockout_minutes: minutes } = ports.policy();
    const publish = await database.inTransaction(async (transaction) => {
      const lockedUntil =
        counted && failuresMax !== null
          ? await countFailure(transaction, user, { failures: failuresMax, minutes })
          : null;
      const locked = [];
      if (lockedUntil !== null) {
        await audit.record(transaction, {
          actor: { ...actor, name },
          action: 'lockUser',
          target: name,
          details: { failures: failuresMax, until: lockedUntil.toISOString() },
        });
        locked.push({
          at,
          priority: 'warning',
          code: 'user_locked',
          node: null,
          message: `The user "${name}" is locked out until ${lockedUntil.toISOString()} after ${failuresMax} wrong passwords, the last from ${actor.address ?? 'an unknown address'}`,
          details: {
            user: name,
            until: lockedUntil.toISOString(),
            failures: failuresMax ?? 0,
            address: actor.address ?? '',
          },
        } as const);
      }
      await audit.record(transaction, {
        actor: { ...actor, name },
        action: 'signInRefused',
        target: name,
        details: {},
      });
      return await ports.events.append(transaction, [
        {
          at,
          priority: 'warning',
          code: 'sign_in_failed',
          node: null,
          message: `A sign-in as "${name}" from ${actor.address ?? 'an unknown address'} was refused: user name or password is wrong`,
          details: { user: name, address: actor.address ?? '' },
        },
        ...locked,
      ]);
    });
    publish();
  };

  const hasExpired = (user: UserRow): boolean => {
    const { expires_days: days } = ports.policy();
    return days !== null && clock.epochMs() - user.password_changed_at.getTime() >= days * DAY_MS;
  };

  const assertNotFormer = async (user: UserRow, password: string): Promise<void> => {
    const { history } = ports.policy();
    if (history === 0) return;
    for (const former of await lastPasswords(database, user.id, history)) {
      if (await hasher.verify(password, former))
        throw refusedPassword(`must not be one of the last ${history} passwords`);
    }
  };

  return {
    async signIn({ body, actor }, { secret, address, userAgent }) {
      countTry(body.user, address);
      const user = await findUser(database, body.user);
      // Always looked at, and one answer to all: who guesses learns neither who exists, nor who is locked out or disabled.
      const fits = await hasher.verify(body.password, user?.password_hash ?? null);
      if (!fits || user === undefined || user.disabled || user.locked) {
        await recordRefusal(actor, body.user, !fits && user !== undefined && !user.disabled);
        throw refusedSignIn();
      }
      const next = randomSecret();
      const passwordExpired = hasExpired(user);
      const ended = await database.inTransaction(async (transaction) => {
        // Checking takes a while: whoever was locked out, or got another password meanwhile, does not slip in by the old one.
        const now = await lockUser(transaction, user.name);
        if (now === undefined || now.password_hash !== user.password_hash || now.disabled || now.locked)
          return null;
        // The browser gets a new cookie; the sign-in behind the old one would only lie around.
        if (secret !== null) await deleteSignIn(transaction, hashSecret(secret));
        const old = await insertSignIn(transaction, {
          userId: user.id,
          secretHash: hashSecret(next),
          address,
          userAgent: userAgent?.slice(0, accessLimits.userAgentCharactersMax) ?? null,
          passwordExpired,
        });
        await noteSignIn(transaction, user.id);
        await audit.record(transaction, {
          actor: { ...actor, name: user.name },
          action: 'signIn',
          target: null,
          details: {},
        });
        return secret === null ? old : [...old, hashSecret(secret)];
      });
      if (ended === null) {
        await recordRefusal(actor, body.user, false);
        throw refusedSignIn();
      }
      failures.forgive(body.user, address);
      ports.onEnded(ended.map(signInKey));
      return {
        body: viewWho({
          user: {
            ...user,
            must_change_password: user.must_change_password || passwordExpired,
          },
          by: 'cookie',
          permissions: ports.book.permissions(user.roles, null),
          policy: ports.policy(),
        }),
        cookie: { type: 'set', secret: next, maxAgeSeconds: accessLimits.signInTotalMs / 1000 },
      };
    },

    async signOut({ actor }, { secret }) {
      if (secret !== null) {
        const secretHash = hashSecret(secret);
        await database.inTransaction(async (transaction) => {
          const user = await deleteSignIn(transaction, secretHash);
          if (user !== null)
            await audit.record(transaction, {
              actor: { ...actor, name: user },
              action: 'signOut',
              target: null,
              details: {},
            });
        });
        ports.onEnded([signInKey(secretHash)]);
      }
      return { body: undefined, cookie: { type: 'clear' } };
    },

    async changePassword({ body, actor }, { secret, address }) {
      // Counted apart from sign-ins: a stranger who guesses must not keep the user himself from changing the password.
      const counted = [
        `\0change ${actor.name}`,
        secret === null ? address : signInKey(hashSecret(secret)),
      ] as const;
      countTry(...counted);
      const user = await findUser(database, actor.name);
      if (!(await hasher.verify(body.current, user?.password_hash ?? null))) {
        await recordRefusal(actor, actor.name, false);
        throw new CodedError('sign_in_refused', say('problem_the_current_password_is_wrong'));
      }
      failures.forgive(...counted);
      if (user === undefined)
        throw new CodedError('not_found', say('problem_there_is_no_user_2', { name: actor.name }));
      if (body.next === body.current) throw refusedPassword('must differ from the current password');
      const wrong = judgePassword({
        password: body.next,
        userName: actor.name,
        lengthMin: ports.policy().length_min,
      });
      if (wrong !== null) throw refusedPassword(wrong);
      await assertNotFormer(user, body.next);
      const passwordHash = await hasher.hash(body.next);
      const ended = await database.inTransaction(async (transaction) => {
        const locked = await lockUser(transaction, actor.name);
        if (locked === undefined || locked.password_hash !== user.password_hash)
          throw new CodedError('sign_in_refused', say('problem_the_password_has_been_changed_by_somebody'));
        await updatePassword(transaction, { id: locked.id, passwordHash, mustChange: false, initial: false });
        await forgetExpiry(transaction, locked.id);
        await audit.record(transaction, { actor, action: 'changePassword', target: actor.name, details: {} });
        return await deleteOtherSignIns(
          transaction,
          locked.id,
          actor.by === 'cookie' && secret !== null ? hashSecret(secret) : null,
        );
      });
      ports.onEnded(ended.map(signInKey));
      if (user.initial_password) await ports.onPasswordChanged();
      return { body: undefined, cookie: { type: 'keep' } };
    },
  };
};

const DAY_MS = 86_400_000;

const refusedSignIn = (): CodedError =>
  new CodedError('sign_in_refused', say('problem_user_name_or_password_is_wrong_or'));

const refusedPassword = (message: string): CodedError =>
  new CodedError('invalid_request', say('problem_body_next', { message }), {
    issues: [{ path: 'body.next', message }],
  });
