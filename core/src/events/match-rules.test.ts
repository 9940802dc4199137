// Which rules an event fires.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchRules } from './match-rules.ts';
import type { MatchedEvent } from './match-rules.ts';

const event: MatchedEvent = {
  code: 'unit_ended',
  priority: 'critical',
  details: { net: 'night/run', session: 1 },
};
const everything = { name: 'all', enabled: true, priorities: [], codes: [], nets: [] };

function fires(rule: object, given: MatchedEvent = event): boolean {
  return matchRules(given, [{ ...everything, ...rule }]).length === 1;
}

test('rules: empty lists: every event fires them, unless they are disabled', () => {
  assert.ok(fires({}));
  assert.ok(!fires({ enabled: false }));
});

test('rules: priorities and codes: both lists must hold the event', () => {
  assert.ok(fires({ priorities: ['warning', 'critical'], codes: ['unit_ended'] }));
  assert.ok(!fires({ priorities: ['info'] }));
  assert.ok(!fires({ priorities: ['critical'], codes: ['session_ended'] }));
});

test('rules: nets: by name, or by the beginning of the name', () => {
  assert.ok(fires({ nets: ['day', 'night/run'] }));
  assert.ok(fires({ nets: ['night/*'] }) && fires({ nets: ['*'] }) && fires({ nets: ['night/run*'] }));
  assert.ok(!fires({ nets: ['night'] }) && !fires({ nets: ['run*'] }) && !fires({ nets: ['night/ru'] }));
});

test('rules: an event about no net: fires only rules that name none', () => {
  const about = { code: 'agent_disconnected', priority: 'warning', details: { node: 'web1' } } as const;
  assert.ok(fires({}, about));
  assert.ok(!fires({ nets: ['*'] }, about));
});

test('rules: several: those that fire, in their order', () => {
  const rules = ['a', 'b', 'c'].map((name) => ({ ...everything, name, enabled: name !== 'b' }));
  assert.deepEqual(
    matchRules(event, rules).map(({ name }) => name),
    ['a', 'c'],
  );
});
