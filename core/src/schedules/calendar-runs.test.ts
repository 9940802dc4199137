// Schedules that go by a calendar, beside a naive model that decides day by day with Temporal; and the rules that operators read in the manual.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendarSchema } from '@nezuban/protocol/calendars/calendar';
import { scheduleSchema, type ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import fc from 'fast-check';
import { createCalendarBook, type Calendar, type CalendarBook } from '../calendars/calendar.ts';
import { dateText, parseDate } from '../calendars/civil-date.ts';
import { judgeScheduleDays } from './judge-schedule-days.ts';
import { nextRuns, openRunTimes } from './next-runs.ts';
import { previewRuns } from './preview-runs.ts';
import { scheduleWords } from './schedule-words.ts';

const bookOf = (given: object): CalendarBook =>
  createCalendarBook(new Map([['c', calendarSchema.parse({ kind: 'calendar', name: 'c', ...given })]]));
const scheduleOf = (given: object): ScheduleDefinition =>
  scheduleSchema.parse({ name: 's', calendar: 'c', ...given });

/** Golden Week 2026, the turn of the year, and a day that opens. */
const bank = bookOf({
  timezone: 'Asia/Tokyo',
  day_starts: '05:00',
  closed: [
    { date: '2026-04-29', name: '昭和の日' },
    { date: '2026-05-03', to: '2026-05-06', name: 'ゴールデンウィーク' },
    { date: '12-31', to: '01-03' },
  ],
  open: ['2026-05-02'],
});

/** The next starts as the wall clock of Tokyo shows them. */
const startsOf = (given: object, after: string, count = 4): string[] =>
  nextRuns(scheduleOf(given), 'UTC', {
    after: Date.parse(`${after}T00:00+09:00`),
    count,
    calendars: bank,
  }).map((at) =>
    Temporal.Instant.fromEpochMilliseconds(at)
      .toZonedDateTimeISO('Asia/Tokyo')
      .toPlainDateTime()
      .toString({ smallestUnit: 'minute' }),
  );

test('calendar schedules: open days: closed ones are left out', () => {
  assert.deepEqual(startsOf({ times: ['22:00'] }, '2026-04-28', 5), [
    '2026-04-28T22:00',
    '2026-04-30T22:00',
    '2026-05-01T22:00',
    '2026-05-02T22:00',
    '2026-05-07T22:00',
  ]);
});

test('calendar schedules: times past midnight belong to the business day, by 02:00 and by 26:00 alike', () => {
  for (const time of ['02:00', '26:00'])
    assert.deepEqual(startsOf({ times: [time] }, '2026-05-01', 3), [
      // Of Thursday 30 April, of Friday and of the Saturday that is open.
      '2026-05-01T02:00',
      '2026-05-02T02:00',
      '2026-05-03T02:00',
    ]);
  assert.deepEqual(startsOf({ times: ['30:00', '06:00'], on: 'closed' }, '2026-04-29', 2), [
    '2026-04-29T06:00',
    '2026-04-30T06:00',
  ]);
});

test('calendar schedules: days of the month: from both ends, open and closed, weekdays, dates', () => {
  const first = (given: object): string | undefined =>
    startsOf({ times: ['10:00'], on: 'all', ...given }, '2026-05-01', 1)[0];
  assert.equal(first({ days: [15] }), '2026-05-15T10:00');
  assert.equal(first({ days: ['-1'] }), '2026-05-31T10:00');
  assert.equal(first({ days: ['-3'] }), '2026-05-29T10:00');
  assert.equal(first({ days: ['open 3'] }), '2026-05-07T10:00');
  assert.equal(first({ days: ['open -2'] }), '2026-05-28T10:00');
  assert.equal(first({ days: ['closed 1'] }), '2026-05-03T10:00');
  assert.equal(first({ days: ['fri 2'] }), '2026-05-08T10:00');
  assert.equal(first({ days: ['fri -1'] }), '2026-05-29T10:00');
  assert.equal(first({ days: ['12-25'] }), '2026-12-25T10:00');
  assert.equal(first({ days: ['2027-02-03'] }), '2027-02-03T10:00');
  assert.deepEqual(startsOf({ times: ['10:00'], days: ['2026-04-24/14'], on: 'all' }, '2026-05-01', 2), [
    '2026-05-08T10:00',
    '2026-05-22T10:00',
  ]);
  assert.equal(first({ days: ['31'], months: [6, 7] }), '2026-07-31T10:00', 'June has no 31st');
  assert.deepEqual(startsOf({ times: ['10:00'], days: ['02-29'], on: 'all' }, '2026-01-01', 2), [
    '2028-02-29T10:00',
    '2032-02-29T10:00',
  ]);
});

test('calendar schedules: a closed day: left out, before, after, all the same, and how far', () => {
  const of = (given: object): string | undefined =>
    startsOf({ times: ['10:00'], days: ['2026-05-03'], ...given }, '2026-04-20', 1)[0];
  assert.equal(of({}), undefined);
  assert.equal(of({ if_closed: 'before' }), '2026-05-02T10:00');
  assert.equal(of({ if_closed: 'after' }), '2026-05-07T10:00');
  assert.equal(of({ if_closed: 'after', shift_days_max: 3 }), undefined);
  assert.equal(of({ if_closed: 'after', shift_days_max: 4 }), '2026-05-07T10:00');
  assert.equal(of({ if_closed: 'run' }), '2026-05-03T10:00');
  assert.equal(of({ if_closed: 'before', move_open_days: -2 }), '2026-04-30T10:00');
  assert.equal(of({ if_closed: 'run', move_open_days: 1 }), '2026-05-07T10:00');
});

test('calendar schedules: shifted onto a day that runs anyway: one start', () => {
  assert.deepEqual(startsOf({ times: ['10:00'], if_closed: 'after' }, '2026-05-01', 4), [
    '2026-05-01T10:00',
    '2026-05-02T10:00',
    '2026-05-07T10:00',
    '2026-05-08T10:00',
  ]);
});

test('calendar schedules: cron: only on days of the kind, by the business day', () => {
  assert.deepEqual(startsOf({ cron: '30 4,20 * * *' }, '2026-05-02', 4), [
    '2026-05-02T04:30',
    '2026-05-02T20:30',
    // The night of the Saturday that is open.
    '2026-05-03T04:30',
    '2026-05-07T20:30',
  ]);
  assert.deepEqual(startsOf({ cron: '0 9 * * *', on: 'closed', months: [5] }, '2026-04-25', 2), [
    '2026-05-03T09:00',
    '2026-05-04T09:00',
  ]);
});

test('calendar schedules: a calendar that is never open, and one that is not there: no start', () => {
  const shut = bookOf({ week: [] });
  const range = { after: 0, count: 1 };
  for (const given of [
    { times: ['10:00'], if_closed: 'after' },
    { cron: '* * * * *' },
    { times: ['10:00'], move_open_days: 1 },
  ])
    assert.deepEqual(nextRuns(scheduleOf(given), 'UTC', { ...range, calendars: shut }), []);
  assert.deepEqual(nextRuns(scheduleOf({ times: ['10:00'] }), 'UTC', range), []);
});

test('calendar schedules: judging: keys that do not go together', () => {
  const issues = (given: object): string[] =>
    judgeScheduleDays(scheduleSchema.parse({ name: 's', ...given })).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
  assert.deepEqual(issues({ times: ['25:00'] }), ['times.0: "25:00" is past 23:59, which needs "calendar"']);
  assert.deepEqual(issues({ times: ['10:00'], on: 'closed', days: [1] }), [
    'on: needs "calendar", which is missing here',
    'days: needs "calendar", which is missing here',
  ]);
  const withCalendar = (given: object): string[] => issues({ calendar: 'c', times: ['10:00'], ...given });
  assert.deepEqual(withCalendar({ days: ['2026-01-01/0', '2026-02-30/7'] }), [
    'days.0: must come again after 1 to 366 days',
    'days.1: there is no day "2026-02-30"',
  ]);
  assert.deepEqual(withCalendar({ days: ['32', 'open 0', 'fri 6', '02-30', '2026-02-29'] }), [
    'days.0: must count from 1 to 31, or from -1 (the last) to -31',
    'days.1: must count from 1 to 31, or from -1 (the last) to -31',
    'days.2: must count from 1 to 5, or from -1 (the last) to -5',
    'days.3: there is no day "02-30"',
    'days.4: there is no day "2026-02-29"',
  ]);
  assert.match(
    withCalendar({ days: ['closed 1'] })[0] ?? '',
    /never runs with "on: open"; write "on: closed"/,
  );
  assert.match(withCalendar({ timezone: 'UTC' })[0] ?? '', /the zone of the calendar holds/);
  assert.match(withCalendar({ shift_days_max: 3 })[0] ?? '', /without "if_closed: before"/);
  assert.match(withCalendar({ on: 'all', if_closed: 'after' })[0] ?? '', /has no effect with "on: all"/);
  assert.match(
    issues({ calendar: 'c', cron: '0 0 * * *', days: [1] })[0] ?? '',
    /must be left out beside "cron"/,
  );
});

test('calendar schedules: in words: the clock, then what of the calendar is not said by itself', () => {
  const words = (given: object): string => scheduleWords(scheduleOf(given));
  assert.equal(words({ times: ['22:00', '26:00'] }), '22:00, 26:00 (c)');
  assert.equal(
    words({
      times: ['22:00'],
      days: ['open -1', 15],
      months: [3, 9],
      if_closed: 'before',
      move_open_days: 2,
    }),
    '22:00 (c: open -1, 15; months 3, 9; before; +2 open)',
  );
  assert.equal(words({ cron: '0 22 * * *', on: 'closed' }), '0 22 * * * (c: closed)');
});

test('calendar schedules: preview: starts with what they stand for, and days left out with the reason', () => {
  const schedule = scheduleOf({
    times: ['10:00'],
    days: ['29', '3', '2026-05-08'],
    if_closed: 'after',
    shift_days_max: 3,
  });
  const after = Date.parse('2026-04-20T00:00+09:00');
  const days = previewRuns(
    { schedule, zone: 'UTC', calendars: bank },
    { after, count: 3, until: after + 40 * 86_400_000 },
  );
  assert.deepEqual(
    days.map((each) =>
      each.type === 'start'
        ? `${dateText(each.day)} ${each.insteadOf.map(dateText).join()}`
        : `${dateText(each.day)} ${each.reason} ${each.name}`,
    ),
    ['2026-04-30 2026-04-29', '2026-05-03 no_open_day ゴールデンウィーク', '2026-05-08 ', '2026-05-29 '],
  );
});

const dayOf = (text: string): number => parseDate(text) ?? Number.NaN;
const zones = ['UTC', 'Asia/Tokyo', 'America/New_York', 'Europe/Berlin'];
const someDay = fc.integer({ min: dayOf('2026-01-01'), max: dayOf('2026-06-30') }).map(dateText);
const pad = (value: number): string => String(value).padStart(2, '0');
const someRule = fc.oneof(
  fc.integer({ min: 1, max: 31 }).map(String),
  fc.integer({ min: 1, max: 31 }).map((day) => `-${day}`),
  fc
    .tuple(fc.constantFrom('open', 'closed'), fc.integer({ min: 1, max: 20 }), fc.boolean())
    .map(([kind, n, back]) => `${kind} ${back ? '-' : ''}${n}`),
  fc
    .tuple(fc.constantFrom('mon', 'wed', 'sun'), fc.constantFrom('', ' 1', ' 2', ' -1', ' 5'))
    .map((all) => all.join('')),
  someDay,
  someDay.map((day) => day.slice(5)),
  fc.tuple(someDay, fc.integer({ min: 1, max: 60 })).map(([day, days]) => `${day}/${days}`),
);
const someSchedule = fc.record({
  times: fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 47 }), fc.integer({ min: 0, max: 59 }))
      .map(([h, m]) => `${pad(h)}:${pad(m)}`),
    { minLength: 1, maxLength: 3 },
  ),
  on: fc.constantFrom('open', 'closed', 'all'),
  days: fc.option(fc.array(someRule, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  months: fc.option(fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }), { nil: undefined }),
  if_closed: fc.option(fc.constantFrom('skip', 'before', 'after', 'run'), { nil: undefined }),
  shift_days_max: fc.option(fc.integer({ min: 1, max: 31 }), { nil: undefined }),
  move_open_days: fc.option(fc.constantFrom(-5, -1, 1, 7), { nil: undefined }),
});
const someCalendar = fc.record({
  timezone: fc.constantFrom(...zones),
  day_starts: fc.constantFrom('00:00', '05:00', '09:30'),
  week: fc.option(fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), { nil: undefined }),
  closed: fc.array(someDay, { maxLength: 8 }),
});

/** Day by day over a long time around, with text of dates and Temporal alone; returns instants, rising. */
const naive = (schedule: ScheduleDefinition, calendar: Calendar): number[] => {
  const found = new Set<number>();
  const isOpen = (date: Temporal.PlainDate): boolean => calendar.isOpen(dayOf(date.toString()));
  for (
    let date = Temporal.PlainDate.from('2025-06-01');
    Temporal.PlainDate.compare(date, '2027-03-01') < 0;
    date = date.add({ days: 1 })
  ) {
    if (schedule.months !== undefined && !schedule.months.includes(date.month)) continue;
    if (schedule.days !== undefined && !schedule.days.some((rule) => isNamed(rule, date, isOpen))) continue;
    let to: string | null = date.toString();
    const wants = schedule.on ?? 'open';
    if (wants !== 'all' && isOpen(date) !== (wants === 'open')) {
      if (wants === 'closed') continue;
      to = shifted(date, schedule, isOpen);
    }
    if (to !== null && schedule.move_open_days !== undefined)
      to = stepped(Temporal.PlainDate.from(to), { count: schedule.move_open_days, max: 120 }, isOpen);
    if (to === null) continue;
    const day = Temporal.PlainDate.from(to);
    for (const time of schedule.times ?? []) {
      const [hour = 0, minute = 0] = time.split(':').map(Number);
      const early = hour * 60 + minute < calendar.dayStartsMin;
      const wall = day.toPlainDateTime().add({ days: early ? 1 : 0, hours: hour, minutes: minute });
      const zoned = wall.toZonedDateTime(calendar.zone, { disambiguation: 'earlier' });
      const inGap = !zoned.toPlainDateTime().equals(wall);
      found.add((inGap ? zoned.getTimeZoneTransition('next') : zoned)?.epochMilliseconds ?? Number.NaN);
    }
  }
  return [...found].sort((a, b) => a - b);
};
type IsOpen = (date: Temporal.PlainDate) => boolean;
const stepped = (
  from: Temporal.PlainDate,
  { count, max }: { readonly count: number; readonly max: number },
  isOpen: IsOpen,
): string | null => {
  let left = Math.abs(count);
  let date = from;
  for (let steps = 0; steps < max; steps += 1) {
    date = date.add({ days: Math.sign(count) });
    if (isOpen(date)) left -= 1;
    if (left === 0) return date.toString();
  }
  return null;
};
const shifted = (date: Temporal.PlainDate, schedule: ScheduleDefinition, isOpen: IsOpen): string | null => {
  if (schedule.if_closed === 'run') return date.toString();
  if (schedule.if_closed !== 'before' && schedule.if_closed !== 'after') return null;
  return stepped(
    date,
    { count: schedule.if_closed === 'before' ? -1 : 1, max: schedule.shift_days_max ?? 10 },
    isOpen,
  );
};
const isNamed = (rule: string, date: Temporal.PlainDate, isOpen: IsOpen): boolean => {
  const [word = '', second = ''] = rule.split(' ');
  const first = date.with({ day: 1 });
  const month = Array.from({ length: date.daysInMonth }, (_, index) => first.add({ days: index }));
  const at = (list: Temporal.PlainDate[], n: number): boolean =>
    list.at(n > 0 ? n - 1 : n)?.equals(date) === true;
  if (word === 'open') return at(month.filter(isOpen), Number(second));
  if (word === 'closed')
    return at(
      month.filter((each) => !isOpen(each)),
      Number(second),
    );
  const weekday = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].indexOf(word) + 1;
  if (weekday > 0) {
    const all = month.filter(({ dayOfWeek }) => dayOfWeek === weekday);
    return second === '' ? date.dayOfWeek === weekday : at(all, Number(second));
  }
  if (rule.includes('/')) {
    const [from = '', days] = rule.split('/');
    const passed = date.since(Temporal.PlainDate.from(from)).total({ unit: 'days' });
    return passed >= 0 && passed % Number(days) === 0;
  }
  if (rule.length === 10) return date.toString() === rule;
  if (/^\d{2}-\d{2}$/.test(rule)) return date.toString().slice(5) === rule;
  return at(month, Number(rule));
};

test('calendar schedules: random ones: next and last as the naive model has them', () => {
  fc.assert(
    fc.property(
      someCalendar,
      someSchedule,
      fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 6, 1) }),
      (given, fields, around) => {
        const book = bookOf(given);
        const schedule = scheduleOf(fields);
        const calendar = book.find('c');
        assert(calendar !== null);
        const all = naive(schedule, calendar);
        const times = openRunTimes(schedule, 'UTC', book);
        const next = times.next(around);
        const expected = all.find((at) => at > around);
        // The model ends somewhere; what lies beyond it is no contradiction.
        if (expected === undefined) assert(next === null || next > Date.UTC(2026, 11, 1), String(next));
        else assert.equal(next, expected);
        const last = times.last(around);
        const before = all.findLast((at) => at <= around);
        if (before === undefined) assert(last === null || last < Date.UTC(2025, 9, 1), String(last));
        else assert.equal(last, before);
      },
    ),
    { numRuns: 300 },
  );
});
