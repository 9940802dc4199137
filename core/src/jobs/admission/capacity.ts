// How many places there are at an instant, and when that changes: times of the day in a zone. Pure.
// Wall clock of the zone: where summer time repeats an hour, a time of the day that names it holds in both passes.
import type { LimitDefinition } from '@nezuban/protocol/jobs/control/limit';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** How far ahead a change is looked for: a day and what a change of summer time can add. */
const LOOKED_AHEAD_MINUTES = 26 * 60;

export type Capacity = {
  readonly at: (nowMs: number) => number;
  /** The first instant after `nowMs` at which the number is another; null: never. */
  readonly nextChange: (nowMs: number) => number | null;
};

type Band = { readonly from: number; readonly to: number; readonly places: number };

/** The zone has been judged. */
export function capacityOf(definition: LimitDefinition): Capacity {
  const { places } = definition;
  const byTime = definition.kind === 'lock' ? undefined : definition.by_time;
  if (byTime === undefined || definition.kind === 'lock') return { at: () => places, nextChange: () => null };
  const bands = Object.entries(byTime).map(([text, number]) => bandOf(text, number));
  const zone = definition.timezone;
  const find = (minute: number): number => bands.find((band) => holds(band, minute))?.places ?? places;
  let known: { minute: number; places: number; change: number | null } | null = null;
  const look = (nowMs: number): { places: number; change: number | null } => {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (known?.minute === minute) return known;
    const now = find(minuteOfDay(minute, zone));
    known = { minute, places: now, change: changeAfter({ minute, zone, bands }, (at) => find(at) !== now) };
    return known;
  };
  return { at: (nowMs) => look(nowMs).places, nextChange: (nowMs) => look(nowMs).change };
}

/** Only where a band begins or ends can anything change, so only those minutes are asked. */
function changeAfter(
  place: { readonly minute: number; readonly zone: string; readonly bands: readonly Band[] },
  differs: (minuteOfDay: number) => boolean,
): number | null {
  const edges = new Set(place.bands.flatMap(({ from, to }) => [from, to % DAY_MINUTES]));
  for (let ahead = 1; ahead <= LOOKED_AHEAD_MINUTES; ahead += 1) {
    const at = minuteOfDay(place.minute + ahead, place.zone);
    if (edges.has(at) && differs(at)) return (place.minute + ahead) * MINUTE_MS;
  }
  return null;
}

function minuteOfDay(minute: number, zone: string): number {
  const wall = Temporal.Instant.fromEpochMilliseconds(minute * MINUTE_MS).toZonedDateTimeISO(zone);
  return wall.hour * 60 + wall.minute;
}

function bandOf(text: string, places: number): Band {
  const [from = '', to = ''] = text.split('-');
  return { from: minutesOf(from), to: minutesOf(to), places };
}

function minutesOf(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return hour * 60 + minute;
}

/** Over midnight where the end is not after the beginning. */
function holds({ from, to }: Band, at: number): boolean {
  return from < to ? at >= from && at < to : at >= from || at < to;
}
