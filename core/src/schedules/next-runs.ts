// When a schedule runs: the instants of its cron expression or times of day in its zone. Times of day follow the rules for summer time
// in cron.ts. Called by `decideDue`, and for the preview of the next runs.
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/definition';
import type { Cron } from 'croner';
import { openCron } from './cron.ts';

export type Timing = Pick<ScheduleDefinition, 'cron' | 'times' | 'timezone'>;

/** A schedule's instants, opened once and asked many times. All instants are milliseconds since 1970 and whole seconds. */
export type RunTimes = {
  /** The first instant after this one; null if there is none. */
  readonly next: (after: number) => number | null;
  /** The last instant at or before this one; null if there is none. */
  readonly last: (atOrBefore: number) => number | null;
};

/** `zone` is the net's; the schedule's own goes first. The schedule has been judged. */
export function openRunTimes(schedule: Timing, zone: string): RunTimes {
  const own = schedule.timezone ?? zone;
  const expressions =
    schedule.cron === undefined ? expressionsOfTimes(schedule.times ?? []) : [schedule.cron];
  const crons = expressions.map((expression) => openCron(expression, own));
  return {
    next: (after) => extreme(crons, (cron) => cron.nextRun(new Date(floorSecond(after))), Math.min),
    last: (atOrBefore) => extreme(crons, (cron) => lastOf(cron, atOrBefore), Math.max),
  };
}

/** The next `count` instants after `after`, rising; fewer if there are no more. */
export function nextRuns(
  schedule: Timing,
  zone: string,
  range: { readonly after: number; readonly count: number },
): number[] {
  const times = openRunTimes(schedule, zone);
  const runs: number[] = [];
  for (let at = times.next(range.after); at !== null && runs.length < range.count; at = times.next(at))
    runs.push(at);
  return runs;
}

/** One expression for all times that share minute and second: `22:00` and `06:00` are `0 0 6,22 * * *`. */
function expressionsOfTimes(times: readonly string[]): string[] {
  const hours = new Map<string, Set<number>>();
  for (const time of times) {
    const [hour, minute, second] = time.split(':').map(Number);
    const key = `${second ?? 0} ${minute ?? 0}`;
    hours.set(key, (hours.get(key) ?? new Set()).add(hour ?? 0));
  }
  return [...hours].map(([key, list]) => `${key} ${[...list].toSorted((a, b) => a - b).join(',')} * * *`);
}

function lastOf(cron: Cron, atOrBefore: number): Date | null {
  // The library looks strictly before a whole second.
  return cron.previousRuns(1, new Date(floorSecond(atOrBefore) + 1000))[0] ?? null;
}

function extreme(
  crons: readonly Cron[],
  ask: (cron: Cron) => Date | null,
  choose: (...values: number[]) => number,
): number | null {
  const found = crons.map((cron) => ask(cron)?.getTime()).filter((time) => time !== undefined);
  return found.length === 0 ? null : choose(...found);
}

function floorSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
