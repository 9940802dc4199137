// Operations on users: the list, and what an administrator changes.
// Responsible for the order of things: the access lock, the rule of giving, the change with its audit entry, and then the end of what the user
// had opened. What may be given is decided in giving.ts.
import { say } from '@nezuban/protocol/sentences/sentence';
import { isDeepStrictEqual } from 'node:util';
import { CodedError } from '@nezuban/protocol/errors';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, Handlers, ScopePlaces, Transaction } from '../ports.ts';
import { signInKey, tokenKey } from './authenticator.ts';
import { openGiving } from './giving.ts';
import type { PasswordHasher } from './password-hash.ts';
import type { RoleBook } from './role-book.ts';
import { oneTimePassword } from './secrets.ts';
import type { StandingTold } from './standing-changes.ts';
import { deleteOtherSignIns } from './sign-in-store.ts';
import { tokensOfUser } from './token-store.ts';
import { listUsers } from './user-list.ts';
import {
  changeUser,
  deleteUser,
  findStandingRoles,
  insertUser,
  lockUser,
  unlockUser,
  updatePassword,
} from './user-store.ts';
import type { UserRow } from './user-store.ts';

export type UserRoutesPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly hasher: PasswordHasher;
  readonly book: RoleBook;
  readonly places: () => ScopePlaces;
  /** What was opened with these sign-ins and tokens must end. */
  readonly onEnded: (keys: readonly string[]) => void;
  /** The user's rights have changed: what he opened under others must end. */
  readonly onUserChanged: (user: string) => void;
  /** What he has left behind may stop. */
  readonly standing: StandingTold;
};

export type UserRoutes = Pick<
  Handlers,
  'listUsers' | 'getUser' | 'createUser' | 'updateUser' | 'deleteUser' | 'resetUserPassword' | 'unlockUser'
>;

export const createUserRoutes = (ports: UserRoutesPorts): UserRoutes => {
  const { database, audit, hasher, book, standing } = ports;

  const readUser = async (name: string) => {
    const [view] = await listUsers(database, { name, limit: 1 });
    if (view === undefined) throw noSuchUser(name);
    return view;
  };
  const lockExisting = async (transaction: Transaction, name: string): Promise<UserRow> => {
    const user = await lockUser(transaction, name);
    if (user === undefined) throw noSuchUser(name);
    return user;
  };
  const assertRolesExist = (roles: readonly string[]): void => {
    const issues = roles.flatMap((role, index) =>
      book.exists(role) ? [] : [{ path: `body.roles[${index}]`, message: `there is no role "${role}"` }],
    );
    const [first] = issues;
    if (first !== undefined)
      throw new CodedError('invalid_request', `${first.path}: ${first.message}`, { issues });
  };
  /** Ends all sign-ins of a user; gives their keys, for after the commit. */
  const endSignIns = async (transaction: Transaction, user: UserRow): Promise<string[]> =>
    (await deleteOtherSignIns(transaction, user.id, null)).map(signInKey);

  return {
    async listUsers({ query }) {
      const after = decodeCursor(query.cursor, z.string());
      const rows = await listUsers(database, {
        after,
        text: query.q,
        role: query.role,
        limit: query.limit + 1,
      });
      return {
        body: toPage(rows, { limit: query.limit, toItem: (user) => user, positionOf: ({ name }) => name }),
      };
    },

    async getUser({ params }) {
      const body = await readUser(params.name);
      return { body, revision: body.revision };
    },

    async createUser({ body, actor }) {
      const roles = distinct(body.roles);
      assertRolesExist(roles);
      const password = oneTimePassword();
      const passwordHash = await hasher.hash(password);
      const publish = await database.inTransaction(async (transaction) => {
        const giving = await openGiving(transaction, ports.places);
        giving.assertHolds(actor, giving.decide(roles), `A user with ${describeRoles(roles)}`);
        const before = await findStandingRoles(transaction, body.name);
        const made = await insertUser(transaction, { ...body, roles, passwordHash, initialPassword: false });
        if (!made)
          throw new CodedError(
            'already_exists',
            say('problem_there_is_a_user_named_already', { name: body.name }),
          );
        await audit.record(transaction, {
          actor,
          action: 'createUser',
          target: body.name,
          details: { title: body.title, roles, disabled: body.disabled },
        });
        return await standing.ofUser(transaction, giving, { name: body.name, before, after: roles, actor });
      });
      publish();
      return { body: { ...(await readUser(body.name)), oneTimePassword: password } };
    },

    async updateUser({ params, body, expected, actor }) {
      const roles = distinct(body.roles);
      assertRolesExist(roles);
      const done = await database.inTransaction(async (transaction) => {
        const giving = await openGiving(transaction, ports.places);
        const user = await lockExisting(transaction, params.name);
        assertExpected(user, expected);
        const before = { title: user.title, roles: [...user.roles], disabled: user.disabled };
        const after = { title: body.title, roles, disabled: body.disabled };
        if (isDeepStrictEqual(before, after)) return null;
        const isAccess = before.disabled !== after.disabled || !isDeepStrictEqual(before.roles, after.roles);
        if (isAccess) {
          const what = `The user "${user.name}"`;
          giving.assertHolds(actor, giving.decide(before.roles), what);
          giving.assertHolds(actor, giving.decide(after.roles), what);
        }
        await changeUser(transaction, { id: user.id, ...after });
        await giving.assertSomebodyLeft();
        await audit.record(transaction, {
          actor,
          action: 'updateUser',
          target: user.name,
          details: { before, after },
        });
        if (!isAccess) return { keys: [], publish: () => undefined };
        const change = { name: user.name, before: before.roles, after: after.roles, actor };
        return {
          publish: await standing.ofUser(transaction, giving, change),
          keys: after.disabled ? await endSignIns(transaction, user) : [],
        };
      });
      if (done !== null) {
        ports.onEnded(done.keys);
        ports.onUserChanged(params.name);
        done.publish();
      }
      const view = await readUser(params.name);
      return { body: view, revision: view.revision };
    },

    async deleteUser({ params, actor }) {
      const keys = await database.inTransaction(async (transaction) => {
        const giving = await openGiving(transaction, ports.places);
        const user = await lockExisting(transaction, params.name);
        giving.assertHolds(actor, giving.decide(user.roles), `The user "${user.name}"`);
        const tokens = (await tokensOfUser(transaction, user.id)).map(tokenKey);
        const signIns = await endSignIns(transaction, user);
        await deleteUser(transaction, user.id, actor.name);
        await giving.assertSomebodyLeft();
        await audit.record(transaction, {
          actor,
          action: 'deleteUser',
          target: user.name,
          details: { title: user.title, roles: user.roles },
        });
        return [...signIns, ...tokens];
      });
      ports.onEnded(keys);
      return { body: undefined };
    },

    async resetUserPassword({ params, actor }) {
      const password = oneTimePassword();
      const passwordHash = await hasher.hash(password);
      const keys = await database.inTransaction(async (transaction) => {
        const giving = await openGiving(transaction, ports.places);
        const user = await lockExisting(transaction, params.name);
        giving.assertHolds(actor, giving.decide(user.roles), `The user "${user.name}"`);
        await updatePassword(transaction, { id: user.id, passwordHash, mustChange: true, initial: false });
        await audit.record(transaction, {
          actor,
          action: 'resetUserPassword',
          target: user.name,
          details: {},
        });
        return await endSignIns(transaction, user);
      });
      ports.onEnded(keys);
      return { body: { oneTimePassword: password } };
    },

    async unlockUser({ params, actor }) {
      await database.inTransaction(async (transaction) => {
        const user = await lockExisting(transaction, params.name);
        await unlockUser(transaction, user.id);
        await audit.record(transaction, {
          actor,
          action: 'unlockUser',
          target: user.name,
          details: { wasLocked: user.locked },
        });
      });
      return { body: await readUser(params.name) };
    },
  };
};

export const noSuchUser = (name: string): CodedError =>
  new CodedError('not_found', say('problem_there_is_no_user', { name }));

const distinct = (roles: readonly string[]): string[] => [...new Set(roles)].sort();

const describeRoles = (roles: readonly string[]): string =>
  roles.length === 1 ? `the role "${roles[0]}"` : `the roles ${roles.map((role) => `"${role}"`).join(', ')}`;

const assertExpected = (user: UserRow, expected: { readonly revision: number } | 'absent' | null): void => {
  if (expected === 'absent')
    throw new CodedError('precondition_failed', say('problem_there_is_a_user_already', { name: user.name }));
  if (expected !== null && expected.revision !== user.revision)
    throw new CodedError(
      'precondition_failed',
      say('problem_the_user_has_been_changed_meanwhile_revision', {
        name: user.name,
        revision: user.revision,
      }),
    );
};
