// Starts sessions when the start conditions of their nets are fulfilled: once for each fulfilment, whatever restarts.
// Responsible for following events from the place that is stored, for storing what each event has changed together with the session that it
// starts, the same of files that are found and of times that come, and for looking again when a session ends or a freeze does. Of one net one thing is done after the other; a change that somebody else
// has made meanwhile is noticed (its revision), and all is read anew. Not responsible for deciding (core/jobs/start-conditions).
// While a net is frozen, events are still looked at and what is fulfilled waits for its turn.
import { say } from '@nezuban/protocol/sentences/sentence';
import {
  decideStart,
  parametersOf,
  started,
  validUntil,
  withoutFirst,
  watchersOf,
  type Situation,
  type WatchState,
} from '@nezuban/core/jobs/start-conditions/decide-starts';
import { openWatchedTimes } from '@nezuban/core/jobs/start-conditions/watched-times';
import type { RunTimes } from '@nezuban/core/schedules/run-times';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { FoundFile } from '@nezuban/protocol/agent/tool-inputs';
import { CodedError, saidOfError } from '@nezuban/protocol/errors';
import type { TimeWatcher } from '@nezuban/protocol/jobs/start-conditions';
import type { Database } from '../../database/database.ts';
import type {
  Calendars,
  EventDraft,
  EventSink,
  EventWatch,
  FittingEvent,
  Freezes,
  Transaction,
} from '../../ports.ts';
import type { DefinitionCache } from '../definition-cache.ts';
import type { Engine } from '../engine.ts';
import { droppedEvent, endedEvent, failedEvent, newsOfHold } from './condition-events.ts';
import type { FileWatches, WatchPlace } from './file-watches.ts';
import {
  fulfilledBy,
  isEventWatcher,
  isFileWatcher,
  isMeant,
  isTimeWatcher,
  matchOf,
  namesOf,
  onBehalf,
  shownOf,
  type EventWatcher,
} from './fulfilments.ts';
import { fulfilAll, nextMoment, takeUpFiles, takeUpTimes, withFile } from './take-up.ts';
import type { Dropped, WatchedTime } from './take-up.ts';
import {
  isPassing,
  loadWatches,
  lookAtSessions,
  saveWatch,
  StaleWatchError,
  type NetWatch,
} from './watch-store.ts';

/** So many events without one that fits: then the place is stored all the same, so that a restart need not look at them again. */
const STORE_AFTER_EVENTS = 10_000;
/** The database was away, or the duty is being handed over. */
const RETRY_MS = 1_000;
const CLOCK_CHECK_MS = 30_000; // A clock that is set is noticed within this.

export type ConditionLoopPorts = {
  readonly database: Database;
  readonly eventWatch: Pick<EventWatch, 'follow'>;
  readonly engine: Pick<Engine, 'run'>;
  readonly definitions: DefinitionCache;
  readonly freezes: Pick<Freezes, 'startRefusal'>;
  readonly calendars: Pick<Calendars, 'book'>;
  readonly files: () => Pick<FileWatches, 'set' | 'poke'>;
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
  /** Other days are open: times of the past do not come by them. */
  readonly calendarsChanged: () => void;
  /** Files have been found: stores them, and what they start; gives how many of them. */
  readonly takeFiles: (place: WatchPlace, finds: readonly FoundFile[]) => Promise<number>;
  readonly fileWatchBegun: (place: WatchPlace) => Promise<void>;
  /** When the next time of a condition comes. */
  readonly nextAt: (place: WatchPlace) => number | null;
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
  readonly times: readonly WatchedTime[];
  /** Times up to then have been looked at, or are left out. */
  timesFrom: number;
  cancelTimer: CancelTimer | null;
  reason: string | null;
  ended: boolean;
};

export const createConditionLoop = (ports: ConditionLoopPorts): ConditionLoop => {
  const { database, eventWatch, engine, definitions, freezes, events, clock, timers, logger, calendars } =
    ports;
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
    if (!watch.enabled) {
      ports.files().set(watch.net, []);
      return;
    }
    const all = watchersOf(watch.conditions);
    const watchers = all.filter(isEventWatcher);
    const watched: Watched = {
      watch,
      reason: null,
      ended: false,
      timesFrom: 0,
      cancelTimer: null,
      times: all.filter(isTimeWatcher).map((watcher) => ({ watcher, run: openTimes(watch, watcher) })),
      unfollow: watchers.length === 0 ? () => undefined : follow(watch, watchers, () => watched),
    };
    nets.set(watch.net, watched);
    ports.files().set(
      watch.net,
      all.filter(isFileWatcher).map((watcher) => ({
        net: watch.net,
        since: watch.state.origins?.[watcher.name] ?? watch.since.getTime(),
        watcher,
        state: watch.state.files?.[watcher.name],
      })),
    );
    look(watch.net);
  };
  const follow = (watch: NetWatch, watchers: readonly EventWatcher[], current: () => Watched): (() => void) =>
    eventWatch.follow({
      matches: watchers.map(matchOf),
      afterId: watch.position,
      sinceMs: null,
      async take(found, upTo) {
        const watched = current();
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
    });
  const openTimes = (watch: NetWatch, { time }: TimeWatcher): RunTimes =>
    openWatchedTimes(time, watch.timezone, calendars.book());
  const drop = (net: string): void => {
    const watched = nets.get(net);
    if (watched === undefined) return;
    watched.ended = true;
    watched.unfollow();
    watched.cancelTimer?.();
    nets.delete(net);
  };

  const takeEvent = async (
    watched: Watched,
    watchers: readonly EventWatcher[],
    { event, fits }: FittingEvent,
  ): Promise<void> => {
    // What has been stored before a restart, or before it could be told, comes again.
    if (watched.ended || event.id <= watched.watch.position) return;
    const { watch } = watched;
    const meant = fits.flatMap((index) => {
      const watcher = watchers[index];
      return watcher === undefined || !isMeant(watcher, event) ? [] : [fulfilledBy(watcher, event)];
    });
    const up = fulfilAll(watch, watch.state, meant);
    if (up.state === watch.state && up.dropped.length === 0) return;
    await advance(watched, { state: up.state, position: event.id, said: dropped(watch.net, up.dropped) });
  };

  const dropped = (net: string, all: readonly Dropped[]): EventDraft[] =>
    all.map((each) => droppedEvent({ ...each, net, at: clock.epochMs() }));

  const takeFiles = async (
    watched: Watched,
    condition: string,
    finds: readonly FoundFile[],
  ): Promise<number> => {
    const { watch } = watched;
    const up = takeUpFiles(watch, { condition, finds, now: clock.epochMs() });
    const said = dropped(watch.net, up.dropped);
    if (up.taken > 0) await advance(watched, { state: up.state, position: watch.position, said });
    return up.taken;
  };
  const takeTimes = async (watched: Watched): Promise<void> => {
    const { watch, times, timesFrom } = watched;
    const up = takeUpTimes(watch, { times, from: timesFrom, now: clock.epochMs() });
    const said = dropped(watch.net, up.dropped);
    await advance(watched, { state: up.state, position: watch.position, said });
    if (!watched.ended) waitForTime(watched);
  };
  const waitForTime = (watched: Watched): void => {
    const now = clock.epochMs();
    const next = nextMoment(watched.watch, watched.times, now);
    watched.cancelTimer?.();
    watched.cancelTimer =
      next === null
        ? null
        : timers.after(Math.min(Math.max(next - now, 0), CLOCK_CHECK_MS), () => look(watched.watch.net));
  };

  /** Starts what may start, and stores what has changed: together with the first start, or alone. */
  const advance = async (
    watched: Watched,
    change: { readonly state: WatchState; readonly position: number; readonly said: readonly EventDraft[] },
  ): Promise<void> => {
    let { state: next, said } = change;
    let isStored = next === watched.watch.state && said.length === 0;
    for (;;) {
      const situation = await situationOf(watched.watch, next);
      const decision = decideStart(watched.watch.conditions, next, situation);
      watched.reason = decision.type === 'wait' ? decision.reason : null;
      if (decision.type === 'start') {
        const outcome = await startNext(watched, { ...change, said, state: next, situation });
        if (outcome === 'frozen') break;
        [next, said, isStored] = [watched.watch.state, [], true];
      } else if (decision.type === 'drop') {
        const given = { condition: namesOf(next.due[0] ?? []), reason: decision.reason };
        said = [...said, ...dropped(watched.watch.net, [given])];
        next = decision.state;
        isStored = false;
      } else if (decision.type === 'end') {
        const { net } = watched.watch;
        said = [...said, endedEvent({ net, at: clock.epochMs(), reason: decision.reason })];
        await store(watched, { state: next, position: change.position, said, enabled: false });
        drop(net);
        ports.files().set(net, []);
        return;
      } else {
        const news = newsOfHold({ net: watched.watch.net, at: clock.epochMs() }, next, decision);
        if (news !== null) [next, said, isStored] = [news.state, [...said, news.event], false];
        break;
      }
    }
    if (!isStored) await store(watched, { state: next, position: change.position, said });
    ports.files().poke(watched.watch.net);
  };

  const situationOf = async (
    { net, conditions, since }: NetWatch,
    { sessions }: WatchState,
  ): Promise<Situation> => {
    const until = validUntil(conditions, since.getTime());
    const seen = await lookAtSessions(database, sessions);
    return {
      open: seen.filter(({ isOpen }) => isOpen).map(({ id }) => id),
      lastEnd: seen.find(({ id }) => id === sessions.at(-1))?.endStatus ?? null,
      frozen: freezes.startRefusal(net)?.message ?? null,
      isOver: until !== null && clock.epochMs() >= until,
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
    const { net, netRevision, author, revision } = watched.watch;
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
          fulfilled: fulfilled.map(shownOf),
          event: { ...fulfilled.at(-1)?.says },
          ...onBehalf(author, fulfilled),
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
      const [condition, reason, at] = [namesOf(fulfilled), saidOfError(error), clock.epochMs()];
      const told = [...said, failedEvent({ net, condition, reason, at })];
      await store(watched, { state: withoutFirst(before), position, said: told });
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

  /** What is due may start now, or another revision is there: looked at in the net's turn, and again if the database is away. */
  const look = (net: string): void => {
    if (state !== 'working' || !nets.has(net)) return;
    retries.get(net)?.();
    retries.delete(net);
    inTurn(net, async () => {
      const watched = nets.get(net);
      if (watched === undefined || watched.ended) return;
      await takeTimes(watched);
    }).catch((error: unknown) => failed(net, error));
  };
  /** What is in memory may not be what is stored when this fails: all is read anew. */
  const reloading = async <Result>(net: string, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      const watched = nets.get(net);
      if (watched !== undefined) watched.ended = true;
      failed(net, error);
      throw error;
    }
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
    if (state !== 'working') return;
    for (const watch of found) take(watch);
    const there = new Set(found.map(({ net }) => net));
    for (const net of names ?? []) if (!there.has(net)) ports.files().set(net, []);
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
    calendarsChanged() {
      for (const watched of nets.values()) {
        if (watched.times.every(({ watcher }) => watcher.time.calendar === undefined)) continue;
        watched.timesFrom = clock.epochMs();
        for (const each of watched.times) each.run = openTimes(watched.watch, each.watcher);
        look(watched.watch.net);
      }
    },
    async takeFiles({ net, condition }, finds) {
      let taken = 0;
      await inTurn(net, async () => {
        const watched = nets.get(net);
        if (state !== 'working' || watched === undefined || watched.ended) return;
        taken = await reloading(net, async () => await takeFiles(watched, condition, finds));
      });
      return taken;
    },
    async fileWatchBegun({ net, condition }) {
      await inTurn(net, async () => {
        const watched = nets.get(net);
        if (state !== 'working' || watched === undefined || watched.ended)
          throw new CodedError('precondition_failed', say('starts_being_read', { net }));
        await reloading(net, async () => {
          await store(watched, { state: withFile(watched.watch.state, { condition, now: clock.epochMs() }) });
        });
      });
    },
    nextAt({ net, condition }) {
      const found = nets.get(net)?.times.find(({ watcher }) => watcher.name === condition);
      return found?.run.next(clock.epochMs()) ?? null;
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
