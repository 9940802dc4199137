// On which business days a schedule with a calendar runs: the days that it names, what becomes of one that is closed, and how far it is moved.
// Pure. The order is fixed: named day, then open or closed, then the shift, then the move by open days. Every step says why it leaves a day out.
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import { scheduleLimits } from '@nezuban/protocol/jobs/schedule';
import type { Calendar } from '../calendars/calendar.ts';
import { civilDay, daysInMonth, type CivilDay } from '../calendars/civil-date.ts';
import { isOfKind, nthFrom, searchDaysMax } from '../calendars/count-days.ts';
import { daysOfRule, parseDayRule, type DayRule, type Month } from './day-rules.ts';

export type RunDayRules = Pick<
  ScheduleDefinition,
  'on' | 'days' | 'months' | 'if_closed' | 'shift_days_max' | 'move_open_days'
>;

/**
 * `closed`, `open`: it runs on days of the other kind only. `no_open_day`: none within `shift_days_max`. `no_move`: not so many open days within
 * reach.
 */
export type LeftOutReason = 'closed' | 'open' | 'no_open_day' | 'no_move';

export type RunDay =
  | { readonly base: CivilDay; readonly day: CivilDay; readonly leftOut: null }
  | { readonly base: CivilDay; readonly day: null; readonly leftOut: LeftOutReason };

export type RunDays = {
  /** What becomes of each day that the schedule names in the month, by date. */
  readonly ofMonth: (month: Month) => readonly RunDay[];
  /** What becomes of one day, whether it is named or not. */
  readonly decide: (base: CivilDay) => RunDay;
  /** Months before and behind one from which a day can come into it. */
  readonly reachMonths: number;
};

export const openRunDays = (schedule: RunDayRules, calendar: Calendar): RunDays => {
  const rules = schedule.days?.map(parseDayRule).filter((rule): rule is DayRule => typeof rule !== 'string');
  const months = schedule.months === undefined ? null : new Set(schedule.months);
  const decide = decider(schedule, calendar);
  const shifts = schedule.if_closed === 'before' || schedule.if_closed === 'after';
  return {
    decide,
    reachMonths:
      (shifts ? monthsOf(scheduleLimits.shiftDaysMax) : 0) +
      (schedule.move_open_days === undefined ? 0 : monthsOf(searchDaysMax)),
    ofMonth(month) {
      if (months !== null && !months.has(month.month)) return [];
      const first = civilDay({ ...month, day: 1 });
      const named =
        rules === undefined
          ? Array.from({ length: daysInMonth(month) }, (_, index) => first + index)
          : [...new Set(rules.flatMap((rule) => daysOfRule(rule, month, calendar)))].sort((a, b) => a - b);
      return named.map(decide);
    },
  };
};

/** Months that so many days can lead over. */
const monthsOf = (days: number): number => Math.ceil(days / 28);

const decider = (schedule: RunDayRules, calendar: Calendar): ((base: CivilDay) => RunDay) => {
  const { on = 'open', if_closed: ifClosed = 'skip', move_open_days: move } = schedule;
  const shiftMax = schedule.shift_days_max ?? scheduleLimits.shiftDaysDefault;
  const out = (base: CivilDay, leftOut: LeftOutReason): RunDay => ({ base, day: null, leftOut });
  const moved = (base: CivilDay, day: CivilDay): RunDay => {
    if (move === undefined) return { base, day, leftOut: null };
    const to = nthFrom(calendar, day, { count: move, kind: 'open' });
    return to === null ? out(base, 'no_move') : { base, day: to, leftOut: null };
  };
  return (base) => {
    if (on === 'all' || isOfKind(calendar, base, on)) return moved(base, base);
    if (on === 'closed') return out(base, 'open');
    switch (ifClosed) {
      case 'skip':
        return out(base, 'closed');
      case 'run':
        return moved(base, base);
      case 'before':
      case 'after': {
        const count = ifClosed === 'before' ? -1 : 1;
        const day = nthFrom(calendar, base, { count, kind: 'open' });
        return day === null || Math.abs(day - base) > shiftMax ? out(base, 'no_open_day') : moved(base, day);
      }
    }
  };
};
