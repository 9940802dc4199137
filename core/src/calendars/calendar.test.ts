// Calendars beside a naive model: the days of random calendars by Temporal and by going through every entry, business days by the wall clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendarSchema, type CalendarDefinition } from '@nezuban/protocol/calendars/calendar';
import { weekdays } from '@nezuban/protocol/calendars/weekday';
import fc from 'fast-check';
import { businessInstant, businessTimeOf, wallTimeOf } from './business-time.ts';
import { createCalendarBook, type Calendar } from './calendar.ts';
import { civilDate, civilDay, dateText, daysInMonth, parseDate, weekdayOf } from './civil-date.ts';
import { nthFrom, nthInMonth, searchDaysMax } from './count-days.ts';
import { dependentsOf, judgeCalendar, judgeInheritance } from './judge-calendar.ts';

const dayOf = (text: string): number => {
  const day = parseDate(text);
  assert(day !== null, text);
  return day;
};
const plain = (day: number): Temporal.PlainDate => Temporal.PlainDate.from(dateText(day));

const calendarOf = (given: object, name = 'c'): CalendarDefinition =>
  calendarSchema.parse({ kind: 'calendar', name, ...given });
const open = (...definitions: CalendarDefinition[]): Calendar => {
  const book = createCalendarBook(new Map(definitions.map((each) => [each.name, each])));
  const found = book.find(definitions[0]?.name ?? '');
  assert(found !== null);
  return found;
};

test('civil dates: every day of six centuries: as Temporal has it', () => {
  let date = Temporal.PlainDate.from('1800-01-01');
  for (let day = dayOf('1800-01-01'); day < dayOf('2400-01-01'); day += 1, date = date.add({ days: 1 })) {
    const { year, month, day: ofMonth } = civilDate(day);
    assert.equal(year, date.year);
    assert.equal(month, date.month);
    assert.equal(ofMonth, date.day);
    assert.equal(civilDay({ year, month, day: ofMonth }), day);
    assert.equal(weekdayOf(day) + 1, date.dayOfWeek);
  }
  assert.equal(daysInMonth({ year: 2024, month: 2 }), 29);
  assert.equal(parseDate('2026-02-29'), null);
});

test('calendars: without anything said: Monday to Friday is open', () => {
  const calendar = open(calendarOf({}));
  assert.deepEqual(calendar.factsOf(dayOf('2026-11-27')), { open: true, name: null, by: 'week', from: null });
  assert.equal(calendar.isOpen(dayOf('2026-11-28')), false);
  assert.equal(calendar.zone, 'UTC');
  assert.equal(calendar.lastDated, null);
});

test('calendars: a calendar above: its holidays hold, the nearest week and zone hold', () => {
  const japan = calendarOf(
    { timezone: 'Asia/Tokyo', closed: [{ date: '2026-11-23', name: '勤労感謝の日' }], week: ['mon'] },
    'japan',
  );
  const bank = calendarOf(
    {
      inherits: 'japan',
      week: ['mon', 'tue', 'sat'],
      day_starts: '05:00',
      closed: [{ date: '12-31', to: '01-03', name: '年末年始' }],
      open: ['2027-01-02'],
    },
    'bank',
  );
  const calendar = open(bank, japan);
  assert.equal(calendar.zone, 'Asia/Tokyo');
  assert.equal(calendar.dayStartsMin, 300);
  assert.deepEqual(calendar.above, ['japan']);
  assert.deepEqual(calendar.factsOf(dayOf('2026-11-23')), {
    open: false,
    name: '勤労感謝の日',
    by: 'date',
    from: 'japan',
  });
  assert.equal(calendar.isOpen(dayOf('2026-11-28')), true, 'a Saturday of the week below');
  assert.equal(calendar.factsOf(dayOf('2026-12-31')).name, '年末年始');
  assert.equal(calendar.factsOf(dayOf('2027-01-01')).by, 'every_year');
  assert.equal(calendar.isOpen(dayOf('2027-01-02')), true, 'a date goes before the days of every year');
  assert.equal(calendar.lastDated, dayOf('2027-01-02'));
});

const someDay = fc.integer({ min: dayOf('2025-12-01'), max: dayOf('2027-02-28') });
const someEntry = fc.oneof(
  someDay.map((day) => ({ date: dateText(day) })),
  fc.tuple(someDay, fc.integer({ min: 0, max: 12 })).map(([day, length]) => ({
    date: dateText(day),
    to: dateText(day + length),
  })),
  fc.tuple(someDay, fc.integer({ min: 0, max: 12 })).map(([day, length]) => ({
    date: dateText(day).slice(5),
    to: dateText(day + length).slice(5),
  })),
);
type Entry = { readonly date: string; readonly to?: string };
const someLevel = fc.record({
  week: fc.option(fc.subarray([...weekdays])),
  closed: fc.array(someEntry, { maxLength: 6 }),
  open: fc.array(someEntry, { maxLength: 6 }),
});

/** By going through every entry, with ranges of every year compared as text. */
const names = ({ date, to = date }: Entry, day: number): boolean => {
  if (date.length > 5) return dateText(day) >= date && dateText(day) <= to;
  const key = dateText(day).slice(5);
  return date <= to ? key >= date && key <= to : key >= date || key <= to;
};
type Level = { readonly week: string[] | null; readonly closed: Entry[]; readonly open: Entry[] };
const naive = (levels: readonly Level[], day: number): boolean => {
  for (const level of levels)
    for (const dated of [true, false]) {
      const fits = (entry: Entry): boolean => entry.date.length > 5 === dated && names(entry, day);
      if (level.open.some(fits)) return true;
      if (level.closed.some(fits)) return false;
    }
  const week = levels.find((level) => level.week !== null)?.week ?? weekdays.slice(0, 5);
  return week.includes(weekdays[plain(day).dayOfWeek - 1] ?? '');
};

test('calendars: random ones above one another: each day as the naive model says', () => {
  fc.assert(
    fc.property(fc.array(someLevel, { minLength: 1, maxLength: 3 }), (levels) => {
      const definitions = levels.map((level, index) =>
        calendarOf(
          {
            ...(level.week !== null && { week: level.week }),
            closed: level.closed,
            open: level.open,
            ...(index + 1 < levels.length && { inherits: `c${index + 1}` }),
          },
          `c${index}`,
        ),
      );
      // What the judge refuses means nothing.
      fc.pre(definitions.every((definition) => judgeCalendar(definition).length === 0));
      const calendar = open(...definitions);
      for (let day = dayOf('2025-11-01'); day <= dayOf('2027-03-31'); day += 1)
        assert.equal(calendar.isOpen(day), naive(levels, day), dateText(day));
    }),
    { numRuns: 200 },
  );
});

test('calendars: counting: the n-th open or closed day, from a day and within a month', () => {
  fc.assert(
    fc.property(
      fc.record({
        level: someLevel,
        day: someDay,
        n: fc.integer({ min: 1, max: 20 }),
        back: fc.boolean(),
        kind: fc.constantFrom('open' as const, 'closed' as const),
      }),
      ({ level, day, n, back, kind }) => {
        const calendar = open(calendarOf({ ...level, week: level.week ?? undefined }));
        const isKind = (each: number): boolean => calendar.isOpen(each) === (kind === 'open');
        const count = back ? -n : n;
        const reach = Array.from(
          { length: searchDaysMax },
          (_, index) => day + Math.sign(count) * (index + 1),
        );
        assert.equal(nthFrom(calendar, day, { count, kind }), reach.filter(isKind)[n - 1] ?? null);
        const { year, month } = civilDate(day);
        const first = civilDay({ year, month, day: 1 });
        const ofMonth = Array.from({ length: daysInMonth({ year, month }) }, (_, index) => first + index);
        const fits = ofMonth.filter(isKind);
        assert.equal(
          nthInMonth(calendar, { year, month }, { count, kind }),
          (back ? fits.toReversed() : fits)[n - 1] ?? null,
        );
      },
    ),
  );
});

const zones = [
  'UTC',
  'Asia/Tokyo',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
];

test('business days: an instant lies on the day whose begin the wall clock has passed', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 1439 }),
      fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 0, 1) }),
      (zone, dayStartsMin, at) => {
        const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
        const begin = { hour: Math.floor(dayStartsMin / 60), minute: dayStartsMin % 60 };
        const passed = Temporal.PlainTime.compare(wall.toPlainTime(), Temporal.PlainTime.from(begin)) >= 0;
        const expected = passed ? wall.toPlainDate() : wall.toPlainDate().subtract({ days: 1 });
        const { day, sinceBegin } = businessTimeOf(at, { zone, dayStartsMin });
        assert.equal(dateText(day), expected.toString());
        assert(sinceBegin >= 0 && sinceBegin < 1440);
      },
    ),
  );
});

test('business days: a time of a day: the wall clock shows it, and it lies on that day', () => {
  fc.assert(
    fc.property(
      fc.record({
        zone: fc.constantFrom(...zones),
        dayStartsMin: fc.integer({ min: 0, max: 12 * 60 }),
        day: someDay,
        seconds: fc.integer({ min: 0, max: 2 * 86_400 - 1 }),
      }),
      ({ zone, dayStartsMin, day, seconds }) => {
        const at = businessInstant(day, seconds, { zone, dayStartsMin });
        const early = seconds < dayStartsMin * 60;
        const wanted = plain(day)
          .toPlainDateTime()
          .add({ days: early ? 1 : 0, seconds });
        const shown = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
        if (shown.equals(wanted)) {
          // Of two passes the first.
          const other = wanted.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds;
          assert(at <= other);
          if (early || seconds < 86_400) assert.equal(businessTimeOf(at, { zone, dayStartsMin }).day, day);
          return;
        }
        // Skipped by the clocks: the first instant behind the gap.
        assert(Temporal.PlainDateTime.compare(shown, wanted) > 0);
        const before = Temporal.Instant.fromEpochMilliseconds(at - 1_000).toZonedDateTimeISO(zone);
        assert(Temporal.PlainDateTime.compare(before.toPlainDateTime(), wanted) < 0);
      },
    ),
  );
});

test('business days: summer time: 02:30 that is skipped comes at 03:00, 01:30 that comes twice is the first', () => {
  const clock = { zone: 'America/New_York', dayStartsMin: 0 };
  const text = (ms: number): string => new Date(ms).toISOString();
  assert.equal(text(businessInstant(dayOf('2026-03-08'), 9_000, clock)), '2026-03-08T07:00:00.000Z');
  assert.equal(text(businessInstant(dayOf('2026-11-01'), 5_400, clock)), '2026-11-01T05:30:00.000Z');
  assert.deepEqual(wallTimeOf(Date.parse('2026-11-26T20:00:00Z'), 'Asia/Tokyo'), {
    day: dayOf('2026-11-27'),
    minute: 300,
  });
});

test('calendars: judging: what cannot be is refused with its place', () => {
  const issuesOf = (given: object): string[] =>
    judgeCalendar(calendarOf(given)).map(({ path, message }) => `${path.join('.')}: ${message}`);
  assert.deepEqual(issuesOf({ closed: ['2026-02-30'] }), ['closed.0: there is no day "2026-02-30"']);
  assert.deepEqual(issuesOf({ closed: [{ date: '2026-12-29', to: '01-03' }] }), [
    'closed.0.to: must be a date with its year such as "2027-01-03", as "date" is',
  ]);
  assert.deepEqual(issuesOf({ closed: [{ date: '2026-12-29', to: '2026-01-03' }] }), [
    'closed.0.to: is before "date" (2026-12-29)',
  ]);
  assert.deepEqual(issuesOf({ closed: [{ date: '2026-01-01', to: '2028-01-01' }] }), [
    'closed.0.to: makes a range of 731 days; at most 366 are allowed',
  ]);
  assert.deepEqual(issuesOf({ closed: ['1066-10-14'] }), [
    'closed.0: is in the year 1066; years go from 1970 to 2199',
  ]);
  assert.match(
    issuesOf({ closed: ['2026-01-01'], open: ['2026-01-01'] })[0] ?? '',
    /opens 2026-01-01, which "closed" closes/,
  );
  assert.match(
    issuesOf({ timezone: 'Asia/Tokio' })[0] ?? '',
    /timezone: there is no time zone "Asia\/Tokio"; .*"Asia\/Tokyo"/,
  );
  assert.match(issuesOf({ inherits: 'c' })[0] ?? '', /names the calendar itself/);
});

test('calendars: judging: more days than a calendar may have: said, whatever stands in the lists', () => {
  const closed = Array.from({ length: 2_000 }, (_, index) => ({
    date: `${1970 + (index % 200)}-01-01`,
    to: `${1970 + (index % 200)}-12-31`,
  }));
  assert.deepEqual(
    judgeCalendar(calendarOf({ closed })).map(({ message }) => message),
    ['its lists hold more than 10000 days; no more are allowed'],
  );
});

test('calendars: inheritance: a circle, a calendar that is not there and a tower are refused', () => {
  const others = (...list: [string, string | undefined][]) =>
    new Map(list.map(([name, inherits]) => [name, calendarOf({ inherits }, name)]));
  assert.match(
    judgeInheritance(calendarOf({ inherits: 'b' }, 'a'), others(['b', 'd'], ['d', 'a']))?.message ?? '',
    /goes in a circle: a -> b -> d -> a/,
  );
  assert.match(
    judgeInheritance(calendarOf({ inherits: 'b' }, 'a'), others())?.message ?? '',
    /there is no calendar "b"/,
  );
  const tower = others(...Array.from({ length: 9 }, (_, i): [string, string] => [`t${i}`, `t${i + 1}`]));
  assert.match(judgeInheritance(calendarOf({ inherits: 't0' }, 'a'), tower)?.message ?? '', /more than 7/);
  assert.deepEqual(
    [...dependentsOf('d', others(['d', undefined], ['b', 'd'], ['a', 'b'], ['x', undefined]))].sort(),
    ['a', 'b', 'd'],
  );
});
