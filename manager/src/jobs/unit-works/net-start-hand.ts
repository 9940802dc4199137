// Starts nets in the place of units of type "net_start", and hears how they end.
// A start that comes twice, over a restart or a lost answer, gives the same session: its key is that of the unit's run. Called by `unit-works.ts`.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import type { Session } from '@nezuban/core/jobs/session-state';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import { CodedError, saidOfError } from '@nezuban/protocol/errors';
import type { SessionId } from '@nezuban/protocol/ids';
import type { Actor } from '../../ports.ts';
import type { Engine } from '../engine.ts';
import { unitKeyChars, type RunRequests } from '../run-requests.ts';
import type { StartAuthor, StartAuthors } from './start-authors.ts';
import type { OtherSessions } from './other-sessions.ts';
import type { Answer, OpenWork, WorkHand, WorkOf } from './unit-works.ts';

type Starting = OpenWork<WorkOf<'net_start'>>;

/** What passes by itself: the database is away, the net is frozen, the duty is handed over. */
const RETRY_MS = 1_000;
/** A kill that the engine refuses so often, although the session is there, is told as not passed on: the unit must come to an end. */
const KILL_TRIES_MAX = 5;
const passing: ReadonlySet<string> = new Set(['database_unavailable', 'shutting_down', 'frozen', 'internal']);

export type NetStartHandPorts = {
  readonly runs: RunRequests;
  readonly engine: Pick<Engine, 'operate'>;
  readonly others: OtherSessions;
  readonly authors: StartAuthors;
  readonly answer: Answer;
  readonly timers: Timers;
  readonly logger: Logger;
};
export type NetStartHand = WorkHand<'net_start'> & { readonly stop: () => void };

export const createNetStartHand = (ports: NetStartHandPorts): NetStartHand => {
  const { runs, engine, others, authors, answer, timers, logger } = ports;
  const bySession = new Map<number, Set<Starting>>();
  const retries = new Map<Starting, CancelTimer>();
  const killTries = new Map<Starting, number>();

  const again = (open: Starting): void => {
    if (!open.isOver())
      retries.set(
        open,
        timers.after(RETRY_MS, () => work(open)),
      );
  };
  const work = (open: Starting): void => {
    (open.work.session === null ? startNet(open) : watchNet(open, open.work.session)).catch(
      (error: unknown) => {
        logger.warn(
          { err: error, sessionId: open.sessionId, unit: open.path },
          'A started net could not be followed yet',
        );
        again(open);
      },
    );
  };
  const startNet = async (open: Starting): Promise<void> => {
    const { net, parameters, stopBy } = open.work;
    if (stopBy !== null) return await findStarted(open, say('stopped_by_before_begun', { by: stopBy }));
    const author = await authors.authorOf(open);
    const refusal = await refusalOf(open, author);
    if (refusal !== null) return await findStarted(open, refusal);
    try {
      const session = await runs.run({
        net,
        parameters,
        idempotencyKey: keyOf(open),
        overriding: null,
        actor: actorOf(open),
        trigger: {
          type: 'unit',
          net: open.net,
          session: open.sessionId,
          unit: open.path,
          ...(open.starter === null ? {} : { by: open.starter }),
          ...(author === null ? {} : { onBehalfOf: author.name }),
          ...(open.people.length === 0 ? {} : { behind: [...open.people] }),
        },
      });
      await answer(open, { kind: 'net_started', session: session.id });
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      if (!passing.has(error.code)) {
        await answer(open, { kind: 'net_refused', reason: saidOfError(error) });
        return;
      }
      if (error.code === 'frozen')
        await answer(open, { kind: 'says', reason: say('reason_start_waits', { why: saidOfError(error) }) });
      again(open);
    }
  };
  /** Whoever has defined the start must still be allowed to start that net. What was started before it was known is found again by its key. */
  const refusalOf = async (open: Starting, author: StartAuthor | null): Promise<Said | null> => {
    const { net } = open.definedIn;
    if (author?.isAsked !== true || (await authors.mayStart(author.name, open.work.net))) return null;
    return say('start_not_allowed', { author: author.name, net, other: open.work.net });
  };
  /** Stopped or refused before it was known whether it has begun: it may have, and is followed then; if not, it never will. */
  const findStarted = async (open: Starting, reason: Said): Promise<void> => {
    const session = await runs.find({ net: open.work.net, key: keyOf(open) });
    if (session !== null) await answer(open, { kind: 'net_started', session: session.id });
    else await answer(open, { kind: 'net_refused', reason });
  };
  const watchNet = async (open: Starting, session: number): Promise<void> => {
    if (open.work.kill) {
      await killNet(open, session);
      return;
    }
    if (open.work.stopBy !== null) await endNet(open, session, 'stop');
    const seen = await others.ended(session);
    if (seen === null) await answer(open, { kind: 'net_ended', session, endStatus: 'unknown' });
    else if (seen.endStatus !== null)
      await answer(open, { kind: 'net_ended', session, endStatus: seen.endStatus });
  };
  const killNet = async (open: Starting, session: number): Promise<void> => {
    try {
      await endNet(open, session, 'kill');
    } catch (error) {
      const isOurs = error instanceof CodedError && error.code !== 'internal';
      const tries = (killTries.get(open) ?? 0) + 1;
      killTries.set(open, tries);
      // The database is away, or the duty is handed over: that passes.
      if (isOurs || tries < KILL_TRIES_MAX) throw error;
      const problem = saidOfError(error);
      await answer(open, { kind: 'net_killed', session, problem });
      return;
    }
    await answer(open, { kind: 'net_killed', session, problem: null });
  };
  const endNet = async (open: Starting, session: number, operation: 'stop' | 'kill'): Promise<void> => {
    try {
      await engine.operate({
        sessionId: session as SessionId,
        operation,
        unit: undefined,
        actor: open.work.stopBy ?? actorOf(open).name,
        alsoWrite: () => Promise.resolve(),
      });
    } catch (error) {
      // It has ended, or is being stopped already.
      if (error instanceof CodedError && !passing.has(error.code)) return;
      throw error;
    }
  };

  return {
    begin(open) {
      const { session } = open.work;
      if (session !== null) bySession.set(session, (bySession.get(session) ?? new Set()).add(open));
      work(open);
    },
    end(open) {
      retries.get(open)?.();
      retries.delete(open);
      killTries.delete(open);
      const { session } = open.work;
      if (session === null) return;
      bySession.get(session)?.delete(open);
      if (bySession.get(session)?.size === 0) bySession.delete(session);
    },
    sessionChanged(session: Session, { row }) {
      if (row.state !== 'ended' && row.state !== 'stopped') return;
      for (const open of bySession.get(session.id) ?? [])
        void answer(open, { kind: 'net_ended', session: session.id, endStatus: row.endStatus ?? 'normal' });
    },
    stop() {
      for (const cancel of retries.values()) cancel();
      retries.clear();
    },
  };
};

const keyOf = ({ sessionId, unit, run }: Starting): string =>
  `unit ${unit}, run ${run}, of session ${sessionId} `.padEnd(unitKeyChars, '.');

const actorOf = ({ net, sessionId, path }: Starting): Actor => ({
  name: `unit "${path}" of session ${sessionId} (${net})`,
  address: null,
  by: 'system',
});
