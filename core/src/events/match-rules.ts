// Which notification rules an event fires. Called by the manager for each event, in the transaction that stores it.
import type { EventCode } from '@nezuban/protocol/events/event';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import type { Priority } from '@nezuban/protocol/priority';

/** What a rule looks at. The net of an event is the detail `net`, where it has one. */
export type MatchedEvent = {
  readonly code: EventCode;
  readonly priority: Priority;
  readonly details: Readonly<Record<string, string | number>>;
};

/** The enabled rules whose every list holds the event; an empty list holds everything. In the order given. */
export function matchRules<Rule extends Pick<NotificationRule, 'enabled' | 'priorities' | 'codes' | 'nets'>>(
  event: MatchedEvent,
  rules: readonly Rule[],
): Rule[] {
  return rules.filter(
    (rule) =>
      rule.enabled &&
      holds(rule.priorities, event.priority) &&
      holds(rule.codes, event.code) &&
      matchesNet(rule.nets, event.details['net']),
  );
}

function holds<T>(list: readonly T[], value: T): boolean {
  return list.length === 0 || list.includes(value);
}

/** An event about no net fires no rule that names nets. */
function matchesNet(patterns: readonly string[], net: string | number | undefined): boolean {
  if (patterns.length === 0) return true;
  if (typeof net !== 'string') return false;
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? net.startsWith(pattern.slice(0, -1)) : net === pattern,
  );
}
