// Places in texts, such as `{{parameter.DATE}}`: how they are read and filled, for every type of unit that has texts.
// Pure, and bounded: what comes of filling is never longer than the caller says. Not responsible for where values come from
// (`place-values.ts`), nor for which places make sense at a unit (`core/definitions/judge-places.ts`).
//
// Texts for people (messages, keys) are read strictly: whatever stands in double braces is a place or a mistake. Texts for programs
// (arguments, environment values, standard input) may hold double braces of their own, such as a template of Go or Jinja: only what begins
// with one of our words is a place there.
import { businessDateLimits } from '@nezuban/protocol/jobs/business-date';
import { say, type Said, type Sentence } from '@nezuban/protocol/sentences/sentence';
import { nearest } from '../../text/did-you-mean.ts';
import { dayOffsetMax, formatWall, isDateFormat, wallDay, wallTime } from './date-text.ts';

export type Place =
  | { readonly kind: 'parameter' | 'secret' | 'event'; readonly name: string }
  | { readonly kind: 'net' | 'session' | 'unit' }
  | { readonly kind: 'unit_exit_code' | 'unit_status'; readonly unit: string }
  | { readonly kind: 'unit_output'; readonly unit: string; readonly name: string }
  | { readonly kind: 'previous_exit_code' | 'previous_status' }
  | { readonly kind: 'time'; readonly format: string; readonly dayOffset: number }
  | { readonly kind: 'business_date'; readonly format: string; readonly offset: number };

/** `program`: braces that are none of ours stay as they are. */
export type Reading = 'people' | 'program';
export type TextPart = string | Place;
export type ReadText = { readonly parts: readonly TextPart[]; readonly problems: readonly Said[] };

const braces = /\{\{([^{}]*)\}\}/g;
const words = [
  'parameter',
  'secret',
  'event',
  'net',
  'session',
  'unit',
  'previous',
  'date',
  'time',
  'business_date',
] as const;
const environmentName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const datePlace = /^(date|time)([+-]\d{1,4})?(?::(.+))?$/u;
/** `{{business_date-1:YYYYMMDD}}`, or `{{business_date:-1}}`. */
const businessPlace = /^business_date(?::?([+-]\d{1,4}))?(?::(.+))?$/u;
/** Everything that there is, for people. */
export const knownPlaces =
  '{{parameter.NAME}}, {{unit.NAME.exit_code}}, {{unit.NAME.status}}, {{unit.NAME.output.NAME}}, {{previous.exit_code}}, {{previous.status}}, {{secret.NAME}}, {{event.FIELD}}, {{net}}, {{session}}, {{unit}}, {{date}}, {{date-1:YYYYMMDD}}, {{time}}, {{business_date}}, {{business_date-1:YYYYMMDD}}';

export function hasPlaces(text: string): boolean {
  return text.includes('{{');
}

export function readPlaces(text: string, reading: Reading): ReadText {
  if (!hasPlaces(text)) return { parts: [text], problems: [] };
  const parts: TextPart[] = [];
  const problems: Said[] = [];
  let behind = 0;
  for (const match of text.matchAll(braces)) {
    const [whole, inner = ''] = match;
    const said = inner.trim();
    const place = readPlace(said);
    if ('code' in place) {
      if (reading === 'people' || isMeantForUs(said))
        problems.push(say('place_wrong', { place: whole, why: place }));
      continue;
    }
    parts.push(text.slice(behind, match.index), place);
    behind = match.index + whole.length;
  }
  parts.push(text.slice(behind));
  return { parts, problems };
}

/** The places that a shell line or a script holds, which are not filled there. */
export function placesOf(text: string, reading: Reading): Place[] {
  return readPlaces(text, reading).parts.filter((part): part is Place => typeof part !== 'string');
}

/** What is wrong with it is the end of a sentence. */
function readPlace(said: string): Place | Sentence {
  const dot = said.indexOf('.');
  const word = dot === -1 ? said : said.slice(0, dot);
  const rest = dot === -1 ? null : said.slice(dot + 1);
  switch (word) {
    case 'net':
    case 'session':
      return rest === null ? { kind: word } : unknown;
    case 'parameter':
      return rest !== null && environmentName.test(rest) ? { kind: word, name: rest } : unknown;
    case 'secret':
    case 'event':
      return rest === null || rest === '' ? unknown : { kind: word, name: rest };
    case 'unit':
      return rest === null ? { kind: 'unit' } : readUnitPlace(rest);
    case 'previous':
      if (rest === 'exit_code') return { kind: 'previous_exit_code' };
      return rest === 'status' ? { kind: 'previous_status' } : unknown;
    default:
      return readTimePlace(said);
  }
}

const unknown: Sentence = { code: 'place_unknown', values: { known: knownPlaces } };

/** Names of units may hold dots, so it is read from its end. */
function readUnitPlace(rest: string): Place | Sentence {
  const output = /^(.+)\.output\.([A-Za-z_][A-Za-z0-9_]*)$/u.exec(rest);
  if (output !== null) return { kind: 'unit_output', unit: output[1] ?? '', name: output[2] ?? '' };
  const result = /^(.+)\.(exit_code|status)$/u.exec(rest);
  if (result !== null)
    return { kind: result[2] === 'status' ? 'unit_status' : 'unit_exit_code', unit: result[1] ?? '' };
  return { code: 'place_of_unit_unknown' };
}

function readTimePlace(said: string): Place | Sentence {
  const business = businessPlace.exec(said);
  if (business !== null) return readBusinessPlace(business[1] ?? '0', business[2]?.trim() ?? 'YYYY-MM-DD');
  const match = datePlace.exec(said);
  if (match === null) return unknown;
  const [, word, offset = '0', given] = match;
  const format = given?.trim() ?? (word === 'date' ? 'YYYY-MM-DD' : 'HH:mm:ss');
  if (!isDateFormat(format)) return { code: 'place_date_format', values: { format } };
  if (Math.abs(Number(offset)) > dayOffsetMax)
    return { code: 'place_date_far', values: { max: dayOffsetMax } };
  return { kind: 'time', format, dayOffset: Number(offset) };
}

function readBusinessPlace(offset: string, format: string): Place | Sentence {
  if (!isDateFormat(format)) return { code: 'place_date_format', values: { format } };
  if (Math.abs(Number(offset)) > businessDateLimits.offsetMax)
    return { code: 'place_business_date_far', values: { max: businessDateLimits.offsetMax } };
  return { kind: 'business_date', format, offset: Number(offset) };
}

/** A mistyped place is a mistake; a template of another program is not. */
function isMeantForUs(said: string): boolean {
  const word = /^[a-z_]+/.exec(said)?.[0] ?? '';
  if (words.some((each) => each === word)) return /^[a-z_]+($|[.:+-])/.test(said);
  return /^[a-z]+\.[^ ]+$/.test(said) && word.length > 3 && nearest(word, words) !== null;
}

/** Where values come from. What is not there is the empty text. Secrets come as marks. */
export type PlaceValues = {
  readonly parameter: (name: string) => string;
  readonly secret: (name: string) => string;
  readonly event: (field: string) => string;
  readonly unitExitCode: (unit: string) => string;
  readonly unitStatus: (unit: string) => string;
  readonly unitOutput: (unit: string, name: string) => string;
  readonly previousExitCode: () => string;
  readonly previousStatus: () => string;
  readonly net: string;
  readonly session: string;
  readonly unit: string;
  /** What `{{date}}` means: the moment of the start, milliseconds since 1970, and the zone whose day it is. */
  readonly startedAt: number;
  readonly zone: string;
  /** So many open days from the business date, as YYYY-MM-DD; empty: there is none. */
  readonly businessDate: (offset: number) => string;
};

export type Filled = {
  readonly text: string;
  /** It would have been longer. */
  readonly cut: boolean;
};

export function fillText(
  text: string,
  values: PlaceValues,
  {
    charsMax,
    reading,
    quote = (value) => value,
  }: {
    readonly charsMax: number;
    readonly reading: Reading;
    /** Applied to each value: where some characters of the text mean something that those of a value must not. */
    readonly quote?: (value: string) => string;
  },
): Filled {
  if (!hasPlaces(text)) return cutTo(text, charsMax);
  let filled = '';
  for (const part of readPlaces(text, reading).parts) {
    filled += typeof part === 'string' ? part : quote(valueOf(part, values));
    if (filled.length > charsMax) break;
  }
  return cutTo(filled, charsMax);
}

function cutTo(text: string, charsMax: number): Filled {
  // Not through the middle of a pair: PostgreSQL stores no half of one.
  return text.length > charsMax
    ? { text: text.slice(0, charsMax).toWellFormed(), cut: true }
    : { text, cut: false };
}

function valueOf(place: Place, values: PlaceValues): string {
  switch (place.kind) {
    case 'parameter':
      return values.parameter(place.name);
    case 'secret':
      return values.secret(place.name);
    case 'event':
      return values.event(place.name);
    case 'net':
      return values.net;
    case 'session':
      return values.session;
    case 'unit':
      return values.unit;
    case 'unit_exit_code':
      return values.unitExitCode(place.unit);
    case 'unit_status':
      return values.unitStatus(place.unit);
    case 'unit_output':
      return values.unitOutput(place.unit, place.name);
    case 'previous_exit_code':
      return values.previousExitCode();
    case 'previous_status':
      return values.previousStatus();
    case 'time':
      return formatWall(wallTime(values.startedAt, values.zone, place.dayOffset), place.format);
    case 'business_date': {
      const text = values.businessDate(place.offset);
      const day = wallDay(text);
      return day === null ? text : formatWall(day, place.format);
    }
  }
}
