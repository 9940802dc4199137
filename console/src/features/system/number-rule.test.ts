// Tests of what a number in the settings may be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberRuleOf } from './number-rule.ts';

test('settings: a number: limits and default as its schema says', () => {
  assert.deepEqual(numberRuleOf('retention', 'events_days'), {
    min: 1,
    max: 36_500,
    integer: true,
    nullable: false,
    byDefault: 400,
  });
  assert.deepEqual(numberRuleOf('password_policy', 'expires_days'), {
    min: 1,
    max: 3650,
    integer: true,
    nullable: true,
    byDefault: null,
  });
  assert.deepEqual(numberRuleOf('self_watch', 'disk_free_percent.critical'), {
    min: 0,
    max: null,
    integer: false,
    nullable: false,
    byDefault: 5,
  });
});
