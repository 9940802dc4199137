// When schedules run, over years of dates in several zones, compared with the calendar arithmetic of Temporal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgeCron } from './cron.ts';
import { nextRuns, openRunTimes } from './next-runs.ts';
import { isTimeZone } from './time-zone.ts';

const zones = [
  'UTC',
  'Asia/Tokyo',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'America/Santiago',
  'Asia/Kathmandu',
];
const zoneArbitrary = fc.constantFrom(...zones);
const dayArbitrary = fc
  .integer({ min: 0, max: 365 * 14 })
  .map((days) => Temporal.PlainDate.from('2020-01-01').add({ days }));
const timeArbitrary = fc.tuple(fc.nat({ max: 23 }), fc.nat({ max: 59 }), fc.nat({ max: 59 }));

/** A time of day on a day: the first instant that shows it, or where the clocks skip it, the first instant after the gap. */
function instantOf(
  day: Temporal.PlainDate,
  [hour, minute, second]: readonly [number, number, number],
  zone: string,
): number {
  const wanted = day.toPlainDateTime(Temporal.PlainTime.from({ hour, minute, second }));
  const earlier = wanted.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(wanted)) return earlier.epochMilliseconds;
  const transition = earlier.getTimeZoneTransition('next');
  assert.ok(transition !== null);
  return transition.epochMilliseconds;
}

function text(time: readonly [number, number, number]): string {
  return time.map((part) => String(part).padStart(2, '0')).join(':');
}

test('next runs: a time of day, any zone and date: as the calendar says, gaps and doubled hours included', () => {
  fc.assert(
    fc.property(zoneArbitrary, dayArbitrary, timeArbitrary, (zone, day, time) => {
      const midnight = day.toZonedDateTime(zone).epochMilliseconds - 1;
      const expected = [0, 1, 2].map((days) => instantOf(day.add({ days }), time, zone));
      assert.deepEqual(nextRuns({ times: [text(time)] }, zone, { after: midnight, count: 3 }), expected);
      const [hour, minute, second] = time;
      assert.deepEqual(
        nextRuns({ cron: `${second} ${minute} ${hour} * * *` }, zone, { after: midnight, count: 3 }),
        expected,
      );
    }),
    { numRuns: 500 },
  );
});

test('next runs: several times a day: each on each day, none twice, in order', () => {
  fc.assert(
    fc.property(
      zoneArbitrary,
      dayArbitrary,
      fc.uniqueArray(timeArbitrary, { minLength: 1, maxLength: 4, selector: text }),
      (zone, day, times) => {
        const start = day.toZonedDateTime(zone).epochMilliseconds - 1;
        const instants = [0, 1].flatMap((days) =>
          times.map((time) => instantOf(day.add({ days }), time, zone)),
        );
        const expected = [...new Set(instants)].toSorted((a, b) => a - b);
        assert.deepEqual(
          nextRuns({ times: times.map(text) }, zone, { after: start, count: expected.length }),
          expected,
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('next runs: every change of the clocks in fourteen years: 02:30 once a day in every zone', () => {
  for (const zone of zones) {
    const begin = Temporal.ZonedDateTime.from(`2020-01-01T00:00[${zone}]`);
    for (
      let at = begin.getTimeZoneTransition('next');
      at !== null && at.year < 2034;
      at = at.getTimeZoneTransition('next')
    ) {
      const from = at.toPlainDate().subtract({ days: 1 });
      const runs = nextRuns({ times: ['02:30', '00:15'] }, zone, {
        after: from.toZonedDateTime(zone).epochMilliseconds - 1,
        count: 6,
      });
      const expected = [0, 1, 2].flatMap((days) => [
        instantOf(from.add({ days }), [0, 15, 0], zone),
        instantOf(from.add({ days }), [2, 30, 0], zone),
      ]);
      assert.deepEqual(
        runs,
        expected.toSorted((a, b) => a - b),
        `${zone} ${at.toString()}`,
      );
    }
  }
});

test('next runs: last: is the newest instant that next would have given', () => {
  fc.assert(
    fc.property(
      zoneArbitrary,
      fc.tuple(dayArbitrary, fc.nat({ max: 86_400_000 })),
      fc.constantFrom(
        '30 2 * * *',
        '*/7 * * * *',
        '0 1-3 * * *',
        '15 30 2 * * 0',
        '0 0 L * *',
        '59 23 29 2 *',
      ),
      (zone, [day, offset], cron) => {
        const times = openRunTimes({ cron }, zone);
        const now = day.toZonedDateTime(zone).epochMilliseconds + offset;
        const last = times.last(now);
        assert.ok(last !== null && last <= now);
        assert.equal(times.next(last - 1), last, 'it is an instant of the schedule');
        const next = times.next(last);
        assert.ok(next !== null && next > now, 'and none lies between');
        assert.equal(times.next(now), next);
      },
    ),
    { numRuns: 300 },
  );
});

test('next runs: a rhythm: keeps its beat through both changes of the clocks', () => {
  for (const day of ['2026-03-28T22:00:00Z', '2026-10-24T20:00:00Z']) {
    const runs = nextRuns({ cron: '*/30 * * * *' }, 'Europe/Berlin', { after: Date.parse(day), count: 20 });
    assert.deepEqual(
      runs.slice(1).map((at, index) => at - (runs[index] ?? 0)),
      Array.from({ length: 19 }, () => 1_800_000),
    );
  }
});

test('next runs: the schedule names a zone: goes before that of the net', () => {
  const [run] = nextRuns({ times: ['22:00'], timezone: 'Asia/Tokyo' }, 'UTC', {
    after: Date.parse('2026-01-01T00:00:00Z'),
    count: 1,
  });
  assert.equal(run, Date.parse('2026-01-01T13:00:00Z'));
});

test('cron: judged: what cannot be read is named by field', () => {
  const cases: [string, string | null][] = [
    ['0 22 * * MON-FRI', null],
    ['*/5 * * * * *', null],
    ['0 0 L * *', null],
    ['0 9 * * FRI#2', null],
    ['0 0 29 2 *', null],
    ['60 * * * *', 'the minute "60" is wrong: minutes go from 0 to 59'],
    ['0 25 * * *', 'the hour "25" is wrong: hours go from 0 to 23'],
    ['0 0 0 * *', 'the day of month "0" is wrong: days go from 1 to 31, or L for the last'],
    ['0 0 * 13 *', 'the month "13" is wrong: months go from 1 to 12, or JAN to DEC'],
    ['5-1 * * * *', `the minute "5-1" is wrong: From value is larger than to value: '5-1'`],
    ['0 0 30 2 *', 'never fires: there is no such day'],
    ['0 0 31 4,6 *', 'never fires: there is no such day'],
    ['@daily', '"@daily" is not read; write 5 fields, such as "0 22 * * *" for every day at 22:00'],
    [
      '',
      'has 1 field; it must have 5 (minute, hour, day of month, month, day of week) or 6 with seconds first',
    ],
    [
      '0 0 * * * * 2030',
      'has 7 fields; it must have 5 (minute, hour, day of month, month, day of week) or 6 with seconds first',
    ],
  ];
  for (const [expression, message] of cases)
    assert.equal(judgeCron(expression, 'UTC')?.message ?? null, message, expression);
});

test('time zone: names: IANA names only', () => {
  for (const zone of zones) assert.ok(isTimeZone(zone));
  for (const zone of ['', 'Asia/Tokio', '+09:00', 'Mars', '../etc']) assert.ok(!isTimeZone(zone), zone);
});
