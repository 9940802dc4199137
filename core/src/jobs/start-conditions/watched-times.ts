// Times that start conditions watch, as instants: every so many minutes of a part of the day, times of day, cron. Pure.
// Called by the loop of start conditions and by the judge of definitions.
import type { WatchedTimes } from '@nezuban/protocol/jobs/start-conditions';
import { openRunTimes, type Calendars, type Timing } from '../../schedules/next-runs.ts';
import type { RunTimes } from '../../schedules/run-times.ts';

const dayMinutes = 1440;

/** As a schedule would have it. */
export function timingOf({ every_minutes: every, from, until, ...timing }: WatchedTimes): Timing {
  return every === undefined ? timing : { ...timing, times: timesBetween(every, { from, until }) };
}

export function openWatchedTimes(times: WatchedTimes, zone: string, calendars?: Calendars): RunTimes {
  return openRunTimes(timingOf(times), zone, calendars);
}

/** An end before the begin lies in the next day. */
export function timesBetween(
  every: number,
  { from, until }: { readonly from?: string | undefined; readonly until?: string | undefined },
): string[] {
  const begin = minutesOf(from ?? '00:00');
  const end = until === undefined ? begin + dayMinutes - 1 : minutesOf(until);
  const last = end < begin ? end + dayMinutes : end;
  const times: string[] = [];
  for (let minute = begin; minute <= last; minute += every) times.push(textOf(minute));
  return [...new Set(times)];
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}

/** Past midnight it is the same time of each day; a calendar counts hours on to 47. */
function textOf(minute: number): string {
  const ofDay = minute % dayMinutes;
  return `${String(Math.floor(ofDay / 60)).padStart(2, '0')}:${String(ofDay % 60).padStart(2, '0')}`;
}
