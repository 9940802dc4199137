// Routes of calendars. Responsible for turning requests into calls and rows into answers, and for showing only uses that the caller may see.
import { say } from '@nezuban/protocol/sentences/sentence';
import { businessTimeOf } from '@nezuban/core/calendars/business-time';
import { dateText, parseDate, twoDigits } from '@nezuban/core/calendars/civil-date';
import type { CalendarBook } from '@nezuban/core/calendars/calendar';
import { formatDefinition } from '@nezuban/core/definitions/format-definition';
import type { Clock } from '@nezuban/platform/clock';
import type { CalendarView } from '@nezuban/protocol/api/calendar-operations';
import { calendarLimits as protocolLimits } from '@nezuban/protocol/calendars/calendar';
import { CodedError } from '@nezuban/protocol/errors';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { Handlers, RequestActor } from '../ports.ts';
import type { CalendarChanges } from './calendar-changes.ts';
import type { CalendarStore, StoredCalendar } from './calendar-store.ts';
import { visibleUses, type CalendarUses, type UseOfCalendar } from './calendar-uses.ts';
import { isEnding } from './calendar-watch.ts';
import { createHolidayImport } from './holiday-import.ts';

export type CalendarRoutePorts = {
  readonly database: Database;
  readonly store: CalendarStore;
  readonly uses: CalendarUses;
  readonly changes: CalendarChanges;
  readonly clock: Clock;
};

export type CalendarHandlers = Pick<
  Handlers,
  | 'listCalendars'
  | 'getCalendar'
  | 'exportCalendar'
  | 'getCalendarDays'
  | 'putCalendar'
  | 'deleteCalendar'
  | 'importHolidays'
>;

export const createCalendarRoutes = (ports: CalendarRoutePorts): CalendarHandlers => {
  const { database, store, uses, changes, clock } = ports;
  const importHolidays = createHolidayImport({ database, store, changes });

  const find = (name: string): StoredCalendar => {
    const stored = store.all().get(name);
    if (stored === undefined)
      throw new CodedError('not_found', say('problem_there_is_no_calendar', { name }));
    return stored;
  };
  const usesOf = async (calendar: string | null): Promise<readonly UseOfCalendar[]> =>
    await database.inTransaction((transaction) => uses.find(transaction, { calendar, stored: store.all() }));
  const toView = (
    stored: StoredCalendar,
    found: readonly UseOfCalendar[],
    { permissions }: RequestActor,
  ): CalendarView => {
    const { name } = stored.value;
    // Of a change that has just been committed and not been published here yet the book knows nothing.
    const calendar = calendarIn(store.book(), name);
    const today = businessTimeOf(clock.epochMs(), calendar).day;
    const own = found.filter((use) => use.calendar === name);
    const seen = visibleUses(own, permissions);
    const { lastDated, dayStartsMin } = calendar;
    return {
      calendar: stored.value,
      revision: stored.revision,
      updatedAt: stored.updatedAt.toISOString(),
      updatedBy: stored.updatedBy,
      timezone: calendar.zone,
      dayStarts: `${twoDigits(Math.floor(dayStartsMin / 60))}:${twoDigits(dayStartsMin % 60)}`,
      today: dateText(today),
      todayOpen: calendar.isOpen(today),
      lastDay: lastDated === null ? null : dateText(lastDated),
      ending: own.length > 0 && isEnding(calendar, today),
      uses: [...seen.uses],
      usesHidden: seen.hidden,
    };
  };

  return {
    async listCalendars({ query, actor }) {
      const after = decodeCursor(query.cursor, z.string());
      const page = [...store.all().values()]
        .filter(({ value }) => after === undefined || value.name > after)
        .sort((a, b) => (a.value.name < b.value.name ? -1 : 1))
        .slice(0, query.limit + 1);
      const found = await usesOf(null);
      return {
        body: toPage(page, {
          limit: query.limit,
          toItem: (stored) => toView(stored, found, actor),
          positionOf: ({ value }) => value.name,
        }),
      };
    },
    async getCalendar({ params, actor }) {
      const stored = find(params.name);
      return { body: toView(stored, await usesOf(params.name), actor), revision: stored.revision };
    },
    exportCalendar({ params }) {
      const { value, revision } = find(params.name);
      return Promise.resolve({ body: formatDefinition({ kind: 'calendar', value }), revision });
    },
    getCalendarDays({ params, query }) {
      const calendar = calendarIn(store.book(), find(params.name).value.name);
      const from = parseDate(query.from) ?? 0;
      const to = parseDate(query.to) ?? 0;
      if (to < from || to - from >= protocolLimits.daysShownMax)
        throw new CodedError(
          'invalid_request',
          say('problem_query_to_must_be_or_later_and', {
            from: query.from,
            max: protocolLimits.daysShownMax,
          }),
          { issues: [{ path: 'query.to', message: 'is before "from", or too far behind it' }] },
        );
      const items = Array.from({ length: to - from + 1 }, (_, index) => ({
        date: dateText(from + index),
        ...calendar.factsOf(from + index),
      }));
      return Promise.resolve({ body: { items } });
    },
    async putCalendar({ params, body, expected, actor }) {
      if (body.name !== params.name)
        throw new CodedError(
          'invalid_definition',
          say('problem_the_calendar_cannot_be_stored_so', { name: params.name }),
          {
            issues: [{ path: 'name', message: `is "${body.name}", but the address names "${params.name}"` }],
          },
        );
      const applied = await database.inTransaction((transaction) =>
        changes.put(transaction, { value: body, expected, actor }),
      );
      applied.afterCommit();
      const { stored } = applied;
      return { body: toView(stored, await usesOf(params.name), actor), revision: stored.revision };
    },
    async deleteCalendar({ params, expected, actor }) {
      const afterCommit = await database.inTransaction((transaction) =>
        changes.remove(transaction, { name: params.name, expected, actor }),
      );
      afterCommit();
      return { body: undefined };
    },
    async importHolidays({ params, body, actor }) {
      return { body: await importHolidays({ name: params.name, ...body, actor }) };
    },
  };
};

const calendarIn = (book: CalendarBook, name: string) => {
  const calendar = book.find(name);
  if (calendar === null)
    throw new CodedError('not_found', say('problem_there_is_no_calendar_any_more', { name }));
  return calendar;
};
