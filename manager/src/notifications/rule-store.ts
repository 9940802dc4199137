// Notification rules in the database, and the copy in memory that events are matched with. Rows and secrets are sealed-store.ts.
import { notificationRuleSchema, type NotificationRule } from '@nezuban/protocol/notifications/rule';
import { rulePurpose } from '../files/sealed-places.ts';
import type { Transaction } from '../ports.ts';
import type { Secrets } from './channels/channel.ts';
import { notificationLimits } from './notification-limits.ts';
import { joinRuleSecrets } from './rule-channel.ts';
import {
  createSealedStore,
  type SealedMeta,
  type SealedStore,
  type SealedStorePorts,
} from './sealed-store.ts';

/** A rule with its secrets. */
export type StoredRule = SealedMeta & { readonly rule: NotificationRule };

export type RuleStore = Omit<SealedStore<NotificationRule, StoredRule>, 'all' | 'save'> & {
  /** All rules as last committed, by name. */
  readonly rules: () => ReadonlyMap<string, StoredRule>;
  /** Writes it and gives it back with its new revision. `publish` it after the commit. */
  readonly save: (
    transaction: Transaction,
    change: { readonly rule: NotificationRule; readonly secrets: Secrets; readonly by: string },
  ) => Promise<StoredRule>;
};

export const createRuleStore = (ports: SealedStorePorts): RuleStore => {
  const { all, save, ...store } = createSealedStore<NotificationRule, StoredRule>(ports, {
    table: 'notification_rule',
    what: 'notification rule',
    max: notificationLimits.rulesMax,
    purposeOf: rulePurpose,
    join: (definition, secrets) => joinRuleSecrets(notificationRuleSchema.parse(definition), secrets),
    wrap: (rule, meta) => ({ rule, ...meta }),
  });
  return {
    ...store,
    rules: all,
    save: (transaction, { rule, secrets, by }) => save(transaction, { value: rule, secrets, by }),
  };
};
