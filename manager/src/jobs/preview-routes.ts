// Routes that say when schedules start next and which days they leave out: of a stored net, and of a schedule that somebody is writing.
// Reads alone; the rules are core/schedules/preview-runs.ts, which the schedule loop starts by.
import { dateText } from '@nezuban/core/calendars/civil-date';
import { issueOf, type PathIssue } from '@nezuban/core/definitions/path-issue';
import { judgeCron } from '@nezuban/core/schedules/cron';
import { judgeScheduleDays } from '@nezuban/core/schedules/judge-schedule-days';
import { previewRuns, type Previewed } from '@nezuban/core/schedules/preview-runs';
import { judgeTimeZone } from '@nezuban/core/definitions/judge-time-zone';
import type { Clock } from '@nezuban/platform/clock';
import {
  previewLimits,
  type PreviewedView,
  type SchedulePreview,
} from '@nezuban/protocol/api/calendar-operations';
import { CodedError } from '@nezuban/protocol/errors';
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import type { Database } from '../database/database.ts';
import type { Calendars, Handlers } from '../ports.ts';
import { findNet, type NextRunOf } from './net-lists.ts';

export type PreviewRouteServices = {
  readonly database: Database;
  readonly calendars: Pick<Calendars, 'book'>;
  readonly clock: Clock;
  readonly nextRunOf: NextRunOf;
};

const DAY_MS = 86_400_000;

export const createPreviewRoutes = ({
  database,
  calendars,
  clock,
  nextRunOf,
}: PreviewRouteServices): Pick<Handlers, 'previewNet' | 'previewSchedule'> => {
  const preview = (
    schedule: ScheduleDefinition,
    zone: string,
    { from, count }: { readonly from?: string | undefined; readonly count: number },
  ): SchedulePreview => {
    const book = calendars.book();
    const after = from === undefined ? clock.epochMs() : Date.parse(from);
    const until = after + previewLimits.daysMax * DAY_MS;
    const days = previewRuns({ schedule, zone, calendars: book }, { after, count, until });
    const calendar = schedule.calendar === undefined ? null : book.find(schedule.calendar);
    return {
      schedule: schedule.name,
      enabled: schedule.enabled,
      timezone: calendar?.zone ?? schedule.timezone ?? zone,
      calendar: schedule.calendar ?? null,
      days: days.map(toView),
    };
  };
  return {
    async previewNet({ params, query, actor }) {
      const missing = say('problem_there_is_no_job_net', { net: params.name });
      actor.permissions.requireOnNet('nets.read', params.name, missing);
      const row = await findNet(database, params.name);
      if (row === null) throw new CodedError('not_found', missing);
      const { revision, timezone: zone } = row;
      const schedules = row.schedules.map((schedule) => {
        // One more for each that may be skipped by hand: of a schedule that is the next one alone.
        const shown = preview(schedule, zone, { ...query, count: query.count + 1 });
        // Where somebody has skipped the next start, the loop knows of a later one.
        const next = nextRunOf({ net: params.name, revision, zone, schedule });
        const first = query.from === undefined ? (next ?? 0) : 0;
        return startsFrom(shown, { first, count: query.count });
      });
      return { body: { schedules } };
    },
    previewSchedule({ body }) {
      const { schedule, timezone } = body;
      const issues = [...judgeSchedule(schedule, timezone), ...unknownCalendar(schedule, calendars)];
      const [first] = issues.map(issueOf);
      if (first !== undefined)
        throw new CodedError(
          'invalid_definition',
          say('problem_the_schedule', { path: first.path, message: sentenceFrom(first) }),
          {
            issues: issues.map(issueOf),
          },
        );
      return Promise.resolve({ body: preview(schedule, timezone, body) });
    },
  };
};

/** So many starts, none before `first` (milliseconds since 1970), and the days that are left out up to the last of them. */
const startsFrom = (
  preview: SchedulePreview,
  { first, count }: { readonly first: number; readonly count: number },
): SchedulePreview => {
  const days = preview.days.filter((day) => day.type !== 'start' || Date.parse(day.at) >= first);
  const starts = days.flatMap((day, index) => (day.type === 'start' ? [index] : []));
  const last = starts[count - 1];
  return { ...preview, days: starts.length > count && last !== undefined ? days.slice(0, last + 1) : days };
};

const judgeSchedule = (schedule: ScheduleDefinition, zone: string): readonly PathIssue[] => {
  const own = schedule.timezone ?? zone;
  const zoneIssue = judgeTimeZone(own, ['timezone']);
  if (zoneIssue !== null) return [zoneIssue];
  const cron = schedule.cron === undefined ? null : judgeCron(schedule.cron, own);
  return [...(cron === null ? [] : [{ path: ['cron'], ...cron }]), ...judgeScheduleDays(schedule)];
};

const unknownCalendar = (
  { calendar }: ScheduleDefinition,
  calendars: Pick<Calendars, 'book'>,
): readonly PathIssue[] =>
  calendar === undefined || calendars.book().find(calendar) !== null
    ? []
    : [{ path: ['calendar'], ...say('no_calendar', { name: calendar }) }];

const toView = (each: Previewed): PreviewedView =>
  each.type === 'start'
    ? {
        type: 'start',
        at: new Date(each.at).toISOString(),
        day: dateText(each.day),
        insteadOf: each.insteadOf.map(dateText),
      }
    : { type: 'left_out', day: dateText(each.day), reason: each.reason, name: each.name };
