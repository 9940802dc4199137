// Looks now and then at all that wait for places: how the lines of queues, locks and nodes stand, for metrics and self-watch, and whether units of
// several sessions wait for each other in a circle, which is told, each once.
// Responsible for the rhythm and the event. Which waits are a circle is decided in core/jobs/admission/circles; whoever asks why a unit waits is
// answered anew each time (session-insight-routes.ts). Everything is memory: a manager that takes over looks anew, and asks the events what has
// been told. Made by jobs.ts.
import { createHash } from 'node:crypto';
import { findCircles, tellCircle, type Circle, type CircleWorld } from '@nezuban/core/jobs/admission/circles';
import { lineFigures, type LineFigure } from '@nezuban/core/jobs/admission/line-figures';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type { EventDraft, EventSink } from '../ports.ts';
import type { Engine } from './engine.ts';
import type { UnitWorks } from './unit-works/unit-works.ts';

/** A circle stays until somebody resolves it, and a look costs each wait once: nobody is the worse for seconds. */
const LOOK_MS = 10_000;
/** Sessions that an event names: to stop any of them resolves the circle. */
const SESSIONS_NAMED_MAX = 50;

export type PlaceWatchPorts = {
  readonly engine: Pick<Engine, 'lookAtPlaces'>;
  readonly works: Pick<UnitWorks, 'ofKind'>;
  readonly database: Pick<Database, 'query'>;
  readonly events: Pick<EventSink, 'appendNow'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};
export type PlaceFigures = { readonly circles: number; readonly lines: readonly LineFigure[] };
export type PlaceWatch = {
  readonly start: () => void;
  /** As of the last look. */
  readonly figures: () => PlaceFigures;
  readonly stop: () => Promise<void>;
};

/** Units that wait for other sessions, as the list of open works has them. */
export const outsideWaits = (works: Pick<UnitWorks, 'ofKind'>): CircleWorld['outside'] => [
  ...works.ofKind('net_start'),
  ...works.ofKind('net_wait'),
];

export const createPlaceWatch = (ports: PlaceWatchPorts): PlaceWatch => {
  const { engine, works, database, events, clock, timers } = ports;
  const logger = ports.logger.child({ part: 'places' });
  let told: ReadonlySet<string> = new Set();
  const startedAt = clock.epochMs();
  let figures: PlaceFigures = { circles: 0, lines: [] };
  let running: Promise<void> | null = null;
  let cancel: (() => void) | null = null;

  const look = async (): Promise<void> => {
    const { circles, lines } = await engine.lookAtPlaces((book, session) => {
      const world = { book, session, now: clock.epochMs() };
      return {
        circles: findCircles({ ...world, outside: outsideWaits(works) }),
        lines: lineFigures(world, startedAt),
      };
    });
    figures = { circles: circles?.length ?? figures.circles, lines };
    if (circles === null) {
      logger.warn({}, 'There are too many waits to look for circles among them');
      return;
    }
    const marks = new Set(circles.map(markOf));
    const fresh = circles.filter((circle) => !told.has(markOf(circle)));
    for (const circle of fresh) await tell(circle);
    told = marks;
  };
  const tell = async (circle: Circle): Promise<void> => {
    const since = circle.reduce((oldest, link) => Math.min(oldest, link.since), clock.epochMs());
    const before = await database.query({
      text: `SELECT FROM event WHERE code = 'waiting_circle' AND at >= $1 AND details->>'mark' = $2 LIMIT 1`,
      values: [new Date(since), markOf(circle)],
    });
    if (before.length === 0) await events.appendNow([circleEvent(circle, new Date(clock.epochMs()))]);
  };
  const tick = (): void => {
    running ??= look()
      .catch((error: unknown) => {
        // The duty is being handed over, or the database is away: the next look tells.
        const passes = error instanceof CodedError;
        logger[passes ? 'debug' : 'error']({ err: error }, 'What waits for places could not be looked at');
      })
      .finally(() => (running = null));
  };

  return {
    start() {
      cancel ??= timers.every(LOOK_MS, tick);
    },
    figures: () => figures,
    async stop() {
      cancel?.();
      cancel = null;
      await running;
    },
  };
};

/** The same while these units wait like this; short, however many they are. */
const markOf = (circle: Circle): string =>
  createHash('sha256')
    .update(circle.map(({ sessionId, unit, since }) => `${sessionId}.${unit}@${since}`).join(' '))
    .digest('hex');

const circleEvent = (circle: Circle, at: Date): EventDraft => {
  const ids = [...new Set(circle.map(({ sessionId }) => sessionId))];
  const named = ids.slice(0, SESSIONS_NAMED_MAX).join(', ');
  const sessions = ids.length > SESSIONS_NAMED_MAX ? `${named}, …` : named;
  const text = tellCircle(circle);
  return {
    at,
    code: 'waiting_circle',
    priority: 'critical',
    node: null,
    message: `Units wait for each other in a circle, and none of them goes on by itself: ${text}. Stop or kill one of the sessions ${sessions}`,
    details: { sessions, circle: text, mark: markOf(circle) },
  };
};
