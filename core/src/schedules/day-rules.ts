// The days of a month that a schedule names: "15", "-1", "open 1", "closed -2", "fri 2", "12-25", "2026-12-25", "2026-12-25/14". Pure.
// Not responsible for what becomes of a day that is closed (calendar-runs.ts).
import type { CalendarDayKind } from '@nezuban/protocol/calendars/calendar';
import { weekdays } from '@nezuban/protocol/calendars/weekday';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import type { Calendar } from '../calendars/calendar.ts';
import {
  civilDate,
  civilDay,
  daysInMonth,
  exists,
  parseDate,
  weekdayOf,
  type CivilDate,
  type CivilDay,
} from '../calendars/civil-date.ts';
import { nthInMonth } from '../calendars/count-days.ts';

export type DayRule =
  /** From the begin of the month (1, 2, ...) or its end (-1, -2, ...). */
  | { readonly kind: 'of_month'; readonly count: number }
  | { readonly kind: CalendarDayKind; readonly count: number }
  /** Null: every one of the month. */
  | { readonly kind: 'weekday'; readonly weekday: number; readonly count: number | null }
  | { readonly kind: 'of_year'; readonly month: number; readonly day: number }
  | { readonly kind: 'date'; readonly day: CivilDay }
  /** Every so many days from this one on. */
  | { readonly kind: 'every'; readonly from: CivilDay; readonly days: number };

export type Month = Pick<CivilDate, 'year' | 'month'>;

const daysOfMonthMax = 31;
const weekdaysOfMonthMax = 5;
const anyLeapYear = 2000;
/** A year; what is rarer is a day of every year. */
const everyDaysMax = 366;

/** A text that the schema lets through; a sentence where it has no sense. */
export const parseDayRule = (text: string): DayRule | Said => {
  const [word = '', second] = text.split(' ');
  const weekday = weekdays.findIndex((day) => day === word);
  if (weekday !== -1) {
    if (second === undefined) return { kind: 'weekday', weekday, count: null };
    const count = Number(second);
    return Math.abs(count) >= 1 && Math.abs(count) <= weekdaysOfMonthMax
      ? { kind: 'weekday', weekday, count }
      : say('day_counts', { max: weekdaysOfMonthMax });
  }
  if (word === 'open' || word === 'closed') return counted(word, Number(second));
  if (/^\d{4}-/.test(text)) return dated(text);
  const [, month, day] = (/^(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number);
  if (month !== undefined && day !== undefined)
    return exists({ year: anyLeapYear, month, day })
      ? { kind: 'of_year', month, day }
      : say('no_day', { day: text });
  return counted('of_month', Number(text));
};

const dated = (text: string): DayRule | Said => {
  const [date = '', every] = text.split('/');
  const day = parseDate(date);
  if (day === null) return say('no_day', { day: date });
  if (every === undefined) return { kind: 'date', day };
  const days = Number(every);
  return days >= 1 && days <= everyDaysMax
    ? { kind: 'every', from: day, days }
    : say('day_comes_again', { max: everyDaysMax });
};

const counted = (kind: CalendarDayKind | 'of_month', count: number): DayRule | Said =>
  Math.abs(count) >= 1 && Math.abs(count) <= daysOfMonthMax
    ? { kind, count }
    : say('day_counts', { max: daysOfMonthMax });

/** Days of the month; none where it has no such day. */
export const daysOfRule = (rule: DayRule, month: Month, calendar: Calendar): readonly CivilDay[] => {
  const first = civilDay({ ...month, day: 1 });
  const length = daysInMonth(month);
  switch (rule.kind) {
    case 'of_month': {
      const at = rule.count > 0 ? rule.count : length + 1 + rule.count;
      return at >= 1 && at <= length ? [first + at - 1] : [];
    }
    case 'open':
    case 'closed': {
      const day = nthInMonth(calendar, month, rule);
      return day === null ? [] : [day];
    }
    case 'weekday': {
      const from = first + ((rule.weekday - weekdayOf(first) + 7) % 7);
      const all = Array.from({ length: weekdaysOfMonthMax }, (_, index) => from + 7 * index).filter(
        (day) => day < first + length,
      );
      if (rule.count === null) return all;
      const day = all.at(rule.count > 0 ? rule.count - 1 : rule.count);
      return day === undefined ? [] : [day];
    }
    case 'of_year':
      return rule.month === month.month && rule.day <= length ? [first + rule.day - 1] : [];
    case 'every': {
      const behind = Math.max(rule.from, first);
      const next = behind + ((rule.days - ((behind - rule.from) % rule.days)) % rule.days);
      const days: CivilDay[] = [];
      for (let day = next; day < first + length; day += rule.days) days.push(day);
      return days;
    }
    case 'date': {
      const { year, month: of } = civilDate(rule.day);
      return year === month.year && of === month.month ? [rule.day] : [];
    }
  }
};
