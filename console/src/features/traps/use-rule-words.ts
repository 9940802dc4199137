// A rule in words, for its closed line: when it fits, and what it makes.
import { useTranslation } from 'react-i18next';
import type { RuleDraft, TrapSource } from './monitor-draft.ts';

/** Names in a row; more are counted. */
const namedMax = 3;

export const useRuleWords = () => {
  const { t } = useTranslation();
  const some = (names: readonly string[]): string =>
    names.length <= namedMax
      ? names.join(', ')
      : t('traps.words.more', { names: names.slice(0, namedMax).join(', '), count: names.length - namedMax });
  const when = (rule: RuleDraft, source: TrapSource): string => {
    const parts = [
      rule.contains === '' ? null : t('traps.words.contains', { text: rule.contains }),
      rule.matches === '' ? null : t('traps.words.matches', { pattern: rule.matches }),
      ...(source === 'syslog'
        ? [
            rule.severities.length === 0
              ? null
              : t('traps.words.severities', { names: some(rule.severities) }),
            rule.facilities.length === 0
              ? null
              : t('traps.words.facilities', { names: some(rule.facilities) }),
            rule.apps.length === 0 ? null : t('traps.words.apps', { names: some(rule.apps) }),
          ]
        : []),
      ...(source === 'snmp'
        ? [
            rule.trapOids.length === 0 ? null : some(rule.trapOids),
            rule.enterprise === '' ? null : t('traps.words.enterprise', { oid: rule.enterprise }),
            rule.generic === '' ? null : t('traps.words.generic', { number: rule.generic }),
            rule.specific === '' ? null : t('traps.words.specific', { number: rule.specific }),
          ]
        : []),
      rule.hosts.length === 0 ? null : t('traps.words.hosts', { names: some(rule.hosts) }),
      ...rule.fields.map(({ name, operator, value }) => t(`traps.words.field.${operator}`, { name, value })),
    ].filter((part) => part !== null);
    return parts.length === 0 ? t('traps.words.everything') : parts.join(t('traps.words.and'));
  };
  const outcome = (rule: RuleDraft): string => {
    if (rule.do === 'ignore') return t('traps.words.ignore');
    if (rule.clears) return t('traps.words.clears', { key: rule.key });
    return rule.priority === 'as_sent'
      ? t('traps.words.eventAsSent')
      : t('traps.rules.eventOf', { priority: t(`status.priority.${rule.priority}`) });
  };
  return { when, outcome };
};
