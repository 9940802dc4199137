// What every kind of timing can be asked. Shape alone.

/** A schedule's instants, opened once and asked many times. All instants are milliseconds since 1970 and whole seconds. */
export type RunTimes = {
  /** The first instant after this one; null if there is none. */
  readonly next: (after: number) => number | null;
  /** The last instant at or before this one; null if there is none. */
  readonly last: (atOrBefore: number) => number | null;
};
