// How long the pair has had no master and come no nearer to one. Responsible for telling progress from hosts that ask and wait in turn
// without end. Not responsible for what follows (recovery-plan.ts). Called by recover.ts with each status.
import type { DutyState, PairHost, PairStatus } from '@nezuban/protocol/pair/status';

export type RecoveryProgress = {
  /** Milliseconds, by the clock of who answers; 0 while there is a master. */
  readonly stuckMs: (status: PairStatus) => number;
};

/** On the way to redundancy the higher is nearer. Asking for votes is not nearer than waiting: without a majority both alternate. */
const nearness: Readonly<Partial<Record<DutyState, number>>> = {
  'standby-copying': 1,
  'standby-catching-up': 2,
  'standby-in-sync': 3,
  promoting: 4,
  'master-alone': 5,
  'master-paired': 6,
};

export const createRecoveryProgress = (): RecoveryProgress => {
  /** The best that has been seen since the last master. */
  const best = new Map<string, number>();
  let sinceMs: number | null = null;

  const isBetter = (key: string, value: number): boolean => {
    const before = best.get(key) ?? 0;
    if (value > before) best.set(key, value);
    return value > before;
  };
  const hasMoved = (host: PairHost): boolean => {
    const view = host.reachable ? host.view : null;
    return [
      isBetter(`${host.id} state`, view === null ? 0 : (nearness[view.state] ?? 0)),
      isBetter(`${host.id} copy`, view?.copy?.bytes ?? 0),
    ].includes(true);
  };

  return {
    stuckMs({ at, master, hosts, voters }) {
      const nowMs = Date.parse(at);
      if (master !== null) {
        best.clear();
        sinceMs = null;
        return 0;
      }
      const moves = [
        ...hosts.map(hasMoved),
        isBetter('voters', voters.filter(({ reachable }) => reachable).length),
      ];
      // A wall clock that was set back must not lengthen the wait.
      if (sinceMs === null || moves.includes(true) || nowMs < sinceMs) sinceMs = nowMs;
      return nowMs - sinceMs;
    },
  };
};
