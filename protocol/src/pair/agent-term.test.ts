// Tests of the two kinds of terms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AGENT_TERMS_PER_DUTY_TERM, agentTermOf, dutyTermOf } from './agent-term.ts';

test('agent term: a new election: begins its block; restarts within it: count on', () => {
  const first = agentTermOf({ before: 12, dutyTerm: 3 });
  assert.equal(first, 3 * AGENT_TERMS_PER_DUTY_TERM);
  assert.equal(agentTermOf({ before: first, dutyTerm: 3 }), first + 1);
  assert.equal(dutyTermOf(first + 1), 3);
  assert.ok(agentTermOf({ before: first + 1, dutyTerm: 4 }) > first + 1);
});

test('agent term: a database that knows a higher one: never goes back', () => {
  assert.equal(
    agentTermOf({ before: 9 * AGENT_TERMS_PER_DUTY_TERM, dutyTerm: 2 }),
    9 * AGENT_TERMS_PER_DUTY_TERM + 1,
  );
});

test('agent term: a manager from before the pair: belongs to no election', () => {
  assert.equal(dutyTermOf(41), 0);
  assert.equal(agentTermOf({ before: 41, dutyTerm: 0 }), 42);
});
