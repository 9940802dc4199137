// Bars of the health page: full is bad, whichever way a value gets worse.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchItem } from '@nezuban/protocol/self-watch/self-watch';
import { fillOf } from './health-gauge.ts';

const item = (kind: WatchItem['kind'], value: number | null, critical: number | null = null): WatchItem => ({
  id: kind,
  kind,
  subject: 'x',
  value,
  level: 'ok',
  since: null,
  worse: 'high',
  warning: null,
  critical,
  facts: {},
});

test('health: bars: a nearly full disk and a nearly full queue are both nearly full', () => {
  assert.equal(fillOf(item('disk_free_percent', 4)), 96);
  assert.equal(fillOf(item('queue_percent', 96)), 96);
  assert.equal(fillOf(item('event_loop_lag_ms', 500, 1000)), 50);
  assert.equal(fillOf(item('event_loop_lag_ms', 5000, 1000)), 100);
});

test('health: bars: nothing measured, no whole, no threshold: none', () => {
  assert.equal(fillOf(item('disk_free_percent', null)), null);
  assert.equal(fillOf(item('certificate_days', 30, 7)), null);
  assert.equal(fillOf(item('database_bytes', 1e9)), null);
});
