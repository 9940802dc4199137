// Days and times as texts by a format such as YYYYMMDD, in a time zone. Pure: the moment is given.
// Called by the places of texts and by parameters of type date.

/** What a format is made of; everything else in it must be one of the separators. */
const tokens = ['YYYY', 'YY', 'MM', 'DD', 'HH', 'mm', 'ss'] as const;
type Token = (typeof tokens)[number];
const tokenPattern = /YYYY|YY|MM|DD|HH|mm|ss/g;
const formatPattern = /^(?:YYYY|YY|MM|DD|HH|mm|ss|[-/_.:, T年月日時分秒])+$/u;
const dayMs = 86_400_000;
/** How far from the day of the start; a format that asks for more is a mistake. */
export const dayOffsetMax = 3_660;

/** A day and a time of a zone's clock. */
export type WallTime = { readonly [Part in Token]: string };

export function isDateFormat(format: string): boolean {
  return formatPattern.test(format) && format.match(tokenPattern) !== null;
}

/** What the clock of the zone shows at that moment, the day moved by so many days. */
export function wallTime(at: number, zone: string, dayOffset = 0): WallTime {
  const parts = new Map(
    formatterOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const of = (part: string): number => Number(parts.get(part as Intl.DateTimeFormatPartTypes) ?? '0');
  const day = new Date(Date.UTC(of('year'), of('month') - 1, of('day')) + dayOffset * dayMs);
  return wallOf(day, { HH: two(of('hour')), mm: two(of('minute')), ss: two(of('second')) });
}

/** The day of a text such as 2026-11-26; null if there is no such day. */
export function wallDay(text: string, format = 'YYYY-MM-DD'): WallTime | null {
  const found: Partial<Record<Token, string>> = {};
  let at = 0;
  for (const piece of format.split(/(YYYY|YY|MM|DD|HH|mm|ss)/)) {
    const token = tokens.find((each) => each === piece);
    const part = text.slice(at, at + piece.length);
    if (token === undefined ? part !== piece : !/^\d+$/.test(part) || part.length !== token.length)
      return null;
    if (token !== undefined) found[token] = part;
    at += piece.length;
  }
  if (at !== text.length) return null;
  const year = Number(found.YYYY ?? (found.YY === undefined ? Number.NaN : `20${found.YY}`));
  const day = new Date(Date.UTC(year, Number(found.MM ?? 1) - 1, Number(found.DD ?? 1)));
  const wall = Number.isNaN(day.getTime())
    ? null
    : wallOf(day, { HH: found.HH ?? '00', mm: found.mm ?? '00', ss: found.ss ?? '00' });
  // 2026-02-31 is taken for the third of March by the calendar, and is no day.
  return wall === null || formatWall(wall, format) !== text ? null : wall;
}

export function formatWall(wall: WallTime, format: string): string {
  return format.replaceAll(tokenPattern, (token) => wall[token as Token]);
}

function wallOf(day: Date, time: Pick<WallTime, 'HH' | 'mm' | 'ss'>): WallTime {
  const YYYY = String(day.getUTCFullYear()).padStart(4, '0');
  return { YYYY, YY: YYYY.slice(-2), MM: two(day.getUTCMonth() + 1), DD: two(day.getUTCDate()), ...time };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Making one costs tenths of a millisecond; a manager has few zones. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const formattersMax = 100;

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  if (formatters.size >= formattersMax) formatters.clear();
  formatters.set(zone, made);
  return made;
}
