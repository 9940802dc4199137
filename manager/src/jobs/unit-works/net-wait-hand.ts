// Waits for other nets in the place of units of type "net_wait".
// Looks when the wait begins (also after a restart) and after each change of a session of a net that somebody waits for; what it sees is what is
// committed, so nothing has to be remembered. An end that a rerun takes back within the same moment is still seen: the change itself is looked
// at, too. Called by `unit-works.ts`.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { Session } from '@nezuban/core/jobs/session-state';
import { recordAt } from '@nezuban/core/jobs/step';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { NetWaitTarget } from '@nezuban/protocol/jobs/units/net-wait';
import { createWaitingCircles } from './waiting-circle.ts';
import type { OtherSessions, TargetLook } from './other-sessions.ts';
import type { Answer, OpenWork, WorkHand, WorkOf } from './unit-works.ts';

type Waiting = OpenWork<WorkOf<'net_wait'>>;

/** The database was away. */
const RETRY_MS = 1_000;

export type NetWaitHandPorts = {
  readonly others: OtherSessions;
  readonly answer: Answer;
  readonly timers: Timers;
  readonly logger: Logger;
};

export type NetWaitHand = WorkHand<'net_wait'> & { readonly stop: () => void };

export const createNetWaitHand = ({ others, answer, timers, logger }: NetWaitHandPorts): NetWaitHand => {
  /** By what they wait for, fulfilled targets left out: who is looked at when a session changes is found by what has changed. */
  const byPlace = new Map<string, Set<Waiting>>();
  const circles = createWaitingCircles();
  const retries = new Map<Waiting, CancelTimer>();
  /** Looks that are under way; one that is asked for meanwhile follows. */
  const looking = new Map<Waiting, { again: boolean }>();

  const look = (open: Waiting): void => {
    const under = looking.get(open);
    if (under !== undefined) {
      under.again = true;
      return;
    }
    const mine = { again: false };
    looking.set(open, mine);
    lookAtAll(open)
      .catch((error: unknown) => {
        logger.warn({ err: error, sessionId: open.sessionId }, 'Other sessions could not be looked at yet');
        if (!open.isOver())
          retries.set(
            open,
            timers.after(RETRY_MS, () => look(open)),
          );
      })
      .finally(() => {
        looking.delete(open);
        if (mine.again && !open.isOver()) look(open);
      });
  };
  const lookAtAll = async (open: Waiting): Promise<void> => {
    const { targets, met, sinceMs } = open.work;
    const seen = await Promise.all(
      targets.map(async (target, index) => (met[index] === true ? null : await others.look(target, sinceMs))),
    );
    for (const [index, found] of seen.entries()) {
      if (open.isOver()) return;
      if (found !== null) await tell(open, index, found);
    }
    if (open.isOver()) return;
    const circle = circles.find(open.net);
    if (circle !== null)
      await answer(open, {
        kind: 'says',
        reason: say('reason_net_circle', { chain: circle.join(' -> ') }),
      });
  };
  const tell = async (open: Waiting, target: number, seen: TargetLook): Promise<void> => {
    switch (seen.type) {
      case 'met':
        return await answer(open, {
          kind: 'net_wait',
          target,
          met: { session: seen.session, endStatus: seen.endStatus },
        });
      case 'absent':
        if (open.work.ifAbsent !== 'wait') await answer(open, { kind: 'net_wait_absent', target });
        return;
      case 'other':
        return await answer(open, {
          kind: 'net_wait_other',
          target,
          session: seen.session,
          endStatus: seen.endStatus,
        });
      case 'noUnit': {
        const { net, unit } = open.work.targets[target] ?? { net: '', unit: undefined };
        const reason = say('reason_no_unit_to_wait', { session: seen.session, net, unit: unit ?? '' });
        return await answer(open, { kind: 'says', reason });
      }
      case 'running':
    }
  };
  const unmet = ({ work }: Waiting): readonly NetWaitTarget[] =>
    work.targets.filter((_, index) => work.met[index] !== true);
  /** The session itself, where it has ended, and those of its units that have just changed. */
  const placesOf = (session: Session, units: readonly number[]): readonly string[] => {
    const net = session.plan.definition.name;
    const ended = recordAt(session, 0).endStatus === null ? [] : [placeOf({ net })];
    return [...ended, ...units.map((index) => placeOf({ net, unit: recordAt(session, index).unit.path }))];
  };
  const changed = (session: Session, open: Waiting, place: string): void => {
    const { targets, met, sinceMs } = open.work;
    if (session.createdAt < sinceMs) return;
    for (const [index, target] of targets.entries()) {
      if (met[index] === true || placeOf(target) !== place) continue;
      const endStatus = endOf(session, target);
      if (endStatus === null) continue;
      if (target.on.includes(endStatus))
        void answer(open, { kind: 'net_wait', target: index, met: { session: session.id, endStatus } });
      else look(open);
    }
  };

  return {
    begin(open) {
      for (const target of unmet(open)) {
        const place = placeOf(target);
        byPlace.set(place, (byPlace.get(place) ?? new Set()).add(open));
        circles.add(open.net, target.net);
      }
      look(open);
    },
    end(open) {
      retries.get(open)?.();
      retries.delete(open);
      for (const target of unmet(open)) {
        const place = placeOf(target);
        const of = byPlace.get(place);
        of?.delete(open);
        if (of?.size === 0) byPlace.delete(place);
        circles.remove(open.net, target.net);
      }
    },
    sessionChanged(session, { units, removed }) {
      if (byPlace.size === 0) return;
      // Another definition has taken them away.
      for (const unit of removed)
        for (const open of byPlace.get(placeOf({ net: session.plan.definition.name, unit })) ?? [])
          look(open);
      for (const place of placesOf(session, units))
        for (const open of byPlace.get(place) ?? []) changed(session, open, place);
    },
    stop() {
      for (const cancel of retries.values()) cancel();
      retries.clear();
    },
  };
};

/** No name of a net has a space. */
const placeOf = ({ net, unit }: { readonly net: string; readonly unit?: string | undefined }): string =>
  unit === undefined ? net : `${net} ${unit}`;

/** How the target has ended in this session; null: it has not, or there is none. */
const endOf = (session: Session, { unit }: NetWaitTarget): EndStatus | null => {
  const index = unit === undefined ? 0 : session.plan.indexByPath.get(unit);
  if (index === undefined) return null;
  return recordAt(session, index).endStatus;
};
