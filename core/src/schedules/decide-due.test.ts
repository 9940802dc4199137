// Due and missed starts: each instant of a schedule is started, made up for, or said to be skipped, exactly once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scheduleSchema } from '@nezuban/protocol/jobs/schedule';
import { decideDue } from './decide-due.ts';
import type { DueDecision, ScheduleToDecide } from './decide-due.ts';
import { openRunTimes } from './next-runs.ts';

const at = (text: string): number => Date.parse(`2026-03-${text}Z`);
const lateLimitMs = 60_000;

function entry(more: object, lastChecked: number): ScheduleToDecide {
  return {
    net: 'night/run',
    zone: 'UTC',
    schedule: scheduleSchema.parse({ name: 'nightly', ...more }),
    lastChecked,
  };
}

function decide(scheduled: ScheduleToDecide, now: number): DueDecision {
  const [decision] = decideDue([scheduled], { now, lateLimitMs, calendars: { find: () => null } });
  assert.ok(decision !== undefined);
  return decision;
}

const hourly = { cron: '0 * * * *' };

test('due: at its time and a little later: starts once, on time', () => {
  const decision = decide(entry(hourly, at('01T09:59:59')), at('01T10:00:00'));
  assert.deepEqual(decision, {
    net: 'night/run',
    schedule: 'nightly',
    starts: [{ dueAt: at('01T10:00:00'), late: false }],
    events: [],
    nextAt: at('01T11:00:00'),
  });
  assert.deepEqual(decide(entry(hourly, at('01T10:00:00')), at('01T10:00:01')).starts, []);
  assert.equal(
    decide(entry(hourly, at('01T09:30:00')), at('01T10:01:00')).starts[0]?.late,
    false,
    'the limit itself is on time',
  );
});

test('due: missed, run once: one late start with the newest time, and says how many', () => {
  const decision = decide(entry(hourly, at('01T09:30:00')), at('01T13:30:00'));
  assert.deepEqual(decision.starts, [{ dueAt: at('01T13:00:00'), late: true }]);
  assert.equal(decision.events[0]?.code, 'schedule_late');
  assert.equal(
    decision.events[0].message,
    '4 starts of night/run by schedule "nightly" from 2026-03-01T10:00:00.000Z to 2026-03-01T13:00:00.000Z were missed; one start, due at 2026-03-01T13:00:00.000Z, makes up for all.',
  );
});

test('due: missed, run once, and one due now: the one on time makes up for the missed ones', () => {
  const decision = decide(entry(hourly, at('01T09:30:00')), at('01T13:00:10'));
  assert.deepEqual(decision.starts, [{ dueAt: at('01T13:00:00'), late: false }]);
  assert.equal(decision.events[0]?.details['count'], 3);
});

test('due: missed, skip: nothing starts, the event counts them', () => {
  const decision = decide(entry({ ...hourly, missed: 'skip' }, at('01T09:30:00')), at('01T10:30:00'));
  assert.deepEqual(decision.starts, []);
  assert.deepEqual(
    decision.events.map(({ code, message }) => [code, message]),
    [
      [
        'schedule_missed',
        'The start of night/run by schedule "nightly" at 2026-03-01T10:00:00.000Z was missed and is skipped, as the schedule says.',
      ],
    ],
  );
});

test('due: held by a freeze that has just ended: missed, however short a time ago, and said so', () => {
  const minutely = { cron: '* * * * *' };
  const held = { heldUntil: at('01T10:02:30'), ...entry(minutely, at('01T09:59:59')) };
  const once = decide(held, at('01T10:02:30'));
  assert.deepEqual(once.starts, [{ dueAt: at('01T10:02:00'), late: true }]);
  assert.match(once.events[0]?.message ?? '', /^3 starts of .* were held by a freeze; one start/);
  const skipped = decide({ ...held, schedule: { ...held.schedule, missed: 'skip' } }, at('01T10:02:31'));
  assert.deepEqual(skipped.starts, []);
  assert.equal(skipped.events[0]?.details['cause'], 'freeze');
});

test('due: missed for a month, every second: counted up to a bound, and said so', () => {
  const decision = decide(entry({ cron: '* * * * * *' }, at('01T00:00:00')), at('31T00:00:00'));
  assert.equal(decision.events[0]?.details['count'], 1_000);
  assert.match(decision.events[0].message, /^More than 1000 starts/);
  assert.equal(decision.events[0].details['last'], '2026-03-30T23:58:59.000Z');
});

test('due: disabled: never', () => {
  assert.deepEqual(decide(entry({ ...hourly, enabled: false }, at('01T00:00:00')), at('02T00:00:00')), {
    net: 'night/run',
    schedule: 'nightly',
    starts: [],
    events: [],
    nextAt: null,
  });
});

test('due: the clock jumps back: nothing starts a second time', () => {
  const decision = decide(entry(hourly, at('01T10:00:05')), at('01T09:00:00'));
  assert.deepEqual([decision.starts, decision.events, decision.nextAt], [[], [], at('01T11:00:00')]);
});

test('due: a next time known to lie ahead: nothing is searched', () => {
  const known = { ...entry(hourly, at('01T09:30:00')), nextAt: at('01T10:00:00') };
  assert.deepEqual(decide(known, at('01T09:59:59')).nextAt, at('01T10:00:00'));
  assert.equal(decide(known, at('01T10:00:00')).starts.length, 1);
});

test('due: any ticks, any pauses: every instant is started or made up for or counted, once', () => {
  const crons = ['*/10 * * * *', '30 2 * * *', '0 1-3 * * *', '5 * * * *'];
  const gaps = fc.array(
    fc.oneof(fc.integer({ min: 1, max: 59_000 }), fc.integer({ min: 60_000, max: 8 * 3_600_000 })),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(
      fc.record({
        cron: fc.constantFrom(...crons),
        missed: fc.constantFrom('skip', 'run_once'),
        timezone: fc.constantFrom('Europe/Berlin', 'Australia/Lord_Howe'),
      }),
      gaps,
      (schedule, pauses) => {
        const begin = at('28T20:00:00');
        let now = begin;
        let nextAt: number | null | undefined;
        const started = new Set<number>();
        let counted = 0;
        let late = 0;
        for (const pause of pauses) {
          const scheduled = { ...entry(schedule, now), ...(nextAt === undefined ? {} : { nextAt }) };
          now += pause;
          const decision = decide(scheduled, now);
          nextAt = decision.nextAt;
          for (const start of decision.starts) {
            assert.ok(start.dueAt <= now && start.dueAt > scheduled.lastChecked && !started.has(start.dueAt));
            started.add(start.dueAt);
            if (start.late) late += 1;
          }
          for (const event of decision.events) counted += Number(event.details['count']);
        }
        const times = openRunTimes({ cron: schedule.cron, timezone: schedule.timezone }, 'UTC');
        let all = 0;
        for (let next = times.next(begin); next !== null && next <= now; next = times.next(next)) all += 1;
        assert.equal(started.size - late + counted, all);
      },
    ),
    { numRuns: 100 },
  );
});
