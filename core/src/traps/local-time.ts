/**
 * Instants of dates and times that name no zone: most devices write the local time of where they stand, and many of them no year.
 *
 * Responsible for the zone and for the year that was meant. Called by the readers of traps with what they have found in a message.
 */

export type LocalParts = {
  /** Null: not said. */
  readonly year: number | null;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 60 is a leap second, and counts as the second after. */
  readonly second: number;
  readonly millisecond: number;
  /** East of Greenwich; null: not said, local time. */
  readonly offsetMinutes: number | null;
};

export type LocalTime = {
  /** Null: there is no such day. */
  readonly toMs: (parts: LocalParts, receivedMs: number) => number | null;
};

const DAY_MS = 86_400_000;
/** Nearer than this is the year meant without looking at its neighbours. */
const SURELY_SAME_YEAR_MS = 150 * DAY_MS;
/** 29 February may be up to four years away (eight around 2100). */
const YEARS_AROUND = 8;

/** `timeZone`: IANA name of the zone that the receiving host is in; left out: that of this process. */
export function createLocalTime(timeZone?: string): LocalTime {
  const instantOf = timeZone === undefined ? processInstant : zonedInstant(timeZone);
  const inYear = (parts: LocalParts, year: number): number | null =>
    isDay(year, parts.month, parts.day) ? instantOf(parts, year) : null;
  return {
    toMs: (parts, receivedMs) => {
      if (parts.year !== null) return inYear(parts, parts.year);
      const year = new Date(receivedMs).getUTCFullYear();
      const near = inYear(parts, year);
      if (near !== null && Math.abs(near - receivedMs) < SURELY_SAME_YEAR_MS) return near;
      return nearestYear(receivedMs, (distance) => inYear(parts, year + distance));
    },
  };
}

/** A message of 31 December heard at New Year is of last year, one of 1 January from a clock that is ahead of next year. */
function nearestYear(receivedMs: number, instantIn: (distance: number) => number | null): number | null {
  let nearest: number | null = null;
  for (let distance = -YEARS_AROUND; distance <= YEARS_AROUND; distance += 1) {
    const instant = instantIn(distance);
    if (instant === null) continue;
    if (nearest === null || Math.abs(instant - receivedMs) < Math.abs(nearest - receivedMs))
      nearest = instant;
  }
  return nearest;
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(year: number, month: number, day: number): boolean {
  if (day < 1 || day > (monthDays[month - 1] ?? 0)) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

type InstantOf = (parts: LocalParts, year: number) => number;

function utcInstant(parts: LocalParts, year: number): number {
  const { month, day, hour, minute, second, millisecond } = parts;
  // Years below 100 would be taken for 19xx; such a clock was never set, and nobody minds.
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
}

function processInstant(parts: LocalParts, year: number): number {
  if (parts.offsetMinutes !== null) return utcInstant(parts, year) - parts.offsetMinutes * 60_000;
  const { month, day, hour, minute, second, millisecond } = parts;
  return new Date(year, month - 1, day, hour, minute, second, millisecond).getTime();
}

function zonedInstant(timeZone: string): InstantOf {
  // Messages come in the order of time: the offset of the last minute serves nearly all of the next ones.
  let minuteKnown = Number.NaN;
  let offsetMs = 0;
  return (parts, year) => {
    const utc = utcInstant(parts, year);
    if (parts.offsetMinutes !== null) return utc - parts.offsetMinutes * 60_000;
    const minute = Math.floor(utc / 60_000);
    if (minute !== minuteKnown) {
      const wall = Temporal.Instant.fromEpochMilliseconds(minute * 60_000).toZonedDateTimeISO('UTC');
      const instant = wall.toPlainDateTime().toZonedDateTime(timeZone).epochMilliseconds;
      offsetMs = minute * 60_000 - instant;
      minuteKnown = minute;
    }
    return utc - offsetMs;
  };
}
