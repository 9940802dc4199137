// Pauses between tries to reach a manager: hurried while nobody is on duty, bounded, never in step.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentLimits } from '../limits.ts';
import { createBackoff } from './backoff.ts';

const { reconnectMsMin, reconnectHurriedMsMax, reconnectHurryForMs, reconnectMsMax } = agentLimits;

function fixture() {
  let now = 0;
  let chance = 0;
  const backoff = createBackoff({ monotonicMs: () => now, random: () => chance });
  return { backoff, pass: (ms: number) => (now += ms), draw: (value: number) => (chance = value) };
}

test('backoff: in a hurry: over the whole span, for half a minute, then longer and longer', () => {
  const { backoff, pass, draw } = fixture();
  assert.equal(backoff.nextMs(true), reconnectMsMin);
  draw(1);
  assert.equal(backoff.nextMs(true), reconnectHurriedMsMax);
  pass(reconnectHurryForMs);
  const later = Array.from({ length: 6 }, () => backoff.nextMs(true));
  assert.deepEqual(later, [500, 1_000, 2_000, 4_000, reconnectMsMax, reconnectMsMax]);
  backoff.reset();
  assert.equal(backoff.nextMs(true), reconnectHurriedMsMax);
});

test('backoff: no hurry: doubles up to the bound, at least half of it', () => {
  const { backoff, draw } = fixture();
  assert.equal(backoff.nextMs(false), reconnectHurriedMsMax / 2);
  for (let count = 0; count < 6; count += 1) backoff.nextMs(false);
  assert.equal(backoff.nextMs(false), reconnectMsMax / 2);
  draw(1);
  assert.equal(backoff.nextMs(false), reconnectMsMax);
});
