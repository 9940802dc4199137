// Sessions that cannot be taken into memory: their rows or definition do not read, or break what is made of them. Each stands by itself, so that
// one alone does not keep all others from going on, at a start of the manager above all.
// Responsible for telling of each, for trying it again, and for the refusal of whoever asks for one. What agents report of it is put aside.
// Owned by `engine-recovery.ts`.
import type { Clock } from '@nezuban/platform/clock';
import type { Timers } from '@nezuban/platform/timers';
import { CodedError } from '@nezuban/protocol/errors';
import type { SessionId } from '@nezuban/protocol/ids';
import type { EngineNotices } from './engine-notices.ts';
import { jobsLimits } from './jobs-limits.ts';

export class SessionStandsError extends CodedError {
  constructor(id: SessionId, why: string) {
    super(
      'session_stands',
      `Session ${id} cannot be read (${why}), and stands until it can; it is tried again every minute.`,
      { retryAfterSeconds: jobsLimits.standRetryMs / 1000 },
    );
    this.name = 'SessionStandsError';
  }
}

export type StandingSessions = {
  readonly stand: (id: SessionId, why: string) => void;
  /** It is in memory, or is not there any more. */
  readonly goesOn: (id: SessionId) => void;
  /** Null: it does not stand. */
  readonly refusalOf: (id: SessionId) => SessionStandsError | null;
  readonly size: () => number;
  readonly stop: () => void;
};

export const createStandingSessions = ({
  notices,
  clock,
  timers,
  again,
}: {
  readonly notices: EngineNotices;
  readonly clock: Clock;
  readonly timers: Timers;
  /** They are to be read once more. */
  readonly again: (ids: readonly SessionId[]) => void;
}): StandingSessions => {
  const standing = new Map<SessionId, string>();
  let cancel: (() => void) | null = null;
  const keyOf = (id: SessionId): string => `stands ${id}`;

  const watch = (): void => {
    cancel ??= timers.after(jobsLimits.standRetryMs, () => {
      cancel = null;
      again([...standing.keys()]);
      if (standing.size > 0) watch();
    });
  };

  return {
    stand(id, why) {
      standing.set(id, why);
      watch();
      notices.tell(keyOf(id), {
        at: new Date(clock.epochMs()),
        code: 'session_stands',
        priority: 'critical',
        node: null,
        message: `Session ${id} cannot be read and stands, all others go on: ${why}. It is tried again every minute; what agents report of it is put aside meanwhile. Report this`,
        details: { session: id, reason: why },
      });
    },
    goesOn(id) {
      if (standing.delete(id)) notices.over(keyOf(id));
    },
    refusalOf(id) {
      const why = standing.get(id);
      return why === undefined ? null : new SessionStandsError(id, why);
    },
    size: () => standing.size,
    stop() {
      cancel?.();
      cancel = null;
    },
  };
};
