// Tests of what the address of a page may hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEventsSearch, parseSessionsSearch, parseSignInSearch } from './search.ts';

test('address: filters that are known: kept; others dropped', () => {
  assert.deepEqual(
    parseSessionsSearch({ state: ['running', 'nonsense'], end: 'abnormal', net: 'a/b', other: 1 }),
    { state: ['running'], end: ['abnormal'], net: 'a/b' },
  );
  assert.deepEqual(
    parseEventsSearch({ priority: 'critical', confirm: 'maybe', q: 42, event: '7', session: -1 }),
    { priority: ['critical'], q: '42', event: 7 },
  );
  assert.deepEqual(
    parseEventsSearch({ cleared: 'no', field: ['site=Tokyo', 'nothing'], min_count: '5', scope: 'tokyo' }),
    { scope: 'tokyo', cleared: 'no', field: ['site=Tokyo'], min_count: 5 },
  );
});

test('address: where to go after signing in: only to a page of this console', () => {
  assert.deepEqual(parseSignInSearch({ next: '/sessions/4?unit=a' }), { next: '/sessions/4?unit=a' });
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'sessions'])
    assert.deepEqual(parseSignInSearch({ next }), {}, next);
});
