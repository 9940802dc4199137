// The form of a trap monitor says what the definition says, and nothing is lost on the way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trapMonitorSchema } from '@nezuban/protocol/traps/trap-monitor';
import {
  emptyMonitor,
  emptyRule,
  freeRuleName,
  issuesOfMonitor,
  issuesOfRule,
  judgeDraft,
  moveRule,
  toMonitorDraft,
} from './monitor-draft.ts';

const monitor = trapMonitorSchema.parse({
  kind: 'trap_monitor',
  name: 'switches',
  title: 'Switches',
  source: 'syslog',
  scope: 'network',
  unmatched: 'unknown',
  rules: [
    {
      name: 'link-down',
      when: {
        text: { matches: 'interface (\\S+) .*down', contains: 'down', ignore_case: true },
        facilities: ['local7'],
        severities: ['err', 'crit'],
        apps: ['ifmgr*'],
        hosts: ['192.0.2.0/24', 'sw*'],
        fields: [
          { name: 'a.b', equals: 'x', ignore_case: true },
          { name: 'n', at_least: 1.5 },
        ],
      },
      priority: 'as_sent',
      message: '{{1}} is down',
      key: 'link:{{1}}',
      collapse_s: 60,
      fields: { port: '{{1}}' },
    },
    { name: 'quiet', enabled: false, do: 'ignore' },
  ],
});

test('draft of a trap monitor: there and back: the same', () => {
  const judged = judgeDraft(toMonitorDraft(monitor));
  assert.ok(judged.ok);
  assert.deepEqual(judged.monitor, monitor);
});

test('draft of a trap monitor: SNMP: there and back: the same; what belongs to another source stays out', () => {
  const snmp = trapMonitorSchema.parse({
    kind: 'trap_monitor',
    name: 's',
    source: 'snmp',
    rules: [
      { name: 'r', when: { trap_oids: ['IF-MIB::linkDown'], enterprise: '1.3.6', generic: 6, specific: 0 } },
    ],
  });
  const draft = toMonitorDraft(snmp);
  const judged = judgeDraft(draft);
  assert.ok(judged.ok);
  assert.deepEqual(judged.monitor, snmp);
  const moved = judgeDraft({ ...draft, source: 'custom' });
  assert.ok(moved.ok);
  assert.deepEqual(moved.monitor.rules[0]?.when, {});
});

test('draft of a trap monitor: several conditions on one field: a row for each', () => {
  const between = trapMonitorSchema.parse({
    kind: 'trap_monitor',
    name: 'c',
    source: 'custom',
    rules: [{ name: 'r', when: { fields: [{ name: 'used', at_least: 80, at_most: 90 }] } }],
  });
  const draft = toMonitorDraft(between);
  assert.deepEqual(
    draft.rules[0]?.fields.map(({ name, operator, value }) => [name, operator, value]),
    [
      ['used', 'at_least', '80'],
      ['used', 'at_most', '90'],
    ],
  );
  assert.ok(judgeDraft(draft).ok);
});

test('draft of a trap monitor: what is wrong: told with its place, by rule', () => {
  const judged = judgeDraft({
    ...emptyMonitor('syslog'),
    rules: [emptyRule('a', 'fine'), { ...emptyRule('b', 'bad name'), collapseS: 'soon' }],
  });
  assert.ok(!judged.ok);
  assert.deepEqual(
    issuesOfMonitor(judged.issues).map(({ path }) => path),
    ['name', 'name'],
  );
  assert.deepEqual(issuesOfRule(judged.issues, 0), []);
  assert.deepEqual(
    issuesOfRule(judged.issues, 1).map(({ path }) => path),
    ['name', 'collapse_s'],
  );
});

test('draft of a trap monitor: rules: moved within bounds, named apart', () => {
  const rules = ['a', 'b', 'c'].map((name) => emptyRule(name, name));
  const names = (from: number, to: number) => moveRule(rules, from, to).map(({ name }) => name);
  assert.deepEqual(names(0, 2), ['b', 'c', 'a']);
  assert.deepEqual(names(2, 0), ['c', 'a', 'b']);
  assert.deepEqual(names(0, -1), ['a', 'b', 'c']);
  assert.deepEqual(names(0, 3), ['a', 'b', 'c']);
  assert.equal(freeRuleName(rules, 'd'), 'd');
  assert.equal(freeRuleName(rules, 'a'), 'a-2');
});
