// A rule for traps like one that was heard: what stands for its kind is taken, what is of this one alone (times, numbers) is not. Pure.
import { syslogFacilities, syslogSeverities } from '@nezuban/protocol/traps/trap-monitor';
import type { TrapDetail, TrapFacts } from '@nezuban/protocol/traps/trap';
import { emptyRule, type RuleDraft, type TrapSource } from './monitor-draft.ts';

/** Shorter pieces of a text stand in too many others. */
const PIECE_LENGTH_MIN = 4;
const NAME_LENGTH_MAX = 60;

export const sourceOf = (trap: Pick<TrapDetail, 'protocol'>): TrapSource | null =>
  trap.protocol === 'control' ? null : trap.protocol;

/** The longest piece of a text that holds no number: what is said, not about which one. */
export const standingPiece = (text: string): string => {
  const firstLine = text.split('\n')[0] ?? '';
  const pieces = firstLine
    .split(/\S*[0-9]\S*|["'()[\]{}<>]/)
    .map((piece) => piece.trim())
    .filter((piece) => piece.length >= PIECE_LENGTH_MIN);
  return pieces.reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '');
};

/** Letters, digits and `-` of a text, as names of rules may be. */
export const toRuleName = (text: string): string =>
  text
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, NAME_LENGTH_MAX)
    .replaceAll(/-+$/g, '')
    .toLowerCase();

export const ruleFromTrap = (trap: TrapDetail, id: string): RuleDraft => {
  const facts: TrapFacts | undefined = trap.facts[0];
  const text = facts?.text ?? trap.text;
  const base = emptyRule(id, 'rule');
  if (facts?.snmp != null) {
    // The text begins with the name of the trap, where a MIB knows it.
    const said = text.split(' ')[0] ?? '';
    const name = said.includes('::') ? said : facts.snmp.trapOid;
    return {
      ...base,
      name: toRuleName(name.split('::').at(-1) ?? name),
      trapOids: [name],
      message: '{{host}}: {{text}}',
    };
  }
  if (trap.protocol === 'custom') {
    const key = facts?.fields['key'];
    return {
      ...base,
      name: toRuleName(key ?? 'custom') || 'custom',
      fields: key === undefined ? [] : [{ name: 'key', operator: 'equals', value: key, ignoreCase: false }],
      priority: 'as_sent',
      message: '{{host}} {{field.key}}: {{text}}',
    };
  }
  const { app = null, facility = null, severity = null } = facts?.syslog ?? {};
  const contains = standingPiece(text);
  const facilityName = syslogFacilities[facility ?? -1];
  const severityName = syslogSeverities[severity ?? -1];
  return {
    ...base,
    name: toRuleName(`${app ?? ''} ${contains}`) || 'syslog',
    contains,
    apps: app === null ? [] : [app],
    // Without an application the facility is what tells programs apart.
    facilities: app === null && facilityName !== undefined ? [facilityName] : [],
    severities: severityName === undefined ? [] : [severityName],
    message: app === null ? '{{host}}: {{text}}' : '{{host}} {{app}}: {{text}}',
  };
};

/** A rule for a notification of a MIB. */
export const ruleFromNotification = (symbol: string, id: string): RuleDraft => ({
  ...emptyRule(id, toRuleName(symbol.split('::').at(-1) ?? symbol) || 'trap'),
  trapOids: [symbol],
  message: '{{host}}: {{text}}',
});
