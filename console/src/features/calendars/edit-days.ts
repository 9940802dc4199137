// What a change of one day, of a range, or of an entry makes of a calendar's lists. Pure. Called by the picture of the year and its dialogs.
import type { CalendarDefinition, DayEntry } from '@nezuban/protocol/calendars/calendar';
import { dateText, parseDate } from '@nezuban/core/calendars/civil-date';
import { entryObject, isDated, sortKeyOf } from '@nezuban/core/calendars/day-entries';

export type Lists = Pick<CalendarDefinition, 'closed' | 'open'>;
export type ListName = keyof Lists;
/** `rule`: as the week and the calendar above say. */
export type DayChoice = 'rule' | ListName;

export type NewEntry = {
  readonly list: ListName;
  readonly date: string;
  readonly to: string | null;
  readonly name: string;
};

/** The day gets its own entry, or none. A range that it lies in is cut in two. */
export const setDay = <Of extends Lists>(
  calendar: Of,
  date: string,
  { choice, name }: { readonly choice: DayChoice; readonly name: string },
): Of => {
  const without = {
    ...calendar,
    closed: calendar.closed.flatMap((entry) => cutOut(entry, date)),
    open: calendar.open.flatMap((entry) => cutOut(entry, date)),
  };
  return choice === 'rule' ? without : addEntry(without, { list: choice, date, to: null, name });
};

export const addEntry = <Of extends Lists>(calendar: Of, entry: NewEntry): Of => ({
  ...calendar,
  [entry.list]: [...calendar[entry.list], entryOf(entry)].toSorted(byDate),
});

export const removeEntry = <Of extends Lists>(calendar: Of, list: ListName, index: number): Of => ({
  ...calendar,
  [list]: calendar[list].toSpliced(index, 1),
});

/** What stands for this very day in a list with its year; null: nothing does. */
export const entryOfDay = (
  calendar: Lists,
  date: string,
): { readonly list: ListName; readonly name: string } | null => {
  for (const list of ['open', 'closed'] as const) {
    const found = calendar[list].find((entry) => isDated(entry) && holds(entry, date));
    if (found !== undefined) return { list, name: entryObject(found).name ?? '' };
  }
  return null;
};

const holds = (entry: DayEntry, date: string): boolean => {
  const { date: from, to = from } = entryObject(entry);
  return date >= from && date <= to;
};

const entryOf = ({ date, to, name }: Pick<NewEntry, 'date' | 'to' | 'name'>): DayEntry => {
  const text = name.trim();
  const range = to === null || to === date ? {} : { to };
  return text === '' && range.to === undefined
    ? date
    : { date, ...range, ...(text === '' ? {} : { name: text }) };
};

/** What is left of the entry without the day. */
const cutOut = (entry: DayEntry, date: string): DayEntry[] => {
  if (!isDated(entry) || !holds(entry, date)) return [entry];
  const { date: from, to = from, name = '' } = entryObject(entry);
  const rest: DayEntry[] = [];
  if (from < date) rest.push(entryOf({ date: from, to: dayAfter(date, -1), name }));
  if (to > date) rest.push(entryOf({ date: dayAfter(date, 1), to, name }));
  return rest;
};

const dayAfter = (date: string, days: number): string => dateText((parseDate(date) ?? 0) + days);

const byDate = (a: DayEntry, b: DayEntry): number =>
  sortKeyOf(a) < sortKeyOf(b) ? -1 : sortKeyOf(a) > sortKeyOf(b) ? 1 : 0;
