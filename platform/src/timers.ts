// The timers port and the real timers.
// Responsible for waiting: once, repeatedly, or as a promise that an AbortSignal ends early.
// Not responsible for telling the time (`clock.ts`). Tests pass `testing/fake-clock.ts`, whose time moves only when told to.
import { setTimeout as delay } from 'node:timers/promises';

/** Ends the timer; calling it again, or after the timer has fired, does nothing. */
export type CancelTimer = () => void;

export type Timers = {
  readonly after: (ms: number, action: () => void) => CancelTimer;
  readonly every: (ms: number, action: () => void) => CancelTimer;
  /** Resolves after `ms`. Rejects with the signal's reason as soon as the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
};

export const systemTimers: Timers = {
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
  every(ms, action) {
    const timer = setInterval(action, ms);
    return () => clearInterval(timer);
  },
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
