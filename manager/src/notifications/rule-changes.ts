// Changes of notification rules, by API and by YAML file.
// Responsible for what a change means: secrets that are left out stay, nothing that is equal is written, every change has its audit entry
// and event. Called by the routes and, through the port NotificationRules, by the applying of files.
import { isDeepStrictEqual } from 'node:util';
import { CodedError } from '@nezuban/protocol/errors';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import type { Actor, AuditLog, EventSink, NotificationRules, Transaction } from '../ports.ts';
import { joinRuleSecrets, splitRuleSecrets } from './rule-channel.ts';
import type { RuleStore, StoredRule } from './rule-store.ts';

export type RuleChangePorts = {
  readonly store: RuleStore;
  readonly audit: AuditLog;
  readonly events: Pick<EventSink, 'append'>;
};

type Applied = {
  readonly change: 'created' | 'updated' | 'unchanged';
  readonly stored: StoredRule;
  readonly afterCommit: () => void;
};

/** What must be there before; null: anything. */
export type Expected = { readonly revision: number } | 'absent' | null;
export type RuleChange = {
  readonly rule: NotificationRule;
  readonly expected: Expected;
  readonly actor: Actor;
};

export type RuleChanges = NotificationRules & {
  put(transaction: Transaction, change: RuleChange): Promise<Applied>;
  remove(
    transaction: Transaction,
    change: { readonly name: string; readonly expected: Expected; readonly actor: Actor },
  ): Promise<() => void>;
};

export const createRuleChanges = ({ store, audit, events }: RuleChangePorts): RuleChanges => {
  const announce = (
    transaction: Transaction,
    name: string,
    what: { readonly change: string; readonly actor: Actor },
  ): Promise<() => void> =>
    events.append(transaction, [
      {
        at: new Date(),
        priority: 'info',
        code: 'definition_changed',
        node: null,
        message: `The notification rule "${name}" was ${what.change} by ${what.actor.name}`,
        details: { kind: 'notification', name, change: what.change, actor: what.actor.name },
      },
    ]);

  const put: RuleChanges['put'] = async (transaction, { rule, expected, actor }) => {
    const before = await store.lock(transaction, rule.name);
    assertExpected(rule.name, before, expected);
    const split = splitRuleSecrets(rule, before?.rule ?? null);
    if (split.issues.length > 0) {
      const [first] = split.issues;
      throw new CodedError(
        'invalid_definition',
        `Notification rule "${rule.name}": ${first?.path ?? ''} ${first?.message ?? ''}`,
        { issues: split.issues },
      );
    }
    const whole = joinRuleSecrets(split.rule, split.secrets);
    if (before !== null && !before.secretsLost && isDeepStrictEqual(before.rule, whole))
      return { change: 'unchanged', stored: before, afterCommit: () => undefined };
    const change = before === null ? 'created' : 'updated';
    const stored = await store.save(transaction, {
      rule: split.rule,
      secrets: split.secrets,
      by: actor.name,
    });
    await audit.record(transaction, {
      actor,
      action: 'putRule',
      target: rule.name,
      details: { change, revision: stored.revision },
    });
    const publish = await announce(transaction, rule.name, { change, actor });
    return {
      change,
      stored,
      afterCommit: () => {
        store.publish(rule.name, stored);
        publish();
      },
    };
  };

  return {
    put,
    applyRule: (transaction, rule, actor) => put(transaction, { rule, expected: null, actor }),
    async remove(transaction, { name, expected, actor }) {
      const before = await store.lock(transaction, name);
      if (before === null) throw new CodedError('not_found', `There is no notification rule "${name}".`);
      assertExpected(name, before, expected);
      await store.remove(transaction, name);
      await audit.record(transaction, {
        actor,
        action: 'deleteRule',
        target: name,
        details: { revision: before.revision },
      });
      const publish = await announce(transaction, name, { change: 'deleted', actor });
      return () => {
        store.publish(name, null);
        publish();
      };
    },
  };
};

const assertExpected = (name: string, before: StoredRule | null, expected: Expected): void => {
  if (expected === null) return;
  if (expected === 'absent') {
    if (before !== null)
      throw new CodedError(
        'precondition_failed',
        `There is a notification rule "${name}" already, at version ${before.revision}.`,
      );
  } else if (before === null)
    throw new CodedError('precondition_failed', `There is no notification rule "${name}" any more.`);
  else if (before.revision !== expected.revision)
    throw new CodedError(
      'precondition_failed',
      `The notification rule "${name}" is at version ${before.revision}, not ${expected.revision}: ${before.updatedBy} changed it.`,
    );
};
