// What a rule takes from a trap: its kind, not its numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrapDetail, TrapFacts } from '@nezuban/protocol/traps/trap';
import { emptyMonitor, judgeDraft } from './monitor-draft.ts';
import { ruleFromTrap, standingPiece, toRuleName } from './rule-from-trap.ts';

const trapOf = (protocol: TrapDetail['protocol'], facts: Partial<TrapFacts>): TrapDetail => ({
  id: 1,
  receivedAt: '2026-11-26T00:00:00.000Z',
  recordedAt: '2026-11-26T00:00:00.000Z',
  protocol,
  address: '192.0.2.7',
  node: null,
  host: 'sw1',
  text: facts.text ?? '',
  matched: false,
  malformed: null,
  heardBoth: false,
  perhapsRepeat: false,
  port: 514,
  heardBy: 'a',
  seq: 1,
  flags: [],
  extra: {},
  bytes: 10,
  raw: '',
  facts: [
    { text: '', host: 'sw1', saidAt: null, malformed: null, fields: {}, syslog: null, snmp: null, ...facts },
  ],
  events: [],
});

test('rule from a trap: syslog: its program, severity and what it says without numbers', () => {
  const rule = ruleFromTrap(
    trapOf('syslog', {
      text: 'Failed password for root from 203.0.113.5 port 4022 ssh2',
      syslog: { facility: 4, severity: 3, app: 'sshd', procId: '77', msgId: null },
    }),
    'x',
  );
  assert.equal(rule.contains, 'Failed password for root from');
  assert.deepEqual([rule.apps, rule.severities, rule.facilities], [['sshd'], ['err'], []]);
  assert.equal(rule.name, 'sshd-failed-password-for-root-from');
  assert.ok(judgeDraft({ ...emptyMonitor('syslog'), name: 'm', rules: [rule] }).ok);
});

test('rule from a trap: SNMP: its name where a MIB knows it, else its number', () => {
  const snmp = { version: 2, kind: 'trap', trapOid: '1.3.6.1.6.3.1.1.5.3', v1: null, varbinds: [] } as const;
  const named = ruleFromTrap(
    trapOf('snmp', { text: 'IF-MIB::linkDown ifIndex.3=3', snmp: { ...snmp, varbinds: [] } }),
    'x',
  );
  assert.deepEqual([named.name, named.trapOids], ['linkdown', ['IF-MIB::linkDown']]);
  const numbered = ruleFromTrap(
    trapOf('snmp', { text: '1.3.6.1.6.3.1.1.5.3', snmp: { ...snmp, varbinds: [] } }),
    'x',
  );
  assert.deepEqual(numbered.trapOids, ['1.3.6.1.6.3.1.1.5.3']);
});

test('rule from a trap: custom: its key, with the priority that it carries', () => {
  const rule = ruleFromTrap(trapOf('custom', { text: 'failed', fields: { key: 'disk:/var' } }), 'x');
  assert.deepEqual(rule.fields, [{ name: 'key', operator: 'equals', value: 'disk:/var', ignoreCase: false }]);
  assert.deepEqual([rule.priority, rule.name], ['as_sent', 'disk-var']);
});

test('rule from a trap: nothing but numbers, or Japanese: still a rule with a name', () => {
  assert.equal(standingPiece('17 42 0x1f'), '');
  assert.equal(standingPiece('ディスク使用率が 95% を超えました'), 'ディスク使用率が');
  assert.equal(toRuleName('  障害: db 1 '), '障害-db-1');
  const rule = ruleFromTrap(trapOf('syslog', { text: '17' }), 'x');
  assert.equal(rule.name, 'syslog');
});
