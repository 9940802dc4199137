// Files of holidays as they are in the world, and what their import makes of a calendar.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendarSchema } from '@nezuban/protocol/calendars/calendar';
import { mergeHolidays } from './merge-holidays.ts';
import { readHolidays, type ReadHolidays } from './read-holidays.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string): Extract<ReadHolidays, { ok: true }> => {
  const result = readHolidays(utf8(text));
  assert(result.ok, JSON.stringify(result));
  return result;
};
const refusal = (text: string): string => {
  const result = readHolidays(utf8(text));
  assert(!result.ok);
  const [first] = result.issues;
  return `${first?.line}: ${first?.message}`;
};

const header = '国民の祝日・休日月日,国民の祝日・休日名称\r\n';

test('holidays: the list of the Cabinet Office in Shift_JIS: dates and names', () => {
  // "国民の祝日・休日月日,国民の祝日・休日名称", "2026/1/1,元日", "2026/5/6,休日" as Windows-31J writes them.
  const bytes = Buffer.from(
    '8d9196af82cc8f6a93fa81458b7893fa8c8e93fa2c8d9196af82cc8f6a93fa81458b7893fa96bc8fcc0d0a' +
      '323032362f312f312c8cb393fa0d0a323032362f352f362c8b7893fa0d0a',
    'hex',
  );
  const result = readHolidays(new Uint8Array(bytes));
  assert(result.ok);
  assert.equal(result.encoding, 'shift_jis');
  assert.equal(result.format, 'csv');
  assert.deepEqual(result.holidays, [
    { date: '2026-01-01', name: '元日' },
    { date: '2026-05-06', name: '休日' },
  ]);
});

test('holidays: CSV in UTF-8: a mark at the begin, quotes, other forms of dates', () => {
  assert.deepEqual(
    read(`\u{FEFF}${header}2026/1/12,"成人の日"\n2026-02-11,"a ""b"", c"\n20260223,\n`).holidays,
    [
      { date: '2026-01-12', name: '成人の日' },
      { date: '2026-02-11', name: 'a "b", c' },
      { date: '2026-02-23', name: null },
    ],
  );
});

test('holidays: CSV: a line that is none is named', () => {
  assert.match(refusal(`${header}2026/1/1,元日\n2026/2/30,x\n`), /^3: "2026\/2\/30" is no date/);
  assert.match(refusal(`${header}2026/1/1,元日\nyesterday,x\n`), /^3: "yesterday" is no date/);
  assert.match(refusal(header), /^1: the file holds no holiday/);
  assert.match(refusal(`2026/1/1,${'x'.repeat(101)}\n`), /^1: the name is longer than 100/);
});

test('holidays: files that are far too large: refused, and not gone through to their end', () => {
  const long = Array.from(
    { length: 6_000 },
    (_, index) => `${2000 + (index % 90)}/1/${1 + (index % 28)},x`,
  ).join('\n');
  assert.match(refusal(long), /more than 5000 holidays/);
  assert.match(refusal(`2026/1/1,x\n${'"'.repeat(900_000)}\n`), /^2: the line is longer than 1000/);
  const events = Array.from(
    { length: 12_000 },
    () => 'BEGIN:VEVENT\nDTSTART:20260101\nDTEND:20270101\nEND:VEVENT',
  ).join('\n');
  assert.match(refusal(`BEGIN:VCALENDAR\n${events}`), /more than 5000 holidays/);
});

test('holidays: iCalendar: whole days, ranges, folded lines, every year; what has a time is passed over', () => {
  const result = read(
    [
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'DTSTART;VALUE=DATE:20260101',
      'DTEND;VALUE=DATE:20260102',
      'SUMMARY:New Year',
      ' ’s Day\\, at last',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'DTSTART;VALUE=DATE:20261229',
      'DTEND;VALUE=DATE:20261231',
      'SUMMARY:休み',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'DTSTART;VALUE=DATE:20201225',
      'RRULE:FREQ=YEARLY',
      'SUMMARY:Christmas',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'DTSTART:20260101T090000Z',
      'SUMMARY:meeting',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'DTSTART;VALUE=DATE:20260101',
      'RRULE:FREQ=WEEKLY;BYDAY=MO',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n'),
  );
  assert.equal(result.format, 'ics');
  assert.deepEqual(result.holidays, [
    { date: '2026-01-01', name: 'New Year’s Day, at last' },
    { date: '2026-12-29', name: '休み' },
    { date: '2026-12-30', name: '休み' },
    { date: '12-25', name: 'Christmas' },
  ]);
  assert.deepEqual(
    result.skipped.map(({ line, reason }) => `${line}: ${reason}`),
    [
      '18: it is no event of whole days',
      '22: it comes again by a rule that a calendar does not know (FREQ=WEEKLY;BYDAY=MO)',
    ],
  );
});

const bank = calendarSchema.parse({
  kind: 'calendar',
  name: 'bank',
  closed: [
    { date: '2026-12-30', to: '2027-01-03', name: '年末年始' },
    { date: '2026-07-20', name: 'うみの日' },
    { date: '2026-08-10', name: '山の日' },
    '2026-10-10',
    { date: '12-31', name: '大みそか' },
  ],
  open: [{ date: '2026-11-23', name: '営業' }],
});

test('holidays: merging: what is new, renamed, missing and kept open', () => {
  const holidays = [
    { date: '2026-01-01', name: '元日' },
    { date: '2026-07-20', name: '海の日' },
    { date: '2027-01-01', name: '元日' },
    { date: '2026-11-23', name: '勤労感謝の日' },
  ];
  const merged = mergeHolidays(bank, holidays, { removeMissing: false });
  assert.deepEqual(merged.changes, [
    { date: '2026-01-01', name: '元日', change: 'added', before: null },
    { date: '2026-07-20', name: '海の日', change: 'renamed', before: 'うみの日' },
    { date: '2026-08-10', name: '山の日', change: 'missing', before: null },
    { date: '2026-11-23', name: '勤労感謝の日', change: 'kept_open', before: null },
  ]);
  assert.equal(merged.unchanged, 1, 'a day of a range');
  assert.deepEqual(merged.calendar.closed, [
    { date: '12-31', name: '大みそか' },
    { date: '2026-01-01', name: '元日' },
    { date: '2026-07-20', name: '海の日' },
    { date: '2026-08-10', name: '山の日' },
    '2026-10-10',
    { date: '2026-12-30', to: '2027-01-03', name: '年末年始' },
  ]);
  assert.deepEqual(merged.calendar.open, bank.open);
});

test('holidays: merging twice: nothing is left to do', () => {
  const holidays = [{ date: '2026-01-01', name: '元日' }];
  const once = mergeHolidays(bank, holidays, { removeMissing: true });
  assert.deepEqual(
    once.changes.filter(({ change }) => change === 'removed').map(({ date }) => date),
    ['2026-07-20', '2026-08-10'],
  );
  const twice = mergeHolidays(once.calendar, holidays, { removeMissing: true });
  assert.deepEqual(twice.changes, []);
  assert.equal(twice.unchanged, 1);
  assert.deepEqual(twice.calendar, once.calendar);
});
