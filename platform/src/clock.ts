// The clock port and the real clock.
// Responsible for the two kinds of time: the calendar's (may jump) and the monotonic one (for durations and time limits).
// Not responsible for waiting (`timers.ts`). Called by everything that needs to know the time; tests pass `testing/fake-clock.ts`.

export type Clock = {
  /** Calendar time in milliseconds since 1970 UTC. It may jump when somebody sets the clock. */
  readonly epochMs: () => number;
  /** Calendar time as an instant, for what people read and what is stored. */
  readonly now: () => Temporal.Instant;
  /** Milliseconds since some fixed point; never jumps. Durations and time limits are measured with this one alone. */
  readonly monotonicMs: () => number;
};

export const systemClock: Clock = {
  epochMs: () => Date.now(),
  now: () => Temporal.Instant.fromEpochMilliseconds(Date.now()),
  monotonicMs: () => performance.now(),
};

/** The one form in which times travel: RFC 3339 in UTC with milliseconds (`instantSchema` of the protocol). */
export function formatInstant(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'millisecond' });
}
