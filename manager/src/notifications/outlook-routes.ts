// Operations that show what notifications did, would have done, and hold back: chains of an event, escalations, trying a rule on the past.
// Reads alone; sends nothing.
import { setImmediate } from 'node:timers/promises';
import { issueOf } from '@nezuban/core/definitions/path-issue';
import type { NotificationState } from '@nezuban/core/notifications/state';
import { calendarsOfRule, judgeRule } from '@nezuban/core/notifications/judge-notification';
import { notifiedEvent, type ScopesOf } from '@nezuban/core/notifications/notified-event';
import { simulate, type SimulatedEffect } from '@nezuban/core/notifications/simulate';
import type { Clock } from '@nezuban/platform/clock';
import type { EscalationRunView } from '@nezuban/protocol/api/notification-operations';
import { CodedError } from '@nezuban/protocol/errors';
import { newEvent } from '@nezuban/protocol/events/event';
import type { EscalationState } from '@nezuban/protocol/notifications/escalation';
import { say } from '@nezuban/protocol/sentences/sentence';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { EVENT_COLUMNS, toEventView, type EventRow } from '../events/event-rows.ts';
import { netOfEvent } from '../events/event-net.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { ActorPermissions, Calendars, Handlers } from '../ports.ts';
import { createSlots } from '../slots.ts';
import type { Configurations } from './configurations.ts';
import { listDeliveries } from './delivery-store.ts';
import { notificationLimits } from './notification-limits.ts';

export type OutlookRoutesPorts = {
  readonly database: Database;
  readonly configurations: Configurations;
  readonly calendars: Pick<Calendars, 'book'>;
  readonly scopesOf: () => ScopesOf | null;
  readonly state: () => NotificationState | null;
  readonly clock: Clock;
};

type OutlookRoutes = Pick<Handlers, 'simulateRule' | 'listKeptBack' | 'listEscalationRuns' | 'getEventChain'>;

const HOUR_MS = 3_600_000;
/** Deliveries and escalations of one event that its chain shows. */
const CHAIN_ROWS_MAX = 200;
/** Events of one simulated message that are shown. */
const SHOWN_EVENTS_MAX = 20;

export const createOutlookRoutes = (ports: OutlookRoutesPorts): OutlookRoutes => {
  const { database, configurations, clock } = ports;
  /** A trying reads and decides for seconds; one at a time leaves the rest to those who are on duty. */
  const tries = createSlots({ atOnce: 1, waitingMax: 4, what: 'tryings of rules' });
  const scopesOf: ScopesOf = (node) => ports.scopesOf()?.(node) ?? new Set();

  const pastEvents = async (fromMs: number): Promise<readonly EventRow[]> => {
    const rows = await database.query<EventRow>({
      text: `SELECT ${EVENT_COLUMNS} FROM event WHERE at >= $1 ORDER BY id DESC LIMIT $2`,
      values: [new Date(fromMs), notificationLimits.simulatedEventsMax],
    });
    return rows.toSorted((a, b) => a.at.getTime() - b.at.getTime() || a.id - b.id);
  };

  /** A net that may not be seen is not betrayed by the numbers of its sessions. */
  const visibleSessions = async (ids: readonly number[], { onNet }: ActorPermissions): Promise<number[]> => {
    if (ids.length === 0) return [];
    const rows = await database.query<{ id: number; net: string }>({
      text: 'SELECT id, net FROM session WHERE id = ANY ($1) ORDER BY id',
      values: [ids],
    });
    return rows.flatMap(({ id, net }) => (onNet('nets.read', net) ? [id] : []));
  };

  return {
    simulateRule: async ({ body, actor }) =>
      await tries.run(async () => {
        const unknown = [...calendarsOfRule(body.rule)].flatMap(([name, path]) =>
          ports.calendars.book().find(name) === null ? [{ path, ...say('no_calendar', { name }) }] : [],
        );
        const issues = [...judgeRule(body.rule), ...unknown];
        if (issues.length > 0)
          throw new CodedError('invalid_definition', say('problem_the_rule_cannot_be_tried_as_it'), {
            issues: issues.map(issueOf),
          });
        const nowMs = clock.epochMs();
        const fromMs = nowMs - body.hours * HOUR_MS;
        const rows = await pastEvents(fromMs);
        const visible = rows.filter((row) =>
          actor.permissions.onEvent('events.read', { node: row.node, net: netOfEvent(row.details) }),
        );
        // An event says that it clears only by those that it has cleared.
        const clearing = new Set(rows.flatMap(({ cleared_by: by }) => (by === null ? [] : [by])));
        const effects: SimulatedEffect[] = [];
        const simulation = simulate(
          {
            configuration: configurations.withRule(body.rule),
            events: visible.map((row) =>
              notifiedEvent(
                { ...toEventView(row), ...undecided },
                { clears: clearing.has(row.id) },
                scopesOf,
              ),
            ),
            acknowledged: visible.flatMap(acknowledgementOf),
            scopesOf,
            untilMs: nowMs,
            effectsMax: notificationLimits.simulatedMessagesMax,
          },
          effects,
        );
        const isWhole = await runInSlices(simulation, clock);
        return {
          body: {
            from: new Date(fromMs).toISOString(),
            to: new Date(nowMs).toISOString(),
            events: visible.length,
            isCut:
              !isWhole ||
              rows.length >= notificationLimits.simulatedEventsMax ||
              effects.length >= notificationLimits.simulatedMessagesMax,
            messages: effects.flatMap(toSimulated),
          },
        };
      }),

    listKeptBack({ query, actor }) {
      const after = decodeCursor(query.cursor, z.string());
      const kept = [...(ports.state()?.kept ?? [])]
        .filter(([key]) => after === undefined || key > after)
        .filter(([, { event }]) =>
          actor.permissions.onEvent('events.read', { node: event.node, net: netOfEvent(event.details) }),
        )
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, query.limit + 1);
      return Promise.resolve({
        body: toPage(kept, {
          limit: query.limit,
          toItem: ([, { rule, event, cause }]) => ({
            rule,
            ...causeParts(cause),
            event: { ...newEvent, ...event },
          }),
          positionOf: ([key]) => key,
        }),
      });
    },

    async listEscalationRuns({ query }) {
      const before = decodeCursor(query.cursor, z.tuple([z.string(), z.int(), z.string()]));
      const rows = await database.query<RunRow>({
        text: `SELECT ${RUN_COLUMNS} FROM escalation_run
               WHERE ($1::text[] IS NULL OR state = ANY($1)) AND ($2::timestamptz IS NULL OR (started_at, event_id, rule) < ($2, $3, $4))
               ORDER BY started_at DESC, event_id DESC, rule DESC LIMIT $5`,
        values: [
          query.state ?? null,
          before?.[0] ?? null,
          before?.[1] ?? null,
          before?.[2] ?? null,
          query.limit + 1,
        ],
      });
      return {
        body: toPage(rows, {
          limit: query.limit,
          toItem: toRunView,
          positionOf: ({ started_at: at, event_id: id, rule }) => [at.toISOString(), id, rule],
        }),
      };
    },

    async getEventChain({ params, actor }) {
      const { permissions } = actor;
      const [row] = await database.query<EventRow>({
        text: `SELECT ${EVENT_COLUMNS} FROM event WHERE id = $1`,
        values: [params.id],
      });
      if (
        row === undefined ||
        !permissions.onEvent('events.read', { node: row.node, net: netOfEvent(row.details) })
      )
        throw new CodedError('not_found', say('problem_there_is_no_event', { id: params.id }));
      const isShown = permissions.holds('notifications.read');
      const [deliveries, runs] = await Promise.all([
        listDeliveries(database, {
          beforeId: undefined,
          states: undefined,
          rule: undefined,
          channel: undefined,
          event: params.id,
          limit: CHAIN_ROWS_MAX,
        }),
        database.query<RunRow>({
          text: `SELECT ${RUN_COLUMNS} FROM escalation_run WHERE event_ids @> ARRAY[$1::bigint] ORDER BY started_at LIMIT $2`,
          values: [params.id, CHAIN_ROWS_MAX],
        }),
      ]);
      const event = toEventView(row);
      return {
        body: {
          event,
          trapId: permissions.holds('traps.read') ? event.trapId : null,
          deliveries: isShown ? deliveries : null,
          escalations: isShown ? runs.map(toRunView) : null,
          sessions: await visibleSessions(
            deliveries.flatMap(({ session }) => session ?? []),
            permissions,
          ),
        },
      };
    },
  };
};

/** Resolves to whether it came to its end in time. */
const runInSlices = async (simulation: Generator<void, void>, clock: Clock): Promise<boolean> => {
  const endMs = clock.monotonicMs() + notificationLimits.simulationMaxMs;
  for (;;) {
    const sliceMs = clock.monotonicMs() + notificationLimits.simulationSliceMs;
    while (clock.monotonicMs() < sliceMs) if (simulation.next().done === true) return true;
    if (clock.monotonicMs() > endMs) return false;
    await setImmediate();
  }
};

/** As it was when it was new. */
const undecided = { confirm: 'unconfirmed', clearedAt: null, clearedBy: null } as const;

const acknowledgementOf = (row: EventRow) => {
  const at = row.confirming_at ?? row.confirmed_at;
  return at === null
    ? []
    : [{ id: row.id, by: row.confirming_by ?? row.confirmed_by ?? '', atMs: at.getTime() }];
};

const toSimulated = ({ atMs, effect }: SimulatedEffect) => {
  if (effect.type === 'escalation') return [];
  const { events, more } = effect.type === 'message' ? effect.body : effect;
  const body = effect.type === 'message' ? effect.body : null;
  return [
    {
      at: new Date(atMs).toISOString(),
      type: effect.type,
      cause: effect.type === 'suppressed' ? effect.cause : null,
      channels: effect.type === 'message' && effect.channels !== null ? [...effect.channels] : null,
      recovered: body?.recovered ?? false,
      reminder: body?.reminder ?? false,
      overflow: body?.overflow ?? false,
      escalationStep: body?.escalation?.step ?? null,
      unchanged: body?.unchanged ?? 0,
      count: events.length + more,
      events: events.slice(0, SHOWN_EVENTS_MAX).map(({ id, at, priority, node, message }) => ({
        id,
        at,
        priority,
        node,
        message,
      })),
    },
  ];
};

const causeParts = (cause: string) => {
  const colon = cause.indexOf(':');
  const kind = cause.slice(0, colon);
  const by = cause.slice(colon + 1);
  return {
    kind: kind === 'silence' || kind === 'inhibition' ? kind : ('maintenance' as const),
    by,
  } as const;
};

type RunRow = {
  readonly rule: string;
  readonly event_id: number;
  readonly chain: string;
  readonly state: EscalationState;
  readonly step: number;
  readonly round: number;
  readonly next_at: Date | null;
  readonly event_ids: readonly number[];
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
};
const RUN_COLUMNS =
  'rule, event_id, chain, state, step, round, next_at, to_json(event_ids) AS event_ids, started_at, ended_at, ended_by';

const toRunView = (row: RunRow): EscalationRunView => ({
  rule: row.rule,
  chain: row.chain,
  state: row.state,
  step: row.step,
  round: row.round,
  nextAt: row.next_at?.toISOString() ?? null,
  eventIds: [...row.event_ids],
  startedAt: row.started_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  endedBy: row.ended_by,
});
