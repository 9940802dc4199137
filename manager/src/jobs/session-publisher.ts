// Tells browsers what has changed in sessions.
// Responsible for the summary of every changed session, and for whole units of those that somebody watches: folded, so that a burst costs
// one picture, and including units whose possible operations changed through others. Called by the engine after each commit.
import { sessionRow } from '@nezuban/core/jobs/session-rows';
import { summariseRow, viewSession } from '@nezuban/core/jobs/session-view';
import type { Session } from '@nezuban/core/jobs/session-state';
import { indexOfNumber } from '@nezuban/core/jobs/unit-numbers';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { SessionId } from '@nezuban/protocol/ids';
import type { InventorySnapshot, LiveBus } from '../ports.ts';
import { jobsLimits } from './jobs-limits.ts';
import { isAtRest, type SessionChanges } from './live-session.ts';

export type SessionPublisherPorts = {
  readonly live: LiveBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Nodes as they are now: of units whose agents are away more is possible. */
  readonly nodes: () => Pick<InventorySnapshot, 'nodes'>;
  /** Calls `look` while the engine's memory is what is stored; null if the session is not there any more. */
  readonly inspect: <Result>(
    id: SessionId,
    look: (session: Session) => Result,
  ) => Promise<{ readonly result: Result } | null>;
};
export type SessionPublisher = {
  /** While memory is what is stored. */
  readonly changed: (session: Session, changes: SessionChanges) => void;
  readonly stop: () => void;
};

/** A session that somebody watches. */
type Watched = {
  /** What was possible with each unit when it was last sent; null before the first time. */
  shown: Map<string, string> | null;
  readonly units: Set<string>;
  /** Not before this, by the monotonic clock. */
  quietUntilMs: number;
  timer: CancelTimer | null;
};

/** A picture that takes long to make is made less often: at most this part of the time goes into it. */
const COST_FACTOR = 5;

export const createSessionPublisher = ({
  live,
  clock,
  timers,
  logger,
  inspect,
  nodes,
}: SessionPublisherPorts): SessionPublisher => {
  const watched = new Map<SessionId, Watched>();

  const send = (session: Session, watch: Watched): void => {
    const start = clock.monotonicMs();
    const { shown } = watch;
    const all = viewSession(session, nodes());
    const possible = new Map(all.units.map((unit) => [unit.path as string, unit.operations.join()]));
    const units = all.units.filter(
      (unit) =>
        shown === null || watch.units.has(unit.path) || shown.get(unit.path) !== possible.get(unit.path),
    );
    watch.shown = possible;
    watch.units.clear();
    const whole = shown === null ? { whole: true as const } : {};
    live.publish({ type: 'units', sessionId: session.id, revision: session.revision, units, ...whole });
    const now = clock.monotonicMs();
    watch.quietUntilMs = now + Math.max(jobsLimits.liveIntervalMs, (now - start) * COST_FACTOR);
    // Sessions end and are watched for years; a rerun begins with all of it again.
    if (isAtRest(sessionRow(session))) watched.delete(session.id);
  };
  const sendLater = (session: Session, watch: Watched): void => {
    const later = async (): Promise<void> => {
      watch.timer = null;
      const sent = await inspect(session.id, (current) => send(current, watch));
      // It has ended and left the engine; nobody changes it any more.
      if (sent === null) send(session, watch);
    };
    watch.timer ??= timers.after(watch.quietUntilMs - clock.monotonicMs(), () => {
      // Only while the database is away or the manager stops: the next change sends what is missing.
      later().catch((error: unknown) =>
        logger.debug({ err: error, sessionId: session.id }, 'A live message was not sent'),
      );
    });
  };

  return {
    changed(session, changes) {
      live.publish({
        type: 'session',
        session: summariseRow(changes.row, session.plan.definition.title ?? null),
      });
      if (!live.watches(session.id)) {
        watched.get(session.id)?.timer?.();
        watched.delete(session.id);
        return;
      }
      const watch = watched.get(session.id) ?? {
        shown: null,
        units: new Set(),
        quietUntilMs: 0,
        timer: null,
      };
      watched.set(session.id, watch);
      for (const unit of changes.units) watch.units.add(session.plan.units[unit]?.path ?? '');
      if (changes.redefined) watch.shown = null;
      for (const { unit } of changes.attempts) watch.units.add(pathOf(session, unit));
      if (watch.timer !== null) return;
      if (clock.monotonicMs() >= watch.quietUntilMs) send(session, watch);
      else sendLater(session, watch);
    },
    stop() {
      for (const { timer } of watched.values()) timer?.();
      watched.clear();
    },
  };
};

const pathOf = ({ plan }: Session, number: number): string =>
  plan.units[indexOfNumber(plan, number) ?? 0]?.path ?? '';
