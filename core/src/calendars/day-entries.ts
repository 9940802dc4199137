// The days that an entry of a calendar's lists names: one, or a range, of one year or of every year.
// Called by the compiling (calendar.ts), the judge and the merging of holidays.
import { calendarLimits, type DayEntry } from '@nezuban/protocol/calendars/calendar';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { civilDate, parseDate, twoDigits, type CivilDay } from './civil-date.ts';

export type EntryDays =
  | { readonly kind: 'dated'; readonly days: readonly CivilDay[] }
  /** `MM-DD` of each. */
  | { readonly kind: 'yearly'; readonly days: readonly string[] }
  | { readonly kind: 'wrong'; readonly key: 'date' | 'to'; readonly said: Said };

type EntryObject = Exclude<DayEntry, string>;

/** A leap year, so that 29 February is a day of every year's entry; its range may begin in the year before. */
const MODEL_YEAR = 2000;

export const entryObject = (entry: DayEntry): EntryObject =>
  typeof entry === 'string' ? { date: entry } : entry;

export const entryName = (entry: DayEntry): string | null => entryObject(entry).name ?? null;

export const daysOfEntry = (entry: DayEntry): EntryDays => {
  const { date, to } = entryObject(entry);
  const yearly = !hasYear(date);
  if (to !== undefined && hasYear(to) === yearly)
    return {
      kind: 'wrong',
      key: 'to',
      said: yearly ? say('entry_to_yearly') : say('entry_to_dated'),
    };
  const from = dayOf(date, MODEL_YEAR);
  if (from === null) return noDay('date', date);
  const last = to === undefined ? from : dayOf(to, MODEL_YEAR);
  if (last === null) return noDay('to', to ?? '');
  if (yearly) return daysOfEveryYear(date, { from, last });
  for (const [key, day] of [
    ['date', from],
    ['to', last],
  ] as const) {
    const { year } = civilDate(day);
    if (year < calendarLimits.yearMin || year > calendarLimits.yearMax)
      return {
        kind: 'wrong',
        key,
        said: say('entry_year', { year, min: calendarLimits.yearMin, max: calendarLimits.yearMax }),
      };
  }
  if (last < from) return { kind: 'wrong', key: 'to', said: say('entry_before_date', { date }) };
  if (last - from >= calendarLimits.rangeDaysMax)
    return {
      kind: 'wrong',
      key: 'to',
      said: say('entry_long_range', { days: last - from + 1, max: calendarLimits.rangeDaysMax }),
    };
  return { kind: 'dated', days: range(from, last) };
};

const daysOfEveryYear = (
  date: string,
  { from, last }: { readonly from: CivilDay; readonly last: CivilDay },
): EntryDays => {
  // Over the turn of the year it begins in the year before.
  const first = last < from ? dayOf(date, MODEL_YEAR - 1) : from;
  return first === null
    ? {
        kind: 'wrong',
        key: 'date',
        said: say('entry_leap_day'),
      }
    : { kind: 'yearly', days: range(first, last).map(yearlyKey) };
};

/** `12-29`: what the day is called in every year. */
export const yearlyKey = (day: CivilDay): string => {
  const { month, day: ofMonth } = civilDate(day);
  return `${twoDigits(month)}-${twoDigits(ofMonth)}`;
};

const hasYear = (date: string): boolean => date.length > 5;

const dayOf = (date: string, year: number): CivilDay | null =>
  parseDate(hasYear(date) ? date : `${String(year)}-${date}`);

const noDay = (key: 'date' | 'to', text: string): EntryDays => ({
  kind: 'wrong',
  key,
  said: say('no_day', { day: text }),
});

const range = (from: CivilDay, last: CivilDay): CivilDay[] =>
  Array.from({ length: last - from + 1 }, (_, index) => from + index);

/** For messages and sorting: the first day in the order of dates, those of every year first. */
export const sortKeyOf = (entry: DayEntry): string => {
  const { date } = entryObject(entry);
  return hasYear(date) ? date : `0000-${date}`;
};

export const isDated = (entry: DayEntry): boolean => hasYear(entryObject(entry).date);
