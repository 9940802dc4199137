// A clock and timers whose time moves only when a test says so.
// Responsible for firing due timers in the order of their times (equal times: in the order they were set).
// Called by tests of everything that takes a `Clock` or `Timers` port.
import type { Clock } from '../clock.ts';
import type { CancelTimer, Timers } from '../timers.ts';

export type FakeClock = Clock &
  Timers & {
    /** Moves both kinds of time forward by `ms`, firing what is due on the way and letting promises settle between. */
    readonly advance: (ms: number) => Promise<void>;
    /** Sets the calendar alone, as an operator or NTP would: no timer fires, monotonic time stands. */
    readonly setCalendar: (at: Temporal.Instant | string) => void;
    /** How many timers are set: a test of `stop` asserts that none is left. */
    readonly timerCount: () => number;
  };

type Entry = {
  readonly id: number;
  dueMs: number;
  readonly action: () => void;
  readonly everyMs: number | null;
};

const DEFAULT_START = '2026-01-01T00:00:00Z';
/** A repeating timer of 0 ms would never let `advance` end. */
const INTERVAL_MIN_MS = 1;

export function createFakeClock(startAt: Temporal.Instant | string = DEFAULT_START): FakeClock {
  const entries = new Map<number, Entry>();
  let monotonicMs = 0;
  let calendarOffsetMs = toEpochMs(startAt);
  let nextId = 1;

  function add(ms: number, action: () => void, everyMs: number | null): CancelTimer {
    const id = nextId++;
    entries.set(id, { id, dueMs: monotonicMs + Math.max(0, ms), action, everyMs });
    return () => void entries.delete(id);
  }

  function nextDue(untilMs: number): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of entries.values()) {
      if (entry.dueMs > untilMs) continue;
      if (
        first === undefined ||
        entry.dueMs < first.dueMs ||
        (entry.dueMs === first.dueMs && entry.id < first.id)
      )
        first = entry;
    }
    return first;
  }

  const after: Timers['after'] = (ms, action) => add(ms, action, null);

  return {
    epochMs: () => calendarOffsetMs + monotonicMs,
    now: () => Temporal.Instant.fromEpochMilliseconds(Math.trunc(calendarOffsetMs + monotonicMs)),
    monotonicMs: () => monotonicMs,
    after,
    every: (ms, action) => add(ms, action, Math.max(INTERVAL_MIN_MS, ms)),
    sleep: (ms, signal) => sleepWith(after, ms, signal),
    async advance(ms) {
      const untilMs = monotonicMs + ms;
      await settlePromises();
      for (let entry = nextDue(untilMs); entry !== undefined; entry = nextDue(untilMs)) {
        monotonicMs = Math.max(monotonicMs, entry.dueMs);
        if (entry.everyMs === null) entries.delete(entry.id);
        else entry.dueMs += entry.everyMs;
        entry.action();
        await settlePromises();
      }
      monotonicMs = untilMs;
    },
    setCalendar(at) {
      calendarOffsetMs = toEpochMs(at) - monotonicMs;
    },
    timerCount: () => entries.size,
  };
}

function toEpochMs(at: Temporal.Instant | string): number {
  return Temporal.Instant.from(at).epochMilliseconds;
}

function sleepWith(after: Timers['after'], ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = () => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Lets everything that waits on settled promises run: one turn of the event loop drains the whole microtask queue. */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
