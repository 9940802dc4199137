// The pure parts of sending: how long it waits before it tries again, and what is written of an outcome.
import assert from 'node:assert/strict';
import test from 'node:test';
import { notificationLimits } from './notification-limits.ts';
import { toFinish } from './outbox-loop.ts';
import { planRetry } from './retry-plan.ts';

test('retries: growing waits over most of a day, then no more', () => {
  const waits = Array.from({ length: notificationLimits.triesMax }, (_, index) => planRetry(index + 1, 0.5));
  assert.deepEqual(waits.slice(0, 3), [10_000, 25_000, 62_500]);
  assert.equal(waits.at(-1), null);
  const hours = waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0) / 3_600_000;
  assert.ok(hours > 12 && hours < 30, `${hours} hours`);
  assert.ok((planRetry(1, 0) ?? 0) < (planRetry(1, 1) ?? 0));
  assert.deepEqual(toFinish({ type: 'unknown', error: 'x'.repeat(2_000) }, { tries: 1 }, 0.5), {
    state: 'pending',
    retryInMs: 10_000,
    error: 'x'.repeat(notificationLimits.errorCharsMax),
    maybeDelivered: true,
  });
});

test('notifications: a receiver that says what cannot be stored: mended, for its outcome must be written', () => {
  const { error } = toFinish({ type: 'refused', error: '550 no\0pe \ud800' }, { tries: 1 }, 0.5) as {
    error: string;
  };
  assert.equal(error, '550 no\u{fffd}pe \u{fffd}');
  assert.deepEqual(toFinish({ type: 'accepted', note: 'not \0' }, { tries: 1 }, 0.5), {
    state: 'sent',
    note: 'not \u{fffd}',
    session: null,
  });
});
