// Whole-day events of an iCalendar text (RFC 5545) as holidays: dates, ranges, names, and those that come every year. Pure.
// Not responsible for encodings, nor for events with a time or with other rules of recurrence: they are passed over with the reason.
import { civilDate, civilDay, dateText, exists, twoDigits } from './civil-date.ts';
import {
  holidayNameMax,
  holidaysMax,
  type Holiday,
  type HolidayIssue,
  type HolidayLines,
  type SkippedLine,
} from './holiday.ts';

/** Days of one event; more is no holiday. */
const eventDaysMax = 366;

type Property = {
  readonly name: string;
  readonly parameters: string;
  readonly value: string;
  readonly line: number;
};

export const readIcsHolidays = (text: string): HolidayLines => {
  const holidays: Holiday[] = [];
  const skipped: SkippedLine[] = [];
  const issues: HolidayIssue[] = [];
  let event: Property[] | null = null;
  for (const property of propertiesOf(text)) {
    const { name, value } = property;
    if (name === 'BEGIN' && value.toUpperCase() === 'VEVENT') event = [property];
    else if (name === 'END' && value.toUpperCase() === 'VEVENT' && event !== null) {
      const read = readEvent(event);
      if ('reason' in read) skipped.push(read);
      else if ('message' in read) issues.push(read);
      else holidays.push(...read.holidays);
      // More are refused by the caller; what stands behind them does not matter.
      if (holidays.length > holidaysMax) break;
      event = null;
    } else event?.push(property);
  }
  return { holidays, skipped, issues };
};

/** Lines that begin with a blank go on from the line before. */
const propertiesOf = (text: string): Property[] => {
  const unfolded: { text: string; line: number }[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const last = unfolded.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) last.text += line.slice(1);
    else unfolded.push({ text: line, line: index + 1 });
  }
  return unfolded.flatMap(({ text: whole, line }) => {
    const [, name, parameters = '', value = ''] = /^([A-Za-z-]+)((?:;[^:]*)?):(.*)$/.exec(whole) ?? [];
    return name === undefined ? [] : [{ name: name.toUpperCase(), parameters, value, line }];
  });
};

type ReadEvent = SkippedLine | HolidayIssue | { readonly holidays: readonly Holiday[] };

const readEvent = (event: readonly Property[]): ReadEvent => {
  const find = (name: string): Property | undefined => event.find((property) => property.name === name);
  const line = event[0]?.line ?? 1;
  const start = find('DTSTART');
  if (find('STATUS')?.value.toUpperCase() === 'CANCELLED') return { line, reason: 'it is cancelled' };
  const first = start === undefined ? null : dayOf(start.value);
  if (start === undefined || first === null) return { line, reason: 'it is no event of whole days' };
  const end = find('DTEND');
  // The end is the first day that is no part of it.
  const behind = end === undefined ? first + 1 : (dayOf(end.value) ?? first + 1);
  const length = Math.max(1, behind - first);
  if (length > eventDaysMax)
    return { line, message: `the event takes ${length} days; at most ${eventDaysMax} are allowed` };
  const name = textOf(find('SUMMARY')?.value ?? '');
  if (name.length > holidayNameMax)
    return { line, message: `the name is longer than ${holidayNameMax} characters` };
  const rule = find('RRULE')?.value.toUpperCase();
  if (rule !== undefined && !/^FREQ=YEARLY(;INTERVAL=1)?$/.test(rule))
    return { line, reason: `it comes again by a rule that a calendar does not know (${rule})` };
  return {
    holidays: Array.from({ length }, (_, index) => {
      const { month, day } = civilDate(first + index);
      const date = rule === undefined ? dateText(first + index) : `${twoDigits(month)}-${twoDigits(day)}`;
      return { date, name: name === '' ? null : name };
    }),
  };
};

/** `20260101` alone: what has a time of day is no whole day. */
const dayOf = (value: string): number | null => {
  const [year, month, day] = (/^(\d{4})(\d{2})(\d{2})$/.exec(value.trim()) ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined) return null;
  const date = { year, month, day };
  return exists(date) ? civilDay(date) : null;
};

const textOf = (value: string): string =>
  value.replaceAll(/\\([nN,;\\])/g, (_, mark: string) => (mark.toLowerCase() === 'n' ? ' ' : mark)).trim();
