// When a schedule runs: the instants of its cron expression or times of day in its zone, or on the days of its calendar. Times of day follow the
// rules for summer time in cron.ts. Called by `decideDue`, and for the preview of the next runs.
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import type { Cron } from 'croner';
import type { CalendarBook } from '../calendars/calendar.ts';
import { openDayRuns, openFilteredRuns } from './calendar-runs.ts';
import { openCron } from './cron.ts';
import type { RunDayRules } from './run-days.ts';
import type { RunTimes } from './run-times.ts';

export type Timing = Pick<ScheduleDefinition, 'cron' | 'times' | 'timezone' | 'calendar'> & RunDayRules;

/** Calendars by name. */
export type Calendars = Pick<CalendarBook, 'find'>;

/** For what names none. */
const noCalendars: Calendars = { find: () => null };

/** Of a calendar that is not there: nobody can say which days are open. */
const never: RunTimes = { next: () => null, last: () => null };

/** `zone` is the net's; the schedule's own goes first, and the calendar's before both. The schedule has been judged. */
export function openRunTimes(schedule: Timing, zone: string, calendars: Calendars = noCalendars): RunTimes {
  if (schedule.calendar === undefined) return openClockTimes(schedule, schedule.timezone ?? zone);
  const calendar = calendars.find(schedule.calendar);
  if (calendar === null) return never;
  return schedule.cron === undefined
    ? openDayRuns(schedule, calendar)
    : openFilteredRuns(openClockTimes(schedule, calendar.zone), schedule, calendar);
}

export type RunRange = {
  readonly after: number;
  readonly count: number;
  /** Needed for a schedule that names one. */
  readonly calendars?: Calendars;
};

/** The next `count` instants after `after`, rising; fewer if there are no more. */
export function nextRuns(schedule: Timing, zone: string, range: RunRange): number[] {
  const times = openRunTimes(schedule, zone, range.calendars);
  const runs: number[] = [];
  for (let at = times.next(range.after); at !== null && runs.length < range.count; at = times.next(at))
    runs.push(at);
  return runs;
}

function openClockTimes({ cron, times }: Pick<Timing, 'cron' | 'times'>, zone: string): RunTimes {
  const expressions = cron === undefined ? expressionsOfTimes(times ?? []) : [cron];
  const crons = expressions.map((expression) => openCron(expression, zone));
  return {
    next: (after) => extreme(crons, (each) => each.nextRun(new Date(floorSecond(after))), Math.min),
    last: (atOrBefore) => extreme(crons, (each) => lastOf(each, atOrBefore), Math.max),
  };
}

/** One expression for all times that share minute and second: `22:00` and `06:00` are `0 0 6,22 * * *`. */
function expressionsOfTimes(times: readonly string[]): string[] {
  const hours = new Map<string, Set<number>>();
  for (const time of times) {
    const [hour, minute, second] = time.split(':').map(Number);
    const key = `${second ?? 0} ${minute ?? 0}`;
    hours.set(key, (hours.get(key) ?? new Set()).add(hour ?? 0));
  }
  return [...hours].map(([key, list]) => `${key} ${[...list].toSorted((a, b) => a - b).join(',')} * * *`);
}

function lastOf(cron: Cron, atOrBefore: number): Date | null {
  // The library looks strictly before a whole second.
  return cron.previousRuns(1, new Date(floorSecond(atOrBefore) + 1000))[0] ?? null;
}

function extreme(
  crons: readonly Cron[],
  ask: (cron: Cron) => Date | null,
  choose: (...values: number[]) => number,
): number | null {
  const found = crons.map((cron) => ask(cron)?.getTime()).filter((time) => time !== undefined);
  return found.length === 0 ? null : choose(...found);
}

function floorSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
