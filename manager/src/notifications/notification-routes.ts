// Operations on notification rules and the outbox.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { Clock } from '@nezuban/platform/clock';
import { CodedError } from '@nezuban/protocol/errors';
import type { Channel } from '@nezuban/protocol/notifications/channel';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, Handlers, Identity } from '../ports.ts';
import type { ChannelHands, NamedChannels } from './channels/channel.ts';
import { messageOfEvent } from './channels/message-text.ts';
import { kindOf } from './channels/registry.ts';
import { listDeliveries, retryDeliveries, retryDelivery } from './delivery-store.ts';
import { notificationLimits } from './notification-limits.ts';
import { maskRule } from './rule-channel.ts';
import type { RuleChanges } from './rule-changes.ts';
import type { RuleStore, StoredRule } from './rule-store.ts';
import { testEventOf } from './test-event.ts';

export type NotificationRoutesPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly store: RuleStore;
  readonly changes: Pick<RuleChanges, 'put' | 'remove'>;
  readonly channels: NamedChannels;
  readonly hands: ChannelHands;
  readonly wakeOutbox: () => void;
  readonly clock: Clock;
};

export type RuleRoutes = Pick<
  Handlers,
  'listRules' | 'putRule' | 'deleteRule' | 'testRule' | 'listDeliveries' | 'retryDelivery' | 'retryDeliveries'
>;

export const createNotificationRoutes = (
  ports: NotificationRoutesPorts,
  identity: Pick<Identity, 'managerId'>,
): RuleRoutes => {
  const { database, audit, store, changes } = ports;
  return {
    async listRules({ query }) {
      const after = decodeCursor(query.cursor, z.string());
      const rules = [...store.rules().values()]
        .filter(({ rule }) => after === undefined || rule.name > after)
        .sort((a, b) => (a.rule.name < b.rule.name ? -1 : 1))
        .slice(0, query.limit + 1);
      return {
        body: toPage(rules, { limit: query.limit, toItem: toView, positionOf: ({ rule }) => rule.name }),
      };
    },

    async putRule({ params, body, expected, actor }) {
      if (body.name !== params.name) {
        const issues = [
          { path: 'name', message: `is "${body.name}", but the address names "${params.name}"` },
        ];
        throw new CodedError('invalid_definition', say('problem_the_rule_has_another_name_than_its'), {
          issues,
        });
      }
      const applied = await database.inTransaction((transaction) =>
        changes.put(transaction, { rule: body, expected, actor }),
      );
      applied.afterCommit();
      return { body: toView(applied.stored), revision: applied.stored.revision };
    },

    async deleteRule({ params, expected, actor }) {
      const afterCommit = await database.inTransaction((transaction) =>
        changes.remove(transaction, { name: params.name, expected, actor }),
      );
      afterCommit();
      return { body: undefined };
    },

    async testRule({ params, actor, requestId }) {
      const stored = store.rules().get(params.name);
      if (stored === undefined)
        throw new CodedError(
          'not_found',
          say('problem_there_is_no_notification_rule', { name: params.name }),
        );
      const event = testEventOf(`notification rule "${params.name}"`, ports.clock.epochMs());
      const told = await Promise.all(
        receiversOf(stored, ports.channels).map(async ({ name, channel, error }) => {
          if (channel === null) return { name, sent: false, error };
          // One key for each receiver: two that are one to the outside would drop the second.
          const key = [identity.managerId, 'test', requestId, ...(name === null ? [] : [name])].join('-');
          const message = { ...messageOfEvent(event), key, rule: params.name, test: true };
          const signal = AbortSignal.timeout(notificationLimits.sendTimeoutMs);
          const outcome = await kindOf(channel).send(channel, message, { signal, hands: ports.hands });
          return outcome.type === 'accepted'
            ? { name, sent: true, error: outcome.note }
            : { name, sent: false, error: outcome.error };
        }),
      );
      await database.inTransaction((transaction) =>
        audit.record(transaction, {
          actor,
          action: 'testRule',
          target: params.name,
          details: { sent: told.filter(({ sent }) => sent).length, of: told.length },
        }),
      );
      const said = told.flatMap(({ name, error }) =>
        error === null ? [] : [name === null ? error : `${name}: ${error}`],
      );
      return {
        body: {
          sent: told.every(({ sent }) => sent),
          error: said.length === 0 ? null : said.join('; '),
        },
      };
    },

    async listDeliveries({ query }) {
      const beforeId = decodeCursor(query.cursor, z.int());
      const deliveries = await listDeliveries(database, {
        beforeId,
        states: query.state,
        rule: query.rule,
        channel: query.channel,
        event: query.event,
        limit: query.limit + 1,
      });
      return {
        body: toPage(deliveries, { limit: query.limit, toItem: (item) => item, positionOf: ({ id }) => id }),
      };
    },

    async retryDelivery({ params, actor }) {
      const delivery = await database.inTransaction(async (transaction) => {
        const result = await retryDelivery(transaction, params.id);
        if (result.type === 'absent')
          throw new CodedError('not_found', say('problem_there_is_no_delivery', { id: params.id }));
        if (result.type === 'notFailed')
          throw new CodedError(
            'operation_refused',
            say('problem_delivery_is_only_a_failed_one_can', { id: params.id, state: result.state }),
          );
        await audit.record(transaction, {
          actor,
          action: 'retryDelivery',
          target: String(params.id),
          details: { rule: result.delivery.rule },
        });
        return result.delivery;
      });
      ports.wakeOutbox();
      return { body: delivery };
    },

    async retryDeliveries({ body, actor }) {
      const retried = await database.inTransaction(async (transaction) => {
        const count = await retryDeliveries(transaction, { ...body, limit: notificationLimits.retryMax });
        await audit.record(transaction, {
          actor,
          action: 'retryDeliveries',
          target: body.rule,
          details: { ...body, retried: count },
        });
        return count;
      });
      if (retried > 0) ports.wakeOutbox();
      return { body: { retried } };
    },
  };
};

/** All to whom a rule tells, its own channel first. `channel` null: why it cannot be tried. */
const receiversOf = (
  { rule, secretsLost }: StoredRule,
  channels: NamedChannels,
): readonly {
  readonly name: string | null;
  readonly channel: Channel | null;
  readonly error: string;
}[] => {
  const lost = 'The stored secrets cannot be opened; enter them again';
  return [
    ...(rule.channel === undefined
      ? []
      : [{ name: null, channel: secretsLost ? null : rule.channel, error: lost }]),
    ...(rule.channels ?? []).map((name) => {
      const named = channels.channelOf(name);
      if (named === null) return { name, channel: null, error: 'There is no such channel' };
      return { name, channel: named.secretsLost ? null : named.channel, error: lost };
    }),
  ];
};

const toView = ({ rule, revision, updatedAt, updatedBy }: StoredRule) => ({
  rule: maskRule(rule),
  revision,
  updatedAt: updatedAt.toISOString(),
  updatedBy,
});
