// Starts of a schedule that operators have prepared or left out beforehand: which preparation belongs to which start, and which have
// come to nothing. Pure. Called by `decideDue` and by the manager's loop of schedules.
import type { RunTimes } from './run-times.ts';

export type PreparedStart = {
  /** When the schedule has it, milliseconds since 1970. */
  readonly at: number;
  /** The schedule does not make it: it was skipped, moved, or begun by hand. */
  readonly leftOut: boolean;
  /** A moved start waits for it, whatever becomes of the time that the schedule had. */
  readonly moved: boolean;
  /** It says more than that the start is left out. */
  readonly hasWish: boolean;
};

/** Why a preparation comes to nothing; `over`: its start was left out and is past, as somebody wanted. */
export type Loss = 'over' | 'passed' | 'no_such_start';

/** The same times without those that were left out. */
export function withoutTimes(times: RunTimes, leftOut: ReadonlySet<number>): RunTimes {
  if (leftOut.size === 0) return times;
  return {
    next(after) {
      let at = times.next(after);
      while (at !== null && leftOut.has(at)) at = times.next(at);
      return at;
    },
    last(atOrBefore) {
      let at = times.last(atOrBefore);
      while (at !== null && leftOut.has(at)) at = times.last(at - 1);
      return at;
    },
  };
}

/**
 * The preparation of each start. The first of them, where it makes up for starts that were missed, takes the newest of theirs if it has none
 * of its own: what somebody wanted held is held when it is made up for.
 */
export function preparationsOf<Prepared extends PreparedStart>(
  starts: readonly { readonly dueAt: number }[],
  prepared: readonly Prepared[],
  makesUp: boolean,
): (Prepared | null)[] {
  const there = prepared.filter(({ leftOut, moved, hasWish }) => hasWish && !leftOut && !moved);
  return starts.map(({ dueAt }, index) => {
    const own = there.find(({ at }) => at === dueAt);
    if (own !== undefined || index > 0 || !makesUp) return own ?? null;
    return there.filter(({ at }) => at < dueAt).toSorted((a, b) => b.at - a.at)[0] ?? null;
  });
}

/** Whether its start still comes. `decidedUntil`: starts up to then have been decided. `isStart`: whether the schedule has a start then; left out: it has. */
export function lossOf(
  { at, leftOut, moved }: PreparedStart,
  { decidedUntil, isStart }: { readonly decidedUntil: number; readonly isStart?: (at: number) => boolean },
): Loss | null {
  if (moved) return null;
  if (at <= decidedUntil) return leftOut ? 'over' : 'passed';
  return isStart === undefined || isStart(at) ? null : 'no_such_start';
}
