// Meanings of the keys of calendars, and of the keys of schedules and time bands that go by one. Part of meanings-yaml.ts.

export const calendarMeanings: Readonly<Record<string, string>> = {
  kind: 'What the document defines.',
  name: 'Unique among calendars; schedules and rules name it.',
  title: 'Shown beside the name.',
  description: 'For people.',
  inherits:
    'Another calendar. What this one leaves out of `timezone`, `day_starts` and `week` is that of the other; days of its lists hold where this one says nothing of a day.',
  timezone: 'IANA zone of its days. Left out everywhere: UTC.',
  day_starts:
    'When the business day begins: what is earlier belongs to the day before. With `05:00`, two in the morning is still yesterday. Left out everywhere: 00:00.',
  week: 'Weekdays that are open. Left out everywhere: Monday to Friday.',
  closed: 'Days that are closed whatever the weekday. A day that has a year goes before one of every year.',
  'closed[].date':
    'A date such as `2026-12-29`, or `12-29` of every year. Without more, the date alone may stand in the list.',
  'closed[].to': 'The last day of a range that begins at `date`; both are part of it.',
  'closed[].name': 'What the day is called, such as the name of the holiday.',
  open: 'Days that are open whatever the weekday.',
  'open[].date': 'As in `closed`.',
  'open[].to': 'As in `closed`.',
  'open[].name': 'As in `closed`.',
};

export const scheduleDayMeanings: Readonly<Record<string, string>> = {
  'schedules[].calendar': 'Days go by this calendar, and times by its zone.',
  'schedules[].on':
    'With a calendar: starts on its `open` days alone (if left out), on its `closed` ones, or on `all`.',
  'schedules[].days':
    'Days of the month on which it starts: `15`, `-1` (the last), `open 1`, `open -3`, `closed 1`, `fri`, `fri 2`, `fri -1`, `12-25`, `2026-12-25`, `2026-12-25/14` (every 14 days from then on). Left out: every day.',
  'schedules[].months': 'Only in these months.',
  'schedules[].if_closed':
    'Of a day that is closed, where it starts on open days: left out (`skip`), moved to the open day `before` or `after`, or `run` all the same.',
  'schedules[].shift_days_max':
    'With `before` and `after`: no farther than so many calendar days; else the day is left out. Left out: 10.',
  'schedules[].move_open_days':
    'Moved on by so many open days, after all else; a negative number to earlier ones.',
};

export const timeBandMeanings = (list: 'only' | 'except'): Readonly<Record<string, string>> => ({
  [`times.${list}[].calendar`]:
    'The band goes by the business days of this calendar and by its zone; times may go up to 48:00. Without times it is the whole business day.',
  [`times.${list}[].on`]: 'With a calendar: its `open` days (if left out) or its `closed` ones.',
});
