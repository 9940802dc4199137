// Dates of a calendar in words of the user's language. They are days, not instants: no zone moves them.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

export type DateText = {
  /** `2026-11-26` as "Thursday, 26 November 2026". */
  readonly day: (date: string) => string;
  /** The same, short: "26 Nov 2026 (Thu)". `12-31` of every year has no weekday. */
  readonly short: (date: string) => string;
  readonly month: (year: number, month: number) => string;
};

export const useDateText = (): DateText => {
  const { language } = useTranslation().i18n;
  return useMemo(() => {
    const zone = { timeZone: 'UTC' } as const;
    const long = new Intl.DateTimeFormat(language, { dateStyle: 'full', ...zone });
    const withYear = new Intl.DateTimeFormat(language, {
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      weekday: 'short',
      ...zone,
    });
    const everyYear = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', ...zone });
    const month = new Intl.DateTimeFormat(language, { month: 'long', ...zone });
    const at = (date: string): Date => new Date(`${date.length > 5 ? date : `2000-${date}`}T00:00:00Z`);
    return {
      day: (date) => long.format(at(date)),
      short: (date) => (date.length > 5 ? withYear : everyYear).format(at(date)),
      month: (year, of) => month.format(new Date(Date.UTC(year, of - 1, 1))),
    };
  }, [language]);
};
