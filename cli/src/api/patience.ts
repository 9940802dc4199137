// Repeats a call over a restart of the manager, for commands that wait or follow: the work goes on meanwhile, so they do too.
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure.ts';

/** How long a manager may be away before a waiting command gives up with "not reachable". */
const patienceMs = 10 * 60_000;
const pauseMs = { first: 250, last: 5_000 } as const;

export type PatienceOptions = {
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Told once, when the first try has failed. */
  readonly onTrouble: (failure: Failure) => void;
};

/** The call's result; failures that cannot pass by themselves are thrown at once. */
export const withPatience = async <T>(call: () => Promise<T>, options: PatienceOptions): Promise<T> => {
  const deadline = options.now() + patienceMs;
  let pause: number = pauseMs.first;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof Failure) || !error.retryable || options.now() > deadline) throw error;
      if (attempt === 1) options.onTrouble(error);
      try {
        await delay(pause, undefined, { signal: options.signal });
      } catch {
        options.signal.throwIfAborted();
      }
      pause = Math.min(pause * 2, pauseMs.last);
    }
  }
};
