// Operations on named channels. Responsible for turning requests into changes and stored channels into answers without secrets.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import * as z from 'zod';
import type { Database } from '../../database/database.ts';
import { decodeCursor, toPage } from '../../http/paging.ts';
import type { AuditLog, Handlers } from '../../ports.ts';
import type { SendOutcome } from '../channels/channel.ts';
import { kindOf } from '../channels/registry.ts';
import type { ChannelChanges, ChannelUse } from './channel-changes.ts';
import type { ChannelStore, StoredChannel } from './channel-store.ts';

export type ChannelRoutesPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly store: ChannelStore;
  readonly changes: ChannelChanges;
  readonly usesOf: (name: string) => readonly ChannelUse[];
  /** Sends a test message now. */
  readonly test: (channel: StoredChannel) => Promise<SendOutcome>;
};

export type ChannelRoutes = Pick<
  Handlers,
  'listChannels' | 'getChannel' | 'putChannel' | 'deleteChannel' | 'testChannel'
>;

export const createChannelRoutes = (ports: ChannelRoutesPorts): ChannelRoutes => {
  const { database, audit, store, changes, usesOf } = ports;

  const channelOf = (name: string): StoredChannel => {
    const stored = store.all().get(name);
    if (stored === undefined) throw new CodedError('not_found', say('problem_there_is_no_channel', { name }));
    return stored;
  };
  const toView = ({ value, revision, updatedAt, updatedBy, secretsLost }: StoredChannel) => {
    const kind = kindOf(value.channel);
    return {
      definition: { ...value, channel: kind.mask(value.channel) },
      goesTo: kind.describe(value.channel),
      secretsLost,
      usedBy: [...usesOf(value.name)],
      revision,
      updatedAt: updatedAt.toISOString(),
      updatedBy,
    };
  };

  return {
    async listChannels({ query }) {
      const after = decodeCursor(query.cursor, z.string());
      const channels = [...store.all().values()]
        .filter(({ value }) => after === undefined || value.name > after)
        .sort((a, b) => (a.value.name < b.value.name ? -1 : 1))
        .slice(0, query.limit + 1);
      return {
        body: toPage(channels, { limit: query.limit, toItem: toView, positionOf: ({ value }) => value.name }),
      };
    },
    async getChannel({ params }) {
      const stored = channelOf(params.name);
      return { body: toView(stored), revision: stored.revision };
    },
    async putChannel({ params, body, expected, actor }) {
      if (body.name !== params.name) {
        const issues = [
          { path: 'name', message: `is "${body.name}", but the address names "${params.name}"` },
        ];
        throw new CodedError('invalid_definition', say('problem_the_channel_has_another_name_than_its'), {
          issues,
        });
      }
      const applied = await database.inTransaction((transaction) =>
        changes.put(transaction, { value: body, expected, actor }),
      );
      applied.afterCommit();
      return { body: toView(applied.stored), revision: applied.stored.revision };
    },
    async deleteChannel({ params, expected, actor }) {
      const afterCommit = await database.inTransaction((transaction) =>
        changes.remove(transaction, { name: params.name, expected, actor }),
      );
      afterCommit();
      return { body: undefined };
    },
    async testChannel({ params, actor }) {
      const stored = channelOf(params.name);
      if (stored.secretsLost)
        return {
          body: {
            sent: false,
            error: 'The stored secrets of the channel cannot be opened; enter them again',
          },
        };
      const outcome = await ports.test(stored);
      await database.inTransaction((transaction) =>
        audit.record(transaction, {
          actor,
          action: 'testChannel',
          target: params.name,
          details: { outcome: outcome.type },
        }),
      );
      return {
        body:
          outcome.type === 'accepted'
            ? { sent: true, error: outcome.note }
            : { sent: false, error: outcome.error },
      };
    },
  };
};
