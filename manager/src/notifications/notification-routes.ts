// Operations on notification rules and the outbox.
import type { Clock } from '@nezuban/platform/clock';
import { newEvent, type EventView } from '@nezuban/protocol/events/event';
import { CodedError } from '@nezuban/protocol/errors';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, Handlers, Identity } from '../ports.ts';
import { noHands } from './channels/channel.ts';
import { messageOfEvent } from './channels/message-text.ts';
import { kindOf } from './channels/registry.ts';
import { listDeliveries, retryDelivery } from './delivery-store.ts';
import { notificationLimits } from './notification-limits.ts';
import { maskRule } from './rule-channel.ts';
import type { RuleChanges } from './rule-changes.ts';
import type { RuleStore, StoredRule } from './rule-store.ts';

export type NotificationRoutesPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly store: RuleStore;
  readonly changes: RuleChanges;
  readonly wakeOutbox: () => void;
  readonly clock: Clock;
};

type RuleRoutes = Pick<
  Handlers,
  'listRules' | 'putRule' | 'deleteRule' | 'testRule' | 'listDeliveries' | 'retryDelivery'
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
        throw new CodedError('invalid_definition', 'The rule has another name than its address.', { issues });
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
        throw new CodedError('not_found', `There is no notification rule "${params.name}".`);
      if (stored.secretsLost)
        return {
          body: { sent: false, error: 'The stored secrets of the rule cannot be opened; enter them again' },
        };
      const { channel } = stored.rule;
      if (channel === undefined)
        return { body: { sent: false, error: 'The rule has no channel of its own; try its channels' } };
      const message = {
        ...messageOfEvent(testEvent(params.name, ports.clock.epochMs())),
        key: `${identity.managerId}-test-${requestId}`,
        rule: params.name,
        test: true,
      };
      const outcome = await kindOf(channel).send(channel, message, {
        signal: AbortSignal.timeout(notificationLimits.sendTimeoutMs),
        hands: noHands,
      });
      await database.inTransaction((transaction) =>
        audit.record(transaction, {
          actor,
          action: 'testRule',
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

    async listDeliveries({ query }) {
      const beforeId = decodeCursor(query.cursor, z.int());
      const deliveries = await listDeliveries(database, {
        beforeId,
        states: query.state,
        limit: query.limit + 1,
      });
      return {
        body: toPage(deliveries, { limit: query.limit, toItem: (item) => item, positionOf: ({ id }) => id }),
      };
    },

    async retryDelivery({ params, actor }) {
      const delivery = await database.inTransaction(async (transaction) => {
        const result = await retryDelivery(transaction, params.id);
        if (result.type === 'absent') throw new CodedError('not_found', `There is no delivery ${params.id}.`);
        if (result.type === 'notFailed')
          throw new CodedError(
            'operation_refused',
            `Delivery ${params.id} is ${result.state}; only a failed one can be tried again.`,
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
  };
};

const toView = ({ rule, revision, updatedAt, updatedBy }: StoredRule) => ({
  rule: maskRule(rule),
  revision,
  updatedAt: updatedAt.toISOString(),
  updatedBy,
});

const testEvent = (rule: string, nowMs: number): EventView => ({
  id: 0,
  at: new Date(nowMs).toISOString(),
  priority: 'info',
  code: 'definition_changed',
  node: null,
  message: `Test of the notification rule "${rule}"`,
  details: { rule },
  ...newEvent,
});
