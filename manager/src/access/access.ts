// The access domain put together: who may use this manager, and what they did.
// Made by manager.ts. Everything it starts is in the database or bounded memory; there is nothing to stop.
import path from 'node:path';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Database } from '../database/database.ts';
import type { Authenticator, SessionHandlers, StreamHandlers } from '../http/http-ports.ts';
import type { AuditLog, EventSink, Handlers } from '../ports.ts';
import { CodedError } from '@nezuban/protocol/errors';
import { createAuditRoutes } from './audit-log.ts';
import { createAuthenticator } from './authenticator.ts';
import { ensureAdmin, forgetOneTimePassword } from './first-user.ts';
import { writeLocalAccess } from './local-access.ts';
import type { LocalAccess } from './local-access.ts';
import { createPasswordHasher } from './password-hash.ts';
import { createSignInFailures } from './sign-in-failures.ts';
import { createSessionHandlers } from './sign-in.ts';
import { createTokenRoutes } from './token-routes.ts';

export type AccessPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** These sign-ins have ended; their live streams must too. */
  readonly onEnded: (keys: readonly string[]) => void;
};

export type Access = {
  readonly authenticator: Authenticator;
  readonly sessionHandlers: SessionHandlers;
  readonly routes: Partial<Handlers>;
  readonly exportAudit: StreamHandlers['exportAudit'];
  /** Makes `admin` if need be. Gives the one-time password until it has been replaced. */
  start(): Promise<{ readonly adminPassword: string | null }>;
  /** Writes HOME/cli.json, once the API listens. */
  openLocally(access: LocalAccess): Promise<void>;
};

/** `home`: NEZUBAN_HOME; the folder `manager` in it exists and is private. */
export const createAccess = (ports: AccessPorts, options: { readonly home: string }): Access => {
  const { database, audit, events, clock } = ports;
  const directory = path.join(options.home, 'manager');
  const hasher = createPasswordHasher();
  return {
    authenticator: createAuthenticator(database),
    sessionHandlers: createSessionHandlers({
      database,
      audit,
      events,
      hasher,
      failures: createSignInFailures(),
      clock,
      onEnded: ports.onEnded,
      onPasswordChanged: () => forgetOneTimePassword(directory),
    }),
    routes: {
      ...createTokenRoutes({ database, audit, onEnded: ports.onEnded }),
      ...createAuditRoutes(database),
      ...notYet(),
    },
    exportAudit: notYetThere,
    start: async () => ({ adminPassword: await ensureAdmin({ database, hasher, directory }) }),
    openLocally: (access) => writeLocalAccess({ database, home: options.home }, access),
  };
};

const notYetThere = (): Promise<never> =>
  Promise.reject(new CodedError('operation_refused', 'This operation is not there yet.'));
const notYet = (): Partial<Handlers> => ({
  listSignIns: notYetThere,
  revokeSignIn: notYetThere,
  listUsers: notYetThere,
  getUser: notYetThere,
  createUser: notYetThere,
  updateUser: notYetThere,
  deleteUser: notYetThere,
  resetUserPassword: notYetThere,
  unlockUser: notYetThere,
  listRoles: notYetThere,
  getRole: notYetThere,
  exportRole: notYetThere,
  putRole: notYetThere,
  deleteRole: notYetThere,
});
