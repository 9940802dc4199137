// The days of a month that a schedule names, between the text of the definition ("open -1", "fri 2", "2026-12-25/14") and the fields of a form. Pure.
// Called by day-rules-field.tsx. Not responsible for what makes sense (core/schedules/judge-schedule-days.ts).
import { weekdays, type Weekday } from '@nezuban/protocol/calendars/weekday';

export const dayRuleKinds = [
  'of_month',
  'open',
  'closed',
  'weekday',
  'nth_weekday',
  'of_year',
  'date',
  'every',
  'text',
] as const;
export type DayRuleKind = (typeof dayRuleKinds)[number];

/** What is typed stays as it is typed: a number is text until it is one. */
export type DayRuleForm =
  | { readonly kind: 'of_month' | 'open' | 'closed'; readonly count: string; readonly fromEnd: boolean }
  | { readonly kind: 'weekday'; readonly weekday: Weekday }
  | {
      readonly kind: 'nth_weekday';
      readonly weekday: Weekday;
      readonly count: string;
      readonly fromEnd: boolean;
    }
  /** `MM-DD`. */
  | { readonly kind: 'of_year'; readonly date: string }
  | { readonly kind: 'date'; readonly date: string }
  | { readonly kind: 'every'; readonly date: string; readonly days: string }
  /** What no form is known for, as it stands. */
  | { readonly kind: 'text'; readonly text: string };

export const formOfDayRule = (value: unknown): DayRuleForm => {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  const [, opened, count] = /^(?:(open|closed) )?(-?\d*)$/.exec(text) ?? [];
  if (count !== undefined && text !== '') return { kind: kindOfCount(opened), ...countOf(count) };
  const [, day, nth] = /^([a-z]{3})(?: (-?\d*))?$/.exec(text) ?? [];
  const weekday = weekdays.find((each) => each === day);
  if (weekday !== undefined)
    return nth === undefined
      ? { kind: 'weekday', weekday }
      : { kind: 'nth_weekday', weekday, ...countOf(nth) };
  if (/^\d{2}-\d{2}$/.test(text)) return { kind: 'of_year', date: text };
  const [, date, days] = /^(\d{4}-\d{2}-\d{2})(?:\/(\d*))?$/.exec(text) ?? [];
  if (date === undefined) return { kind: 'text', text };
  return days === undefined ? { kind: 'date', date } : { kind: 'every', date, days };
};

const kindOfCount = (word: string | undefined): 'of_month' | 'open' | 'closed' =>
  word === 'open' || word === 'closed' ? word : 'of_month';

const countOf = (text: string) =>
  text.startsWith('-') ? { count: text.slice(1), fromEnd: true } : { count: text, fromEnd: false };

export const textOfDayRule = (form: DayRuleForm): string => {
  switch (form.kind) {
    case 'of_month':
      return signed(form);
    case 'open':
    case 'closed':
      return `${form.kind} ${signed(form)}`;
    case 'weekday':
      return form.weekday;
    case 'nth_weekday':
      return `${form.weekday} ${signed(form)}`;
    case 'of_year':
    case 'date':
      return form.date;
    case 'every':
      return `${form.date}/${form.days}`;
    case 'text':
      return form.text;
  }
};

const signed = ({ count, fromEnd }: { readonly count: string; readonly fromEnd: boolean }): string =>
  `${fromEnd ? '-' : ''}${count}`;

/** One of another kind, keeping what both have. `today`: `2026-11-26`, where a date is needed and none is there. */
export const dayRuleOfKind = (kind: DayRuleKind, before: DayRuleForm, today: string): DayRuleForm => {
  const counted =
    'count' in before ? { count: before.count, fromEnd: before.fromEnd } : { count: '1', fromEnd: false };
  const weekday = 'weekday' in before ? before.weekday : 'mon';
  const date = 'date' in before && before.date.length > 5 ? before.date : today;
  switch (kind) {
    case 'of_month':
    case 'open':
    case 'closed':
      return { kind, ...counted };
    case 'weekday':
      return { kind, weekday };
    case 'nth_weekday':
      return { kind, weekday, ...counted };
    case 'of_year':
      return { kind, date: date.slice(5) };
    case 'date':
      return { kind, date };
    case 'every':
      return { kind, date, days: '14' };
    case 'text':
      return { kind, text: textOfDayRule(before) };
  }
};
