// What of a schedule's calendar and days has the right shape and no sense: keys that need a calendar or each other, days that do not exist. Pure.
// Whether the calendar is there is asked by the one who stores the net. Called by definitions/judge-schedules.ts and for previews.
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
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
    .map((key) => ({ path: [key], atKey: true, ...say('needs_calendar') })),
  ...(schedule.times ?? []).flatMap((time, index) =>
    secondsOf(time) < daySeconds ? [] : [{ path: ['times', index], ...say('time_needs_calendar', { time }) }],
  ),
];

const withCalendar = (schedule: ScheduleDefinition): readonly PathIssue[] => {
  const { on = 'open', if_closed: ifClosed, shift_days_max: shiftMax, cron } = schedule;
  const issues: PathIssue[] = [];
  const refuse = (key: keyof ScheduleDefinition, said: Said): void =>
    void issues.push({ path: [key], atKey: true, ...said });
  if (schedule.timezone !== undefined) refuse('timezone', say('zone_of_calendar'));
  if (on !== 'open' && ifClosed !== undefined) refuse('if_closed', say('if_closed_without_effect', { on }));
  if (shiftMax !== undefined && ifClosed !== 'before' && ifClosed !== 'after')
    refuse('shift_days_max', say('shift_max_without_effect'));
  if (cron !== undefined) {
    if (schedule.days !== undefined) refuse('days', say('days_beside_cron'));
    if (ifClosed === 'before' || ifClosed === 'after')
      refuse('if_closed', say('if_closed_needs_times', { value: ifClosed }));
    if (schedule.move_open_days !== undefined) refuse('move_open_days', say('needs_times_not_cron'));
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
    if ('code' in rule) return [{ path, ...rule }];
    const never =
      (rule.kind === 'closed' && on === 'open' && ifClosed === 'skip') ||
      (rule.kind === 'open' && on === 'closed');
    return never
      ? [
          {
            path,
            ...say('day_never_runs', { day: text, on, right: rule.kind }),
          },
        ]
      : [];
  });
