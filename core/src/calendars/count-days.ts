// Counting in open and closed days: the next and the n-th one, in either direction, and within a month. Every search has an end: a calendar may
// have no open day at all. Pure.
import type { CalendarDayKind } from '@nezuban/protocol/calendars/calendar';
import type { Calendar } from './calendar.ts';
import { civilDay, daysInMonth, type CivilDate, type CivilDay } from './civil-date.ts';

type Days = Pick<Calendar, 'isOpen'>;

/** Days looked at for the n-th one of a kind, with n up to 31; who is closed for months at a time counts no open days. */
export const searchDaysMax = 120;

export const isOfKind = (calendar: Days, day: CivilDay, kind: CalendarDayKind): boolean =>
  calendar.isOpen(day) === (kind === 'open');

/** The n-th day of the kind behind `day` (`count` > 0) or before it (`count` < 0), without `day` itself. Null: not within `searchDaysMax`. */
export const nthFrom = (
  calendar: Days,
  day: CivilDay,
  { count, kind }: { readonly count: number; readonly kind: CalendarDayKind },
): CivilDay | null => {
  const step = Math.sign(count);
  let left = Math.abs(count);
  for (let looked = 1; looked <= searchDaysMax && left > 0; looked += 1) {
    const at = day + step * looked;
    if (!isOfKind(calendar, at, kind)) continue;
    left -= 1;
    if (left === 0) return at;
  }
  return null;
};

/** The n-th day of the kind in the month: from its begin (1, 2, ...) or its end (-1, -2, ...). Null: the month has not so many. */
export const nthInMonth = (
  calendar: Days,
  month: Pick<CivilDate, 'year' | 'month'>,
  { count, kind }: { readonly count: number; readonly kind: CalendarDayKind },
): CivilDay | null => {
  const first = civilDay({ ...month, day: 1 });
  const length = daysInMonth(month);
  const days = Array.from({ length }, (_, index) => first + index).filter((day) =>
    isOfKind(calendar, day, kind),
  );
  return days.at(count > 0 ? count - 1 : count) ?? null;
};
