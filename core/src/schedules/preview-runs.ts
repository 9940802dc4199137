// What a schedule does next, for people: its starts with the business day of each, and the days that it names and leaves out, with the reason.
// Pure. Called by the routes of previews; the same rules as for starting (next-runs.ts), asked day by day.
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import type { Calendar } from '../calendars/calendar.ts';
import { businessInstant, businessTimeOf, wallTimeOf } from '../calendars/business-time.ts';
import { civilDate, type CivilDay } from '../calendars/civil-date.ts';
import { secondsOf } from './calendar-runs.ts';
import { openRunDays, type LeftOutReason, type RunDay, type RunDays } from './run-days.ts';
import { openRunTimes, type Calendars } from './next-runs.ts';

export type PreviewedStart = {
  readonly type: 'start';
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The business day; without a calendar the date in the schedule's zone. */
  readonly day: CivilDay;
  /** The days that the schedule names and that lead to this one; empty: they are the same. */
  readonly insteadOf: readonly CivilDay[];
};
export type PreviewedLeftOut = {
  readonly type: 'left_out';
  readonly day: CivilDay;
  readonly reason: LeftOutReason;
  /** What the calendar calls the day. */
  readonly name: string | null;
};
export type Previewed = PreviewedStart | PreviewedLeftOut;

export type PreviewRange = {
  readonly after: number;
  /** Starts. */
  readonly count: number;
  /** Nothing behind this instant. */
  readonly until: number;
};

/** By date; a day that is left out stands before the starts of the same day. */
export const previewRuns = (
  {
    schedule,
    zone,
    calendars,
  }: {
    readonly schedule: ScheduleDefinition;
    /** The net's. */
    readonly zone: string;
    readonly calendars: Calendars;
  },
  { after, count, until }: PreviewRange,
): readonly Previewed[] => {
  const calendar = schedule.calendar === undefined ? null : calendars.find(schedule.calendar);
  const times = openRunTimes(schedule, zone, calendars);
  const instants: number[] = [];
  for (let at = times.next(after); at !== null && at <= until && instants.length < count; at = times.next(at))
    instants.push(at);
  if (calendar === null)
    return instants.map((at) => {
      const { day } = wallTimeOf(at, schedule.timezone ?? zone);
      return { type: 'start', at, day, insteadOf: [] };
    });
  const from = businessTimeOf(after, calendar).day;
  const to = businessTimeOf(instants.length < count ? until : (instants.at(-1) ?? after), calendar).day;
  // A cron expression names no days by itself.
  const decided = schedule.cron === undefined ? namedDays(openRunDays(schedule, calendar), { from, to }) : [];
  const basesOf = new Map<CivilDay, CivilDay[]>();
  const leftOut: PreviewedLeftOut[] = [];
  for (const { base, day, leftOut: reason } of decided) {
    if (reason === null) basesOf.set(day, [...(basesOf.get(day) ?? []), base]);
    else if (base >= from && base <= to)
      leftOut.push({ type: 'left_out', day: base, reason, name: calendar.factsOf(base).name });
  }
  const starts = instants.map((at): PreviewedStart => {
    const day = dayOfStart(at, schedule, { calendar, isRunDay: (each) => basesOf.has(each) });
    const bases = (basesOf.get(day) ?? [day]).filter((base) => base !== day);
    return { type: 'start', at, day, insteadOf: bases };
  });
  return [...leftOut, ...starts].sort((a, b) => a.day - b.day || timeOf(a) - timeOf(b));
};

const timeOf = (each: Previewed): number => (each.type === 'start' ? each.at : 0);

/** The business day whose time it is: "26:00" lies past the end of its own day. Of two it is the later one. */
const dayOfStart = (
  at: number,
  { times = [] }: Pick<ScheduleDefinition, 'times'>,
  { calendar, isRunDay }: { readonly calendar: Calendar; readonly isRunDay: (day: CivilDay) => boolean },
): CivilDay => {
  const { day } = businessTimeOf(at, calendar);
  const seconds = times.map(secondsOf);
  const isTimeOf = (of: CivilDay): boolean =>
    isRunDay(of) && seconds.some((each) => businessInstant(of, each, calendar) === at);
  return [day, day - 1, day - 2].find(isTimeOf) ?? day;
};

/** What becomes of the days that the schedule names in the months around. */
const namedDays = (
  { ofMonth, reachMonths }: RunDays,
  { from, to }: { readonly from: CivilDay; readonly to: CivilDay },
): readonly RunDay[] => {
  const first = monthOf(from) - reachMonths;
  const last = monthOf(to) + reachMonths;
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const month = first + index;
    return ofMonth({ year: Math.floor(month / 12), month: (month % 12) + 1 });
  }).flat();
};

const monthOf = (day: CivilDay): number => {
  const { year, month } = civilDate(day);
  return year * 12 + month - 1;
};
