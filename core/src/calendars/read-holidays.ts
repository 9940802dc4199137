// A file of holidays read: the list of the Japanese Cabinet Office (CSV: `2026/1/1,元日`) or iCalendar (whole-day events). Pure.
// What a line has that is no holiday is named with its line. Called by the import of calendars.
import { decodeOutput } from '../output/decode.ts';
import { civilDay, dateText, exists } from './civil-date.ts';
import {
  holidayNameMax,
  holidaysMax,
  type Holiday,
  type HolidayIssue,
  type HolidayLines,
} from './holiday.ts';
import { readIcsHolidays } from './read-ics.ts';

export type ReadHolidays =
  | (Pick<HolidayLines, 'holidays' | 'skipped'> & {
      readonly ok: true;
      readonly format: 'csv' | 'ics';
      readonly encoding: string;
    })
  | { readonly ok: false; readonly issues: readonly HolidayIssue[] };

const issuesMax = 20;
/** A date and a name; longer lines are of another kind of file. */
const lineCharsMax = 1_000;

export const readHolidays = (bytes: Uint8Array): ReadHolidays => {
  const { text, encoding, damaged } = decodeOutput(bytes, 'auto');
  if (damaged)
    return failed(1, 'the text is neither UTF-8 nor Shift_JIS; save the file in one of these encodings');
  const plain = text.replace(/^\u{FEFF}/u, '');
  const isIcs = /^\s*BEGIN:VCALENDAR/i.test(plain);
  const read = isIcs ? readIcsHolidays(plain) : readCsv(plain);
  if (read.issues.length > 0) return { ok: false, issues: read.issues.slice(0, issuesMax) };
  if (read.holidays.length === 0)
    return failed(
      1,
      isIcs
        ? 'the file holds no whole-day event; holidays are events with "DTSTART;VALUE=DATE:20260101"'
        : 'the file holds no holiday; a line is a date and a name such as "2026/1/1,元日"',
    );
  if (read.holidays.length > holidaysMax)
    return failed(1, `the file holds more than ${holidaysMax} holidays; no more are read`);
  return {
    ok: true,
    format: isIcs ? 'ics' : 'csv',
    encoding,
    holidays: read.holidays,
    skipped: read.skipped,
  };
};

const failed = (line: number, message: string): ReadHolidays => ({ ok: false, issues: [{ line, message }] });

const readCsv = (text: string): HolidayLines => {
  const holidays: Holiday[] = [];
  const issues: HolidayIssue[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '') continue;
    // More are refused by the caller; what stands behind them does not matter.
    if (holidays.length > holidaysMax || issues.length > issuesMax) break;
    if (line.length > lineCharsMax) {
      issues.push({ line: index + 1, message: `the line is longer than ${lineCharsMax} characters` });
      continue;
    }
    const cells = cellsOf(line);
    const date = dateOf(cells[0] ?? '');
    // The first line says what the columns are.
    if (date === null && holidays.length === 0 && issues.length === 0 && !/^\d/.test(line.trim())) continue;
    const name = (cells[1] ?? '').trim();
    if (date === null)
      issues.push({
        line: index + 1,
        message: `"${short(cells[0] ?? '')}" is no date; a line is a date and a name such as "2026/1/1,元日"`,
      });
    else if (name.length > holidayNameMax)
      issues.push({ line: index + 1, message: `the name is longer than ${holidayNameMax} characters` });
    else holidays.push({ date, name: name === '' ? null : name });
  }
  return { holidays, skipped: [], issues };
};

/** `2026/1/1`, `2026-01-01` or `20260101`. */
const dateOf = (text: string): string | null => {
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text.trim());
  if (compact !== null) return existing(compact);
  return existing(/^(\d{4})[/-](\d{1,2})[/-](\d{1,2})$/.exec(text.trim()));
};

const existing = (match: RegExpExecArray | null): string | null => {
  if (match === null) return null;
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  const date = { year, month, day };
  return exists(date) ? dateText(civilDay(date)) : null;
};

/** The cells of a line; quotes may stand around one, and two of them inside mean one. */
const cellsOf = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);
