// Holidays of a file put into a calendar: what comes in, what gets another name, and what of the calendar the file does not know. Pure.
// An open day stays open: somebody has said so by hand. Called by the import, for showing what it would do and for doing it.
import type { CalendarDefinition, DayEntry } from '@nezuban/protocol/calendars/calendar';
import { dateText } from './civil-date.ts';
import { daysOfEntry, entryName, entryObject, isDated, sortKeyOf } from './day-entries.ts';
import { indexOfSingleDay } from './judge-calendar.ts';
import type { Holiday } from './holiday.ts';

export type HolidayChange = {
  readonly date: string;
  readonly name: string | null;
  /**
   * `added`; `renamed`: closed already, by another name; `removed`: closed here, and not in the file; `missing`: the same, and it stays;
   * `kept_open`: an open day of the calendar, which stays open.
   */
  readonly change: 'added' | 'renamed' | 'removed' | 'missing' | 'kept_open';
  /** Of `renamed`: the name that it had. */
  readonly before: string | null;
};

export type MergedHolidays = {
  readonly calendar: CalendarDefinition;
  /** By date. */
  readonly changes: readonly HolidayChange[];
  /** Days of the file that are closed by the same name already. */
  readonly unchanged: number;
};

export const mergeHolidays = (
  calendar: CalendarDefinition,
  holidays: readonly Holiday[],
  options: { readonly removeMissing: boolean },
): MergedHolidays => {
  const closed = new Map(daysWithNames(calendar.closed));
  const open = new Set(daysWithNames(calendar.open).map(([date]) => date));
  const changes: HolidayChange[] = [];
  const list: DayEntry[] = [...calendar.closed];
  let unchanged = 0;
  const wanted = new Map(holidays.map(({ date, name }) => [date, name]));
  for (const [date, name] of wanted) {
    const before = closed.get(date);
    const single = indexOfSingleDay(list, date);
    if (open.has(date)) changes.push({ date, name, change: 'kept_open', before: null });
    else if (before === undefined) {
      changes.push({ date, name, change: 'added', before: null });
      list.push(entryOf(date, name));
    } else if (name === null || before === name || single === -1) {
      // A range has one name for all its days, which somebody gave it.
      unchanged += 1;
    } else {
      changes.push({ date, name, change: 'renamed', before });
      list[single] = entryOf(date, name);
    }
  }
  const missing = missingOf(calendar, wanted);
  const { removeMissing } = options;
  for (const [date, name] of missing)
    changes.push({ date, name, change: removeMissing ? 'removed' : 'missing', before: null });
  const gone = new Set(removeMissing ? missing.map(([date]) => indexOfSingleDay(list, date)) : []);
  return {
    calendar: { ...calendar, closed: list.filter((_, index) => !gone.has(index)).toSorted(byDate) },
    changes: changes.toSorted((a, b) => (a.date < b.date ? -1 : 1)),
    unchanged,
  };
};

const entryOf = (date: string, name: string | null): DayEntry => (name === null ? date : { date, name });

const byDate = (a: DayEntry, b: DayEntry): number =>
  sortKeyOf(a) < sortKeyOf(b) ? -1 : sortKeyOf(a) > sortKeyOf(b) ? 1 : 0;

const daysWithNames = (entries: readonly DayEntry[]): (readonly [string, string | null])[] =>
  entries.flatMap((entry) => {
    const found = daysOfEntry(entry);
    if (found.kind === 'wrong') return [];
    const dates = found.kind === 'dated' ? found.days.map(dateText) : found.days;
    return dates.map((date) => [date, entryName(entry)] as const);
  });

/** Single days with a name, in the years of the file, that it does not hold: perhaps the law has moved them. */
const missingOf = (
  { closed }: CalendarDefinition,
  wanted: ReadonlyMap<string, string | null>,
): (readonly [string, string])[] => {
  const years = new Set([...wanted.keys()].filter((date) => date.length > 5).map((date) => date.slice(0, 4)));
  return closed.flatMap((entry) => {
    const { date, to, name } = entryObject(entry);
    const isSingle = to === undefined || to === date;
    return isDated(entry) &&
      isSingle &&
      name !== undefined &&
      years.has(date.slice(0, 4)) &&
      !wanted.has(date)
      ? [[date, name] as const]
      : [];
  });
};
