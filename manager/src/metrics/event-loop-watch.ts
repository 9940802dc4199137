// How late this process comes to what it has to do.
// Responsible for the lag of the event loop over the last window, for metrics and for the self-watch. One per process; made by manager.ts.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Timers } from '@nezuban/platform/timers';

export type EventLoopLag = { readonly meanMs: number; readonly p99Ms: number; readonly maxMs: number };

export type EventLoopWatch = {
  /** Of the last whole window; zeros before. */
  readonly lag: () => EventLoopLag;
  readonly start: () => void;
  readonly stop: () => void;
};

/** A second that hangs is seen for one look of the self-watch, which comes as often. */
export const LAG_WINDOW_MS = 15_000;
/** How often the delay is sampled; it is part of what is measured, so it is taken off. */
const RESOLUTION_MS = 20;
const NANOSECONDS = 1e6;

export const createEventLoopWatch = ({ timers }: { readonly timers: Timers }): EventLoopWatch => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  let last: EventLoopLag = { meanMs: 0, p99Ms: 0, maxMs: 0 };
  let cancel: (() => void) | undefined;

  const roll = (): void => {
    if (histogram.count > 0)
      last = {
        meanMs: lagOf(histogram.mean),
        p99Ms: lagOf(histogram.percentile(99)),
        maxMs: lagOf(histogram.max),
      };
    histogram.reset();
  };

  return {
    lag: () => last,
    start() {
      if (cancel !== undefined) return;
      histogram.enable();
      cancel = timers.every(LAG_WINDOW_MS, roll);
    },
    stop() {
      cancel?.();
      cancel = undefined;
      histogram.disable();
    },
  };
};

const lagOf = (nanoseconds: number): number =>
  Math.max(0, Math.round((nanoseconds / NANOSECONDS - RESOLUTION_MS) * 10) / 10);
