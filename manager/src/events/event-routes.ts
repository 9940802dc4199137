// Operations on events: the list, one event, confirming (one by one, or all that fit a filter), and fields of the user.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import type { EventSettings } from '@nezuban/protocol/events/event-settings';
import type { EventView } from '@nezuban/protocol/events/event';
import type { EventFilterQuery } from '@nezuban/protocol/events/event-filter';
import * as z from 'zod';
import { forbidden } from '../access/actor-permissions.ts';
import type { Database } from '../database/database.ts';
import type { Condition } from '../database/where.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { ActorPermissions, AuditLog, Handlers, LiveBus } from '../ports.ts';
import type { StreamHandlers } from '../http/http-ports.ts';
import { confirmMatching, findMatching } from './bulk-confirm.ts';
import { confirmEvents, setEventFields } from './event-changes.ts';
import type { EventConditions } from './event-conditions.ts';
import { exportEvents } from './event-export.ts';
import { netOfEvent } from './event-net.ts';
import { findEvent, listEvents, withinSearchTime } from './event-store.ts';

/** Null: there is no such scope. */
export type NodesOfScope = (scope: string) => readonly string[] | null;

export type EventRoutesPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly live: LiveBus;
  readonly nodesOfScope: NodesOfScope;
  readonly settings: () => EventSettings;
};

export const createEventRoutes = ({
  database,
  audit,
  live,
  nodesOfScope,
  settings,
}: EventRoutesPorts): Pick<
  Handlers,
  'listEvents' | 'getEvent' | 'confirmEvents' | 'confirmMatchingEvents' | 'setEventFields'
> => ({
  async listEvents({ query, actor }) {
    const { cursor, limit, ...filter } = query;
    const events = await listEvents(database, {
      ...conditionsOf(filter, nodesOfScope, actor.permissions.eventsIn('events.read')),
      beforeId: decodeCursor(cursor, z.int()),
      limit: limit + 1,
    });
    return { body: toPage(events, { limit, toItem: (event) => event, positionOf: ({ id }) => id }) };
  },

  async getEvent({ params: { id }, actor }) {
    const event = await findEvent(database, id);
    if (event === null || !actor.permissions.onEvent('events.read', aboutOf(event))) throw noEvent(id);
    return { body: event };
  },

  async confirmEvents({ body, actor }) {
    const ids = [...new Set(body.ids)];
    const state =
      body.state ?? (body.confirmed === undefined ? undefined : body.confirmed ? 'confirmed' : 'unconfirmed');
    const changed = await database.inTransaction(async (transaction) => {
      const events = await confirmEvents(transaction, { ids, state, comment: body.comment, by: actor.name });
      assertMayConfirm(events, body.ids, actor.permissions);
      await audit.record(transaction, {
        actor,
        action: state === undefined ? 'commentEvents' : ACTIONS[state],
        target: null,
        details: { ids, comment: body.comment ?? null },
      });
      return events;
    });
    for (const event of changed) live.publish({ type: 'event', event });
    return { body: { changed: changed.length } };
  },

  async confirmMatchingEvents({ body, actor }) {
    const { permissions } = actor;
    const [read, confirm] = [permissions.eventsIn('events.read'), permissions.eventsIn('events.confirm')];
    const asked = {
      filter: conditionsOf(body.filter, nodesOfScope, both(read, confirm)),
      state: body.state,
      comment: body.comment,
      upToId: body.up_to_id,
      by: actor.name,
    };
    const answer = await withinSearchTime(database, async (transaction) => {
      const { ids, more, upToId } = await findMatching(transaction, asked);
      const found = { matching: ids.length, more, upToId };
      if (body.preview || ids.length === 0) return { ...found, changed: 0 };
      const changed = await confirmMatching(transaction, asked, ids);
      await audit.record(transaction, {
        actor,
        action: ACTIONS[body.state],
        target: null,
        details: {
          filter: body.filter,
          upToId,
          changed,
          newest: ids[0] ?? null,
          oldest: ids.at(-1) ?? null,
          comment: body.comment ?? null,
        },
      });
      return { ...found, changed };
    });
    if (answer.changed > 0) live.publish({ type: 'eventsChanged' });
    return { body: answer };
  },

  async setEventFields({ params: { id }, body, actor }) {
    const known = new Set(settings().fields.map(({ name }) => name));
    const unknown = Object.entries(body.fields).find(([name, value]) => value !== null && !known.has(name));
    if (unknown !== undefined)
      throw new CodedError(
        'invalid_request',
        `body.fields.${unknown[0]}: there is no such field; ${known.size === 0 ? 'none is set' : `there are ${[...known].join(', ')}`} (settings section "events")`,
      );
    const event = await database.inTransaction(async (transaction) => {
      const changed = await setEventFields(transaction, id, body.fields);
      if (changed === null) throw noEvent(id);
      assertMayConfirm([changed], [id], actor.permissions);
      await audit.record(transaction, {
        actor,
        action: 'setEventFields',
        target: String(id),
        details: { fields: body.fields },
      });
      return changed;
    });
    live.publish({ type: 'event', event });
    return { body: event };
  },
});

const ACTIONS = {
  confirmed: 'confirmEvents',
  confirming: 'confirmingEvents',
  unconfirmed: 'unconfirmEvents',
} as const;

export const createEventExportRoute =
  (database: Database, nodesOfScope: NodesOfScope): StreamHandlers['exportEvents'] =>
  async ({ query, actor }) => {
    const { format, ...asked } = query;
    const filter = conditionsOf(asked, nodesOfScope, actor.permissions.eventsIn('events.read'));
    return {
      stream: await exportEvents(database, filter, format),
      headers: {
        'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
        'content-disposition': `attachment; filename="events.${format}"`,
      },
    };
  };

/** A scope that is not there holds no node. */
const conditionsOf = (
  { scope, ...filter }: EventFilterQuery,
  nodesOfScope: NodesOfScope,
  visible: Condition | undefined,
): EventConditions => ({
  ...filter,
  nodes: scope === undefined ? undefined : (nodesOfScope(scope) ?? []),
  visible,
});

const both = (one: Condition | undefined, other: Condition | undefined): Condition | undefined =>
  one === undefined || other === undefined ? (one ?? other) : (place) => `${one(place)} AND ${other(place)}`;

const noEvent = (id: number): CodedError =>
  new CodedError('not_found', say('problem_there_is_no_event', { id }));

/** Throws `not_found` for those that are not there or cannot be seen, `forbidden` where the right is missing: the transaction changes nothing. */
const assertMayConfirm = (
  events: readonly EventView[],
  asked: readonly number[],
  permissions: ActorPermissions,
): void => {
  const seen = events.filter((event) => permissions.onEvent('events.read', aboutOf(event)));
  const found = new Set(seen.map(({ id }) => id));
  const missing = [...new Set(asked)].filter((id) => !found.has(id));
  if (missing.length > 0) {
    const issues = missing
      .slice(0, 100)
      .map((id) => ({ path: `body.ids[${asked.indexOf(id)}]`, message: `there is no event ${id}` }));
    throw new CodedError(
      'not_found',
      say('problem_there_is_no_event_nothing_was_changed', { value: missing.slice(0, 10).join(', ') }),
      { issues },
    );
  }
  const refused = seen.find((event) => !permissions.onEvent('events.confirm', aboutOf(event)));
  if (refused !== undefined) throw forbidden('events.confirm', `on the event ${refused.id}`);
};

const aboutOf = ({ node, details }: EventView) => ({ node, net: netOfEvent(details) });
