// Time bands of rules: those of a calendar beside a naive model that goes minute by minute, and what operators read in the manual.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendarSchema } from '@nezuban/protocol/calendars/calendar';
import { ruleTimesSchema, timeBandSchema } from '@nezuban/protocol/notifications/rule';
import fc from 'fast-check';
import { createCalendarBook, type CalendarBook } from '../calendars/calendar.ts';
import { dateText, parseDate } from '../calendars/civil-date.ts';
import { ruleOf } from '../testing/notification-world.ts';
import { calendarsOfRule, judgeRule } from './judge-notification.ts';
import { compileTimes } from './time-bands.ts';

const bookOf = (given: object): CalendarBook =>
  createCalendarBook(
    new Map([
      ['bank', calendarSchema.parse({ kind: 'calendar', name: 'bank', timezone: 'Asia/Tokyo', ...given })],
    ]),
  );
/** Friday 27 November 2026 is open, the weekend is closed. */
const bank = bookOf({ day_starts: '05:00', closed: ['2026-11-26'] });
const tells = (times: object, at: string, book = bank): boolean =>
  compileTimes(ruleTimesSchema.parse(times), book)(Date.parse(`${at}:00+09:00`));

test('time bands: open and closed days of a calendar: the whole business day', () => {
  const closed = { only: [{ calendar: 'bank', on: 'closed' }] };
  assert.deepEqual(
    [
      '2026-11-26T04:59',
      '2026-11-26T05:00',
      '2026-11-27T04:59',
      '2026-11-27T05:00',
      '2026-11-28T04:59',
      '2026-11-28T05:00',
    ].map((at) => tells(closed, at)),
    [false, true, true, false, false, true],
  );
  assert.equal(tells({ except: [{ calendar: 'bank', on: 'closed' }] }, '2026-11-28T12:00'), false);
  assert.equal(
    tells({ only: [{ calendar: 'bank' }] }, '2026-11-27T12:00'),
    true,
    'open is meant if nothing is said',
  );
});

test('time bands: times of a business day: past midnight they belong to it, by 02:00 and 26:00 alike', () => {
  for (const to of ['29:00', '05:00']) {
    const night = { only: [{ calendar: 'bank', from: '20:00', to }] };
    assert.deepEqual(
      [
        '2026-11-27T19:59',
        '2026-11-27T20:00',
        '2026-11-28T04:59',
        '2026-11-28T05:00',
        '2026-11-28T21:00',
      ].map((at) => tells(night, at)),
      [false, true, true, false, false],
      to,
    );
  }
  // It begins on Friday's business day and goes on into the morning of Saturday.
  assert.equal(tells({ only: [{ calendar: 'bank', from: '22:00', to: '30:00' }] }, '2026-11-28T05:30'), true);
  assert.equal(tells({ only: [{ calendar: 'bank', weekdays: ['sat'] }] }, '2026-11-28T12:00'), false);
});

test('time bands: a calendar that is not there: rather told than kept silent', () => {
  assert.equal(tells({ only: [{ calendar: 'gone' }] }, '2026-11-27T12:00'), true);
  assert.equal(tells({ except: [{ calendar: 'gone' }] }, '2026-11-27T12:00'), true);
});

test('time bands: judging: what needs a calendar, and bands that are too long', () => {
  const issues = (band: object): string[] =>
    judgeRule(ruleOf({ times: { only: [band] } })).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
  assert.deepEqual(issues({ on: 'closed' }), ['times.only.0.on: needs "calendar", which is missing here']);
  assert.deepEqual(issues({ from: '20:00', to: '26:00' }), [
    'times.only.0.to: "26:00" is past 24:00, which needs "calendar"',
  ]);
  assert.deepEqual(issues({ calendar: 'bank', from: '01:00', to: '26:00' }), [
    'times.only.0.to: makes a band of more than 24 hours',
  ]);
  assert.deepEqual(issues({ calendar: 'bank', from: '47:00', to: '02:00' }), [
    'times.only.0.to: is before "from" (47:00), also on the next day',
  ]);
  assert.deepEqual(issues({ calendar: 'bank', from: '22:00', to: '30:00' }), []);
  assert.deepEqual(
    [...calendarsOfRule(ruleOf({ times: { only: [{}, { calendar: 'a' }], except: [{ calendar: 'b' }] } }))],
    [
      ['a', ['times', 'only', 1, 'calendar']],
      ['b', ['times', 'except', 0, 'calendar']],
    ],
  );
});

const minuteText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

test('time bands: random ones of a calendar: minute by minute as the naive model says', () => {
  const day = (text: string): number => parseDate(text) ?? Number.NaN;
  fc.assert(
    fc.property(
      fc.record({
        dayStarts: fc.integer({ min: 0, max: 1439 }),
        closed: fc.array(fc.integer({ min: day('2026-11-20'), max: day('2026-12-05') }).map(dateText), {
          maxLength: 5,
        }),
        from: fc.integer({ min: 0, max: 2 * 1440 - 1 }),
        length: fc.integer({ min: 1, max: 1440 }),
        on: fc.constantFrom('open' as const, 'closed' as const),
      }),
      ({ dayStarts, closed, from, length, on }) => {
        fc.pre(from + length <= 2 * 1440 && !(from === 0 && length === 1440));
        const book = bookOf({ day_starts: minuteText(dayStarts), closed });
        const calendar = book.find('bank');
        assert(calendar !== null);
        const band = timeBandSchema.parse({
          calendar: 'bank',
          on,
          from: minuteText(from),
          to: minuteText(from + length),
        });
        const holds = compileTimes({ timezone: 'UTC', only: [band] }, book);
        // Every minute that the bands of each business day cover; a time before the begin lies in the night behind.
        const covered = new Set<number>();
        for (let each = day('2026-11-20'); each <= day('2026-12-05'); each += 1) {
          if (calendar.isOpen(each) !== (on === 'open')) continue;
          const begin = each * 1440 + (from < dayStarts ? from + 1440 : from);
          for (let minute = begin; minute < begin + length; minute += 1) covered.add(minute);
        }
        // Japan has no summer time: the wall clock is nine hours on.
        for (let minute = day('2026-11-25') * 1440; minute < day('2026-12-02') * 1440; minute += 7)
          assert.equal(holds((minute - 540) * 60_000), covered.has(minute), `${minuteText(minute % 1440)}`);
      },
    ),
    { numRuns: 150 },
  );
});
