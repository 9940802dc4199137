// Work that units wait for inside the manager: which is open, and who does it.
// Responsible for the one list of open works, rebuilt from the sessions after every restart, and for bringing answers to the engine: they are
// committed with the session like an agent's report, and a repeat or a late one changes nothing. Not responsible for doing anything: there is one
// hand a kind beside this file. Called by the engine's memory after commits, between which the list is what is stored.
import type { Session } from '@nezuban/core/jobs/session-state';
import { recordAt } from '@nezuban/core/jobs/step';
import { indexOfNumber } from '@nezuban/core/jobs/unit-numbers';
import { peopleBehind, starterOf } from '@nezuban/core/jobs/people-behind';
import type { UnitWork, WorkAnswer } from '@nezuban/core/jobs/unit-work';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { SessionId } from '@nezuban/protocol/ids';
import type { SessionChanges } from '../live-session.ts';

export type OpenWork<Work extends UnitWork = UnitWork> = {
  readonly sessionId: SessionId;
  readonly net: string;
  /** Its number. */
  readonly unit: number;
  readonly path: string;
  readonly title: string | null;
  /** Who has started the session; null: nobody. */
  readonly starter: string | null;
  /** All people behind the session. */
  readonly people: readonly string[];
  /** In whose definition the unit stands. `revision` null: the session's own. */
  readonly definedIn: { readonly net: string; readonly revision: number | null };
  readonly run: number;
  readonly work: Work;
  /** True once it is answered for good, ended or replaced: nobody wants an answer any more. */
  readonly isOver: () => boolean;
};
export type WorkOf<Kind extends UnitWork['kind']> = Extract<UnitWork, { readonly kind: Kind }>;

/** Brings an answer to the engine; resolves when it is committed or nobody wants it any more. Never rejects. */
export type Answer = (open: OpenWork, answer: WorkAnswer) => Promise<void>;

export type WorkHand<Kind extends UnitWork['kind']> = {
  readonly begin: (open: OpenWork<WorkOf<Kind>>) => void;
  readonly end: (open: OpenWork<WorkOf<Kind>>) => void;
  /** A session was committed, while memory is what is stored. */
  readonly sessionChanged?: (session: Session, changes: SessionChanges) => void;
};
export type WorkHands = { readonly [Kind in UnitWork['kind']]: WorkHand<Kind> };

export type UnitWorks = {
  readonly begin: (session: Session, work: { unit: number; run: number; work: UnitWork }) => void;
  readonly end: (sessionId: SessionId, unit: number) => void;
  /** The session leaves the memory: it has ended, or is read back. */
  readonly forget: (sessionId: SessionId) => void;
  readonly sessionChanged: (session: Session, changes: SessionChanges) => void;
  /** Of one kind, oldest session first. */
  readonly ofKind: <Kind extends UnitWork['kind']>(kind: Kind) => OpenWork<WorkOf<Kind>>[];
};

type Live = { readonly open: OpenWork; over: boolean };

/**
 * The engine takes no answer while it stops, or while something is wrong with its database that it does not know. Each pause is twice as long
 * as the one before, up to the second number. An answer that can never be taken is replaced by the engine (engine-poison.ts).
 */
const ANSWER_RETRY_MS = 500;
const ANSWER_RETRY_MAX_MS = 30_000;

export type UnitWorksPorts = {
  /** A hand has thrown: what it was to do for this unit it will not do; null: it could not look at a session. */
  readonly onBroken: (open: OpenWork | null, error: unknown) => void;
};

/** A hand that throws is its unit's affair: the engine calls from between two commits, and every other session with it. */
export const createUnitWorks = (hands: WorkHands, { onBroken }: UnitWorksPorts): UnitWorks => {
  const open = new Map<SessionId, Map<number, Live>>();
  const guard = (of: OpenWork | null, act: () => void): void => {
    try {
      act();
    } catch (error) {
      onBroken(of, error);
    }
  };

  const end = (sessionId: SessionId, unit: number): void => {
    const works = open.get(sessionId);
    const live = works?.get(unit);
    if (works === undefined || live === undefined) return;
    live.over = true;
    works.delete(unit);
    if (works.size === 0) open.delete(sessionId);
    guard(live.open, () => handOf(hands, live.open.work.kind).end(live.open));
  };

  return {
    begin(session, { unit, run, work }) {
      end(session.id, unit);
      const planned = recordAt(session, indexOfNumber(session.plan, unit) ?? 0).unit;
      const live: Live = {
        over: false,
        open: {
          sessionId: session.id,
          net: session.plan.definition.name,
          unit,
          path: planned.path,
          title: planned.title,
          starter: starterOf(session.trigger),
          people: peopleBehind(session),
          definedIn: definedIn(session, planned.scope),
          run,
          work,
          isOver: () => live.over,
        },
      };
      const works = open.get(session.id) ?? new Map<number, Live>();
      open.set(session.id, works.set(unit, live));
      guard(live.open, () => handOf(hands, work.kind).begin(live.open));
    },
    end,
    forget(sessionId) {
      for (const unit of open.get(sessionId)?.keys() ?? []) end(sessionId, unit);
    },
    sessionChanged(session, changes) {
      for (const hand of Object.values(hands)) guard(null, () => hand.sessionChanged?.(session, changes));
    },
    ofKind: <Kind extends UnitWork['kind']>(kind: Kind) =>
      [...open.values()]
        .flatMap((works) => [...works.values()])
        .flatMap(({ open: each }) => (each.work.kind === kind ? [each as OpenWork<WorkOf<Kind>>] : []))
        .sort((a, b) => a.sessionId - b.sessionId),
  };
};

const definedIn = ({ plan }: Session, scope: number): OpenWork['definedIn'] => {
  const net = plan.scopes.get(scope)?.net ?? plan.definition.name;
  return { net, revision: scope === 0 ? null : (plan.revisions?.[net] ?? null) };
};

/** The hand of a kind takes the works of that kind: the table says so. */
const handOf = (hands: WorkHands, kind: UnitWork['kind']): WorkHand<UnitWork['kind']> =>
  hands[kind] as unknown as WorkHand<UnitWork['kind']>;

export const createAnswer = ({
  tell,
  timers,
  logger,
}: {
  /** Puts an input into the engine's queue. */
  readonly tell: (
    sessionId: SessionId,
    input: { type: 'workAnswered'; unit: number; run: number; answer: WorkAnswer },
  ) => Promise<unknown>;
  readonly timers: Timers;
  readonly logger: Logger;
}): Answer => {
  return async (open, answer) => {
    for (
      let pauseMs = ANSWER_RETRY_MS;
      !open.isOver();
      pauseMs = Math.min(pauseMs * 2, ANSWER_RETRY_MAX_MS)
    ) {
      try {
        await tell(open.sessionId, { type: 'workAnswered', unit: open.unit, run: open.run, answer });
        return;
      } catch (error) {
        logger.warn(
          { err: error, sessionId: open.sessionId, unit: open.path },
          'An answer for a unit was not taken yet',
        );
        await timers.sleep(pauseMs);
      }
    }
  };
};
