// Operations on events: the list, and confirming.
import type { EventView } from '@nezuban/protocol/events/event';
import { CodedError } from '@nezuban/protocol/errors';
import * as z from 'zod';
import { forbidden } from '../access/actor-permissions.ts';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, Handlers, LiveBus } from '../ports.ts';
import type { StreamHandlers } from '../http/http-ports.ts';
import { exportEvents } from './event-export.ts';
import { netOfEvent } from './event-net.ts';
import { confirmEvents, listEvents } from './event-store.ts';

export type EventRoutesPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly live: LiveBus;
};

export const createEventRoutes = ({
  database,
  audit,
  live,
}: EventRoutesPorts): Pick<Handlers, 'listEvents' | 'confirmEvents'> => ({
  async listEvents({ query, actor }) {
    const { cursor, limit, ...filter } = query;
    const beforeId = decodeCursor(cursor, z.int());
    const events = await listEvents(database, {
      ...filter,
      beforeId,
      visible: actor.permissions.eventsIn('events.read'),
      limit: limit + 1,
    });
    return { body: toPage(events, { limit, toItem: (event) => event, positionOf: ({ id }) => id }) };
  },

  async confirmEvents({ body, actor }) {
    const ids = [...new Set(body.ids)];
    const changed = await database.inTransaction(async (transaction) => {
      const events = await confirmEvents(transaction, {
        ids,
        confirmed: body.confirmed,
        comment: body.comment,
        by: actor.name,
      });
      const { permissions } = actor;
      const seen = events.filter((event) => permissions.onEvent('events.read', aboutOf(event)));
      const found = new Set(seen.map(({ id }) => id));
      const missing = ids.filter((id) => !found.has(id));
      if (missing.length > 0) {
        const issues = missing
          .slice(0, 100)
          .map((id) => ({ path: `body.ids[${body.ids.indexOf(id)}]`, message: `there is no event ${id}` }));
        throw new CodedError(
          'not_found',
          `There is no event ${missing.slice(0, 10).join(', ')}; nothing was changed.`,
          { issues },
        );
      }
      const refused = seen.find((event) => !permissions.onEvent('events.confirm', aboutOf(event)));
      if (refused !== undefined) throw forbidden('events.confirm', `on the event ${refused.id}`);
      const action = body.confirmed ? 'confirmEvents' : 'unconfirmEvents';
      await audit.record(transaction, {
        actor,
        action,
        target: null,
        details: { ids, comment: body.comment ?? null },
      });
      return events;
    });
    for (const event of changed) live.publish({ type: 'event', event });
    return { body: { changed: changed.length } };
  },
});

export const createEventExportRoute =
  (database: Database): StreamHandlers['exportEvents'] =>
  async ({ query, actor }) => {
    const { format, ...asked } = query;
    const filter = { ...asked, visible: actor.permissions.eventsIn('events.read') };
    return {
      stream: await exportEvents(database, filter, format),
      headers: {
        'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
        'content-disposition': `attachment; filename="events.${format}"`,
      },
    };
  };

const aboutOf = ({ node, details }: EventView) => ({ node, net: netOfEvent(details) });
