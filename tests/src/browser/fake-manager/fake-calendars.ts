// Calendars of the fake manager: days, uses and imports by the product's own rules, on calendars that live as long as the fake.
import { businessTimeOf } from '@nezuban/core/calendars/business-time';
import { createCalendarBook, type CalendarBook } from '@nezuban/core/calendars/calendar';
import { dateText } from '@nezuban/core/calendars/civil-date';
import { judgeCalendar } from '@nezuban/core/calendars/judge-calendar';
import { mergeHolidays } from '@nezuban/core/calendars/merge-holidays';
import { readHolidays } from '@nezuban/core/calendars/read-holidays';
import { issueOf } from '@nezuban/core/definitions/path-issue';
import { judgeScheduleDays } from '@nezuban/core/schedules/judge-schedule-days';
import { previewRuns } from '@nezuban/core/schedules/preview-runs';
import {
  previewLimits,
  type CalendarView,
  type SchedulePreview,
} from '@nezuban/protocol/api/calendar-operations';
import { calendarSchema, type CalendarDefinition } from '@nezuban/protocol/calendars/calendar';
import { scheduleSchema, type ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import { assertFresh, paged, refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

type Stored = { readonly calendar: CalendarDefinition; readonly revision: number };

const samples = (): [string, Stored][] => {
  // The year that the pages show first.
  const year = new Date().getUTCFullYear();
  return [
    {
      kind: 'calendar',
      name: 'japan',
      title: '国民の祝日',
      timezone: 'Asia/Tokyo',
      closed: [
        { date: `${year}-01-01`, name: '元日' },
        { date: `${year}-01-12`, name: '成人の日' },
        { date: `${year}-02-11`, name: '建国記念の日' },
        { date: `${year}-04-29`, name: '昭和の日' },
        { date: `${year}-05-03`, to: `${year}-05-06`, name: 'ゴールデンウィーク' },
        { date: `${year}-11-23`, name: '勤労感謝の日' },
      ],
    },
    {
      kind: 'calendar',
      name: 'bank',
      title: '銀行営業日',
      inherits: 'japan',
      day_starts: '05:00',
      closed: [{ date: '12-31', to: '01-03', name: '年末年始' }],
      open: [{ date: `${year}-06-13`, name: '臨時営業' }],
    },
  ].map((given, index) => [given.name, { calendar: calendarSchema.parse(given), revision: index + 1 }]);
};

const sampleSchedule = scheduleSchema.parse({
  name: 'month-end',
  calendar: 'bank',
  times: ['22:00', '26:00'],
  days: ['-1', '29'],
  if_closed: 'before',
});

export const createFakeCalendarHandlers = (world: Pick<FakeWorld, 'nets'>): FakeHandlers => {
  const stored = new Map(world.nets.size === 0 ? [] : samples());
  let revision = 10;
  const book = () => createCalendarBook(new Map([...stored].map(([name, { calendar }]) => [name, calendar])));
  const find = (name: string) => stored.get(name) ?? refuse('not_found', `There is no calendar "${name}".`);
  const usesOf = (name: string): CalendarView['uses'] => [
    ...[...stored.values()]
      .filter(({ calendar }) => calendar.inherits === name)
      .map(({ calendar }) => ({ kind: 'calendar' as const, name: calendar.name })),
    ...(name === 'bank' ? [{ kind: 'jobnet' as const, name: 'sample/night-run' }] : []),
  ];
  const toView = ({ calendar, revision: at }: Stored): CalendarView => {
    const open = book().find(calendar.name);
    if (open === null) return refuse('internal', 'The fake has lost a calendar');
    const today = businessTimeOf(Date.now(), open).day;
    const uses = usesOf(calendar.name);
    return {
      calendar,
      revision: at,
      updatedAt: new Date(Date.now() - 3_600_000).toISOString(),
      updatedBy: 'admin',
      timezone: open.zone,
      dayStarts: open.dayStartsMin === 300 ? '05:00' : '00:00',
      today: dateText(today),
      todayOpen: open.isOpen(today),
      lastDay: open.lastDated === null ? null : dateText(open.lastDated),
      ending: uses.length > 0 && open.lastDated !== null && open.lastDated < today + 30,
      uses,
      usesHidden: calendar.name === 'bank' ? 1 : 0,
    };
  };
  const put = (calendar: CalendarDefinition): Stored => {
    revision += 1;
    const next = { calendar, revision };
    stored.set(calendar.name, next);
    return next;
  };
  return {
    listCalendars: ({ query }) => ({ body: paged([...stored.values()].map(toView), query) }),
    getCalendar: ({ params }) => {
      const found = find(params.name);
      return { body: toView(found), revision: found.revision };
    },
    putCalendar: ({ params, body, ifMatch }) => {
      assertFresh(ifMatch, stored.get(params.name)?.revision ?? null);
      const issues = judgeCalendar(body).map(issueOf);
      if (issues.length > 0) refuse('invalid_definition', 'The calendar cannot be stored so.', issues);
      const next = put(body);
      return { body: toView(next), revision: next.revision };
    },
    deleteCalendar: ({ params, ifMatch }) => {
      assertFresh(ifMatch, find(params.name).revision);
      const [use] = usesOf(params.name);
      if (use !== undefined)
        refuse('operation_refused', `The calendar "${params.name}" is in use by ${use.kind} "${use.name}".`);
      stored.delete(params.name);
      return { body: undefined };
    },
    importHolidays: ({ params, body }) => {
      const { calendar } = find(params.name);
      const read = readHolidays(new Uint8Array(Buffer.from(body.content, 'base64')));
      if (!read.ok)
        return refuse('invalid_definition', `line ${read.issues[0]?.line}: ${read.issues[0]?.message}`);
      const merged = mergeHolidays(calendar, read.holidays, { removeMissing: body.removeMissing });
      if (!body.dryRun) put(merged.calendar);
      return {
        body: {
          dryRun: body.dryRun,
          format: read.format,
          encoding: read.encoding,
          holidays: read.holidays.length,
          changes: [...merged.changes],
          unchanged: merged.unchanged,
          skipped: [...read.skipped],
          calendar: merged.calendar,
        },
      };
    },
    previewNet: () => ({
      body: { schedules: [previewOf(sampleSchedule, { zone: 'UTC', count: 8, book: book() })] },
    }),
    previewSchedule: ({ body: { schedule, timezone, count } }) => {
      const issues = judgeScheduleDays(schedule).map(issueOf);
      if (issues.length > 0) refuse('invalid_definition', 'The schedule cannot be previewed.', issues);
      return { body: previewOf(schedule, { zone: timezone, count, book: book() }) };
    },
  };
};

const previewOf = (
  schedule: ScheduleDefinition,
  { zone, count, book }: { readonly zone: string; readonly count: number; readonly book: CalendarBook },
): SchedulePreview => {
  const after = Date.now();
  const until = after + previewLimits.daysMax * 86_400_000;
  const days = previewRuns({ schedule, zone, calendars: book }, { after, count, until });
  const calendar = schedule.calendar === undefined ? null : book.find(schedule.calendar);
  return {
    schedule: schedule.name,
    enabled: schedule.enabled,
    timezone: calendar?.zone ?? schedule.timezone ?? zone,
    calendar: schedule.calendar ?? null,
    days: days.map((each) =>
      each.type === 'start'
        ? {
            type: 'start',
            at: new Date(each.at).toISOString(),
            day: dateText(each.day),
            insteadOf: each.insteadOf.map(dateText),
          }
        : { type: 'left_out', day: dateText(each.day), reason: each.reason, name: each.name },
    ),
  };
};
