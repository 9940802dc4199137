// The business date of a session, and open days counted from it. Pure: the moment and the calendar are given.
// Called when a session is planned (`businessDaysOf`), and by texts and parameters that ask for a day (`businessDate`), which need no calendar then.
import {
  businessDateLimits,
  type BusinessDateRule,
  type BusinessDays,
} from '@nezuban/protocol/jobs/business-date';
import { businessTimeOf } from './business-time.ts';
import type { Calendar } from './calendar.ts';
import { dateText, type CivilDay } from './civil-date.ts';
import { nthFrom } from './count-days.ts';

const { reachDays, offsetMax } = businessDateLimits;

/** Null: the calendar has no open day within reach. */
export const businessDaysOf = (
  at: number,
  { if_closed: ifClosed, move_open_days: move = 0 }: BusinessDateRule,
  calendar: Calendar,
): BusinessDays | null => {
  const { day } = businessTimeOf(at, calendar);
  const open =
    ifClosed === 'keep' || calendar.isOpen(day)
      ? day
      : nthFrom(calendar, day, { count: ifClosed === 'before' ? -1 : 1, kind: 'open' });
  const moved = open === null || move === 0 ? open : nthFrom(calendar, open, { count: move, kind: 'open' });
  if (moved === null) return null;
  const days = Array.from({ length: reachDays * 2 + 1 }, (_, index) => moved - reachDays + index);
  return {
    calendar: calendar.name,
    date: dateText(moved),
    open: days.map((each) => (calendar.isOpen(each) ? '1' : '0')).join(''),
  };
};

/** The date, or the n-th open day before or behind it. Null: farther than the session knows. */
export const businessDate = ({ date, open }: BusinessDays, offset: number): string | null => {
  const day = dayOf(date);
  if (offset === 0) return date;
  if (Math.abs(offset) > offsetMax) return null;
  const isOpen = (each: CivilDay): boolean => open[each - day + reachDays] === '1';
  const found = nthFrom({ isOpen }, day, { count: offset, kind: 'open' });
  return found === null ? null : dateText(found);
};

const dayOf = (date: string): CivilDay => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
