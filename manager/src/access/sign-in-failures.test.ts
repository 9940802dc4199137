// Tests of the counts of failed sign-ins.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureKeysMax, failureRules, failuresForgottenAfterMs } from './access-limits.ts';
import { createSignInFailures } from './sign-in-failures.ts';

test('sign-in failures: one person at one address: waits double up to their limit, and are forgotten', () => {
  const failures = createSignInFailures();
  let nowMs = 0;
  for (let index = 0; index < failureRules.userAtAddress.free; index += 1)
    assert.equal(failures.begin('admin', '10.0.0.1', nowMs), 0);
  const waits: number[] = [];
  for (let index = 0; index < 12; index += 1) {
    const wait = failures.begin('admin', '10.0.0.1', nowMs);
    waits.push(wait);
    nowMs += wait;
    assert.equal(failures.begin('admin', '10.0.0.1', nowMs), 0);
  }
  assert.deepEqual(waits.slice(0, 4), [1_000, 2_000, 4_000, 8_000]);
  assert.equal(Math.max(...waits), failureRules.userAtAddress.waitMaxMs);
  assert.equal(failures.begin('admin', '10.0.0.1', nowMs + failuresForgottenAfterMs), 0);
});

test('sign-in failures: somebody guesses at a user from many addresses: the user elsewhere waits seconds, not minutes', () => {
  const failures = createSignInFailures();
  for (let index = 0; index < 500; index += 1)
    failures.begin('admin', `10.0.${index >> 8}.${index & 255}`, 0);
  const wait = failures.begin('admin', '192.0.2.1', 0);
  assert.ok(wait > 0 && wait <= failureRules.user.waitMaxMs);
});

test('sign-in failures: a right password: takes back its own try and clears that user at that address', () => {
  const failures = createSignInFailures();
  for (let index = 0; index < 4; index += 1) failures.begin('admin', 'a', 0);
  failures.forgive('Admin', 'a');
  for (let index = 0; index < failureRules.userAtAddress.free; index += 1)
    assert.equal(failures.begin('admin', 'a', 0), 0);
});

test('sign-in failures: endless addresses: memory stays bounded', () => {
  const failures = createSignInFailures();
  for (let index = 0; index < failureKeysMax * 2; index += 1) failures.begin(`user${index}`, `a${index}`, 0);
  assert.ok(failures.size() <= failureKeysMax);
});
