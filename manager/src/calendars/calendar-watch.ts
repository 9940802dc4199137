// Looks every minute whether the days of a calendar in use run out, and whether the copy in memory is that of the database.
// Responsible for telling once for each last day, in an event; a calendar that names no dates of its own says nothing of a coming year and is not
// told. The second look matters after a commit whose outcome nobody knows.
import { dateText, type CivilDay } from '@nezuban/core/calendars/civil-date';
import { businessTimeOf } from '@nezuban/core/calendars/business-time';
import type { Calendar } from '@nezuban/core/calendars/calendar';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import type { EventSink } from '../ports.ts';
import { calendarLimits } from './calendar-limits.ts';
import type { CalendarStore } from './calendar-store.ts';
import type { CalendarUses } from './calendar-uses.ts';

export type CalendarWatchPorts = {
  readonly database: Database;
  readonly store: CalendarStore;
  readonly uses: CalendarUses;
  readonly events: Pick<EventSink, 'append'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** The copy has been read anew. */
  readonly onReloaded: () => void;
};

export type CalendarWatch = {
  readonly start: () => void;
  /** One look; the loop's own, and that of tests. */
  readonly look: () => Promise<void>;
  /** Idempotent; waits for what is under way. */
  readonly stop: () => Promise<void>;
};

/** The last day that an entry with a year names is near or past. */
export const isEnding = (calendar: Calendar, today: CivilDay): boolean =>
  calendar.lastDated !== null && calendar.lastDated < today + calendarLimits.endWarningDays;

export const createCalendarWatch = (ports: CalendarWatchPorts): CalendarWatch => {
  const { database, store, clock, timers, logger } = ports;
  let cancel: CancelTimer = () => undefined;
  let looking: Promise<void> | undefined;

  const catchUp = async (): Promise<void> => {
    const [row] = await database.query<{ newest: number; count: number }>({
      name: 'newest_calendar',
      text: 'SELECT coalesce(max(revision), 0) AS newest, count(*) AS count FROM calendar',
    });
    if (row === undefined || (row.newest <= store.newest() && row.count === store.all().size)) return;
    await store.load();
    ports.onReloaded();
  };

  const tellEnds = async (): Promise<void> => {
    const now = clock.epochMs();
    const ending = [...store.all().keys()].flatMap((name) => {
      const calendar = store.book().find(name);
      if (calendar === null || calendar.lastDated === null) return [];
      const isNews = store.all().get(name)?.endToldFor !== dateText(calendar.lastDated);
      return isNews && isEnding(calendar, businessTimeOf(now, calendar).day)
        ? [{ name, lastDay: dateText(calendar.lastDated) }]
        : [];
    });
    if (ending.length === 0) return;
    const publish = await database.inTransaction(async (transaction) => {
      const found = await ports.uses.find(transaction, { calendar: null, stored: store.all() });
      // What only other calendars build on is told by them.
      const used = new Set(found.filter(({ kind }) => kind !== 'calendar').map(({ calendar }) => calendar));
      const told = ending.filter(({ name }) => used.has(name));
      for (const { name, lastDay } of told) await store.saveEndTold(transaction, name, lastDay);
      return await ports.events.append(
        transaction,
        told.map(({ name, lastDay }) => ({
          at: new Date(now),
          priority: 'warning' as const,
          code: 'calendar_ending' as const,
          node: null,
          message: `The calendar "${name}" names no day after ${lastDay}: holidays from then on are missing, and schedules and rules that go by it take them for open days.`,
          details: { calendar: name, lastDay },
        })),
      );
    });
    publish();
    await store.load();
  };

  const look = async (): Promise<void> => {
    await catchUp();
    await tellEnds();
  };
  const lookNow = (): void => {
    if (looking !== undefined) return;
    looking = look()
      .catch((error: unknown) => {
        logger.warn({ err: error }, 'Calendars could not be looked at');
      })
      .finally(() => {
        looking = undefined;
      });
  };

  return {
    look,
    start() {
      cancel = timers.every(calendarLimits.lookEveryMs, lookNow);
      lookNow();
    },
    async stop() {
      cancel();
      await looking;
    },
  };
};
