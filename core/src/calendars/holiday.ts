// A holiday of a file, and what its reading says. Shapes and bounds alone; read-holidays.ts and read-ics.ts read.

/** `date` as in an entry of a calendar: `2026-01-01`, or `01-01` of every year. */
export type Holiday = { readonly date: string; readonly name: string | null };
/** What was passed over, and why. */
export type SkippedLine = { readonly line: number; readonly reason: string };
export type HolidayIssue = { readonly line: number; readonly message: string };
export type HolidayLines = {
  readonly holidays: readonly Holiday[];
  readonly skipped: readonly SkippedLine[];
  readonly issues: readonly HolidayIssue[];
};

/** Holidays of one file. */
export const holidaysMax = 5_000;
export const holidayNameMax = 100;
