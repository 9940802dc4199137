// Which schedules start a session now, which starts were missed, and what is said about it. Pure: the manager calls it at each tick
// and after a time without a manager alike, and commits `now` as the next `lastChecked` together with the sessions started.
//
// Every instant of a schedule lies in exactly one interval (lastChecked, now], so none is started twice and none is forgotten; a clock
// that jumps back starts nothing until it has passed `lastChecked` again. A calendar that changes has its schedules' `lastChecked` raised to the
// change (manager/src/jobs/calendar-moves.ts): what lies before it is never judged by days that were not in force then.
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import type { SessionEvent } from '../jobs/session-inputs.ts';
import { openRunTimes } from './next-runs.ts';
import type { Calendars } from './next-runs.ts';
import { withoutTimes } from './prepared-starts.ts';
import type { RunTimes } from './run-times.ts';

/** Missed starts that are counted one by one; a longer list is said to be "more than" this. Counting a thousand takes 0.1 to 0.3 s. */
const missedCountMax = 1_000;

const none: ReadonlySet<number> = new Set();

export type ScheduleToDecide = {
  readonly net: string;
  /** Zone of the net, for schedules without their own. */
  readonly zone: string;
  readonly schedule: ScheduleDefinition;
  /** End of the interval that was decided last; for a new schedule the time of its definition. */
  readonly lastChecked: number;
  /** `nextAt` of the last decision, if the schedule has not changed since: spares the search while it lies ahead. */
  readonly nextAt?: number | null;
  /** End of the last freeze of the net: starts up to then were held, so they are missed ones, however short a time ago. */
  readonly heldUntil?: number | null;
  /** Starts that are not made, and not missed: operators have skipped or moved them beforehand. */
  readonly leftOut?: ReadonlySet<number>;
};

export type DueStart = {
  readonly dueAt: number;
  /** It stands for a missed start and begins later than `lateLimitMs` after its time. */
  readonly late: boolean;
};

export type DueDecision = {
  readonly net: string;
  readonly schedule: string;
  /** In the order of their times. */
  readonly starts: readonly DueStart[];
  readonly events: readonly SessionEvent[];
  /** The first instant after `now`; null if disabled. */
  readonly nextAt: number | null;
};

export type DueClock = {
  readonly now: number;
  /** Up to this late a start counts as on time. */
  readonly lateLimitMs: number;
  /** Those that schedules name, as they are in force now. */
  readonly calendars: Calendars;
};

export function decideDue(schedules: readonly ScheduleToDecide[], clock: DueClock): DueDecision[] {
  return schedules.map((entry) => decideOne(entry, clock));
}

function decideOne(entry: ScheduleToDecide, clock: DueClock): DueDecision {
  const { net, schedule, lastChecked } = entry;
  const quiet = { net, schedule: schedule.name, starts: [], events: [] };
  if (!schedule.enabled) return { ...quiet, nextAt: null };
  if (entry.nextAt !== undefined && (entry.nextAt === null || entry.nextAt > clock.now))
    return { ...quiet, nextAt: entry.nextAt };
  const times = withoutTimes(openRunTimes(schedule, entry.zone, clock.calendars), entry.leftOut ?? none);
  if (clock.now <= lastChecked) return { ...quiet, nextAt: times.next(lastChecked) };

  const heldUntil = Math.min(entry.heldUntil ?? 0, clock.now);
  const onTimeFrom = Math.max(lastChecked, clock.now - clock.lateLimitMs - 1, heldUntil);
  const onTime = instantsIn(times, onTimeFrom, clock.now).map((dueAt): DueStart => ({ dueAt, late: false }));
  const missed = missedIn(times, lastChecked, onTimeFrom);
  const nextAt = times.next(clock.now);
  if (missed === null) return { ...quiet, starts: onTime, nextAt };
  if (schedule.missed === 'skip')
    return { ...quiet, starts: onTime, events: [missedEvent(entry, missed)], nextAt };
  const starts = onTime.length > 0 ? onTime : [{ dueAt: missed.last, late: true }];
  return { ...quiet, starts, events: [lateEvent(entry, missed, starts[0]?.dueAt ?? missed.last)], nextAt };
}

function instantsIn(times: RunTimes, after: number, until: number): number[] {
  const found: number[] = [];
  for (let at = times.next(after); at !== null && at <= until; at = times.next(at)) found.push(at);
  return found;
}

type Missed = {
  readonly count: number;
  readonly more: boolean;
  readonly first: number;
  readonly last: number;
};

function missedIn(times: RunTimes, after: number, until: number): Missed | null {
  const first = times.next(after);
  if (first === null || first > until) return null;
  let count = 0;
  let at: number | null = first;
  while (at !== null && at <= until && count < missedCountMax) {
    count += 1;
    at = times.next(at);
  }
  return { count, more: at !== null && at <= until, first, last: times.last(until) ?? first };
}

function missedEvent(entry: ScheduleToDecide, missed: Missed): SessionEvent {
  return {
    code: 'schedule_missed',
    priority: 'warning',
    node: null,
    message: `${missedPhrase(entry, missed)} and ${missed.count === 1 ? 'is' : 'are'} skipped, as the schedule says.`,
    details: missedDetails(entry, missed),
  };
}

function lateEvent(entry: ScheduleToDecide, missed: Missed, dueAt: number): SessionEvent {
  return {
    code: 'schedule_late',
    priority: 'warning',
    node: null,
    message: `${missedPhrase(entry, missed)}; one start, due at ${instant(dueAt)}, makes up for ${missed.count === 1 ? 'it' : 'all'}.`,
    details: { ...missedDetails(entry, missed), dueAt: instant(dueAt) },
  };
}

function missedPhrase(entry: ScheduleToDecide, missed: Missed): string {
  const { net, schedule } = entry;
  const held = missed.last <= (entry.heldUntil ?? 0);
  if (missed.count === 1)
    return `The start of ${net} by schedule "${schedule.name}" at ${instant(missed.last)} was ${held ? 'held by a freeze' : 'missed'}`;
  const count = missed.more ? `more than ${missed.count}` : String(missed.count);
  return `${count.charAt(0).toUpperCase()}${count.slice(1)} starts of ${net} by schedule "${schedule.name}" from ${instant(missed.first)} to ${instant(missed.last)} were ${held ? 'held by a freeze' : 'missed'}`;
}

function missedDetails(
  { net, schedule, heldUntil }: ScheduleToDecide,
  missed: Missed,
): Record<string, string | number> {
  return {
    ...(missed.last <= (heldUntil ?? 0) ? { cause: 'freeze' } : {}),
    net,
    schedule: schedule.name,
    count: missed.count,
    first: instant(missed.first),
    last: instant(missed.last),
  };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
