// Decides what notifications say: takes what waits, lets core decide, and writes everything that follows in one transaction.
// Responsible for one decision at a time on what is committed, for waking when something is due, and for beginning anew from the database
// whenever it is not sure what was committed. State, deliveries and the deletion of the input become true together, so that a death at any
// moment loses and doubles nothing. Not responsible for sending (`outbox-loop.ts`). Made by notifications.ts; woken by the event sink.
import { askedEvents, decide, nextDueMs, type DecisionBase } from '@nezuban/core/notifications/decide';
import type { NotificationEffect } from '@nezuban/core/notifications/effects';
import { notifiedEvent, type EndedState, type ScopesOf } from '@nezuban/core/notifications/notified-event';
import { applyChanges, type NotificationState } from '@nezuban/core/notifications/state';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import type { Database } from '../database/database.ts';
import { isFaultOfContent } from '../database/database-errors.ts';
import type { EventDraft, EventSink, Transaction } from '../ports.ts';
import type { NamedChannels } from './channels/channel.ts';
import { kindOf } from './channels/registry.ts';
import type { Configurations } from './configurations.ts';
import { insertDeliveries, type DeliveryDraft, type Suppression } from './delivery-store.ts';
import {
  deleteInput,
  forgetPast,
  keepInput,
  loadState,
  readAcknowledged,
  readInput,
  writeEscalations,
  writeState,
  type InputEvent,
  type NotificationInputRow,
} from './input-store.ts';
import { notificationLimits } from './notification-limits.ts';

export type NotificationLoopPorts = {
  readonly database: Database;
  readonly configurations: Pick<Configurations, 'now'>;
  readonly channels: NamedChannels;
  readonly scopesOf: () => ScopesOf | null;
  readonly events: Pick<EventSink, 'append'>;
  readonly wakeOutbox: () => void;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};

export type NotificationLoop = {
  start(): void;
  /** There may be something to decide. */
  wake(): void;
  /** Decides nothing more until `resume`, and waits for what is under way. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
  /** What is remembered, as last committed; null: not read yet. */
  state(): NotificationState | null;
};

const NO_SCOPES: ScopesOf = () => new Set();

export const createNotificationLoop = (ports: NotificationLoopPorts): NotificationLoop => {
  const { database, configurations, clock, timers, logger } = ports;
  /** Null: to be read. */
  let state: NotificationState | null = null;
  let decidedWith: unknown = null;
  let sweptMs = Number.NEGATIVE_INFINITY;
  let askedMs = Number.NEGATIVE_INFINITY;
  let started = false;
  let paused = false;
  let stopped = false;
  let running: Promise<void> | undefined;
  let runAgain = false;
  let cancelTimer: () => void = () => undefined;

  /** Events of one decision while one among them cannot be decided; null: as many as come. */
  let portionMax: number | null = null;
  /** What the decision before was about. */
  let tried: readonly InputPart[] = [];

  /** One decision. Resolves to whether there may be more at once. */
  const step = async (partsMax: number | null): Promise<boolean> => {
    tried = [];
    const known = state ?? (await loadState(database));
    state = known;
    const configuration = configurations.now();
    const base: DecisionBase = { state: known, configuration };
    const nowMs = clock.epochMs();
    const isSweep = nowMs - sweptMs >= notificationLimits.sweepMs;
    const again = isSweep || configuration !== decidedWith;
    const asksRunning = known.escalation.size > 0 && nowMs - askedMs >= notificationLimits.acknowledgePollMs;
    const decided = await database.inTransaction(async (transaction) => {
      const parts = portionOf(
        untilNextEnd(
          await readInput(transaction, {
            rows: notificationLimits.inputRowsMax,
            bytes: notificationLimits.inputBytesMax,
          }),
        ),
        partsMax,
      );
      tried = parts;
      const due = nextDueMs(base, nowMs);
      if (parts.length === 0 && !again && !asksRunning && (due === null || due > nowMs)) return null;
      const acknowledged = await readAcknowledged(
        transaction,
        askedEvents(base, nowMs, { running: asksRunning }),
      );
      const scopesOf = ports.scopesOf() ?? NO_SCOPES;
      const events = parts.flatMap(({ row }) =>
        eventsIn(row).map(({ clears, repeats, ...view }) =>
          notifiedEvent(view, { clears, repeats }, scopesOf),
        ),
      );
      const { effects, changes } = decide(
        base,
        { events, ended: parts.flatMap(({ row }) => endedIn(row)), acknowledged, scopesOf, again },
        nowMs,
      );
      await consume(transaction, parts);
      await writeState(transaction, changes);
      const deliveries = effects.flatMap((effect) => draftsOf(effect, configuration.rules, ports.channels));
      for (let from = 0; from < deliveries.length; from += notificationLimits.deliveriesPerStatement)
        await insertDeliveries(
          transaction,
          deliveries.slice(from, from + notificationLimits.deliveriesPerStatement),
        );
      await writeEscalations(transaction, {
        changes: effects.filter((effect) => effect.type === 'escalation'),
        nowMs,
      });
      const publish = await announce(transaction, effects, nowMs);
      return {
        changes,
        publish,
        more: parts.length > 0,
        toSend: deliveries.some(({ suppression }) => suppression === null),
      };
    });
    decidedWith = configuration;
    if (asksRunning) askedMs = nowMs;
    if (isSweep) {
      sweptMs = nowMs;
      await forgetPast(database, nowMs - notificationLimits.pastKeptMs);
    }
    if (decided === null) return false;
    applyChanges(known, decided.changes);
    decided.publish();
    if (decided.toSend) ports.wakeOutbox();
    return decided.more;
  };

  /** What is decided is no input any more. */
  const consume = async (transaction: Transaction, parts: readonly InputPart[]): Promise<void> => {
    const whole = parts.filter(({ rest }) => rest.length === 0);
    if (whole.length > 0)
      await deleteInput(
        transaction,
        whole.map(({ row }) => row.id),
      );
    for (const { row, rest } of parts) if (rest.length > 0) await keepInput(transaction, row.id, rest);
  };

  /** Resolves to whether it is done. */
  const putAside = async (part: InputPart, error: unknown): Promise<boolean> => {
    try {
      // If what is remembered is at fault, no event is.
      await step(0);
      const says = error instanceof Error ? error.message : String(error);
      const [event] = eventsIn(part.row);
      const publish = await database.inTransaction(async (transaction) => {
        await consume(transaction, [part]);
        // Of what tells of a failure nothing is told: it would go on for ever.
        if (event?.code === 'notification_failed') return () => undefined;
        return await ports.events.append(transaction, [
          undecidedEvent(event?.id ?? 0, says, clock.epochMs()),
        ]);
      });
      publish();
      logger.error(
        { err: error, event: event?.id },
        'What an event demands could not be decided: it is put aside',
      );
      return true;
    } catch (failure) {
      state = null;
      logger.warn({ err: failure }, 'An event that could not be decided could not be put aside yet');
      return false;
    }
  };

  /**
   * What is learnt from a failure: less is tried, and the one event that cannot be decided is put aside, so that all others are. Resolves to
   * whether it is worth trying at once.
   */
  const learn = async (error: unknown): Promise<boolean> => {
    const count = tried.reduce((sum, { row }) => sum + sizeOf(row), 0);
    const [only] = tried;
    if (only === undefined || !isFaultOfContent(error)) return false;
    portionMax = Math.max(1, Math.floor(count / 2));
    if (count > 1) return true;
    return await putAside(only, error);
  };

  const announce = async (
    transaction: Transaction,
    effects: readonly NotificationEffect[],
    nowMs: number,
  ): Promise<() => void> => {
    const drafts = effects.flatMap((effect) => exhaustedEvent(effect, nowMs));
    return drafts.length === 0 ? () => undefined : await ports.events.append(transaction, drafts);
  };

  const run = async (): Promise<void> => {
    do {
      runAgain = false;
      try {
        while (!paused && !stopped && (await step(portionMax)))
          if (portionMax !== null)
            portionMax = portionMax < notificationLimits.inputRowsMax ? portionMax * 2 : null;
        if (state !== null && !stopped) {
          const nowMs = clock.epochMs();
          const due = nextDueMs({ state, configuration: configurations.now() }, nowMs);
          const asks =
            state.escalation.size > 0 ? notificationLimits.acknowledgePollMs : notificationLimits.pollMs;
          wakeLater(due === null ? asks : Math.min(asks, due - nowMs));
        }
      } catch (error) {
        if (stopped) break;
        // Perhaps it was committed, perhaps not: the database knows.
        state = null;
        logger.warn({ err: error }, 'What is to be notified could not be decided yet');
        if (await learn(error)) runAgain = true;
        wakeLater(notificationLimits.databaseRetryMs);
      }
    } while (runAgain && !paused && !stopped);
    running = undefined;
  };

  const wakeLater = (ms: number): void => {
    cancelTimer();
    cancelTimer = timers.after(Math.min(Math.max(ms, 1), notificationLimits.pollMs), wake);
  };

  const wake = (): void => {
    if (!started || paused || stopped) return;
    if (running === undefined) running = run();
    else runAgain = true;
  };

  return {
    start() {
      started = true;
      wake();
    },
    wake,
    async pause() {
      paused = true;
      await running;
      cancelTimer();
    },
    resume() {
      if (!paused) return;
      paused = false;
      wake();
    },
    async stop() {
      stopped = true;
      await running;
      cancelTimer();
    },
    state: () => state,
  };
};

/** A row of input, as far as it is decided now; `rest`: its events that wait. */
type InputPart = { readonly row: NotificationInputRow; readonly rest: readonly InputEvent[] };

const sizeOf = (row: NotificationInputRow): number => ('ended' in row.events ? 1 : row.events.length);

/** The first rows with so many events; of one that has more, the first ones. */
const portionOf = (rows: readonly NotificationInputRow[], max: number | null): readonly InputPart[] => {
  if (max === null) return rows.map((row) => ({ row, rest: [] }));
  const parts: InputPart[] = [];
  let room = max;
  for (const row of rows) {
    if (room === 0) break;
    const { events } = row;
    if ('ended' in events || events.length <= room) parts.push({ row, rest: [] });
    else parts.push({ row: { ...row, events: events.slice(0, room) }, rest: events.slice(room) });
    room -= Math.min(room, sizeOf(row));
  }
  return parts;
};

const undecidedEvent = (event: number, says: string, nowMs: number): EventDraft => ({
  at: new Date(nowMs),
  priority: 'critical',
  code: 'notification_failed',
  node: null,
  message: `Nobody was notified of event ${event}: what the rules say to it could not be decided (${says.slice(0, notificationLimits.quotedCharsMax)})`,
  details: { event },
});

/** What somebody has ended is over before the events of the same decision: those that came before it are decided first. */
const untilNextEnd = (rows: readonly NotificationInputRow[]): readonly NotificationInputRow[] => {
  const next = rows.findIndex(({ events }, index) => index > 0 && 'ended' in events);
  return next === -1 ? rows : rows.slice(0, next);
};

const eventsIn = ({ events }: NotificationInputRow): readonly InputEvent[] =>
  'ended' in events ? [] : events;
const endedIn = ({ events }: NotificationInputRow): readonly EndedState[] =>
  'ended' in events ? events.ended : [];

/** The rows that an effect makes: one for each receiver. Pure. */
const draftsOf = (
  effect: NotificationEffect,
  rules: ReadonlyMap<string, { readonly rule: NotificationRule }>,
  channels: NamedChannels,
): readonly DeliveryDraft[] => {
  if (effect.type === 'escalation') return [];
  const rule = rules.get(effect.rule)?.rule;
  const own = rule?.channel === undefined ? '' : kindOf(rule.channel).describe(rule.channel);
  const describe = (name: string): string => {
    const named = channels.channelOf(name);
    return named === null ? name : kindOf(named.channel).describe(named.channel);
  };
  if (effect.type === 'suppressed') {
    const body = { ...nothingMore, events: effect.events, more: effect.more };
    const channel = own === '' ? (rule?.channels ?? []).join(', ') : own;
    return [{ rule: effect.rule, target: null, channel, body, suppression: suppressionOf(effect.cause) }];
  }
  const names = effect.channels ?? rule?.channels ?? [];
  return [
    ...(effect.channels === null && rule?.channel !== undefined ? [{ target: null, channel: own }] : []),
    ...names.map((name) => ({ target: name, channel: describe(name) })),
  ].map((where) => ({ rule: effect.rule, ...where, body: effect.body, suppression: null }));
};

const nothingMore = {
  counts: { raised: 0, recovered: 0 },
  recovered: false,
  reminder: false,
  overflow: false,
  unchanged: 0,
  escalation: null,
} as const;

const suppressionOf = (cause: string): Suppression => {
  const colon = cause.indexOf(':');
  const kind = cause.slice(0, colon);
  const by = cause.slice(colon + 1);
  return { kind: kind === 'silence' || kind === 'inhibition' ? kind : 'maintenance', by };
};

const exhaustedEvent = (effect: NotificationEffect, nowMs: number): readonly EventDraft[] => {
  if (effect.type !== 'escalation' || effect.state !== 'exhausted') return [];
  const { rule, chain, events } = effect.run;
  const [first] = events;
  return [
    {
      at: new Date(nowMs),
      priority: 'critical',
      code: 'escalation_exhausted',
      node: first?.node ?? null,
      message: `Every step of the escalation "${chain}" was taken and nobody has taken up event ${first?.id ?? 0}: ${(first?.message ?? '').slice(0, notificationLimits.quotedCharsMax)}`,
      details: { rule, chain, event: first?.id ?? 0, events: events.length },
    },
  ];
};
