// A calendar ready to be asked: is this day open, and what is it called. Pure; days are whole numbers (civil-date.ts).
//
// A day is looked for in this order, and the first that says something of it decides: dates of this calendar, its days of every year, the same
// of the calendar that it inherits from, and so on; then the week of the nearest calendar that has one. So a holiday of a calendar above
// stays a holiday, whatever week stands below. Called by schedules, by time bands and by the console's picture of a year.
import type { CalendarDefinition, DayEntry } from '@nezuban/protocol/calendars/calendar';
import { calendarLimits } from '@nezuban/protocol/calendars/calendar';
import { weekdays } from '@nezuban/protocol/calendars/weekday';
import { weekdayOf, type CivilDay } from './civil-date.ts';
import { daysOfEntry, entryName, yearlyKey } from './day-entries.ts';

export type DayFacts = {
  readonly open: boolean;
  /** Such as the name of the holiday. */
  readonly name: string | null;
  /** What has decided. */
  readonly by: 'date' | 'every_year' | 'week';
  /** The calendar in which that stands; null: nowhere, the week from Monday to Friday holds. */
  readonly from: string | null;
};

export type Calendar = {
  readonly name: string;
  readonly zone: string;
  /** Minutes from midnight to the begin of the business day. */
  readonly dayStartsMin: number;
  /** Names of the calendars above, the nearest first. */
  readonly above: readonly string[];
  readonly factsOf: (day: CivilDay) => DayFacts;
  readonly isOpen: (day: CivilDay) => boolean;
  /** The last day that an entry with a year names, here or above; null: there is none. */
  readonly lastDated: CivilDay | null;
};

/** All calendars, each made ready when it is first asked for. */
export type CalendarBook = {
  readonly find: (name: string) => Calendar | null;
  readonly names: () => Iterable<string>;
};

export type CalendarDefinitions = ReadonlyMap<string, CalendarDefinition>;

type Said = { readonly open: boolean; readonly name: string | null };
type Level = {
  readonly name: string;
  readonly dated: ReadonlyMap<CivilDay, Said>;
  readonly yearly: ReadonlyMap<string, Said>;
};

export const createCalendarBook = (definitions: CalendarDefinitions): CalendarBook => {
  const levels = new Map<string, Level>();
  const ready = new Map<string, Calendar>();
  const levelOf = (definition: CalendarDefinition): Level => {
    const known = levels.get(definition.name) ?? openLevel(definition);
    levels.set(definition.name, known);
    return known;
  };
  return {
    names: () => definitions.keys(),
    find(name) {
      const known = ready.get(name);
      if (known !== undefined) return known;
      const chain = chainOf(name, definitions);
      if (chain.length === 0) return null;
      const calendar = openChain(chain, chain.map(levelOf));
      ready.set(name, calendar);
      return calendar;
    },
  };
};

/** The calendar and those above it, the nearest first. Ends where one is missing or would come again. */
export const chainOf = (name: string, definitions: CalendarDefinitions): readonly CalendarDefinition[] => {
  const chain: CalendarDefinition[] = [];
  for (
    let next = definitions.get(name);
    next !== undefined && !chain.includes(next) && chain.length <= calendarLimits.inheritedMax;
    next = next.inherits === undefined ? undefined : definitions.get(next.inherits)
  )
    chain.push(next);
  return chain;
};

export const minutesOf = (time: string): number => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
};

const openChain = (chain: readonly CalendarDefinition[], levels: readonly Level[]): Calendar => {
  const first = <Value>(read: (definition: CalendarDefinition) => Value | undefined): Value | undefined =>
    chain.map(read).find((value) => value !== undefined);
  const ofWeek = chain.find(({ week }) => week !== undefined);
  const week = new Set((ofWeek?.week ?? weekdays.slice(0, 5)).map((day) => weekdays.indexOf(day)));
  const factsOf = (day: CivilDay): DayFacts => {
    for (const { name, dated, yearly } of levels) {
      const said = dated.get(day);
      if (said !== undefined) return { ...said, by: 'date', from: name };
      const everyYear = yearly.size === 0 ? undefined : yearly.get(yearlyKey(day));
      if (everyYear !== undefined) return { ...everyYear, by: 'every_year', from: name };
    }
    return { open: week.has(weekdayOf(day)), name: null, by: 'week', from: ofWeek?.name ?? null };
  };
  const lastDays = levels.flatMap(({ dated }) => (dated.size === 0 ? [] : [lastOf(dated)]));
  return {
    name: chain[0]?.name ?? '',
    zone: first(({ timezone }) => timezone) ?? 'UTC',
    dayStartsMin: minutesOf(first((definition) => definition.day_starts) ?? '00:00'),
    above: chain.slice(1).map(({ name }) => name),
    factsOf,
    isOpen: (day) => factsOf(day).open,
    lastDated: lastDays.length === 0 ? null : Math.max(...lastDays),
  };
};

const openLevel = ({ name, closed, open }: CalendarDefinition): Level => {
  const dated = new Map<CivilDay, Said>();
  const yearly = new Map<string, Said>();
  const put = (entry: DayEntry, isOpen: boolean): void => {
    const found = daysOfEntry(entry);
    const said = { open: isOpen, name: entryName(entry) };
    if (found.kind === 'dated') for (const day of found.days) keepFirst(dated, day, said);
    if (found.kind === 'yearly') for (const day of found.days) keepFirst(yearly, day, said);
  };
  // The judge lets no day stand in both lists.
  for (const entry of open) put(entry, true);
  for (const entry of closed) put(entry, false);
  return { name, dated, yearly };
};

/** Of entries for the same day the first counts; one with a name gives it to one without. */
const keepFirst = <Key>(map: Map<Key, Said>, key: Key, said: Said): void => {
  const before = map.get(key);
  if (before === undefined) map.set(key, said);
  else if (before.name === null && before.open === said.open) map.set(key, said);
};

const lastOf = (dated: ReadonlyMap<CivilDay, Said>): CivilDay => {
  let last = Number.NEGATIVE_INFINITY;
  for (const day of dated.keys()) last = Math.max(last, day);
  return last;
};
