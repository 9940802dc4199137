/**
 * How much a trap matters by its own word: `priority: as_sent` of a rule.
 *
 * Responsible for what each protocol says of it. A custom trap may carry a priority of ours. Syslog has a severity: what RFC 5424 calls
 * critical and worse is critical, errors and warnings are warnings, the rest is information; so that "critical" keeps its meaning, somebody
 * has to get up. SNMP says nothing of the kind. Who says nothing, or nothing intelligible, is a warning, as in a rule that names no priority.
 */
import { priorities, type Priority } from '@nezuban/protocol/priority';
import type { ParsedTrap } from '../parsed-trap.ts';

/** By number of severity: emerg, alert, crit, err, warning, notice, info, debug. */
const ofSeverity: readonly Priority[] = [
  'critical',
  'critical',
  'critical',
  'warning',
  'warning',
  'info',
  'info',
  'info',
];
const unsaid: Priority = 'warning';

export function sentPriority(trap: ParsedTrap): Priority {
  switch (trap.protocol) {
    case 'custom': {
      const said = Object.hasOwn(trap.fields, 'priority') ? trap.fields['priority'] : undefined;
      return priorities.find((each) => each === said) ?? unsaid;
    }
    case 'syslog':
      return ofSeverity[trap.syslog?.severity ?? -1] ?? unsaid;
    case 'snmp':
      return unsaid;
  }
}
