// A year as twelve months of weeks, with what a calendar says of each day. Pure. Called by the picture of the year.
import type { Calendar, DayFacts } from '@nezuban/core/calendars/calendar';
import {
  civilDay,
  dateText,
  daysInMonth,
  weekdayOf,
  type CivilDay,
} from '@nezuban/core/calendars/civil-date';

export type YearDay = {
  readonly day: CivilDay;
  readonly date: string;
  readonly facts: DayFacts;
  /** It stands in a calendar above. */
  readonly inherited: boolean;
};
export type YearMonth = {
  readonly month: number;
  readonly openDays: number;
  /** Seven places each, Monday first; null: a day of another month. */
  readonly weeks: readonly (readonly (YearDay | null)[])[];
};

export const yearOf = (calendar: Calendar, year: number): readonly YearMonth[] =>
  Array.from({ length: 12 }, (_, index) => monthOf(calendar, year, index + 1));

const monthOf = (calendar: Calendar, year: number, month: number): YearMonth => {
  const first = civilDay({ year, month, day: 1 });
  const days = Array.from({ length: daysInMonth({ year, month }) }, (_, index): YearDay => {
    const day = first + index;
    const facts = calendar.factsOf(day);
    const inherited = facts.by !== 'week' && facts.from !== calendar.name;
    return { day, date: dateText(day), facts, inherited };
  });
  const places = [...Array.from({ length: weekdayOf(first) }, () => null), ...days];
  const weeks: (YearDay | null)[][] = [];
  for (let at = 0; at < places.length; at += 7) {
    const week = places.slice(at, at + 7);
    weeks.push([...week, ...Array.from({ length: 7 - week.length }, () => null)]);
  }
  return { month, openDays: days.filter(({ facts }) => facts.open).length, weeks };
};

/** What the mark of a day says at a glance. `holiday`: closed by an entry; `extra`: open by one. */
export type DayTone = 'open' | 'closed' | 'holiday' | 'extra';
export const toneOf = ({ facts }: YearDay): DayTone => {
  if (facts.by === 'week') return facts.open ? 'open' : 'closed';
  return facts.open ? 'extra' : 'holiday';
};

const stepOfKey: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -7,
  ArrowDown: 7,
  PageUp: -28,
  PageDown: 28,
};

/** The day to which a key leads from another, within the year; null: it is no key of the picture. */
export const dayByKey = (day: CivilDay, key: string, year: number): CivilDay | null => {
  const first = civilDay({ year, month: 1, day: 1 });
  const last = civilDay({ year, month: 12, day: 31 });
  if (key === 'Home') return Math.max(first, day - weekdayOf(day));
  if (key === 'End') return Math.min(last, day + 6 - weekdayOf(day));
  const step = stepOfKey[key];
  return step === undefined ? null : Math.min(last, Math.max(first, day + step));
};
