// Operations on API tokens, and "who am I".
import { rights } from '@nezuban/protocol/access/rights';
import { CodedError } from '@nezuban/protocol/errors';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, Handlers } from '../ports.ts';
import { accessLimits } from './access-limits.ts';
import { tokenKey } from './authenticator.ts';
import { apiTokenPrefix, hashSecret, randomSecret } from './secrets.ts';
import { countTokens, deleteToken, insertToken, listTokens } from './token-store.ts';
import type { TokenRow } from './token-store.ts';
import { findUser, lockUser } from './user-store.ts';

export const createTokenRoutes = (ports: {
  readonly database: Database;
  readonly audit: AuditLog;
  /** What was opened with these tokens must end. */
  readonly onEnded: (keys: readonly string[]) => void;
}): Pick<Handlers, 'whoAmI' | 'listTokens' | 'createToken' | 'deleteToken'> => {
  const { database, audit } = ports;
  return {
    async whoAmI({ actor }) {
      const user = await findUser(database, actor.name);
      const by = actor.by === 'token' ? 'token' : 'cookie';
      return {
        body: {
          user: actor.name,
          title: null,
          mustChangePassword: user?.must_change_password ?? false,
          by,
          roles: ['administrator'],
          rights: [...rights],
          grants: [],
          limits: null,
          passwordLengthMin: 10,
        },
      };
    },

    async listTokens({ actor, query }) {
      const afterName = decodeCursor(query.cursor, z.string());
      const rows = await listTokens(database, { user: actor.name, afterName, limit: query.limit + 1 });
      return {
        body: toPage(rows, {
          limit: query.limit,
          toItem: (row) => toView(row, actor.name),
          positionOf: ({ name }) => name,
        }),
      };
    },

    async createToken({ actor, body }) {
      const token = `${apiTokenPrefix}${randomSecret()}`;
      const row = await database.inTransaction(async (transaction) => {
        const user = await lockUser(transaction, actor.name);
        if (user === undefined) throw new CodedError('not_found', `There is no user ${actor.name}.`);
        if ((await countTokens(transaction, user.id)) >= accessLimits.tokensPerUserMax)
          throw new CodedError(
            'operation_refused',
            `There are ${accessLimits.tokensPerUserMax} API tokens already; revoke some first.`,
          );
        const made = await insertToken(transaction, {
          userId: user.id,
          name: body.name,
          secretHash: hashSecret(token),
          expiresInDays: body.expires_in_days,
        });
        if (made === null)
          throw new CodedError('already_exists', `There is an API token named "${body.name}" already.`);
        await audit.record(transaction, {
          actor,
          action: 'createToken',
          target: body.name,
          details: { expiresAt: made.expires_at?.toISOString() ?? null },
        });
        return made;
      });
      return { body: { ...toView(row, actor.name), token } };
    },

    async deleteToken({ actor, params }) {
      await database.inTransaction(async (transaction) => {
        const name = await deleteToken(transaction, { user: actor.name, id: params.id });
        if (name === null)
          throw new CodedError('not_found', `There is no API token with the number ${params.id}.`);
        await audit.record(transaction, { actor, action: 'deleteToken', target: name, details: {} });
      });
      ports.onEnded([tokenKey(params.id)]);
      return { body: undefined };
    },
  };
};

const toView = (row: TokenRow, user: string) => ({
  user,
  rights: null,
  folder: null,
  scope: null,
  id: row.id,
  name: row.name,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
});
