// What a trap monitor and an alias are refused for, with the place, and what is only hinted at.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trapAliasSchema } from '@nezuban/protocol/traps/trap-monitor';
import { issueOf } from '../../definitions/path-issue.ts';
import { judgeTrapAlias } from './judge-trap-alias.ts';
import { hintsOnTrapMonitor, judgeTrapMonitor } from './judge-trap-monitor.ts';
import { monitorOf } from './testing/trap-of.ts';

const issuesOf = (rule: object, monitor: object = {}): string[] =>
  judgeTrapMonitor(monitorOf({ rules: [{ name: 'r', ...rule }], ...monitor })).map((issue) => {
    const { path, message } = issueOf(issue);
    return `${path}: ${message}`;
  });
const hintsOf = (rules: readonly object[], monitor: object = {}): string[] =>
  hintsOnTrapMonitor(monitorOf({ rules, ...monitor })).map((issue) => issueOf(issue).path);

test('trap monitors: patterns: refused with the place', () => {
  assert.deepEqual(issuesOf({ when: { text: { matches: 'a(b' } } }), [
    'rules[0].when.text.matches: lacks a closing ")"',
  ]);
  assert.deepEqual(issuesOf({ when: { fields: [{ name: 'x', matches: 'a(?!b)' }] } }), [
    'rules[0].when.fields[0].matches: looks ahead or behind, which is not possible, since it can take endless time: at character 2, "(?!"',
  ]);
});

test('trap monitors: templates: unknown places and groups that are not there are refused', () => {
  assert.match(
    issuesOf({ message: '{{texts}}' })[0] ?? '',
    /rules\[0\]\.message: has the place \{\{texts\}\}/,
  );
  assert.match(issuesOf({ key: '{{1}}' })[0] ?? '', /rules\[0\]\.key: says \{\{1\}\}, but the rule has no/);
  assert.match(
    issuesOf({ when: { text: { matches: '(a)' } }, fields: { Port: '{{2}}' } })[0] ?? '',
    /rules\[0\]\.fields\.Port: says \{\{2\}\}, but "text\.matches" has 1 group$/,
  );
  assert.deepEqual(
    issuesOf({
      when: { text: { matches: '(a)' } },
      message: '{{0}} {{1}} {{ field.sd@1.x y }} {{trap}} {x} {{}}'.replace('{{}}', ''),
    }),
    [],
  );
});

test('trap monitors: conditions that this source cannot meet: refused', () => {
  assert.deepEqual(issuesOf({ when: { trap_oids: ['1.3.6'] } }), [
    'rules[0].when.trap_oids: belongs to snmp; this monitor listens to syslog',
  ]);
  assert.deepEqual(issuesOf({ when: { severities: ['crit'] } }, { source: 'custom' }), [
    'rules[0].when.severities: belongs to syslog; this monitor listens to custom',
  ]);
  assert.match(
    issuesOf({ when: { trap_oids: ['1.3.6*', 'IF-MIB::linkDown', '1.3.*'] } }, { source: 'snmp' }).join('\n'),
    /^rules\[0\]\.when\.trap_oids\[0\]: must be dotted numbers.*but is "1\.3\.6\*"$/,
  );
  assert.match(issuesOf({ when: { hosts: ['a*b'] } })[0] ?? '', /hosts\[0\]: "\*" may stand only once/);
  assert.match(issuesOf({ when: { hosts: [] } })[0] ?? '', /names nothing/);
  assert.match(issuesOf({ when: { text: {} } })[0] ?? '', /must say "matches" or "contains"/);
  assert.match(issuesOf({ clears: true })[0] ?? '', /rules\[0\]\.clears: needs a "key"/);
});

test('trap monitors: two rules of one name: refused', () => {
  const monitor = monitorOf({ rules: [{ name: 'r' }, { name: 'r' }] });
  assert.deepEqual(judgeTrapMonitor(monitor)[0]?.path, ['rules', 1, 'name']);
});

test('trap monitors: a rule behind one that takes all of it: hinted at', () => {
  assert.deepEqual(hintsOf([{ name: 'all' }, { name: 'x', when: { apps: ['a'] } }], { unmatched: 'info' }), [
    'rules[1]',
    'unmatched',
  ]);
  assert.deepEqual(
    hintsOf([
      { name: 'off', enabled: false },
      { name: 'sev', when: { severities: ['crit', 'err'], apps: ['ss*'] } },
      { name: 'narrower', when: { severities: ['crit'], apps: ['sshd'], text: { contains: 'x' } } },
      { name: 'wider', when: { severities: ['crit', 'info'], apps: ['sshd'] } },
    ]),
    ['rules[2]'],
  );
  assert.deepEqual(
    hintsOf([
      { name: 'a', when: { text: { contains: 'disk', ignore_case: true } } },
      { name: 'b', when: { text: { contains: 'DISK full' } } },
      { name: 'c', when: { text: { matches: 'disk' } } },
    ]),
    ['rules[1]'],
  );
});

test('trap aliases: no address, a star inside, or one that every sender would be: refused', () => {
  const pathsOf = (given: object): readonly (readonly (string | number)[])[] =>
    judgeTrapAlias(trapAliasSchema.parse({ kind: 'trap_alias', name: 'a', node: 'n', ...given })).map(
      ({ path }) => path,
    );
  assert.deepEqual(pathsOf({ addresses: ['10.0.0.1', '10.0.0'], hosts: ['a*b'] }), [
    ['addresses', 1],
    ['hosts', 0],
  ]);
  assert.deepEqual(pathsOf({}), [[]]);
  assert.deepEqual(pathsOf({ node: 'claimed' }), []);
  assert.deepEqual(pathsOf({ hosts: ['core-*'] }), []);
});
