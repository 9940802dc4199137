// Calendars from the command line, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { HolidayImport } from '@nezuban/protocol/api/calendar-operations';
import { calendarLimits, calendarSchema } from '@nezuban/protocol/calendars/calendar';
import { startFakeManager, type FakeHandlers } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';
import { importBytesMax } from './import-holidays.ts';

process.env['TZ'] = 'Asia/Tokyo';

const view = {
  calendar: calendarSchema.parse({ kind: 'calendar', name: 'bank', title: '銀行', inherits: 'japan' }),
  revision: 3,
  updatedAt: '2026-11-26T03:00:00.000Z',
  updatedBy: 'admin',
  timezone: 'Asia/Tokyo',
  dayStarts: '05:00',
  today: '2026-11-26',
  todayOpen: true,
  lastDay: '2026-12-20',
  ending: true,
  uses: [{ kind: 'jobnet' as const, name: 'night' }],
  usesHidden: 2,
};
const run = async (handlers: FakeHandlers, words: readonly string[]) => {
  await using manager = await startFakeManager(handlers);
  return { ...(await runCli(words, { url: manager.url })), calls: manager.calls };
};

test('calendar list: uses, the last day, and a warning before it', async () => {
  const result = await run({ listCalendars: () => ({ items: [view], nextCursor: null }) }, [
    'calendar',
    'list',
  ]);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stdout, /bank +open +Asia\/Tokyo +2026-12-20 +3 +銀行/);
  assert.match(
    result.stdout,
    /Calendar bank names no day after 2026-12-20: .*nezuban calendar import bank FILE/,
  );
});

test('calendar show: the days of a year, or the YAML', async () => {
  const day = (date: string, open: boolean, name: string | null) => ({
    date,
    open,
    name,
    by: name === null ? ('week' as const) : ('date' as const),
    from: null,
  });
  const handlers: FakeHandlers = {
    getCalendar: () => view,
    exportCalendar: () => 'kind: calendar\nname: bank\n',
    getCalendarDays: ({ query }) => {
      assert.deepEqual(query, { from: '2027-01-01', to: '2027-12-31' });
      return { items: [day('2027-01-01', false, '元日'), day('2027-01-04', true, null)] };
    },
  };
  const shown = await run(handlers, ['calendar', 'show', 'bank', '--year', '2027']);
  assert.match(shown.stdout, /today, 2026-11-26, is open; days begin at 05:00 in Asia\/Tokyo\./);
  assert.match(shown.stdout, /Used by: jobnet night, 2 that you may not see\./);
  assert.match(shown.stdout, /2027-01, 1 open days\n {2}\[1\] 4\n {2}2027-01-01 closed 元日/);
  const yaml = await run(handlers, ['calendar', 'show', 'bank', '--yaml']);
  assert.equal(yaml.stdout, 'kind: calendar\nname: bank\n');
});

test('calendar import: shown, then done; asked by nobody without --yes; nothing to do is said', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nz-calendar-cli-'));
  try {
    const file = path.join(folder, 'h.csv');
    await writeFile(file, '2027/1/1,元日\n');
    const answer = (dryRun: boolean, changes: HolidayImport['changes']): HolidayImport => ({
      dryRun,
      format: 'csv',
      encoding: 'utf-8',
      holidays: 2,
      changes,
      unchanged: 1,
      skipped: [{ line: 4, reason: 'it is no event of whole days' }],
      calendar: view.calendar,
    });
    const asked: boolean[] = [];
    const handlers: FakeHandlers = {
      importHolidays: ({ body }) => {
        asked.push(body.dryRun);
        assert.equal(Buffer.from(body.content, 'base64').toString(), '2027/1/1,元日\n');
        return answer(body.dryRun, [
          { date: '2027-01-01', name: '元日', change: 'renamed', before: 'New Year' },
          { date: '2026-08-10', name: '山の日', change: 'missing', before: null },
        ]);
      },
    };
    const refused = await run(handlers, ['calendar', 'import', 'bank', file]);
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.stderr, /2027-01-01 元日 \(other name, was New Year\)/);
    assert.match(refused.stderr, /2026-08-10 山の日 \(not in the file, stays\)/);
    assert.match(refused.stderr, /type: nezuban calendar import bank .*h\.csv --yes/);
    const done = await run(handlers, ['calendar', 'import', 'bank', file, '--yes']);
    assert.equal(done.exitCode, 0, done.stderr);
    assert.match(done.stdout, /Calendar bank has 1 changes\./);
    assert.deepEqual(asked, [true, true, false]);
    const nothing = await run({ importHolidays: () => answer(true, []) }, [
      'calendar',
      'import',
      'bank',
      file,
    ]);
    assert.equal(nothing.exitCode, 0);
    assert.match(nothing.stdout, /Nothing is to be changed\./);
    const missing = await run(handlers, ['calendar', 'import', 'bank', path.join(folder, 'none.csv')]);
    assert.match(missing.stderr, /none\.csv cannot be read/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('calendar delete: the version that is there', async () => {
  const result = await run({ getCalendar: () => view, deleteCalendar: () => undefined }, [
    'calendar',
    'delete',
    'bank',
  ]);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stdout, /Calendar bank is deleted\./);
});

test('net starts: starts, what they stand for, and days that are left out', async () => {
  const handlers: FakeHandlers = {
    previewNet: ({ query }) => {
      assert.equal(query.from, '2026-11-30T15:00:00.000Z');
      return {
        schedules: [
          {
            schedule: 's',
            enabled: true,
            timezone: 'Asia/Tokyo',
            calendar: 'bank',
            days: [
              { type: 'start', at: '2026-12-01T13:00:00.000Z', day: '2026-12-01', insteadOf: ['2026-11-29'] },
              { type: 'left_out', day: '2026-12-31', reason: 'closed', name: '大晦日' },
            ],
          },
        ],
      };
    },
  };
  const result = await run(handlers, ['net', 'starts', 'night', '--from', '2026-12-01']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stdout, /s: Asia\/Tokyo, calendar bank/);
  assert.match(result.stdout, /2026-12-01 +2026-12-01 22:00:00 +instead of 2026-11-29/);
  assert.match(result.stdout, /2026-12-31 +left out +closed: 大晦日/);
  const wrong = await run(handlers, ['net', 'starts', 'night', '--from', 'tomorrow']);
  assert.match(wrong.stderr, /--from is "tomorrow"; it must be a date/);
});

test('calendar import: the limit of the file is that of the manager', () => {
  assert.equal(importBytesMax, calendarLimits.importBytesMax);
});
