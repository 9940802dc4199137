/**
 * Traps and monitors for tests, with what a test does not say filled in.
 */
import { trapMonitorSchema, type TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import type { PlacedTrap, SnmpFacts, SyslogFacts } from '../../parsed-trap.ts';
import type { RuleNames } from '../oid-patterns.ts';

type Given = Partial<Omit<PlacedTrap, 'syslog' | 'snmp' | 'scopes'>> & {
  readonly syslog?: Partial<SyslogFacts>;
  readonly snmp?: Partial<SnmpFacts>;
  readonly scopes?: readonly string[];
};

export const trapOf = (given: Given = {}): PlacedTrap => ({
  protocol: given.snmp !== undefined ? 'snmp' : 'syslog',
  receivedMs: 1_000,
  saidAtMs: null,
  address: '192.0.2.1',
  claimedHost: null,
  text: '',
  fields: {},
  malformed: null,
  node: null,
  ...given,
  scopes: new Set(given.scopes),
  syslog:
    given.snmp !== undefined
      ? null
      : { facility: null, severity: null, app: null, procId: null, msgId: null, ...given.syslog },
  snmp:
    given.snmp === undefined
      ? null
      : {
          version: 2,
          kind: 'trap',
          name: 'public',
          trapOid: '1.3.6.1.6.3.1.1.5.3',
          v1: null,
          varbinds: [],
          ...given.snmp,
        },
});

export const monitorOf = (given: Readonly<Record<string, unknown>>): TrapMonitor =>
  trapMonitorSchema.parse({ kind: 'trap_monitor', name: 'm', source: 'syslog', ...given });

export const someNames: RuleNames = {
  resolve: (name) =>
    ({
      'IF-MIB::linkDown': '1.3.6.1.6.3.1.1.5.3',
      linkUp: '1.3.6.1.6.3.1.1.5.4',
      ifIndex: '1.3.6.1.2.1.2.2.1.1',
    })[name] ?? null,
  nameOf: (oid) => ({ '1.3.6.1.6.3.1.1.5.3': 'IF-MIB::linkDown' })[oid] ?? null,
};
