// When a maintenance window is open: once, or at each instant of its cron expression for its duration, by the rules for summer time that
// schedules follow (schedules/cron.ts). The window has been judged. Called by decide-operations.ts and for the list of windows.
import type { MaintenanceWindow } from '@nezuban/protocol/operations/maintenance-window';
import { Cron } from 'croner';
import { openRunTimes } from '../schedules/next-runs.ts';

/** Milliseconds since 1970; open from `start` up to, not with, `end`. */
export type OpenTime = { readonly start: number; readonly end: number };

type Times = Pick<MaintenanceWindow, 'start' | 'end' | 'cron' | 'duration_min' | 'timezone' | 'enabled'>;

export type WindowTimes = {
  /** The time that contains this instant; null outside. Of times that overlap the one that began last. */
  readonly at: (instant: number) => OpenTime | null;
  /** The first one that begins after this instant. */
  readonly next: (after: number) => OpenTime | null;
  /** The last one that began at or before this instant. */
  readonly last: (atOrBefore: number) => OpenTime | null;
};

const never: WindowTimes = { at: () => null, next: () => null, last: () => null };

export function openWindowTimes(window: Times): WindowTimes {
  if (!window.enabled) return never;
  if (window.cron !== undefined) return recurring(window.cron, window);
  const start = momentOf(window.start ?? '', window.timezone);
  const end = momentOf(window.end ?? '', window.timezone);
  if (start === null || end === null) return never;
  const once = { start, end };
  const last = (instant: number): OpenTime | null => (start <= instant ? once : null);
  return {
    last,
    at: (instant) => (instant < end ? last(instant) : null),
    next: (after) => (start > after ? once : null),
  };
}

function recurring(cron: string, { timezone, duration_min: minutes }: Times): WindowTimes {
  const runs = openRunTimes({ cron }, timezone);
  const lengthMs = (minutes ?? 0) * 60_000;
  const timeFrom = (start: number | null): OpenTime | null =>
    start === null ? null : { start, end: start + lengthMs };
  const last = (instant: number): OpenTime | null => timeFrom(runs.last(instant));
  return {
    last,
    at(instant) {
      const time = last(instant);
      return time !== null && instant < time.end ? time : null;
    },
    next: (after) => timeFrom(runs.next(after)),
  };
}

/** The next `count` times that begin after `after`, rising; fewer if there are no more. */
export function nextWindowTimes(window: Times, after: number, count: number): OpenTime[] {
  const times = openWindowTimes(window);
  const found: OpenTime[] = [];
  for (let time = times.next(after); time !== null && found.length < count; time = times.next(time.start))
    found.push(time);
  return found;
}

/** `2026-12-01T01:00` in the zone, or an instant with an offset of its own; null if it cannot be read. A time that the clocks skip is as much later as they skip. */
export function momentOf(text: string, zone: string): number | null {
  if (/(?:Z|[+-]\d{2}:?\d{2})$/.test(text)) {
    const instant = Date.parse(text);
    return Number.isNaN(instant) ? null : instant;
  }
  const whole = /T\d{2}:\d{2}$/.test(text) ? `${text}:00` : text;
  try {
    return new Cron(whole, { paused: true, timezone: zone }).nextRun(new Date(0))?.getTime() ?? null;
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return null;
    throw error;
  }
}
