// Instants and business days: on which business day an instant lies, and which instant a time of a business day is. Pure.
//
// A business day begins at `day_starts` by the wall clock of the calendar's zone and ends when the next one begins. A time of a business day is a
// wall-clock time: one before `day_starts` lies in the night behind the day, so with a begin at 05:00 both "02:00" and "26:00" are two hours
// past the midnight after it. Times that the clocks skip come at the first instant after the gap; of those passed twice the first counts.
import type { Calendar } from './calendar.ts';
import { dateText, DAY_MS, type CivilDay } from './civil-date.ts';

export const dayMinutes = 1_440;

type Clock = Pick<Calendar, 'zone' | 'dayStartsMin'>;

/** The wall clock of the zone. `minute` counts from midnight. */
export type WallTime = { readonly day: CivilDay; readonly minute: number };

export const wallTimeOf = (epochMs: number, zone: string): WallTime => {
  const wall = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone);
  return {
    day: Date.UTC(wall.year, wall.month - 1, wall.day) / DAY_MS,
    minute: wall.hour * 60 + wall.minute,
  };
};

/** The business day of an instant, and how many minutes of the wall clock have passed since it began. */
export const businessTimeOf = (
  epochMs: number,
  { zone, dayStartsMin }: Clock,
): { readonly day: CivilDay; readonly sinceBegin: number } => {
  const { day, minute } = wallTimeOf(epochMs, zone);
  return minute >= dayStartsMin
    ? { day, sinceBegin: minute - dayStartsMin }
    : { day: day - 1, sinceBegin: minute + dayMinutes - dayStartsMin };
};

/** `seconds` from midnight, up to two days. */
export const businessInstant = (day: CivilDay, seconds: number, { zone, dayStartsMin }: Clock): number => {
  const ofDay = seconds < dayStartsMin * 60 ? seconds + 86_400 : seconds;
  return instantOf(day + Math.floor(ofDay / 86_400), ofDay % 86_400, zone);
};

const instantOf = (day: CivilDay, seconds: number, zone: string): number => {
  if (zone === 'UTC') return day * DAY_MS + seconds * 1000;
  const plain = Temporal.PlainDate.from(dateText(day)).toPlainDateTime(
    new Temporal.PlainTime(Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60),
  );
  const earlier = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(plain)) return earlier.epochMilliseconds;
  // In a gap: what was taken lies before it, and the next change of the clocks is its end.
  const gapEnd = earlier.getTimeZoneTransition('next');
  return (gapEnd ?? earlier).epochMilliseconds;
};
