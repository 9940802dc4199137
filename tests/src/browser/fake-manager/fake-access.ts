// Users, roles, tokens, sign-ins and the audit log of the fake manager.
import { rights, type Right } from '@nezuban/protocol/access/rights';
import { builtinRoles, rightsOfPattern, type RoleDefinition } from '@nezuban/protocol/access/role';
import type {
  AuditEntry,
  RoleView,
  SignInView,
  TokenView,
  UserView,
  WhoAmI,
} from '@nezuban/protocol/access/views';
import { ago } from './fake-data.ts';
import { assertFresh, paged, refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

export type FakeAccess = {
  users: UserView[];
  roles: RoleView[];
  tokens: TokenView[];
  signIns: SignInView[];
  /** Who is signed in. */
  me: string;
};

const userOf = (name: string, more: Partial<UserView> = {}): UserView => ({
  name,
  title: null,
  roles: ['operator'],
  disabled: false,
  lockedUntil: null,
  mustChangePassword: false,
  createdAt: ago(900_000),
  passwordChangedAt: ago(400_000),
  lastSignInAt: ago(3600),
  signInCount: 1,
  tokenCount: 0,
  revision: 1,
  ...more,
});

const ownRole: RoleDefinition = {
  name: 'night-desk',
  title: '夜間当番',
  description: 'Runs the night nets, without the payroll.',
  grants: [
    { effect: 'allow', rights: ['nets.read', 'nets.run', 'output.read'], folder: 'sample' },
    { effect: 'allow', rights: ['nodes.read', 'events.*'], scope: 'batch' },
    { effect: 'deny', rights: ['nets.*'], folder: 'sample/payroll' },
  ],
};

export const createFakeAccess = (empty: boolean, me = 'admin'): FakeAccess => ({
  me,
  users: empty
    ? [userOf('admin', { roles: ['administrator'] })]
    : [
        userOf('admin', { title: '管理者', roles: ['administrator'] }),
        userOf('sato', {
          title: '佐藤 花子',
          roles: ['night-desk', 'viewer'],
          signInCount: 2,
          tokenCount: 1,
        }),
        userOf('suzuki', { title: '鈴木 一郎', lockedUntil: ago(-600), signInCount: 0 }),
        userOf('tanaka', { roles: [], disabled: true, lastSignInAt: null, signInCount: 0 }),
        userOf('yamada', { mustChangePassword: true, lastSignInAt: null, signInCount: 0 }),
      ],
  roles: [
    ...builtinRoles.map((role, index) => ({
      role,
      builtin: true,
      revision: 0,
      userCount: index === 0 ? 1 : 0,
      updatedAt: null,
      updatedBy: null,
    })),
    ...(empty
      ? []
      : [
          {
            role: ownRole,
            builtin: false,
            revision: 3,
            userCount: 1,
            updatedAt: ago(86_400),
            updatedBy: 'admin',
          },
        ]),
  ],
  tokens: empty
    ? []
    : [
        {
          id: 1,
          user: 'admin',
          name: 'ci',
          createdAt: '2026-10-01T00:00:00.000Z',
          expiresAt: '2027-10-01T00:00:00.000Z',
          lastUsedAt: null,
          rights: null,
          folder: null,
          scope: null,
        },
        {
          id: 2,
          user: 'sato',
          name: '監視連携',
          createdAt: ago(86_400),
          expiresAt: null,
          lastUsedAt: ago(60),
          rights: ['nets.read', 'events.*'],
          folder: null,
          scope: null,
        },
      ],
  signIns: [
    signInOf(1, { user: 'admin', current: true }),
    ...(empty
      ? []
      : [
          signInOf(2, { user: 'admin', address: '10.0.8.21' }),
          signInOf(3, { user: 'sato', address: '10.0.8.40' }),
        ]),
  ],
});

const signInOf = (id: number, more: Partial<SignInView>): SignInView => ({
  id,
  user: 'admin',
  createdAt: ago(7200 * id),
  lastSeenAt: ago(30 * id),
  expiresAt: ago(-40_000),
  address: '127.0.0.1',
  userAgent:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36',
  current: false,
  ...more,
});

const oneTimePassword = 'Nz7k-Qm2v-Tr9w';

export const createFakeAccessHandlers = (world: FakeWorld): FakeHandlers => {
  const { access } = world;
  const grantsOf = (name: string) =>
    access.roles
      .filter(({ role }) => userOr404(name).roles.includes(role.name))
      .flatMap(({ role }) => role.grants);
  const userOr404 = (name: string): UserView =>
    access.users.find((user) => user.name === name) ?? refuse('not_found', `There is no user "${name}".`);
  const roleOr404 = (name: string): RoleView =>
    access.roles.find(({ role }) => role.name === name) ?? refuse('not_found', `There is no role "${name}".`);
  const change = (name: string, next: Partial<UserView>): UserView => {
    const user = { ...userOr404(name), ...next, revision: userOr404(name).revision + 1 };
    access.users = access.users.map((each) => (each.name === name ? user : each));
    return user;
  };
  const me = (): WhoAmI => {
    const grants = grantsOf(access.me);
    const held = new Set<Right>(
      grants
        .filter(({ effect }) => effect === 'allow')
        .flatMap((grant) => grant.rights.flatMap(rightsOfPattern)),
    );
    return {
      user: access.me,
      title: userOr404(access.me).title,
      mustChangePassword: world.mustChangePassword,
      by: 'cookie',
      roles: userOr404(access.me).roles,
      rights: rights.filter((right) => held.has(right)),
      grants,
      limits: null,
      passwordLengthMin: 10,
    };
  };
  const owned = <Item extends { readonly user: string }>(
    items: readonly Item[],
    query: { readonly user?: string | undefined; readonly all: boolean },
  ) => items.filter(({ user }) => query.all || user === (query.user ?? access.me));
  return {
    signIn: ({ body }) => {
      if (world.wrongPasswords >= 4) refuse('too_many_requests', 'Too many wrong passwords');
      if (body.password !== world.password) {
        world.wrongPasswords += 1;
        refuse('sign_in_refused', 'User name or password is wrong');
      }
      world.signedIn = true;
      return { body: me() };
    },
    signOut: () => {
      world.signedIn = false;
      return { body: undefined };
    },
    whoAmI: () => ({ body: me() }),
    changePassword: ({ body }) => {
      if (body.current !== world.password) refuse('sign_in_refused', 'The current password is wrong');
      world.password = body.next;
      world.mustChangePassword = false;
      return { body: undefined };
    },
    listTokens: ({ query }) => ({ body: paged(owned(access.tokens, query), query) }),
    createToken: ({ body }) => {
      if (access.tokens.some(({ name }) => name === body.name))
        refuse('already_exists', `There is a token "${body.name}"`);
      const { expires_in_days: days, ...limits } = body;
      const token = {
        ...limits,
        id: access.tokens.length + 1,
        user: access.me,
        createdAt: ago(0),
        expiresAt: days === null ? null : ago(-days * 86_400),
        lastUsedAt: null,
      };
      access.tokens = [...access.tokens, token];
      return { body: { ...token, token: 'nzt_3jFq8sVw1XcZ7bNk5mRt' } };
    },
    deleteToken: ({ params }) => {
      access.tokens = access.tokens.filter(({ id }) => id !== params.id);
      return { body: undefined };
    },
    listSignIns: ({ query }) => ({ body: paged(owned(access.signIns, query), query) }),
    revokeSignIn: ({ params }) => {
      access.signIns = access.signIns.filter(({ id }) => id !== params.id);
      return { body: undefined };
    },
    listUsers: ({ query }) => ({
      body: paged(
        access.users.filter(
          (user) =>
            `${user.name} ${user.title ?? ''}`.includes(query.q ?? '') &&
            (query.role === undefined || user.roles.includes(query.role)),
        ),
        query,
      ),
    }),
    getUser: ({ params }) => ({ body: userOr404(params.name), revision: userOr404(params.name).revision }),
    createUser: ({ body }) => {
      if (access.users.some(({ name }) => name === body.name))
        refuse('already_exists', `There is a user "${body.name}" already.`);
      const user = userOf(body.name, {
        ...body,
        mustChangePassword: true,
        lastSignInAt: null,
        signInCount: 0,
        createdAt: ago(0),
      });
      access.users = [...access.users, user].sort((a, b) => a.name.localeCompare(b.name));
      return { body: { ...user, oneTimePassword } };
    },
    updateUser: ({ params, body, ifMatch }) => {
      assertFresh(ifMatch, userOr404(params.name).revision);
      if (params.name === access.me && body.disabled)
        refuse('operation_refused', 'The last administrator cannot be disabled.');
      const user = change(params.name, body);
      return { body: user, revision: user.revision };
    },
    previewAccess: ({ body }) => {
      const becomes = body.kind === 'user' && body.roles === null ? 'kept' : 'refused';
      const author = body.kind === 'user' ? body.name : 'sato';
      const order = { author, net: 'night/run', becomes } as const;
      return {
        body: {
          items: [
            { ...order, what: 'start', other: 'night/load', units: ['go'], unitCount: 1 },
            { ...order, what: 'release', id: 7, revision: 3, at: ago(-86_400), lacks: null },
            { ...order, what: 'preparation', schedule: 'nightly', at: ago(-90_000) },
          ],
          counts: { refused: 0, allowed: 0, kept: 0, [becomes]: 3 },
          hidden: 0,
        },
      };
    },
    deleteUser: ({ params }) => {
      userOr404(params.name);
      access.users = access.users.filter(({ name }) => name !== params.name);
      return { body: undefined };
    },
    resetUserPassword: ({ params }) => {
      change(params.name, { mustChangePassword: true, lockedUntil: null, signInCount: 0 });
      return { body: { oneTimePassword } };
    },
    unlockUser: ({ params }) => ({ body: change(params.name, { lockedUntil: null }) }),
    listRoles: () => ({ body: { items: access.roles } }),
    getRole: ({ params }) => ({ body: roleOr404(params.name), revision: roleOr404(params.name).revision }),
    putRole: ({ params, body, ifMatch }) => {
      const before = access.roles.find(({ role }) => role.name === params.name);
      assertFresh(ifMatch, before?.revision ?? null);
      const view: RoleView = {
        role: body,
        builtin: false,
        revision: (before?.revision ?? 0) + 1,
        userCount: before?.userCount ?? 0,
        updatedAt: ago(0),
        updatedBy: access.me,
      };
      access.roles = [...access.roles.filter(({ role }) => role.name !== params.name), view];
      return { body: view, revision: view.revision };
    },
    deleteRole: ({ params, ifMatch }) => {
      const { revision, userCount } = roleOr404(params.name);
      assertFresh(ifMatch, revision);
      if (userCount > 0) refuse('operation_refused', `${userCount} users have the role "${params.name}".`);
      access.roles = access.roles.filter(({ role }) => role.name !== params.name);
      return { body: undefined };
    },
    listAudit: ({ query }) => ({
      body: paged(
        auditEntries().filter(
          (entry) =>
            (query.actor === undefined || entry.actor === query.actor) &&
            (query.action === undefined || entry.action === query.action) &&
            (query.target === undefined || entry.target === query.target) &&
            (query.from === undefined || entry.at >= query.from) &&
            (query.to === undefined || entry.at <= query.to) &&
            JSON.stringify(entry).includes(query.q ?? ''),
        ),
        query,
      ),
    }),
  };
};

const auditKinds = [
  { actor: 'admin', action: 'runNet', target: 'sample/night-run', details: { session: 43 } },
  { actor: 'sato', action: 'signIn', target: null, details: {} },
  {
    actor: 'admin',
    action: 'putScope',
    target: 'batch',
    details: { change: 'updated', added: ['基幹-01'], removed: [] },
  },
  { actor: 'admin', action: 'updateUser', target: 'sato', details: { roles: ['night-desk', 'viewer'] } },
] as const;

const auditEntries = (): AuditEntry[] =>
  Array.from({ length: 240 }, (_, i) => {
    const kind = auditKinds[i % auditKinds.length] ?? auditKinds[0];
    return { id: 240 - i, at: ago(i * 900), ...kind, address: i % 4 === 1 ? '10.0.8.40' : '127.0.0.1' };
  });
