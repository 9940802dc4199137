// Tests of what retention decides: ranges ahead of the sessions, a clock that is not believed, what is due.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planMonths } from './months.ts';
import { planRanges, type RangesSeen } from './plan-ranges.ts';
import { agedRanges, cutoffMs, dueMonths, judgeClock } from './plan-removal.ts';
import { retentionLimits } from './retention-limits.ts';

const DAY = 86_400_000;
const now = Date.UTC(2026, 5, 15);

const seen = (change: Partial<RangesSeen>): RangesSeen => ({
  nowMs: now,
  highestId: 0,
  openFirstId: 1,
  current: null,
  idsOfWeek: 0,
  idsSinceLook: 0,
  ...change,
});

describe('ranges of sessions', () => {
  test('ranges: nothing ran yet: one small range lies ready', () => {
    assert.deepEqual(planRanges(seen({})), { closeOpenAt: 1 + retentionLimits.rangeIdsMin, skipTo: null });
  });

  test('ranges: enough ids lie ready: nothing is made', () => {
    const plan = planRanges(
      seen({ highestId: 10, openFirstId: 51, current: { endId: 51, startedAtMs: now } }),
    );
    assert.deepEqual(plan, { closeOpenAt: null, skipTo: null });
  });

  test('ranges: a week has 1,000 sessions: the next range is as wide, and is made when a quarter is left', () => {
    const week = { idsOfWeek: 1_000, openFirstId: 5_001 };
    assert.equal(planRanges(seen({ ...week, highestId: 4_700 })).closeOpenAt, null);
    assert.equal(planRanges(seen({ ...week, highestId: 4_751 })).closeOpenAt, 6_001);
  });

  test('ranges: a burst: what lies ready grows with what one look saw used', () => {
    const plan = planRanges(
      seen({ highestId: 10_000, openFirstId: 10_051, idsOfWeek: 9_000, idsSinceLook: 9_000 }),
    );
    assert.equal(plan.closeOpenAt, 10_051 + 9_000 * retentionLimits.aheadLooks);
  });

  test('ranges: sessions have reached the open range: it is closed behind them', () => {
    const plan = planRanges(seen({ highestId: 700, openFirstId: 51, idsOfWeek: 700 }));
    assert.equal(plan.closeOpenAt, 701 + 700);
  });

  test('ranges: one lasts far too long: the ids that are left are skipped, and the range behind is there', () => {
    const old = { endId: 1_000_001, startedAtMs: now - retentionLimits.rangeMsMax - 1 };
    assert.deepEqual(
      planRanges(seen({ highestId: 900, openFirstId: 1_000_001, current: old, idsOfWeek: 7 })),
      {
        closeOpenAt: 1_000_001 + retentionLimits.rangeIdsMin,
        skipTo: 1_000_001,
      },
    );
    const young = { endId: 1_000_001, startedAtMs: now - DAY };
    assert.equal(planRanges(seen({ highestId: 900, openFirstId: 1_000_001, current: young })).skipTo, null);
  });
});

describe('the clock of retention', () => {
  const judge = (lookedAtMs: number | null, heldUntilMs: number | null = null) =>
    judgeClock({ nowMs: now, lookedAtMs, heldUntilMs });

  test('clock: an hour since the last look: believed', () => {
    assert.deepEqual(judge(now - 3_600_000), { heldUntilMs: null, leaptMs: null });
  });

  test('clock: the first look of all, as after an upgrade: nothing is removed for a day, and nothing is told', () => {
    assert.deepEqual(judge(null), { heldUntilMs: now + DAY, leaptMs: null });
  });

  test('clock: a year ahead of the last look: nothing is removed for a day', () => {
    assert.deepEqual(judge(now - 365 * DAY), { heldUntilMs: now + DAY, leaptMs: 365 * DAY });
  });

  test('clock: held, and an hour later: still held, and not told again', () => {
    assert.deepEqual(judge(now - 3_600_000, now + DAY / 2), { heldUntilMs: now + DAY / 2, leaptMs: null });
    assert.deepEqual(judge(now - 3_600_000, now), { heldUntilMs: null, leaptMs: null });
  });

  test('clock: set back a year while held: the hold ends a day from now, not in a year', () => {
    assert.deepEqual(judge(now + 365 * DAY, now + 366 * DAY), { heldUntilMs: now + DAY, leaptMs: null });
  });
});

describe('what is due', () => {
  test('due: months that ended before the cutoff, the oldest first', () => {
    const month = (name: string, index: number) => ({
      name,
      fromMs: Date.UTC(2026, index),
      toMs: Date.UTC(2026, index + 1),
    });
    const months = [month('c', 2), month('a', 0), month('b', 1)];
    assert.deepEqual(
      dueMonths(months, cutoffMs(Date.UTC(2026, 3, 1), 31)).map(({ name }) => name),
      ['a', 'b'],
    );
    assert.deepEqual(dueMonths(months, Date.UTC(2026, 0, 31)), []);
  });

  test('due: ranges that are full and old; never the one that sessions still come to, nor the open one', () => {
    const range = (
      number: number,
      [firstId, endId]: [number, number | null],
      lastCreatedAtMs: number | null,
    ) => ({
      number,
      firstId,
      endId,
      lastCreatedAtMs,
    });
    const ranges = [
      range(1, [0, 1], null),
      range(2, [1, 101], now - 100 * DAY),
      range(3, [101, 201], now - 10 * DAY),
      range(4, [201, 301], now - 100 * DAY),
      range(5, [301, null], null),
    ];
    assert.deepEqual(
      agedRanges(ranges, { highestId: 250, olderThanMs: now - 50 * DAY }).map(({ number }) => number),
      [1, 2],
    );
  });
});

test('months: at the turn of the year: the month before and two ahead, of each table', () => {
  assert.deepEqual(
    planMonths('audit', Date.UTC(2026, 11, 31, 23, 59)).map(
      ({ name, from, to }) => `${name} ${from.slice(0, 10)} ${to.slice(0, 10)}`,
    ),
    [
      'audit_2026_11 2026-11-01 2026-12-01',
      'audit_2026_12 2026-12-01 2027-01-01',
      'audit_2027_01 2027-01-01 2027-02-01',
      'audit_2027_02 2027-02-01 2027-03-01',
    ],
  );
});
