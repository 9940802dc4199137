// Tests of the rules of who runs as whom, where: each part of a rule limits it, and nothing runs without a rule.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAsSettingsSchema, type RunAsRule } from '@nezuban/protocol/settings/job-bounds';
import { mayRunAs, sayRunAs, type RunAsWish } from './run-as.ts';

const wish = (more: Partial<RunAsWish>): RunAsWish => ({
  net: 'pay/night',
  node: 'db1',
  scopes: new Set(['db', 'all']),
  user: 'batch',
  group: null,
  roles: null,
  ...more,
});
const may = (rule: RunAsRule, more: Partial<RunAsWish> = {}): boolean => mayRunAs([rule], wish(more));

test('run as: a fresh manager: the user of the agent, anywhere, and nobody else', () => {
  const { rules } = runAsSettingsSchema.parse({});
  assert.equal(mayRunAs(rules, wish({ user: null })), true);
  assert.equal(mayRunAs(rules, wish({ user: 'root' })), false);
  assert.equal(mayRunAs(rules, wish({ user: null, group: 'docker' })), false);
  assert.equal(mayRunAs([], wish({ user: null })), false);
});

test('run as: users: by name, by beginning, all; the agent by its own word', () => {
  assert.equal(may({ users: ['batch'] }), true);
  assert.equal(may({ users: ['Batch'] }), false);
  assert.equal(may({ users: ['ba*'] }), true);
  assert.equal(may({ users: ['batch'] }, { user: null }), false);
  assert.equal(may({ users: ['*'] }, { user: null }), true);
  assert.equal(may({ users: ['*'] }, { user: 'root' }), true);
});

test('run as: a group: only where the same rule names it', () => {
  assert.equal(may({ users: ['batch'] }, { group: 'dba' }), false);
  assert.equal(may({ users: ['batch'], groups: ['db*'] }, { group: 'dba' }), true);
  const apart: RunAsRule[] = [{ users: ['batch'] }, { users: ['app'], groups: ['dba'] }];
  assert.equal(mayRunAs(apart, wish({ group: 'dba' })), false);
});

test('run as: folder, scope and node: only there', () => {
  assert.equal(may({ users: ['*'], folder: 'pay' }), true);
  assert.equal(may({ users: ['*'], folder: 'pay' }, { net: 'payroll/x' }), false);
  assert.equal(may({ users: ['*'], scope: 'all' }), true);
  assert.equal(may({ users: ['*'], scope: 'web' }), false);
  assert.equal(may({ users: ['*'], node: 'db1' }), true);
  // A scope as a whole is more than one node of it.
  assert.equal(may({ users: ['*'], node: 'db1' }, { node: null }), false);
});

test('run as: roles: of whoever brings it into force; what runs later is not asked for them', () => {
  const rule: RunAsRule = { users: ['batch'], roles: ['dba'] };
  assert.equal(may(rule, { roles: ['editor'] }), false);
  assert.equal(may(rule, { roles: ['editor', 'dba'] }), true);
  assert.equal(may(rule, { roles: null }), true);
});

test('run as: said in words', () => {
  assert.equal(sayRunAs({ user: null, group: null }).message, 'as the user of the agent');
  assert.equal(sayRunAs({ user: 'batch', group: 'dba' }).message, 'as the user "batch" with the group "dba"');
});
