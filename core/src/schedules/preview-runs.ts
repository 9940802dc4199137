// What a schedule does next, for people: its starts with the business day of each, and the days that it names and leaves out, with the reason.
// Pure. Called by the routes of previews; the same rules as for starting (next-runs.ts), asked day by day.
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import { businessTimeOf, wallTimeOf } from '../calendars/business-time.ts';
import { civilDate, type CivilDay } from '../calendars/civil-date.ts';
import { openRunDays, type LeftOutReason } from './run-days.ts';
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
  const own = calendar?.zone ?? schedule.timezone ?? zone;
  const instants: number[] = [];
  for (let at = times.next(after); at !== null && at <= until && instants.length < count; at = times.next(at))
    instants.push(at);
  const starts = (insteadOf: ReadonlyMap<CivilDay, readonly CivilDay[]>): PreviewedStart[] =>
    instants.map((at) => {
      const day = calendar === null ? wallTimeOf(at, own).day : businessTimeOf(at, calendar).day;
      return { type: 'start', at, day, insteadOf: insteadOf.get(day) ?? [] };
    });
  if (calendar === null) return starts(new Map());
  const from = businessTimeOf(after, calendar).day;
  const to = businessTimeOf(instants.length < count ? until : (instants.at(-1) ?? after), calendar).day;
  const decided = decidedDays(schedule, openRunDays(schedule, calendar), { from, to });
  const insteadOf = new Map<CivilDay, CivilDay[]>();
  const leftOut: PreviewedLeftOut[] = [];
  for (const { base, day, leftOut: reason } of decided) {
    if (reason !== null) {
      if (base >= from && base <= to)
        leftOut.push({ type: 'left_out', day: base, reason, name: calendar.factsOf(base).name });
    } else if (day !== base) insteadOf.set(day, [...(insteadOf.get(day) ?? []), base]);
  }
  return [...leftOut, ...starts(insteadOf)].sort((a, b) => a.day - b.day);
};

/** The named days of the months around, with what becomes of each. */
const decidedDays = (
  schedule: ScheduleDefinition,
  { ofMonth, decide, reachMonths }: ReturnType<typeof openRunDays>,
  { from, to }: { readonly from: CivilDay; readonly to: CivilDay },
): readonly ReturnType<typeof decide>[] => {
  // A cron expression names no days by itself; it is asked day by day which of its days are left out.
  if (schedule.cron !== undefined) return [];
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
