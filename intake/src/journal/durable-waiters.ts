/**
 * Senders that wait until their message is durable.
 *
 * Responsible for telling each of them exactly once, within a bound of time. Called by the journal.
 */
import type { Clock } from '@nezuban/platform/clock';
import type { Timers } from '@nezuban/platform/timers';
import { journalLimits } from './journal-limits.ts';

export type DurableWaiters = {
  readonly add: (seq: number) => Promise<void>;
  readonly size: () => number;
  /** All up to this number are durable. */
  readonly settle: (durableSeq: number) => void;
  readonly fail: (says: string) => void;
  readonly close: () => void;
};

type Waiter = {
  readonly seq: number;
  readonly sinceMs: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

/** How exactly the bound of the wait is kept. */
const LOOK_EVERY_MS = 500;

export function createDurableWaiters(ports: {
  readonly clock: Clock;
  readonly timers: Timers;
}): DurableWaiters {
  const { clock, timers } = ports;
  /** By number, which is by time. */
  let waiting: Waiter[] = [];
  const cancel = timers.every(LOOK_EVERY_MS, () => {
    const lateMs = clock.monotonicMs() - journalLimits.durableWaitMaxMs;
    rejectUpTo(
      countWhile((waiter) => waiter.sinceMs <= lateMs),
      `The disk did not take the message within ${journalLimits.durableWaitMaxMs / 1000} s.`,
    );
  });

  function countWhile(holds: (waiter: Waiter) => boolean): number {
    const first = waiting.findIndex((waiter) => !holds(waiter));
    return first === -1 ? waiting.length : first;
  }

  function rejectUpTo(count: number, says: string): void {
    if (count === 0) return;
    const late = waiting.slice(0, count);
    waiting = waiting.slice(count);
    for (const { reject } of late) reject(new Error(says));
  }

  return {
    add(seq) {
      if (waiting.length >= journalLimits.waitersMax)
        return Promise.reject(new Error('Too many senders wait for the disk.'));
      return new Promise((resolve, reject) => {
        waiting.push({ seq, sinceMs: clock.monotonicMs(), resolve, reject });
      });
    },
    size: () => waiting.length,
    settle(durableSeq) {
      const count = countWhile(({ seq }) => seq <= durableSeq);
      if (count === 0) return;
      const done = waiting.slice(0, count);
      waiting = waiting.slice(count);
      for (const { resolve } of done) resolve();
    },
    fail: (says) => rejectUpTo(waiting.length, says),
    close: cancel,
  };
}
