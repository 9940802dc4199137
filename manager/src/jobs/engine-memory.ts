// The sessions that the engine holds in memory, and what follows from what is committed of them.
// Responsible for taking sessions in and letting them go, for their timers, and for handing committed effects to the dispatcher.
// Not responsible for deciding or committing. Owned by `engine.ts`, which calls it between two commits only.
import { say } from '@nezuban/protocol/sentences/sentence';
import { nextWakeAt, unfinishedEffects } from '@nezuban/core/jobs/apply-session';
import { isCancelWanted } from '@nezuban/core/jobs/operate/set-status';
import type { AdmissionBook } from '@nezuban/core/jobs/admission/admission-book';
import type { Inventory, SessionEffect, SessionInput } from '@nezuban/core/jobs/session-inputs';
import { sessionRow } from '@nezuban/core/jobs/session-rows';
import { recordAt } from '@nezuban/core/jobs/step';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import type { Dispatcher } from './dispatcher.ts';
import { sessionOfAttempt } from './attempt-key.ts';
import { jobsLimits } from './jobs-limits.ts';
import type { UnitWorks } from './unit-works/unit-works.ts';
import { isAtRest, type LiveSession } from './live-session.ts';

export type EngineMemoryPorts = {
  readonly dispatcher: Dispatcher;
  /** Kept as the sessions in memory are. */
  readonly book: AdmissionBook;
  readonly inventory: () => Inventory;
  readonly nodeExists: (node: string) => boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Puts an input into the engine's own queue. Resolves when it is committed, rejects if it was not taken. */
  readonly tell: (sessionId: SessionId, input: SessionInput) => Promise<unknown>;
  /** What follows from its committed effects broke: it is thrown away and read back. */
  readonly lose: (id: SessionId) => void;
  /** What the manager does itself for units. */
  readonly works: Pick<UnitWorks, 'begin' | 'end' | 'forget'>;
  readonly logger: Logger;
};

export type OpenAttempt = {
  readonly attempt: AttemptId;
  readonly session: SessionId;
  readonly net: string;
  readonly unit: string;
  readonly node: string;
  /** By the agent's clock; null until it has said so. */
  readonly startedAt: number | null;
};

export type EngineMemory = {
  readonly sessions: Map<SessionId, LiveSession>;
  /** Takes a session as it was read: its orders and cancels go out again, its timers are set. Repeats are harmless. */
  readonly take: (live: LiveSession) => void;
  /** Does what a committed batch has brought about. */
  readonly act: (effects: readonly { readonly live: LiveSession; readonly effect: SessionEffect }[]) => void;
  /** The dispatcher will not send this attempt's order. */
  readonly refused: (attemptId: AttemptId, reason: string, code: 'agent_old' | 'bad_order') => void;
  /** Ends what is open on a node that has been removed. */
  readonly nodeRemoved: (node: string) => void;
  /** Where an attempt that is not closed belongs; null if it is not in memory. */
  readonly openAttempt: (id: AttemptId) => OpenAttempt | null;
  readonly forget: (id: SessionId) => void;
  readonly forgetIfAtRest: (id: SessionId) => void;
  /** Ends all timers. */
  readonly stop: () => void;
};

export const createEngineMemory = ({
  dispatcher,
  book,
  inventory,
  nodeExists,
  clock,
  timers,
  tell,
  lose,
  works,
  logger,
}: EngineMemoryPorts): EngineMemory => {
  const sessions = new Map<SessionId, LiveSession>();
  /** How often in a row a session could not be woken: it is read back each time, and must not be tried without a pause. */
  const failedWakes = new Map<SessionId, number>();

  // Only while stopping or overrun: loading the session again makes up for it.
  const notTaken = (error: unknown): void =>
    logger.warn({ err: error }, 'An input of the engine was not taken');

  /** Ends an attempt on a node that is gone: no agent will ever report it. */
  const endWithoutNode = ({ attemptId, node, mayBeSent }: Orphan): void => {
    const input = mayBeSent
      ? unknownWithoutNode(attemptId, node)
      : notSentWithoutNode(attemptId, node, clock);
    tell(sessionOfAttempt(attemptId), input).catch(notTaken);
  };

  const actOn = (live: LiveSession, effect: SessionEffect, mayBeKnown: boolean): void => {
    if ((effect.type === 'dispatch' || effect.type === 'cancel') && !nodeExists(effect.node)) {
      const { attemptId, node, type } = effect;
      endWithoutNode({ attemptId, node, mayBeSent: mayBeKnown || type === 'cancel' });
      return;
    }
    switch (effect.type) {
      case 'dispatch':
        dispatcher.dispatch({ node: effect.node, order: effect.order, mayBeKnown });
        return;
      case 'cancel':
        if (!isStillToEnd(live, effect.attemptId)) return;
        if (dispatcher.cancel(effect) === 'neverSent') {
          const said = say('stopped_before_sent');
          tell(live.session.id, {
            type: 'attemptRefused',
            attemptId: effect.attemptId,
            code: 'cancelled',
            reason: said.message,
            said,
            unsent: true,
          }).catch(notTaken);
        }
        return;
      case 'wakeAt':
        wakeAt(live, effect.at);
        return;
      case 'work':
        works.begin(live.session, effect);
        return;
      case 'endWork':
        works.end(live.session.id, effect.unit);
        return;
      case 'mail':
      case 'event':
      // Was committed with the batch.
    }
  };

  const wakeAt = (live: LiveSession, at: number): void => {
    if (live.wakeup !== null && live.wakeup.at <= at) return;
    live.wakeup?.cancel();
    const wake = (): void => {
      live.wakeup = null;
      if (sessions.get(live.session.id) !== live) return;
      if (at > clock.epochMs()) wakeAt(live, at);
      else
        tell(live.session.id, { type: 'timeReached' }).then(
          () => {
            failedWakes.delete(live.session.id);
            wakeForNext(live);
          },
          () => {
            failedWakes.set(live.session.id, (failedWakes.get(live.session.id) ?? 0) + 1);
            wakeForNext(live);
          },
        );
    };
    // Never for long at once: the clock may be set meanwhile.
    const pauseMs = pauseAfter(failedWakes.get(live.session.id) ?? 0);
    const waitMs = Math.min(Math.max(pauseMs, at - clock.epochMs()), jobsLimits.clockCheckMs);
    live.wakeup = { at, cancel: timers.after(waitMs, wake) };
  };

  /** There is one timer a session, set for the earliest unit: the others come after it. */
  const wakeForNext = (live: LiveSession): void => {
    const at = sessions.get(live.session.id) === live ? nextWakeAt(live.session) : null;
    if (at !== null) wakeAt(live, at);
  };

  const forget = (id: SessionId): void => {
    sessions.get(id)?.wakeup?.cancel();
    works.forget(id);
    sessions.delete(id);
    book.forget(id);
  };

  return {
    sessions,
    take(live) {
      forget(live.session.id);
      sessions.set(live.session.id, live);
      book.take(live.session, inventory());
      for (const attempt of live.session.attempts.values()) {
        if (attempt.endStatus !== null || attempt.state === 'pending') dispatcher.follow(attempt);
        else if (nodeExists(attempt.node)) dispatcher.adopt(attempt);
        else endWithoutNode({ attemptId: attempt.id, node: attempt.node, mayBeSent: true });
      }
      for (const effect of unfinishedEffects(live.session)) actOn(live, effect, true);
    },
    act(effects) {
      for (const { live, effect } of effects)
        try {
          actOn(live, effect, false);
        } catch (error) {
          logger.error({ err: error, sessionId: live.session.id, effect: effect.type }, 'An effect broke');
          lose(live.session.id);
        }
    },
    refused(attemptId, reason, code) {
      const input = { type: 'attemptRefused', attemptId, code, reason, unsent: true } as const;
      tell(sessionOfAttempt(attemptId), input).catch(notTaken);
    },
    nodeRemoved(node) {
      for (const { attemptId, mayBeSent } of dispatcher.abandon(node))
        endWithoutNode({ attemptId, node, mayBeSent });
    },
    openAttempt(id) {
      const session = sessions.get(sessionOfAttempt(id))?.session;
      const attempt = session?.attempts.get(id);
      // One that was closed by hand may still have a cancel on its way.
      if (session === undefined || attempt === undefined || attempt.endStatus !== null) return null;
      const { unit } = recordAt(session, attempt.unit);
      const { node, startedAt } = attempt;
      return {
        attempt: id,
        session: session.id,
        net: session.plan.definition.name,
        unit: unit.path,
        node,
        startedAt,
      };
    },
    forget,
    forgetIfAtRest(id) {
      const live = sessions.get(id);
      if (live === undefined) return;
      try {
        if (!isAtRest(sessionRow(live.session))) return;
      } catch (error) {
        logger.error({ err: error, sessionId: id }, 'A session in memory is broken');
        lose(id);
        return;
      }
      failedWakes.delete(id);
      forget(id);
    },
    stop() {
      for (const id of sessions.keys()) forget(id);
    },
  };
};

/** Its agent may have reported in the same batch, after the cancel: it has ended, or has started and keeps its node. */
const isStillToEnd = ({ session }: LiveSession, id: AttemptId): boolean => {
  const attempt = session.attempts.get(id);
  if (attempt === undefined || isCancelWanted(attempt)) return true;
  return attempt.endStatus === null && attempt.cancelRequested;
};

/** Twice as long after each failure, up to the time in which a set clock is noticed. */
const pauseAfter = (failures: number): number =>
  failures === 0 ? 0 : Math.min(jobsLimits.recoverRetryMs * 2 ** (failures - 1), jobsLimits.clockCheckMs);

type Orphan = { readonly attemptId: AttemptId; readonly node: string; readonly mayBeSent: boolean };

const unknownWithoutNode = (attemptId: AttemptId, node: string): SessionInput => {
  const said = say('node_removed_before_end', { node });
  return { type: 'attemptUnknown', attemptId, reason: said.message, said };
};

const notSentWithoutNode = (attemptId: AttemptId, node: string, clock: Clock): SessionInput => ({
  type: 'attemptEnded',
  attemptId,
  startError: say('node_not_there_any_more', { node }).message,
  startErrorSaid: say('node_not_there_any_more', { node }),
  exitCode: null,
  signal: null,
  timedOut: false,
  cancelled: false,
  pid: null,
  startedAt: null,
  endedAt: clock.epochMs(),
  stdoutBytes: 0,
  stderrBytes: 0,
  droppedBytes: 0,
  leftovers: [],
});
