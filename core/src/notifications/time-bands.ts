// Whether a rule tells at an instant: bands of weekdays and times of day in a zone, or of the open or closed days of a calendar. Pure.
// Wall clock of the zone: where summer time repeats an hour, a band that names it holds in both passes.
import { weekdays } from '@nezuban/protocol/calendars/weekday';
import type { RuleTimes, TimeBand } from '@nezuban/protocol/notifications/rule';
import { businessTimeOf, dayMinutes, wallTimeOf } from '../calendars/business-time.ts';
import { minutesOf, type Calendar, type CalendarBook } from '../calendars/calendar.ts';
import { weekdayOf, type CivilDay } from '../calendars/civil-date.ts';

const MINUTE_MS = 60_000;

/** Whether it holds at the instant. */
type Band = (epochMs: number) => boolean;

/**
 * The zone has been judged. A calendar that is not there cannot be (what is in use is not deleted); if it were, the rule would rather tell than
 * keep silent.
 */
export const compileTimes = (
  times: RuleTimes,
  calendars: Pick<CalendarBook, 'find'>,
): ((nowMs: number) => boolean) => {
  const compile = (bands: readonly TimeBand[] | undefined, ifUnknown: boolean): readonly Band[] =>
    (bands ?? []).map((band) => {
      if (band.calendar === undefined) return wallBand(band, times.timezone);
      const calendar = calendars.find(band.calendar);
      return calendar === null ? () => ifUnknown : businessBand(band, calendar);
    });
  const only = compile(times.only, true);
  const except = compile(times.except, false);
  // Events come in crowds: the answer of a minute is kept.
  let minute = Number.NaN;
  let answer = true;
  return (nowMs) => {
    const asked = Math.floor(nowMs / MINUTE_MS);
    if (asked === minute) return answer;
    const at = asked * MINUTE_MS;
    minute = asked;
    answer = (only.length === 0 || only.some((holds) => holds(at))) && !except.some((holds) => holds(at));
    return answer;
  };
};

const wallBand = (band: TimeBand, zone: string): Band => {
  const isDay = dayTest(band);
  const from = minutesOf(band.from);
  const to = minutesOf(band.to);
  return (epochMs) => {
    const { day, minute } = wallTimeOf(epochMs, zone);
    if (from < to) return isDay(day) && minute >= from && minute < to;
    // Over midnight: the part after it belongs to the day before. From = to is a whole day from then on.
    if (minute >= from) return isDay(day);
    return minute < to % dayMinutes && isDay(day - 1);
  };
};

/** Days of a business day behind which a band of it may still hold: it begins before 48:00 and takes at most a day. */
const bandReachDays = 2;

/** One stretch of the wall clock for each business day that fits; without times the whole business day. */
const businessBand = (band: TimeBand, calendar: Calendar): Band => {
  const isWeekday = dayTest(band);
  const isOpen = band.on !== 'closed';
  const fits = (day: CivilDay): boolean => isWeekday(day) && calendar.isOpen(day) === isOpen;
  const { begin, end } = stretchOf(band, calendar.dayStartsMin);
  return (epochMs) => {
    const { day, sinceBegin } = businessTimeOf(epochMs, calendar);
    for (let before = 0; before <= bandReachDays; before += 1) {
      const at = sinceBegin + before * dayMinutes;
      if (at >= begin && at < end && fits(day - before)) return true;
    }
    return false;
  };
};

/** Minutes from the begin of the business day. */
const stretchOf = (band: TimeBand, dayStarts: number): { readonly begin: number; readonly end: number } => {
  const from = minutesOf(band.from);
  const to = minutesOf(band.to);
  if (from === 0 && to === dayMinutes) return { begin: 0, end: dayMinutes };
  // A time before the begin of the business day lies in the night behind it.
  const begin = from < dayStarts ? from + dayMinutes - dayStarts : from - dayStarts;
  const length = to > from ? to - from : to + dayMinutes - from;
  return { begin, end: begin + Math.min(Math.max(length, 0), dayMinutes) };
};

const dayTest = (band: TimeBand): ((day: CivilDay) => boolean) => {
  const days = new Set((band.weekdays ?? weekdays).map((day) => weekdays.indexOf(day)));
  return (day) => days.has(weekdayOf(day));
};
