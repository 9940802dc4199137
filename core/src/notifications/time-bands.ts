// Whether a rule tells at an instant: bands of weekdays and times of day in a zone. Pure.
// Wall clock of the zone: where summer time repeats an hour, a band that names it holds in both passes.
import { weekdays, type RuleTimes, type TimeBand } from '@nezuban/protocol/notifications/rule';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

type Band = { readonly days: ReadonlySet<number>; readonly from: number; readonly to: number };

/** The zone has been judged. */
export const compileTimes = (times: RuleTimes): ((nowMs: number) => boolean) => {
  const only = times.only?.map(toBand) ?? [];
  const except = times.except?.map(toBand) ?? [];
  // Events come in crowds: the answer of a minute is kept.
  let minute = Number.NaN;
  let answer = true;
  return (nowMs) => {
    const asked = Math.floor(nowMs / MINUTE_MS);
    if (asked === minute) return answer;
    const wall = Temporal.Instant.fromEpochMilliseconds(asked * MINUTE_MS).toZonedDateTimeISO(times.timezone);
    const at = { day: wall.dayOfWeek, minute: wall.hour * 60 + wall.minute };
    minute = asked;
    answer =
      (only.length === 0 || only.some((band) => holds(band, at))) && !except.some((band) => holds(band, at));
    return answer;
  };
};

const toBand = (band: TimeBand): Band => ({
  days: new Set((band.weekdays ?? weekdays).map((day) => weekdays.indexOf(day) + 1)),
  from: minutesOf(band.from),
  to: minutesOf(band.to),
});

const minutesOf = (text: string): number => {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return hour * 60 + minute;
};

const holds = ({ days, from, to }: Band, at: { readonly day: number; readonly minute: number }): boolean => {
  if (from < to) return days.has(at.day) && at.minute >= from && at.minute < to;
  // Over midnight: the part after it belongs to the day before. From = to is a whole day from then on.
  if (at.minute >= from) return days.has(at.day);
  return at.minute < to % DAY_MINUTES && days.has(at.day === 1 ? 7 : at.day - 1);
};
