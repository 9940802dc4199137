// Notification rules as definitions of their kind, for export and compare: where a secret is, a placeholder stands.
// Reads the copy in memory; what a change means is `rule-changes.ts`.
import { say as sayByCode, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import { secretPlaceholder } from '@nezuban/protocol/api/definitions-operations';
import { CodedError } from '@nezuban/protocol/errors';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import type { Secrets } from './channels/channel.ts';
import { joinRuleSecrets, splitRuleSecrets } from './rule-channel.ts';
import type { RuleStore, StoredRule } from './rule-store.ts';

/** Stands beside the placeholder in a comparison where the file gives another secret than is stored. */
const NEW_SECRET = `${secretPlaceholder} (new)`;

export const createRuleDefinitions = (store: Pick<RuleStore, 'rules'>): DefinitionSource => ({
  kind: 'notification',
  hasFolders: false,
  mayRead: ({ permissions }) => permissions.holds('notifications.read'),
  list: ({ after, limit }) =>
    Promise.resolve(
      [...store.rules().values()]
        .filter(({ rule }) => after === undefined || rule.name > after)
        .sort((a, b) => (a.rule.name < b.rule.name ? -1 : 1))
        .slice(0, limit)
        .map(({ rule }) => toDefinition(rule)),
    ),
  find: (name) => {
    const stored = store.rules().get(name);
    return Promise.resolve(stored === undefined ? null : toDefinition(stored.rule));
  },
  applied: (definition) =>
    definition.kind === 'notification'
      ? {
          kind: 'notification',
          value: asApplied(definition.value, store.rules().get(definition.value.name)),
        }
      : definition,
});

const toDefinition = (rule: NotificationRule) => ({
  kind: 'notification' as const,
  value: placeSecrets(rule, () => secretPlaceholder),
});

/** The rule with every secret replaced by what `say` makes of it. Pure. */
const placeSecrets = (
  rule: NotificationRule,
  say: (place: string, secret: string) => string,
): NotificationRule => {
  const { rule: bare, secrets } = splitRuleSecrets(rule, rule);
  return joinRuleSecrets(bare, mapSecrets(secrets, say));
};

const mapSecrets = (secrets: Secrets, say: (place: string, secret: string) => string): Secrets =>
  Object.fromEntries(Object.entries(secrets).map(([place, secret]) => [place, say(place, secret)]));

const asApplied = (rule: NotificationRule, stored: StoredRule | undefined): NotificationRule => {
  const before = stored?.rule ?? null;
  const { rule: bare, secrets, issues } = splitRuleSecrets(rule, before);
  const [first] = issues;
  if (first !== undefined)
    throw new CodedError(
      'invalid_definition',
      sayByCode('problem_notification_rule', {
        name: rule.name,
        path: first.path,
        message: sentenceFrom(first),
      }),
      {
        issues,
      },
    );
  const sameType = before?.channel?.type === rule.channel?.type;
  const known: Secrets = before === null || !sameType ? {} : splitRuleSecrets(before, before).secrets;
  const said = mapSecrets(secrets, (place, secret) =>
    before !== null && sameType && known[place] !== secret ? NEW_SECRET : secretPlaceholder,
  );
  return joinRuleSecrets(bare, said);
};
