// What belongs to a user himself: who he is, his API tokens and his sign-ins. With the rights on access, those of others too.
import { say } from '@nezuban/protocol/sentences/sentence';
import { rightPatterns, rightsOfPattern } from '@nezuban/protocol/access/role';
import type { SignInView, TokenView } from '@nezuban/protocol/access/views';
import { CodedError } from '@nezuban/protocol/errors';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, Handlers, RequestActor } from '../ports.ts';
import { accessLimits } from './access-limits.ts';
import { signInKey, tokenKey } from './authenticator.ts';
import { apiTokenPrefix, hashSecret, randomSecret } from './secrets.ts';
import type { PasswordPolicy } from './sign-in.ts';
import { listSignIns, revokeSignIn } from './sign-in-store.ts';
import type { SignInListRow } from './sign-in-store.ts';
import { countTokens, deleteToken, insertToken, listTokens } from './token-store.ts';
import type { TokenRow } from './token-store.ts';
import { findUser, lockUser } from './user-store.ts';
import { viewWho } from './who-am-i.ts';

export type OwnRoutesPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly policy: () => PasswordPolicy;
  /** What was opened with these sign-ins or tokens must end. */
  readonly onEnded: (keys: readonly string[]) => void;
};
export type OwnRoutes = Pick<
  Handlers,
  'whoAmI' | 'listTokens' | 'createToken' | 'deleteToken' | 'listSignIns' | 'revokeSignIn'
>;

export const createOwnRoutes = (ports: OwnRoutesPorts): OwnRoutes => {
  const { database, audit } = ports;
  return {
    async whoAmI({ actor }) {
      const user = await findUser(database, actor.name);
      const by = actor.by === 'token' ? 'token' : 'cookie';
      // The command line of the host has no user if the first one was deleted.
      const shown = user ?? { name: actor.name, title: null, roles: [] };
      return {
        body: viewWho({
          user: { ...shown, must_change_password: actor.mustChangePassword },
          by,
          permissions: actor.permissions,
          policy: ports.policy(),
        }),
      };
    },

    async listTokens({ actor, query }) {
      const after = decodeCursor(query.cursor, z.tuple([z.string(), z.string()]));
      const rows = await listTokens(database, { user: ownerOf(actor, query), after, limit: query.limit + 1 });
      return {
        body: toPage(rows, {
          limit: query.limit,
          toItem: viewToken,
          positionOf: ({ user, name }) => [user, name],
        }),
      };
    },

    async createToken({ actor, body }) {
      const { rights, folder, scope } = body;
      for (const pattern of rights ?? [])
        if (!rightsOfPattern(pattern).some((right) => actor.permissions.holds(right)))
          throw new CodedError('forbidden', say('problem_you_do_not_hold_yourself_so_no', { pattern }));
      const token = `${apiTokenPrefix}${randomSecret()}`;
      const row = await database.inTransaction(async (transaction) => {
        const user = await lockUser(transaction, actor.name);
        if (user === undefined)
          throw new CodedError('not_found', say('problem_there_is_no_user_2', { name: actor.name }));
        if ((await countTokens(transaction, user.id)) >= accessLimits.tokensPerUserMax)
          throw new CodedError(
            'operation_refused',
            say('problem_there_are_api_tokens_already_revoke_some', { max: accessLimits.tokensPerUserMax }),
          );
        const made = await insertToken(transaction, {
          userId: user.id,
          name: body.name,
          secretHash: hashSecret(token),
          expiresInDays: body.expires_in_days,
          // A token makes none that outlives it: it would not end any more.
          expiresAtMost: actor.by === 'token' ? actor.until : null,
          limits: { rights, folder, scope },
        });
        if (made === null)
          throw new CodedError(
            'already_exists',
            say('problem_there_is_an_api_token_named_already', { name: body.name }),
          );
        await audit.record(transaction, {
          actor,
          action: 'createToken',
          target: body.name,
          details: { expiresAt: made.expires_at?.toISOString() ?? null, rights, folder, scope },
        });
        return made;
      });
      return { body: { ...viewToken(row), token } };
    },

    async deleteToken({ actor, params }) {
      await database.inTransaction(async (transaction) => {
        const gone = await deleteToken(transaction, { user: ownerToRevoke(actor), id: params.id });
        if (gone === null)
          throw new CodedError('not_found', say('problem_there_is_no_api_token_with_the', { id: params.id }));
        await audit.record(transaction, {
          actor,
          action: 'deleteToken',
          target: gone.name,
          details: { user: gone.user },
        });
      });
      ports.onEnded([tokenKey(params.id)]);
      return { body: undefined };
    },

    async listSignIns({ actor, query }) {
      const before = decodeCursor(query.cursor, z.int());
      const rows = await listSignIns(database, {
        user: ownerOf(actor, query),
        before,
        limit: query.limit + 1,
      });
      return {
        body: toPage(rows, {
          limit: query.limit,
          toItem: (row) => viewSignIn(row, actor.key),
          positionOf: ({ id }) => id,
        }),
      };
    },

    async revokeSignIn({ actor, params }) {
      const gone = await database.inTransaction(async (transaction) => {
        const revoked = await revokeSignIn(transaction, { user: ownerToRevoke(actor), id: params.id });
        if (revoked === null)
          throw new CodedError('not_found', say('problem_there_is_no_sign_in_with_the', { id: params.id }));
        await audit.record(transaction, {
          actor,
          action: 'revokeSignIn',
          target: revoked.user,
          details: { signIn: params.id },
        });
        return revoked;
      });
      ports.onEnded([signInKey(gone.secret_hash)]);
      return { body: undefined };
    },
  };
};

/** Whose things are listed; null: everybody's. */
const ownerOf = (
  actor: RequestActor,
  { user, all }: { readonly user?: string | undefined; readonly all: boolean },
): string | null => {
  const owner = all ? null : (user ?? actor.name);
  if (owner !== actor.name) actor.permissions.require('access.read');
  return owner;
};

/** Others' things are there only for who may end them. */
const ownerToRevoke = (actor: RequestActor): string | null =>
  actor.permissions.everywhere('access.write') ? null : actor.name;

const viewToken = (row: TokenRow): TokenView => ({
  id: row.id,
  user: row.user,
  name: row.name,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  rights: row.rights?.filter((pattern) => rightPatterns.includes(pattern)) ?? null,
  folder: row.folder,
  scope: row.scope,
});

const viewSignIn = (row: SignInListRow, key: string | null): SignInView => ({
  id: row.id,
  user: row.user,
  createdAt: row.created_at.toISOString(),
  lastSeenAt: row.last_seen_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  address: row.address,
  userAgent: row.user_agent,
  current: signInKey(row.secret_hash) === key,
});
