// Starts sessions when the start conditions of their nets are fulfilled: once for each fulfilment, whatever restarts.
// Responsible for following events from the place that is stored, for storing what each event has changed together with the session that it
// starts, and for looking again when a session ends or a freeze does. Of one net one thing is done after the other; a change that somebody else
// has made meanwhile is noticed (its revision), and all is read anew. Not responsible for deciding (core/jobs/start-conditions).
//
// While a net is frozen, events are still looked at and what is fulfilled waits for its turn.
import {
  decideStart,
  fulfil,
  parametersOf,
  started,
  withoutFirst,
  watchersOf,
  type Fulfilled,
  type Situation,
  type WatchState,
} from '@nezuban/core/jobs/start-conditions/decide-starts';
import { fillEventPlaces } from '@nezuban/core/jobs/start-conditions/event-places';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import { CodedError } from '@nezuban/protocol/errors';
import type { EventView } from '@nezuban/protocol/events/event';
import type { StartWatcher } from '@nezuban/protocol/jobs/start-conditions';
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import type { Database } from '../../database/database.ts';
import type { EventDraft, EventSink, EventWatch, FittingEvent, Freezes, Transaction } from '../../ports.ts';
import type { DefinitionCache } from '../definition-cache.ts';
import type { Engine } from '../engine.ts';
import { captureEvent } from '../unit-works/event-wait-hand.ts';
import { loadWatches, lookAtSessions, saveWatch, StaleWatchError, type NetWatch } from './watch-store.ts';

/** So many events without one that fits: then the place is stored all the same, so that a restart need not look at them again. */
const STORE_AFTER_EVENTS = 10_000;
/** The database was away, or the duty is being handed over. */
const RETRY_MS = 1_000;

export type ConditionLoopPorts = {
  readonly database: Database;
  readonly eventWatch: Pick<EventWatch, 'follow'>;
  readonly engine: Pick<Engine, 'run'>;
  readonly definitions: DefinitionCache;
  readonly freezes: Pick<Freezes, 'startRefusal'>;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};
export type ConditionLoop = {
  readonly start: () => Promise<void>;
  /** Nets were changed, or their monitoring. */
  readonly refresh: (nets: readonly string[]) => void;
  readonly freezesChanged: () => void;
  /** A session of the net has ended or begun again. */
  readonly sessionChanged: (net: string) => void;
  /** Why what is due waits; null: nothing does. */
  readonly reasonOf: (net: string) => string | null;
  readonly pause: () => Promise<void>;
  readonly resume: () => void;
  readonly stop: () => Promise<void>;
};

type Watched = {
  watch: NetWatch;
  readonly unfollow: () => void;
  reason: string | null;
  ended: boolean;
};

export const createConditionLoop = (ports: ConditionLoopPorts): ConditionLoop => {
  const { database, eventWatch, engine, definitions, freezes, events, clock, timers, logger } = ports;
  const nets = new Map<string, Watched>();
  /** What is done for a net, one after the other. */
  const turns = new Map<string, Promise<void>>();
  const retries = new Map<string, CancelTimer>();
  let state: 'new' | 'working' | 'paused' | 'stopped' = 'new';

  const inTurn = async (net: string, work: () => Promise<void>): Promise<void> => {
    const mine = (turns.get(net) ?? Promise.resolve()).then(work);
    const settled = mine.catch(() => undefined);
    turns.set(net, settled);
    await mine.finally(() => {
      if (turns.get(net) === settled) turns.delete(net);
    });
  };

  const take = (watch: NetWatch): void => {
    drop(watch.net);
    if (!watch.enabled) return;
    const watchers = watchersOf(watch.conditions);
    const watched: Watched = {
      watch,
      reason: null,
      ended: false,
      unfollow: eventWatch.follow({
        matches: watchers.map(matchOf),
        afterId: watch.position,
        sinceMs: null,
        async take(found, upTo) {
          try {
            await inTurn(watch.net, async () => {
              for (const one of found) await takeEvent(watched, watchers, one);
              if (!watched.ended && upTo - watched.watch.position > STORE_AFTER_EVENTS)
                await store(watched, { position: upTo });
            });
          } catch (error) {
            // Taken up again from what is stored.
            watched.ended = true;
            failed(watch.net, error);
          }
          return watched.ended;
        },
      }),
    };
    nets.set(watch.net, watched);
    look(watch.net);
  };
  const drop = (net: string): void => {
    const watched = nets.get(net);
    if (watched === undefined) return;
    watched.ended = true;
    watched.unfollow();
    nets.delete(net);
  };

  const takeEvent = async (
    watched: Watched,
    watchers: readonly StartWatcher[],
    { event, fits }: FittingEvent,
  ): Promise<void> => {
    // What has been stored before a restart, or before it could be told, comes again.
    if (watched.ended || event.id <= watched.watch.position) return;
    let next = watched.watch.state;
    const said: EventDraft[] = [];
    for (const index of fits) {
      const watcher = watchers[index];
      if (watcher === undefined || !isMeant(watcher, event)) continue;
      const done = fulfil(watched.watch.conditions, next, fulfilledBy(watcher, event));
      next = done.state;
      if (done.dropped)
        said.push(droppedEvent(watched, watcher.name, 'as many starts as may wait do so already'));
    }
    if (next === watched.watch.state && said.length === 0) return;
    await advance(watched, { state: next, position: event.id, said });
  };

  /** Starts what may start, and stores what has changed: together with the first start, or alone. */
  const advance = async (
    watched: Watched,
    change: { readonly state: WatchState; readonly position: number; readonly said: readonly EventDraft[] },
  ): Promise<void> => {
    let { state: next, said } = change;
    let isStored = next === watched.watch.state && said.length === 0;
    for (;;) {
      const situation = await situationOf(watched.watch.net, next);
      const decision = decideStart(watched.watch.conditions, next, situation);
      watched.reason = decision.type === 'wait' ? decision.reason : null;
      if (decision.type === 'start') {
        const outcome = await startNext(watched, { ...change, said, state: next, situation });
        if (outcome === 'frozen') break;
        next = watched.watch.state;
        said = [];
        isStored = true;
      } else if (decision.type === 'drop') {
        said = [...said, droppedEvent(watched, namesOf(next.due[0] ?? []), decision.reason)];
        next = decision.state;
        isStored = false;
      } else if (decision.type === 'end') {
        said = [...said, endedEvent(watched.watch.net, decision.reason, clock)];
        await store(watched, { state: next, position: change.position, said, enabled: false });
        drop(watched.watch.net);
        return;
      } else break;
    }
    if (!isStored) await store(watched, { state: next, position: change.position, said });
  };

  const situationOf = async (net: string, { sessions }: WatchState): Promise<Situation> => {
    const seen = await lookAtSessions(database, sessions);
    return {
      open: seen.filter(({ isOpen }) => isOpen).map(({ id }) => id),
      lastEnd: seen.find(({ id }) => id === sessions.at(-1))?.endStatus ?? null,
      frozen: freezes.startRefusal(net),
    };
  };

  /** `frozen`: in this moment. What can never start is said, and given up. */
  const startNext = async (
    watched: Watched,
    {
      state: before,
      position,
      said,
      situation,
    }: {
      readonly state: WatchState;
      readonly position: number;
      readonly said: readonly EventDraft[];
      readonly situation: Situation;
    },
  ): Promise<'started' | 'failed' | 'frozen'> => {
    const { net, netRevision, revision } = watched.watch;
    const fulfilled = before.due[0] ?? [];
    let after: WatchState | undefined;
    let publish: () => void = () => undefined;
    try {
      const plan = await definitions.loadPlan({ net, revision: netRevision });
      await engine.run({
        plan,
        netRevision,
        parameters: parametersOf(fulfilled),
        trigger: {
          type: 'condition',
          generation: before.generation + 1,
          fulfilled: fulfilled.map(({ condition, event, at }) => ({
            condition,
            event,
            at: new Date(at).toISOString(),
          })),
          event: { ...fulfilled.at(-1)?.says },
        },
        async alsoWrite(transaction, { id }) {
          after = started(before, { session: id, at: clock.epochMs(), open: situation.open });
          await saveWatch(transaction, { net, revision, position, state: after });
          publish = await append(transaction, said);
        },
      });
    } catch (error) {
      if (!(error instanceof CodedError) || isPassing(error)) throw error;
      if (error.code === 'frozen') return 'frozen';
      logger.error({ err: error, net }, 'A start by conditions failed');
      await store(watched, {
        state: withoutFirst(before),
        position,
        said: [...said, failedEvent(watched, namesOf(fulfilled), error.message)],
      });
      return 'failed';
    }
    publish();
    if (after !== undefined)
      watched.watch = { ...watched.watch, position, state: after, revision: revision + 1 };
    return 'started';
  };

  const store = async (
    watched: Watched,
    change: {
      readonly state?: WatchState;
      readonly position?: number;
      readonly said?: readonly EventDraft[];
      readonly enabled?: boolean;
    },
  ): Promise<void> => {
    const { watch } = watched;
    const position = Math.max(watch.position, change.position ?? 0);
    const next = change.state ?? watch.state;
    const publish = await database.inTransaction(async (transaction) => {
      await saveWatch(transaction, {
        net: watch.net,
        revision: watch.revision,
        position,
        state: next,
        enabled: change.enabled ?? true,
      });
      return await append(transaction, change.said ?? []);
    });
    publish();
    watched.watch = { ...watch, position, state: next, revision: watch.revision + 1 };
  };
  const append = async (transaction: Transaction, said: readonly EventDraft[]): Promise<() => void> =>
    said.length === 0 ? () => undefined : await events.append(transaction, said);

  const droppedEvent = ({ watch }: Watched, condition: string, reason: string): EventDraft => ({
    at: new Date(clock.epochMs()),
    code: 'start_condition_dropped',
    priority: 'warning',
    node: null,
    message: `The start of ${watch.net} by condition "${condition}" was dropped: ${reason}.`,
    details: { net: watch.net, condition, reason },
  });
  const failedEvent = ({ watch }: Watched, condition: string, reason: string): EventDraft => ({
    at: new Date(clock.epochMs()),
    code: 'start_condition_failed',
    priority: 'critical',
    node: null,
    message: `The start of ${watch.net} by condition "${condition}" failed: ${reason}`,
    details: { net: watch.net, condition, reason },
  });

  /** What is due may start now, or another revision is there: looked at in the net's turn, and again if the database is away. */
  const look = (net: string): void => {
    if (state !== 'working' || !nets.has(net)) return;
    retries.get(net)?.();
    retries.delete(net);
    inTurn(net, async () => {
      const watched = nets.get(net);
      if (watched === undefined || watched.ended) return;
      const { state: now, position } = watched.watch;
      await advance(watched, { state: now, position, said: [] });
    }).catch((error: unknown) => failed(net, error));
  };
  const failed = (net: string, error: unknown): void => {
    logger.warn({ err: error, net }, 'Start conditions could not be looked at yet');
    if (state !== 'working') return;
    // Another one has changed it, or nobody knows what was committed: what is stored is the truth.
    retries.set(
      net,
      timers.after(error instanceof StaleWatchError ? 0 : RETRY_MS, () => reload([net])),
    );
  };
  const reload = (names: readonly string[] | null): void => {
    load(names).catch((error: unknown) => {
      logger.warn({ err: error }, 'Start conditions could not be read');
      if (state === 'working')
        retries.set(
          '',
          timers.after(RETRY_MS, () => reload(names)),
        );
    });
  };
  /** One reading after the other: what an earlier one has read must not replace what a later one has. */
  let loading: Promise<void> = Promise.resolve();
  const load = async (names: readonly string[] | null): Promise<void> => {
    const mine = loading.then(async () => await loadNow(names));
    loading = mine.catch(() => undefined);
    await mine;
  };
  const loadNow = async (names: readonly string[] | null): Promise<void> => {
    for (const net of names ?? nets.keys()) {
      // Whatever is under way for it ends first: nothing is decided on two pictures.
      const watched = nets.get(net);
      if (watched !== undefined) watched.ended = true;
      await turns.get(net);
    }
    const found = await loadWatches(database, names);
    for (const net of names ?? [...nets.keys()]) drop(net);
    if (state === 'working') for (const watch of found) take(watch);
  };
  const halt = async (next: 'paused' | 'stopped'): Promise<void> => {
    if (state !== 'stopped') state = next;
    for (const cancel of retries.values()) cancel();
    retries.clear();
    await Promise.all(turns.values());
  };

  return {
    async start() {
      state = 'working';
      await load(null);
    },
    refresh(names) {
      if (state === 'working') reload(names);
    },
    freezesChanged() {
      for (const net of nets.keys()) look(net);
    },
    sessionChanged: look,
    reasonOf: (net) => nets.get(net)?.reason ?? null,
    pause: () => halt('paused'),
    resume() {
      if (state !== 'paused') return;
      state = 'working';
      reload(null);
    },
    async stop() {
      await halt('stopped');
      for (const net of nets.keys()) drop(net);
    },
  };
};

const isPassing = ({ code }: CodedError): boolean =>
  code === 'database_unavailable' || code === 'shutting_down' || code === 'precondition_failed';

const matchOf = (watcher: StartWatcher): EventMatch =>
  'event' in watcher ? watcher.event : { codes: ['session_ended', 'session_stopped'], nets: [watcher.net] };

/** Of ends of nets the end status decides, too. */
const isMeant = (watcher: StartWatcher, { details }: EventView): boolean =>
  'event' in watcher || watcher.on.some((status) => status === details['endStatus']);

const fulfilledBy = (watcher: StartWatcher, event: EventView): Fulfilled => {
  const { groups, message, fields, node, key, monitor } = captureEvent(event, matchOf(watcher));
  return {
    condition: watcher.name,
    event: event.id,
    at: Date.parse(event.at),
    says: {
      ...fields,
      ...groups,
      id: String(event.id),
      at: event.at,
      code: event.code,
      priority: event.priority,
      message,
      ...(node === null ? {} : { node }),
      ...(key === null ? {} : { key }),
      ...(monitor === null ? {} : { monitor }),
    },
    parameters: Object.fromEntries(
      Object.entries(watcher.parameters ?? {}).map(([name, text]) => [
        name,
        fillEventPlaces(text, event, groups),
      ]),
    ),
  };
};

const namesOf = (fulfilled: readonly Fulfilled[]): string =>
  fulfilled.map(({ condition }) => condition).join(', ');

const endedEvent = (net: string, reason: string, clock: Clock): EventDraft => ({
  at: new Date(clock.epochMs()),
  code: 'monitoring_ended',
  priority: 'warning',
  node: null,
  message: `The start conditions of ${net} are watched no more: ${reason}`,
  details: { net, reason },
});
