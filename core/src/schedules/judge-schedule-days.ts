// What of a schedule's calendar and days has the right shape and no sense: keys that need a calendar or each other, days that do not exist. Pure.
// Whether the calendar is there is asked by the one who stores the net. Called by definitions/judge-schedules.ts and for previews.
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import type { PathIssue } from '../definitions/path-issue.ts';
import { secondsOf } from './calendar-runs.ts';
import { parseDayRule } from './day-rules.ts';

const daySeconds = 86_400;

export const judgeScheduleDays = (schedule: ScheduleDefinition): readonly PathIssue[] =>
  schedule.calendar === undefined ? withoutCalendar(schedule) : withCalendar(schedule);

const needCalendar = [
  'on',
  'days',
  'months',
  'if_closed',
  'shift_days_max',
  'move_open_days',
] as const satisfies readonly (keyof ScheduleDefinition)[];

const withoutCalendar = (schedule: ScheduleDefinition): readonly PathIssue[] => [
  ...needCalendar
    .filter((key) => schedule[key] !== undefined)
    .map((key) => ({ path: [key], atKey: true, message: 'needs "calendar", which is missing here' })),
  ...(schedule.times ?? []).flatMap((time, index) =>
    secondsOf(time) < daySeconds
      ? []
      : [{ path: ['times', index], message: `"${time}" is past 23:59, which needs "calendar"` }],
  ),
];

const withCalendar = (schedule: ScheduleDefinition): readonly PathIssue[] => {
  const { on = 'open', if_closed: ifClosed, shift_days_max: shiftMax, cron } = schedule;
  const issues: PathIssue[] = [];
  const refuse = (key: keyof ScheduleDefinition, message: string): void =>
    void issues.push({ path: [key], atKey: true, message });
  if (schedule.timezone !== undefined)
    refuse('timezone', 'must be left out: with "calendar" the zone of the calendar holds');
  if (on !== 'open' && ifClosed !== undefined)
    refuse('if_closed', `has no effect with "on: ${on}"; it says what becomes of closed days on "on: open"`);
  if (shiftMax !== undefined && ifClosed !== 'before' && ifClosed !== 'after')
    refuse('shift_days_max', 'has no effect without "if_closed: before" or "if_closed: after"');
  if (cron !== undefined) {
    if (schedule.days !== undefined)
      refuse('days', 'must be left out beside "cron", which names the days itself; give "times" instead');
    if (ifClosed === 'before' || ifClosed === 'after')
      refuse('if_closed', `"${ifClosed}" needs "times"; beside "cron" it can be skip or run`);
    if (schedule.move_open_days !== undefined) refuse('move_open_days', 'needs "times" instead of "cron"');
  }
  return [...issues, ...judgeDays(schedule)];
};

const judgeDays = ({
  days = [],
  on = 'open',
  if_closed: ifClosed = 'skip',
}: ScheduleDefinition): readonly PathIssue[] =>
  days.flatMap((text, index) => {
    const path = ['days', index];
    const rule = parseDayRule(text);
    if (typeof rule === 'string') return [{ path, message: rule }];
    const never =
      (rule.kind === 'closed' && on === 'open' && ifClosed === 'skip') ||
      (rule.kind === 'open' && on === 'closed');
    return never
      ? [
          {
            path,
            message: `"${text}" never runs with "on: ${on}"; write "on: ${rule.kind}" or "on: all"`,
          },
        ]
      : [];
  });
