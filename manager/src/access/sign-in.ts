// Signing in and out, and changing the password.
// Responsible for the order of things: the failure counts are asked before the password is looked at, and the change is stored with its
// audit entry before the cookie goes out. Not responsible for cookies' attributes (http/session-cookie.ts).
import type { Clock } from '@nezuban/platform/clock';
import { rights } from '@nezuban/protocol/access/rights';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type { SessionHandlers } from '../http/http-ports.ts';
import type { Actor, AuditLog, EventSink } from '../ports.ts';
import { accessLimits } from './access-limits.ts';
import { signInKey } from './authenticator.ts';
import type { PasswordHasher } from './password-hash.ts';
import { hashSecret, randomSecret } from './secrets.ts';
import type { SignInFailures } from './sign-in-failures.ts';
import {
  deleteOtherSignIns,
  deleteSignIn,
  findUser,
  insertSignIn,
  lockUser,
  updatePassword,
} from './user-store.ts';

export type SignInPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly events: EventSink;
  readonly hasher: PasswordHasher;
  readonly failures: SignInFailures;
  readonly clock: Clock;
  /** The sign-ins of these keys have ended: what they opened must end too. */
  readonly onEnded: (keys: readonly string[]) => void;
  /** The one-time password has been replaced. */
  readonly onPasswordChanged: () => Promise<void>;
};

export const createSessionHandlers = (ports: SignInPorts): SessionHandlers => {
  const { database, audit, hasher, failures, clock } = ports;

  /** Refuses while failures of before demand waiting; counts this try as failed until it is forgiven. */
  const countTry = (user: string, address: string): void => {
    const waitMs = failures.begin(user, address, clock.monotonicMs());
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw new CodedError('too_many_requests', `Too many failed sign-ins; try again in ${seconds} s.`, {
      retryAfterSeconds: seconds,
    });
  };

  const recordRefusal = async (actor: Actor, user: string): Promise<void> => {
    const name = user.slice(0, 100);
    const publish = await database.inTransaction(async (transaction) => {
      await audit.record(transaction, {
        actor: { ...actor, name },
        action: 'signInRefused',
        target: name,
        details: {},
      });
      return await ports.events.append(transaction, [
        {
          at: new Date(clock.epochMs()),
          priority: 'warning',
          code: 'sign_in_failed',
          node: null,
          message: `A sign-in as "${name}" from ${actor.address ?? 'an unknown address'} was refused: user name or password is wrong`,
          details: { user: name, address: actor.address ?? '' },
        },
      ]);
    });
    publish();
  };

  return {
    async signIn({ body, actor }, { secret, address }) {
      countTry(body.user, address);
      const user = await findUser(database, body.user);
      if (!(await hasher.verify(body.password, user?.password_hash ?? null)) || user === undefined) {
        await recordRefusal(actor, body.user);
        throw new CodedError('sign_in_refused', 'User name or password is wrong.');
      }
      failures.forgive(body.user, address);
      const next = randomSecret();
      const ended = await database.inTransaction(async (transaction) => {
        // The browser gets a new cookie; the sign-in behind the old one would only lie around.
        if (secret !== null) await deleteSignIn(transaction, hashSecret(secret));
        const old = await insertSignIn(transaction, {
          userId: user.id,
          secretHash: hashSecret(next),
          address,
        });
        await audit.record(transaction, {
          actor: { ...actor, name: user.name },
          action: 'signIn',
          target: null,
          details: {},
        });
        return secret === null ? old : [...old, hashSecret(secret)];
      });
      ports.onEnded(ended.map(signInKey));
      return {
        body: {
          user: user.name,
          title: null,
          mustChangePassword: user.must_change_password,
          by: 'cookie',
          roles: ['administrator'],
          rights: [...rights],
          grants: [],
          limits: null,
          passwordLengthMin: 10,
        },
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
        await recordRefusal(actor, actor.name);
        throw new CodedError('sign_in_refused', 'The current password is wrong.');
      }
      failures.forgive(...counted);
      if (body.next === body.current) {
        const issues = [{ path: 'body.next', message: 'must differ from the current password' }];
        throw new CodedError('invalid_request', 'body.next: must differ from the current password', {
          issues,
        });
      }
      const passwordHash = await hasher.hash(body.next);
      const ended = await database.inTransaction(async (transaction) => {
        const locked = await lockUser(transaction, actor.name);
        if (locked === undefined || locked.password_hash !== user?.password_hash)
          throw new CodedError(
            'sign_in_refused',
            'The password has been changed by somebody else meanwhile.',
          );
        await updatePassword(transaction, { id: locked.id, passwordHash, mustChange: false });
        await audit.record(transaction, { actor, action: 'changePassword', target: actor.name, details: {} });
        return await deleteOtherSignIns(
          transaction,
          locked.id,
          actor.by === 'cookie' && secret !== null ? hashSecret(secret) : null,
        );
      });
      ports.onEnded(ended.map(signInKey));
      await ports.onPasswordChanged();
      return { body: undefined, cookie: { type: 'keep' } };
    },
  };
};
