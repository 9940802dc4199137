// The calendars domain put together. Made by master-wiring.ts in two steps: rules and schedules ask the copy in memory before the event sink is
// there, which changes need.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import type { AuditLog, Calendars, EventSink } from '../ports.ts';
import { createCalendarChanges, type MoveSchedules } from './calendar-changes.ts';
import { createCalendarRoutes, type CalendarHandlers } from './calendar-routes.ts';
import { createCalendarStore } from './calendar-store.ts';
import { createCalendarUses, type FindCalendarUses } from './calendar-uses.ts';
import { createCalendarWatch, type CalendarWatch } from './calendar-watch.ts';

export type CalendarsPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly moveSchedules: MoveSchedules;
  readonly findUses: readonly FindCalendarUses[];
};

export type ConnectedCalendars = {
  readonly definitions: DefinitionSource;
  readonly apply: Calendars['applyCalendar'];
  readonly routes: CalendarHandlers;
  readonly watch: CalendarWatch;
  /** After each change, with the nets whose schedules it concerns; null: any of them. */
  readonly setListener: (listener: (nets: readonly string[] | null) => void) => void;
};

export type CalendarsDomain = Omit<Calendars, 'applyCalendar'> & {
  readonly load: () => Promise<void>;
  readonly connect: (events: EventSink) => ConnectedCalendars;
};

export const createCalendars = (ports: CalendarsPorts): CalendarsDomain => {
  const { database, audit, clock, timers } = ports;
  const logger = ports.logger.child({ domain: 'calendars' });
  const store = createCalendarStore({ database, logger });
  const uses = createCalendarUses(ports.findUses);
  return {
    load: store.load,
    book: store.book,
    exists: store.exists,
    async catchUp(revision) {
      if (revision > store.newest()) await store.load();
    },
    connect(events) {
      let listener: (nets: readonly string[] | null) => void = () => undefined;
      const changes = createCalendarChanges({
        store,
        uses,
        audit,
        events,
        clock,
        moveSchedules: ports.moveSchedules,
        onChanged: (nets) => listener(nets),
      });
      return {
        definitions: {
          kind: 'calendar',
          hasFolders: false,
          mayRead: ({ permissions }) => permissions.holds('calendars.read'),
          list: ({ after, limit }) =>
            Promise.resolve(
              [...store.all().values()]
                .filter(({ value }) => after === undefined || value.name > after)
                .sort((a, b) => (a.value.name < b.value.name ? -1 : 1))
                .slice(0, limit)
                .map(({ value }) => ({ kind: 'calendar', value })),
            ),
          find(name) {
            const stored = store.all().get(name);
            return Promise.resolve(stored === undefined ? null : { kind: 'calendar', value: stored.value });
          },
          applied: (definition) => definition,
        },
        async apply(transaction, value, actor) {
          actor.permissions.require('calendars.write');
          return await changes.put(transaction, { value, expected: null, actor });
        },
        routes: createCalendarRoutes({ database, store, uses, changes, clock }),
        watch: createCalendarWatch({
          database,
          store,
          uses,
          events,
          clock,
          timers,
          logger,
          onReloaded: () => listener(null),
        }),
        setListener(next) {
          listener = next;
        },
      };
    },
  };
};
