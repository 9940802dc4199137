// The engine's own part of who may start: the places as its sessions in memory have them, and the clock that opens and closes places.
// Responsible for waking the engine where the time of day changes how many places there are. Not responsible for deciding (core/jobs/admission).
// Owned by `engine.ts`.
import { createAdmissionBook, type AdmissionBook } from '@nezuban/core/jobs/admission/admission-book';
import { noLimits } from '@nezuban/core/jobs/admission/limits';
import type { Clock } from '@nezuban/platform/clock';
import type { Timers } from '@nezuban/platform/timers';

/** Places change with the minute. */
const MINUTE_MS = 60_000;

export type EnginePlaces = {
  readonly book: AdmissionBook;
  /** After each batch: while somebody waits, the next minute is looked at. */
  readonly watchClock: () => void;
  readonly stop: () => void;
};

export const createEnginePlaces = ({
  clock,
  timers,
  lookAgain,
}: {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly lookAgain: () => void;
}): EnginePlaces => {
  const book = createAdmissionBook(noLimits);
  let cancel: (() => void) | null = null;
  return {
    book,
    watchClock() {
      if (cancel !== null || book.lines().size() === 0) return;
      const untilNextMinute = MINUTE_MS - (clock.epochMs() % MINUTE_MS);
      cancel = timers.after(untilNextMinute, () => {
        cancel = null;
        lookAgain();
      });
    },
    stop() {
      cancel?.();
      cancel = null;
    },
  };
};
