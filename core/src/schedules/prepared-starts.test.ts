// Which preparation belongs to which start, what comes to nothing, and times that were left out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideDue } from './decide-due.ts';
import { lossOf, preparationsOf, withoutTimes, type PreparedStart } from './prepared-starts.ts';

const at = (hour: number): number => Date.UTC(2026, 0, 1, hour);
const prepared = (hour: number, more: Partial<PreparedStart> = {}): PreparedStart => ({
  at: at(hour),
  leftOut: false,
  moved: false,
  hasWish: true,
  ...more,
});

test('times that are left out: passed over in both directions', () => {
  const hourly = {
    next: (after: number) => (Math.floor(after / 3_600_000) + 1) * 3_600_000,
    last: (until: number) => Math.floor(until / 3_600_000) * 3_600_000,
  };
  const times = withoutTimes(hourly, new Set([at(3), at(4)]));
  assert.equal(times.next(at(2)), at(5));
  assert.equal(times.last(at(4)), at(2));
});

test('schedules: starts that were left out: neither made nor missed, and the next is the one behind them', () => {
  const [decision] = decideDue(
    [
      {
        net: 'night/run',
        zone: 'UTC',
        schedule: { name: 'hourly', cron: '0 * * * *', enabled: true, missed: 'run_once' },
        lastChecked: at(1),
        leftOut: new Set([at(2), at(3), at(4)]),
      },
    ],
    { now: at(3), lateLimitMs: 60_000, calendars: { find: () => null } },
  );
  assert.deepEqual(decision?.starts, []);
  assert.deepEqual(decision.events, []);
  assert.equal(decision.nextAt, at(5));
});

test('preparations: each start its own; one that makes up for missed ones takes the newest of theirs', () => {
  const all = [prepared(1), prepared(2), prepared(3, { leftOut: true }), prepared(4, { moved: true })];
  const hours = (starts: number[], makesUp: boolean) =>
    preparationsOf(
      starts.map((hour) => ({ dueAt: at(hour) })),
      all,
      makesUp,
    ).map((each) => each && new Date(each.at).getUTCHours());
  assert.deepEqual(hours([1, 2], true), [1, 2]);
  assert.deepEqual(hours([5, 6], true), [2, null]);
  assert.deepEqual(hours([5], false), [null]);
});

test('preparations: which come to nothing', () => {
  const loss = (one: PreparedStart, isStart = true) =>
    lossOf(one, { decidedUntil: at(3), isStart: () => isStart });
  assert.equal(loss(prepared(4)), null);
  assert.equal(loss(prepared(3)), 'passed');
  assert.equal(loss(prepared(3, { leftOut: true })), 'over');
  assert.equal(loss(prepared(4), false), 'no_such_start');
  assert.equal(loss(prepared(3, { moved: true }), false), null);
});
