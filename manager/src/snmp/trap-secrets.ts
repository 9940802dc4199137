// Who may send SNMPv3 traps and post custom ones: users with sealed passwords, and tokens of which only the hash is kept.
// Responsible for changes, their audit entries, and the copy in memory that the orders of the intakes are made of. Nothing here gives a
// password or token out again but to those orders.
import { say } from '@nezuban/protocol/sentences/sentence';
import { createHash, randomBytes } from 'node:crypto';
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import type { SnmpUser } from '@nezuban/protocol/intake/orders';
import type { Database } from '../database/database.ts';
import type { SecretBox } from '../files/secret-box.ts';
import type { Actor, AuditLog, TrapSecrets } from '../ports.ts';
import {
  deleteToken,
  deleteUser,
  insertToken,
  listTokens,
  listUsers,
  lockUser,
  saveUser,
  type StoredUser,
  type TokenRow,
} from './snmp-user-store.ts';

/** As many as the orders of an intake hold. */
const USERS_MAX = 1_000;
const TOKENS_MAX = 1_000;
const TOKEN_BYTES = 32;
/** So that a token is recognised where it was pasted by mistake. */
const TOKEN_PREFIX = 'nzt_';

export type TrapSecretChanges = TrapSecrets & {
  readonly users: () => ReadonlyMap<string, StoredUser>;
  readonly tokens: () => ReadonlyMap<string, TokenRow>;
  load(): Promise<void>;
  putUser(user: SnmpUser, actor: Actor): Promise<StoredUser>;
  removeUser(name: string, actor: Actor): Promise<void>;
  createToken(name: string, actor: Actor): Promise<{ readonly row: TokenRow; readonly token: string }>;
  removeToken(name: string, actor: Actor): Promise<void>;
};

export const createTrapSecrets = (ports: {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly secretBox: SecretBox;
  readonly logger: Logger;
}): TrapSecretChanges => {
  const { database, audit, secretBox, logger } = ports;
  const listeners: (() => void)[] = [];
  let users: ReadonlyMap<string, StoredUser> = new Map();
  let tokens: ReadonlyMap<string, TokenRow> = new Map();

  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const publishUser = (name: string, stored: StoredUser | null): void => {
    users = changed(users, name, stored);
    tell();
  };
  const publishToken = (name: string, row: TokenRow | null): void => {
    tokens = changed(tokens, name, row);
    tell();
  };

  return {
    users: () => users,
    tokens: () => tokens,
    // One whose passwords are lost could be told to no intake: it can authenticate nobody.
    snmpUsers: () => [...users.values()].filter(({ secretsLost }) => !secretsLost).map(({ user }) => user),
    httpTokenHashes: () => [...tokens.values()].map(({ token_hash }) => token_hash.toString('hex')),
    onChange(listener) {
      listeners.push(listener);
    },

    async load() {
      const [storedUsers, rows] = await Promise.all([listUsers(database, secretBox), listTokens(database)]);
      for (const { user, secretsLost } of storedUsers)
        if (secretsLost)
          logger.error(
            { user: user.name },
            'The passwords of an SNMPv3 user cannot be opened with the secret key of this manager',
          );
      users = new Map(storedUsers.map((stored) => [stored.user.name, stored]));
      tokens = new Map(rows.map((row) => [row.name, row]));
    },

    async putUser(user, actor) {
      const stored = await database.inTransaction(async (transaction) => {
        const before = await lockUser(transaction, user.name, secretBox);
        if (before === null && users.size >= USERS_MAX)
          throw new CodedError(
            'operation_refused',
            say('problem_there_are_snmpv3_users_already_delete_some', { max: USERS_MAX }),
          );
        const whole = completeUser(user, before);
        const saved = await saveUser(transaction, { user: whole, by: actor.name }, secretBox);
        await audit.record(transaction, {
          actor,
          action: 'putSnmpUser',
          target: user.name,
          details: {
            change: before === null ? 'created' : 'updated',
            auth: whole.auth,
            priv: whole.priv,
            engine: whole.engine_id ?? null,
          },
        });
        return saved;
      });
      publishUser(user.name, stored);
      return stored;
    },

    async removeUser(name, actor) {
      await database.inTransaction(async (transaction) => {
        if (!(await deleteUser(transaction, name)))
          throw new CodedError('not_found', say('problem_there_is_no_snmpv3_user', { name }));
        await audit.record(transaction, { actor, action: 'deleteSnmpUser', target: name, details: {} });
      });
      publishUser(name, null);
    },

    async createToken(name, actor) {
      if (tokens.size >= TOKENS_MAX)
        throw new CodedError(
          'operation_refused',
          say('problem_there_are_trap_tokens_already_delete_some', { max: TOKENS_MAX }),
        );
      const token = `${TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
      const row = await database.inTransaction(async (transaction) => {
        const made = await insertToken(transaction, {
          name,
          hash: createHash('sha256').update(token).digest(),
          by: actor.name,
        });
        if (made === null)
          throw new CodedError(
            'already_exists',
            say('problem_there_is_a_trap_token_named_already', { name }),
          );
        await audit.record(transaction, { actor, action: 'createTrapToken', target: name, details: {} });
        return made;
      });
      publishToken(name, row);
      return { row, token };
    },

    async removeToken(name, actor) {
      await database.inTransaction(async (transaction) => {
        if (!(await deleteToken(transaction, name)))
          throw new CodedError('not_found', say('problem_there_is_no_trap_token', { name }));
        await audit.record(transaction, { actor, action: 'deleteTrapToken', target: name, details: {} });
      });
      publishToken(name, null);
    },
  };
};

const changed = <Value>(
  map: ReadonlyMap<string, Value>,
  name: string,
  value: Value | null,
): ReadonlyMap<string, Value> => {
  const next = new Map(map);
  if (value === null) next.delete(name);
  else next.set(name, value);
  return new Map([...next].sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** With the passwords that it has; those that its protocols do not use go. Throws for what is missing. */
const completeUser = (user: SnmpUser, before: StoredUser | null): SnmpUser => {
  const { name, auth, engine_id } = user;
  const bare = { name, ...(engine_id === undefined ? {} : { engine_id: engine_id.toLowerCase() }) };
  // Nothing can be encrypted without a key that authenticates (RFC 3414, 1.4.3).
  if (auth === 'none') return { ...bare, auth, priv: 'none' };
  const auth_password = user.auth_password ?? before?.user.auth_password;
  if (auth_password === undefined) throw missing('auth_password', `authentication by ${auth}`);
  if (user.priv === 'none') return { ...bare, auth, priv: 'none', auth_password };
  const priv_password = user.priv_password ?? before?.user.priv_password;
  if (priv_password === undefined) throw missing('priv_password', `encryption by ${user.priv}`);
  return { ...bare, auth, priv: user.priv, auth_password, priv_password };
};

const missing = (path: string, what: string): CodedError => {
  const message = `is needed for ${what}: a password of at least 8 characters`;
  return new CodedError('invalid_request', `${path} ${message}.`, { issues: [{ path, message }] });
};
