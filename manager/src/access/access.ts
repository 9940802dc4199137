// The access domain put together: who may use this manager, what he may do, and what was done.
// Made by master.ts. Everything it starts is in the database or bounded memory; there is nothing to stop.
import path from 'node:path';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import type { Database } from '../database/database.ts';
import type { Authenticator, Principal, SessionHandlers, StreamHandlers } from '../http/http-ports.ts';
import type { AuditLog, EventSink, People, Roles, ScopePlaces, Standing, StandingOrders } from '../ports.ts';
import { createAuditRoutes } from './audit-routes.ts';
import { createAuthenticator } from './authenticator.ts';
import { ensureAdmin, forgetOneTimePassword } from './first-user.ts';
import { writeLocalAccess } from './local-access.ts';
import type { LocalAccess } from './local-access.ts';
import { createOwnRoutes } from './own-routes.ts';
import type { OwnRoutes } from './own-routes.ts';
import { createPasswordHasher } from './password-hash.ts';
import { createRoleBook } from './role-book.ts';
import { createRoleChanges } from './role-changes.ts';
import { createRoleDefinitions } from './role-definitions.ts';
import { createRoleRoutes } from './role-routes.ts';
import type { RoleRoutes } from './role-routes.ts';
import { loadRoles } from './role-store.ts';
import { createSignInFailures } from './sign-in-failures.ts';
import { createSessionHandlers } from './sign-in.ts';
import type { PasswordPolicy } from './sign-in.ts';
import { createStandingWatch, type StandingWatch } from './standing-changes.ts';
import { createUserRoutes } from './user-routes.ts';
import type { UserRoutes } from './user-routes.ts';
import { findStandingRoles } from './user-store.ts';

export type AccessPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly policy: () => PasswordPolicy;
  /** Of the inventory, which is made later; asked once requests are answered. */
  readonly places: () => ScopePlaces;
  /** Of the jobs, which are made later, too. */
  readonly standingOrders: () => StandingOrders;
  /** Ends live streams: those of sign-ins and tokens that have ended, or whose rights have changed. */
  readonly endStreams: (of: (principal: Principal) => boolean) => void;
};

export type Access = {
  readonly authenticator: Authenticator;
  readonly sessionHandlers: SessionHandlers;
  readonly routes: OwnRoutes &
    UserRoutes &
    RoleRoutes &
    StandingWatch['routes'] &
    Pick<ReturnType<typeof createAuditRoutes>, 'listAudit'>;
  readonly exportAudit: StreamHandlers['exportAudit'];
  /** Roles of a YAML file. */
  readonly roles: Roles;
  readonly definitions: DefinitionSource;
  readonly people: People;
  /** Reads roles; makes `admin` if need be. Gives the one-time password until it has been replaced. */
  start(): Promise<{ readonly adminPassword: string | null }>;
  /** Writes HOME/cli.json, once the API listens. */
  openLocally(access: LocalAccess): Promise<void>;
};

/** `home`: NEZUBAN_HOME; the folder `manager` in it exists and is private. */
export const createAccess = (ports: AccessPorts, options: { readonly home: string }): Access => {
  const { database, audit, events, clock, policy, places, endStreams } = ports;
  const directory = path.join(options.home, 'manager');
  const hasher = createPasswordHasher();
  const book = createRoleBook(places);
  const onEnded = (keys: readonly string[]): void => {
    const ended = new Set(keys);
    endStreams(({ key }) => ended.has(key));
  };
  const standing = createStandingWatch({ database, book, places, orders: ports.standingOrders });
  const standingOf = async (name: string): Promise<Standing | null> => {
    const roles = await findStandingRoles(database, name);
    return roles === null ? null : { roles, permissions: book.permissions(roles, null) };
  };
  const roleChanges = createRoleChanges({
    audit,
    book,
    places,
    standing: standing.told,
    onChanged: (role) => endStreams(({ roles }) => roles.includes(role)),
  });
  const { exportAudit, ...auditRoutes } = createAuditRoutes({ database, audit });
  return {
    authenticator: createAuthenticator(database, book),
    sessionHandlers: createSessionHandlers({
      database,
      audit,
      events,
      hasher,
      failures: createSignInFailures(),
      clock,
      book,
      policy,
      onEnded,
      onPasswordChanged: () => forgetOneTimePassword(directory),
    }),
    routes: {
      ...createOwnRoutes({ database, audit, policy, onEnded }),
      ...createUserRoutes({
        database,
        audit,
        hasher,
        book,
        places,
        standing: standing.told,
        onEnded,
        onUserChanged: (name) => endStreams(({ user }) => user === name),
      }),
      ...createRoleRoutes({ database, book, changes: roleChanges }),
      ...standing.routes,
      ...auditRoutes,
    },
    exportAudit,
    roles: { applyRole: roleChanges.applyRole },
    definitions: createRoleDefinitions(book),
    people: {
      permissionsOf: async (name) => (await standingOf(name))?.permissions ?? null,
      standingOf,
    },
    async start() {
      const [rows, adminPassword] = await Promise.all([
        loadRoles(database),
        ensureAdmin({ database, hasher, directory }),
      ]);
      book.load(rows);
      return { adminPassword };
    },
    openLocally: (access) => writeLocalAccess({ database, home: options.home }, access),
  };
};
