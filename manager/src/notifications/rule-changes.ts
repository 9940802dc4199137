// Changes of notification rules, by API and by YAML file.
// Responsible for what a change means: secrets that are left out stay, nothing that is equal is written, every change has its audit entry
// and event. Called by the routes and, through the port NotificationRules, by the applying of files.
import { isDeepStrictEqual } from 'node:util';
import { issueOf, pathText } from '@nezuban/core/definitions/path-issue';
import { calendarsOfRule, judgeRule } from '@nezuban/core/notifications/judge-notification';
import { CodedError, type Issue } from '@nezuban/protocol/errors';
import type { Escalation } from '@nezuban/protocol/notifications/escalation';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import type { Actor, AuditLog, Calendars, EventSink, NotificationRules, Transaction } from '../ports.ts';
import type { NamedStore } from './named-store.ts';
import { joinRuleSecrets, splitRuleSecrets } from './rule-channel.ts';
import type { NamedChannels } from './channels/channel.ts';
import { assertExpected, type Expected } from './expected.ts';
import type { RuleStore, StoredRule } from './rule-store.ts';

export type RuleChangePorts = {
  readonly store: RuleStore;
  readonly audit: AuditLog;
  readonly events: Pick<EventSink, 'append'>;
  readonly escalations: Pick<NamedStore<Escalation>, 'lock'>;
  readonly channels: NamedChannels;
  readonly calendars: Pick<Calendars, 'exists'>;
};

type Applied = {
  readonly change: 'created' | 'updated' | 'unchanged';
  readonly stored: StoredRule;
  readonly afterCommit: () => void;
};

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

type RuleOnly = Omit<RuleChanges, 'applyChannel' | 'applyInhibition' | 'applyEscalation'>;

export const createRuleChanges = ({
  store,
  audit,
  events,
  escalations,
  channels,
  calendars,
}: RuleChangePorts): RuleOnly => {
  /** What a rule names has to be there: a slip would be found out by the first message that goes nowhere. */
  const assertKnown = async (transaction: Transaction, rule: NotificationRule): Promise<void> => {
    const issues: Issue[] = [];
    if (rule.escalation !== undefined && (await escalations.lock(transaction, rule.escalation)) === null)
      issues.push({ path: 'escalation', ...say('no_escalation', { name: rule.escalation }) });
    for (const [index, name] of (rule.channels ?? []).entries())
      if (!(await channels.exists(transaction, name)))
        issues.push({ path: `channels[${index}]`, ...say('no_channel', { name }) });
    for (const [name, path] of calendarsOfRule(rule))
      if (!(await calendars.exists(transaction, name)))
        issues.push({ path: pathText(path), ...say('no_calendar', { name }) });
    const [first] = issues;
    if (first !== undefined)
      throw new CodedError(
        'invalid_definition',
        say('problem_notification_rule_2', {
          name: rule.name,
          path: first.path,
          message: sentenceFrom(first),
        }),
        { issues },
      );
  };

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
    assertExpected({ what: 'notification rule', name: rule.name }, before, expected);
    const wrong = judgeRule(rule);
    if (wrong.length > 0)
      throw new CodedError(
        'invalid_definition',
        say('problem_notification_rule_cannot_be_stored_as_it', { name: rule.name }),
        {
          issues: wrong.map(issueOf),
        },
      );
    await assertKnown(transaction, rule);
    const split = splitRuleSecrets(rule, before?.rule ?? null);
    if (split.issues.length > 0) {
      const [first] = split.issues;
      throw new CodedError(
        'invalid_definition',
        say('problem_notification_rule_3', {
          name: rule.name,
          value: first?.path ?? '',
          value2: first?.message ?? '',
        }),
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
      if (before === null)
        throw new CodedError('not_found', say('problem_there_is_no_notification_rule', { name }));
      assertExpected({ what: 'notification rule', name }, before, expected);
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
