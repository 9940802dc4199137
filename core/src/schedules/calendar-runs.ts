// The instants of a schedule that goes by a calendar: times of day on its business days, or a cron expression on days of the right kind. Pure.
// Called by next-runs.ts. What is found of a month is kept: the next runs are asked for one after the other.
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import { businessInstant, businessTimeOf, wallTimeOf } from '../calendars/business-time.ts';
import type { Calendar } from '../calendars/calendar.ts';
import { civilDate, type CivilDay } from '../calendars/civil-date.ts';
import { openRunDays, type RunDays } from './run-days.ts';
import type { Month } from './day-rules.ts';
import type { RunTimes } from './run-times.ts';

/** A schedule whose next day lies beyond is said to have none: a day of a leap year comes at least every eight years. */
const horizonMonths = 240;
/** The same for cron expressions: days that were looked at and left out, one after the other. */
const cronDaysMax = 2_000;
/** A time of a business day lies at most so many days behind the day's date. */
const timeReachDays = 2;

/** Times of day on the run days of the calendar. */
export const openDayRuns = (
  schedule: Pick<ScheduleDefinition, 'times'> & Parameters<typeof openRunDays>[0],
  calendar: Calendar,
): RunTimes => {
  const seconds = [...new Set((schedule.times ?? []).map(secondsOf))];
  const daysIn = runDaysByMonth(openRunDays(schedule, calendar));
  const instantsOf = keepingSome((day) => seconds.map((each) => businessInstant(day, each, calendar)));
  return {
    next(after) {
      let best: number | null = null;
      let end = Number.POSITIVE_INFINITY;
      for (const day of ascending(daysIn, wallTimeOf(after, calendar.zone).day - timeReachDays)) {
        if (day > end) break;
        const found = instantsOf(day).filter((at) => at > after);
        if (found.length === 0) continue;
        best = Math.min(best ?? Number.POSITIVE_INFINITY, ...found);
        // An early time of a later day may come before a late time of this one.
        end = Math.min(end, day + timeReachDays);
      }
      return best;
    },
    last(atOrBefore) {
      let best: number | null = null;
      let end = Number.NEGATIVE_INFINITY;
      for (const day of descending(daysIn, wallTimeOf(atOrBefore, calendar.zone).day)) {
        if (day < end) break;
        const found = instantsOf(day).filter((at) => at <= atOrBefore);
        if (found.length === 0) continue;
        best = Math.max(best ?? Number.NEGATIVE_INFINITY, ...found);
        end = Math.max(end, day - timeReachDays);
      }
      return best;
    },
  };
};

/** Days whose instants are kept: the same few are asked for again and again while one start after the other is looked for. */
const instantDaysKept = 8;

const keepingSome = (find: (day: CivilDay) => readonly number[]): ((day: CivilDay) => readonly number[]) => {
  const kept = new Map<CivilDay, readonly number[]>();
  return (day) => {
    const known = kept.get(day);
    if (known !== undefined) return known;
    if (kept.size >= instantDaysKept) kept.clear();
    const found = find(day);
    kept.set(day, found);
    return found;
  };
};

/** The instants of `runs` whose business day may run. `runs` is in the calendar's zone. */
export const openFilteredRuns = (
  runs: RunTimes,
  schedule: Parameters<typeof openRunDays>[0],
  calendar: Calendar,
): RunTimes => {
  const { decide } = openRunDays(schedule, calendar);
  const months = schedule.months === undefined ? null : new Set(schedule.months);
  const runsOn = (day: CivilDay): boolean =>
    decide(day).leftOut === null && (months === null || months.has(civilDate(day).month));
  const beginOf = (day: CivilDay): number => businessInstant(day, calendar.dayStartsMin * 60, calendar);
  return {
    next(after) {
      let from = after;
      for (let looked = 0; looked < cronDaysMax; looked += 1) {
        const at = runs.next(from);
        if (at === null) return null;
        const { day } = businessTimeOf(at, calendar);
        if (runsOn(day)) return at;
        // On to the last second of that day.
        from = Math.max(at, beginOf(day + 1) - 1_000);
      }
      return null;
    },
    last(atOrBefore) {
      let to = atOrBefore;
      for (let looked = 0; looked < cronDaysMax; looked += 1) {
        const at = runs.last(to);
        if (at === null) return null;
        const { day } = businessTimeOf(at, calendar);
        if (runsOn(day)) return at;
        to = Math.min(at, beginOf(day)) - 1_000;
      }
      return null;
    },
  };
};

export const secondsOf = (time: string): number => {
  const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number);
  return hour * 3600 + minute * 60 + second;
};

/** Days on which it runs in a month, rising; those that come from other months included. `month` counts months since the year 0. */
type DaysByMonth = (month: number) => readonly CivilDay[];

const runDaysByMonth = ({ ofMonth, reachMonths }: RunDays): DaysByMonth => {
  const bases = new Map<number, readonly CivilDay[]>();
  const found = new Map<number, readonly CivilDay[]>();
  const runsFrom = (month: number): readonly CivilDay[] => {
    const known = bases.get(month) ?? ofMonth(toMonth(month)).flatMap(({ day }) => day ?? []);
    bases.set(month, known);
    return known;
  };
  return (month) => {
    const known = found.get(month);
    if (known !== undefined) return known;
    const days = new Set<CivilDay>();
    for (let from = month - reachMonths; from <= month + reachMonths; from += 1)
      for (const day of runsFrom(from)) if (monthOf(day) === month) days.add(day);
    const sorted = [...days].sort((a, b) => a - b);
    found.set(month, sorted);
    return sorted;
  };
};

function* ascending(daysIn: DaysByMonth, from: CivilDay): Generator<CivilDay> {
  const first = monthOf(from);
  for (let month = first; month <= first + horizonMonths; month += 1)
    for (const day of daysIn(month)) if (day >= from) yield day;
}

function* descending(daysIn: DaysByMonth, from: CivilDay): Generator<CivilDay> {
  const first = monthOf(from);
  for (let month = first; month >= first - horizonMonths; month -= 1)
    for (const day of daysIn(month).toReversed()) if (day <= from) yield day;
}

const monthOf = (day: CivilDay): number => {
  const { year, month } = civilDate(day);
  return year * 12 + month - 1;
};

const toMonth = (month: number): Month => ({ year: Math.floor(month / 12), month: (month % 12) + 1 });
