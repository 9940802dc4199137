// Lets others follow events as they are committed: every one once, in the order of their numbers, whatever restarts.
// Responsible for reading what has become settled (event-position.ts), for telling each follower what fits its conditions, and for reading again
// what a follower could not take. A follower says from where on; what it has taken it remembers itself. Costs nothing while nobody follows.
// Not responsible for what follows from an event. Made by jobs.ts; woken by the event sink after commits.
import { compileMatcher, type EventMatcher } from '@nezuban/core/notifications/event-matcher';
import { notifiedEvent, type ScopesOf } from '@nezuban/core/notifications/notified-event';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { EventView } from '@nezuban/protocol/events/event';
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import type { Database } from '../database/database.ts';
import type { EventFollower, EventWatch, FittingEvent } from '../ports.ts';
import { createSettledEvents } from './event-position.ts';
import { EVENT_COLUMNS, toEventView, type EventRow } from './event-rows.ts';

/** Events of one statement. */
const PAGE = 1_000;
/** Without a word of the sink: of commits whose answer was lost nobody says anything. */
const POLL_MS = 1_000;
/** While a transaction is under way that holds something back. */
const UNSETTLED_POLL_MS = 20;
const RETRY_MS = 500;
/** Places in the row of events for which it is read together. */
const PLACES_TOGETHER = 100;
/** Different conditions that are kept compiled; each may hold half a megabyte. */
const COMPILED_MAX = 200;

export type EventWatchPorts = {
  readonly database: Pick<Database, 'query'>;
  readonly scopesOf: ScopesOf;
  readonly timers: Timers;
  readonly logger: Logger;
};

/** Events that were read together, and what each matcher says of them. */
type Page = {
  readonly events: readonly EventView[];
  readonly fits: (matcher: EventMatcher) => readonly boolean[];
};

type Following = {
  readonly follower: EventFollower;
  readonly matchers: readonly EventMatcher[];
  position: number;
  lookedBack: boolean;
  ended: boolean;
};

export const createEventWatch = ({ database, scopesOf, timers, logger }: EventWatchPorts): EventWatch => {
  const settled = createSettledEvents(database);
  const following = new Set<Following>();
  let running: Promise<void> | undefined;
  let again = false;
  let cancelTimer: CancelTimer = () => undefined;
  let state: 'new' | 'working' | 'paused' | 'stopped' = 'new';

  /** Many sessions of one net wait for the same: it is compiled, and asked of each event, once. */
  const compiled = new Map<string, EventMatcher>();
  const matcherOf = (match: EventMatch): EventMatcher => {
    const key = JSON.stringify(match);
    const matcher = compiled.get(key) ?? compileMatcher(match);
    if (compiled.size >= COMPILED_MAX) compiled.clear();
    compiled.set(key, matcher);
    return matcher;
  };
  const openPage = (events: readonly EventView[]): Page => {
    const notified = events.map((event) =>
      notifiedEvent(event, { clears: 'cleared' in event.details }, scopesOf),
    );
    const known = new Map<EventMatcher, readonly boolean[]>();
    return {
      events,
      fits(matcher) {
        const fits = known.get(matcher) ?? notified.map((event) => matcher.fit(event) === 'yes');
        known.set(matcher, fits);
        return fits;
      },
    };
  };
  const fitting = ({ matchers }: Following, page: Page): FittingEvent[] => {
    const fits = matchers.map((matcher) => page.fits(matcher));
    return page.events.flatMap((event, place) => {
      const which = fits.flatMap((each, index) => (each[place] === true ? [index] : []));
      return which.length === 0 ? [] : [{ event, fits: which }];
    });
  };
  const end = (one: Following): void => {
    one.ended = true;
    following.delete(one);
  };

  /** Beside each other: a thousand that wait for the same event are answered in a few commits, and hold up nobody else. */
  const tellAll = async (
    ones: readonly Following[],
    failed: Set<Following>,
    tell: (one: Following) => Promise<void>,
  ): Promise<void> => {
    await Promise.all(
      ones.map(async (one) => {
        // One that could not take a page stands where it was.
        if (one.ended || state !== 'working') return;
        if (!(await attempt(one, async () => await tell(one)))) failed.add(one);
      }),
    );
  };
  /** All pages of a stretch of numbers, read once for all of them, wherever in it they stand. */
  const readStretch = async (ones: readonly Following[], to: number): Promise<boolean> => {
    const failed = new Set<Following>();
    const isThrough = (one: Following): boolean => one.ended || failed.has(one);
    for (let after = Math.min(...ones.map(({ position }) => position)); after < to;) {
      const events = await readEvents(database, { after, upTo: to });
      const page = openPage(events);
      const upTo = events.length < PAGE ? to : (events.at(-1)?.id ?? to);
      const there = ones.filter((one) => !one.ended && !failed.has(one) && one.position < upTo);
      await tellAll(there, failed, async (one) => {
        const { position } = one;
        const enough = await one.follower.take(
          fitting(one, page).filter(({ event }) => event.id > position),
          upTo,
        );
        one.position = Math.max(position, upTo);
        if (enough) end(one);
      });
      after = upTo;
      if (state !== 'working' || ones.every(isThrough)) break;
    }
    return failed.size === 0;
  };
  /** What happened before they began, read once for all of them. */
  const lookBack = async (ones: readonly Following[]): Promise<boolean> => {
    const failed = new Set<Following>();
    const backwards = ones.filter(({ follower }) => follower.sinceMs !== null && follower.afterId > 0);
    const upTo = Math.max(0, ...backwards.map(({ follower }) => follower.afterId));
    const sinceMs = Math.min(...backwards.map(({ follower }) => follower.sinceMs ?? Infinity));
    for (let after = 0; after < upTo;) {
      const there = backwards.filter((one) => !one.ended && !failed.has(one));
      if (there.length === 0) break;
      const events = await readEvents(database, { after, upTo, sinceMs });
      // Paused meanwhile: nobody would take an answer, and whoever pauses waits for this. It begins again then.
      if (state !== 'working') return true;
      const page = openPage(events);
      await tellAll(there, failed, async (one) => {
        const found = fitting(one, page).filter(({ event }) => isBehind(one, event));
        if (found.length > 0 && (await one.follower.take(found, 0))) end(one);
      });
      after = events.length < PAGE ? upTo : (events.at(-1)?.id ?? upTo);
    }
    for (const one of ones) if (!failed.has(one)) one.lookedBack = true;
    return failed.size === 0;
  };
  /** False if it has to be tried again. */
  const attempt = async (one: Following, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      logger.warn({ err: error }, 'An event could not be handed on yet');
      return one.ended;
    }
  };

  const tick = async (): Promise<number> => {
    const { upTo, waits } = await settled.look();
    let done = true;
    const fresh = [...following].filter(({ lookedBack }) => !lookedBack);
    for (const ones of inGroups(fresh, ({ follower }) => follower.sinceMs ?? Infinity))
      done = (await lookBack(ones)) && done;
    const behind = [...following].filter(({ lookedBack, position }) => lookedBack && position < upTo);
    for (const ones of inGroups(behind, ({ position }) => position))
      done = (await readStretch(ones, upTo)) && done;
    return done ? (waits ? UNSETTLED_POLL_MS : POLL_MS) : RETRY_MS;
  };
  const wake = (): void => {
    if (state !== 'working' || following.size === 0) return;
    if (running !== undefined) {
      again = true;
      return;
    }
    cancelTimer();
    running = tick()
      .catch((error: unknown) => {
        logger.warn({ err: error }, 'Events could not be followed');
        return RETRY_MS;
      })
      .then((waitMs) => {
        running = undefined;
        if (state !== 'working') return;
        const now = again && waitMs !== RETRY_MS;
        again = false;
        if (now) wake();
        else if (following.size > 0) cancelTimer = timers.after(waitMs, wake);
      });
  };
  const halt = async (next: 'paused' | 'stopped'): Promise<void> => {
    if (state !== 'stopped') state = next;
    cancelTimer();
    await running;
  };

  return {
    start() {
      if (state === 'new') state = 'working';
      wake();
    },
    wake,
    follow(follower) {
      const one: Following = {
        follower,
        matchers: follower.matches.map(matcherOf),
        position: follower.afterId,
        lookedBack: false,
        ended: false,
      };
      following.add(one);
      wake();
      return () => end(one);
    },
    pause: () => halt('paused'),
    resume() {
      if (state !== 'paused') return;
      state = 'working';
      wake();
    },
    stop: () => halt('stopped'),
  };
};

/** It happened before the follower's place, and within its look-back. */
const isBehind = ({ follower: { afterId, sinceMs } }: Following, { id, at }: EventView): boolean =>
  id <= afterId && sinceMs !== null && Date.parse(at) >= sinceMs;

/**
 * Those nearest to now come first, and each group reads what its members need once: after a restart a thousand stand at a thousand places, and
 * who looks back over a month must not make those wait that look back over a minute.
 */
const inGroups = (
  ones: readonly Following[],
  placeOf: (one: Following) => number,
): readonly (readonly Following[])[] => {
  const byPlace = [...Map.groupBy(ones, placeOf)].toSorted(([one], [other]) => other - one);
  const groups: Following[][] = [];
  for (let from = 0; from < byPlace.length; from += PLACES_TOGETHER)
    groups.push(byPlace.slice(from, from + PLACES_TOGETHER).flatMap(([, each]) => each));
  return groups;
};

const readEvents = async (
  database: Pick<Database, 'query'>,
  range: { readonly after: number; readonly upTo: number; readonly sinceMs?: number },
): Promise<EventView[]> => {
  const rows =
    range.sinceMs === undefined
      ? await database.query<EventRow>({
          name: 'follow_events',
          text: `SELECT ${EVENT_COLUMNS} FROM event WHERE id > $1 AND id <= $2 ORDER BY id LIMIT ${PAGE}`,
          values: [range.after, range.upTo],
        })
      : await database.query<EventRow>({
          name: 'look_back_at_events',
          text: `SELECT ${EVENT_COLUMNS} FROM event WHERE at >= $3 AND id > $1 AND id <= $2 ORDER BY id LIMIT ${PAGE}`,
          values: [range.after, range.upTo, new Date(range.sinceMs)],
        });
  return rows.map(toEventView);
};
