// Days of the calendar as whole numbers: days since 1 January 1970, so that a step is an addition and a set is a set of numbers.
// No zones and no instants here (business-time.ts). The conversion is that of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".

/** Days since 1970-01-01. */
export type CivilDay = number;
export type CivilDate = { readonly year: number; readonly month: number; readonly day: number };

export const DAY_MS = 86_400_000;
const DAYS_OF_ERA = 146_097;
/** From 0000-03-01, with which an era begins, to 1970-01-01. */
const EPOCH_SHIFT = 719_468;

/** The date exists. */
export const civilDay = ({ year, month, day }: CivilDate): CivilDay => {
  // Years begin in March, so that the leap day is a year's last.
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const ofEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + dayOfYear;
  return era * DAYS_OF_ERA + dayOfEra - EPOCH_SHIFT;
};

export const civilDate = (day: CivilDay): CivilDate => {
  const shifted = day + EPOCH_SHIFT;
  const era = Math.floor(shifted / DAYS_OF_ERA);
  const ofEra = shifted - era * DAYS_OF_ERA;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const dayOfYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  return {
    year: yearOfEra + era * 400 + (month < 10 ? 0 : 1),
    month: month < 10 ? month + 3 : month - 9,
    day: dayOfYear - Math.floor((153 * month + 2) / 5) + 1,
  };
};

export const daysInMonth = ({ year, month }: Pick<CivilDate, 'year' | 'month'>): number =>
  civilDay(month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 }) -
  civilDay({ year, month, day: 1 });

/** 0 is Monday, 6 is Sunday. */
export const weekdayOf = (day: CivilDay): number => (((day + 3) % 7) + 7) % 7;

/** `2026-12-29`. */
export const dateText = (day: CivilDay): string => {
  const { year, month, day: ofMonth } = civilDate(day);
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(ofMonth)}`;
};

/** Null: there is no such day. */
export const parseDate = (text: string): CivilDay | null => {
  const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return null;
  const date = { year, month, day };
  return exists(date) ? civilDay(date) : null;
};

export const exists = ({ year, month, day }: CivilDate): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth({ year, month });

export const twoDigits = (value: number): string => String(value).padStart(2, '0');
