// Tests of the counts of failed sign-ins.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureKeysMax, failureRules, failuresForgottenAfterMs } from './access-limits.ts';
import { createSignInFailures, networkOf } from './sign-in-failures.ts';

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

test('sign-in failures: somebody keeps guessing at a user: where that user has signed in before, nobody waits', () => {
  const failures = createSignInFailures();
  failures.begin('admin', '192.0.2.1', 0);
  failures.forgive('admin', '192.0.2.1');
  for (let index = 0; index < 500; index += 1)
    failures.begin('admin', `10.0.${index >> 8}.${index & 255}`, 0);
  assert.equal(failures.begin('Admin', '192.0.2.1', 0), 0);
  assert.ok(failures.begin('admin', '192.0.2.2', 0) > 0);
});

test('sign-in failures: one network of IPv6 with endless addresses: counts as one address', () => {
  const failures = createSignInFailures();
  let allowed = 0;
  for (let index = 0; index < 100; index += 1)
    if (failures.begin(`user${index}`, `2001:db8:1:2:${index.toString(16)}::1`, 0) === 0) allowed += 1;
  assert.equal(allowed, failureRules.address.free);
  assert.equal(failures.begin('another', '2001:db8:1:3::1', 0), 0);
});

test('sign-in failures: addresses as sockets write them: grouped by network', () => {
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:0db8:1:2::9'));
  assert.notEqual(networkOf('2001:db8:1:2::'), networkOf('2001:db8:1::2'));
  assert.equal(networkOf('::ffff:10.0.0.1'), '10.0.0.1');
  assert.equal(networkOf('10.0.0.1'), '10.0.0.1');
  assert.equal(networkOf('fe80::1%eth0'), networkOf('fe80::2'));
});

test('sign-in failures: endless addresses: memory stays bounded', () => {
  const failures = createSignInFailures();
  for (let index = 0; index < failureKeysMax * 2; index += 1) failures.begin(`user${index}`, `a${index}`, 0);
  assert.ok(failures.size() <= failureKeysMax);
});
