// A sentence about what is wrong, as a code and the values of its places; said in English or Japanese from one table of pairs.
// Pure. `say` is called by whoever judges (core/, manager/): English goes with the code, so that the API and the command line can be read as they
// are. `sentenceIn` is called by the console, in the language of its user. Not responsible for the pairs themselves: *-sentences.ts beside this.
import { laterSentences } from './later-sentences.ts';
import { agentSentences } from './agent-sentences.ts';
import { backupSentences } from './backup-sentences.ts';
import { attemptSentences } from './attempt-sentences.ts';
import { operationSentences } from './operation-sentences.ts';
import { reasonSentences } from './reason-sentences.ts';
import { wordSentences } from './word-sentences.ts';
import { problemSentences } from './problem-sentences.ts';
import { refusalSentences } from './refusal-sentences.ts';
import { thingSentences } from './thing-sentences.ts';
import { calendarSentences } from './calendar-sentences.ts';
import { fileSentences } from './file-sentences.ts';
import { monitorSentences } from './monitor-sentences.ts';
import { netSentences } from './net-sentences.ts';
import { parameterSentences } from './parameter-sentences.ts';
import { preparationSentences } from './preparation-sentences.ts';
import { referenceSentences } from './reference-sentences.ts';
import { refusalFrames, refusalsByText, runAsSentences, unsentSentences } from './run-as-sentences.ts';
import { schemaSentences } from './schema-sentences.ts';
import type { SentencePair } from './sentence-pair.ts';
import { sessionSentences } from './session-sentences.ts';
import { shapeSentences } from './shape-sentences.ts';
import { startSentences } from './start-sentences.ts';
import { transferSentences } from './transfer-sentences.ts';
import { unitSentences } from './unit-sentences.ts';
import { variableSentences } from './variable-sentences.ts';
import { waitSentences } from './wait-sentences.ts';

/** By area, so that a test can see that no code stands in two. */
export const sentenceAreas = {
  shape: shapeSentences,
  schema: schemaSentences,
  file: fileSentences,
  net: netSentences,
  unit: unitSentences,
  variable: variableSentences,
  parameter: parameterSentences,
  preparation: preparationSentences,
  calendar: calendarSentences,
  monitor: monitorSentences,
  reference: referenceSentences,
  transfer: transferSentences,
  session: sessionSentences,
  wait: waitSentences,
  runAs: runAsSentences,
  later: laterSentences,
  unsent: unsentSentences,
  thing: thingSentences,
  refusal: refusalSentences,
  problem: problemSentences,
  word: wordSentences,
  reason: reasonSentences,
  operation: operationSentences,
  attempt: attemptSentences,
  agent: agentSentences,
  start: startSentences,
  backup: backupSentences,
} as const;

const sentences = {
  ...shapeSentences,
  ...schemaSentences,
  ...fileSentences,
  ...netSentences,
  ...unitSentences,
  ...variableSentences,
  ...parameterSentences,
  ...preparationSentences,
  ...calendarSentences,
  ...monitorSentences,
  ...referenceSentences,
  ...transferSentences,
  ...sessionSentences,
  ...waitSentences,
  ...runAsSentences,
  ...laterSentences,
  ...unsentSentences,
  ...thingSentences,
  ...refusalSentences,
  ...problemSentences,
  ...wordSentences,
  ...reasonSentences,
  ...operationSentences,
  ...attemptSentences,
  ...agentSentences,
  ...startSentences,
  ...backupSentences,
};

export type SentenceCode = keyof typeof sentences;
export type SentenceLanguage = keyof SentencePair;
export type Sentence = { readonly code: SentenceCode; readonly values?: SentenceValues };
/** A list is said with commas; a sentence within a sentence is a word or a half of it that has two languages, too. */
export type SentenceValue = string | number | Sentence | readonly SentenceValue[];
export type SentenceValues = Readonly<Record<string, SentenceValue>>;
/** What a judge gives back: the sentence, and its English text. */
export type Said = Sentence & { readonly message: string };

/** `{name}` and nothing else: `{ node: NAME }` and `{{secret.NAME}}` are text. */
type PlacesOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ?
      | (Name extends `${string}${' ' | '.' | ',' | ':' | '{' | '?' | '['}${string}` ? never : Name)
      | PlacesOf<Rest>
  : never;
type ValuesOf<Code extends SentenceCode> = {
  readonly [Name in PlacesOf<(typeof sentences)[Code]['en']>]: SentenceValue;
};
type Arguments<Code extends SentenceCode> =
  PlacesOf<(typeof sentences)[Code]['en']> extends never ? [] : [values: ValuesOf<Code>];

const place = /\{(\w+)\}/g;
/** Sentences within sentences; what came of the attempts of a stopped unit goes ten deep. What comes over the network must not recurse for ever. */
const depthMax = 16;

export function say<Code extends SentenceCode>(code: Code, ...[values]: Arguments<Code>): Said {
  const plain = values === undefined ? undefined : withoutTexts(values);
  const sentence: Sentence = plain === undefined ? { code } : { code, values: plain };
  return { ...sentence, message: sentenceText(sentence, 'en') };
}

/** The same for a sentence that was put together before. */
export function saidOf(sentence: Sentence): Said {
  const plain: Sentence =
    sentence.values === undefined
      ? { code: sentence.code }
      : { code: sentence.code, values: withoutTexts(sentence.values) };
  return { ...plain, message: sentenceText(plain, 'en') };
}

export function sentenceText({ code, values }: Sentence, language: SentenceLanguage): string {
  return filled(sentences[code][language], { values: values ?? {}, language, depth: 0 });
}

/**
 * What an issue of the API says in a language. One without a code, or with one that is not known here, be it of a word inside it, is said as it
 * came: half a sentence would be worse than an English one.
 */
export function sentenceIn(
  said: { readonly message: string; readonly code?: string | undefined; readonly values?: unknown },
  language: string,
): string {
  if (language !== 'ja' || said.code === undefined || !isSentenceCode(said.code)) return said.message;
  if (!isSentence({ code: said.code, values: said.values }, 0)) return said.message;
  return filled(sentences[said.code].ja, { values: said.values, language: 'ja', depth: 0 });
}

/** The sentence that stands in the table with exactly this English text: all that the schema library carries of its custom checks is a text. */
export function saidBySchema(text: string): Said | null {
  const code = schemaCodes.get(text);
  return code === undefined ? null : { code, message: text };
}

const schemaCodes: ReadonlyMap<string, SentenceCode> = new Map(
  Object.entries(schemaSentences).map(([code, { en }]) => [en, code as keyof typeof schemaSentences]),
);

/** What waits, and why something was refused, is said by an English text alone: the same in a language, or as it came. */
export function wordedIn(text: string, language: string): string {
  if (language !== 'ja' || text.length > wordedMax) return text;
  const whole = firstWorded(worded, text);
  if (whole !== null) return filled(whole.ja, { values: whole.values, language, depth: 0 });
  const framed = firstWorded(frames, text);
  const inner = framed === null ? null : firstWorded(worded, framed.values['why'] ?? '');
  if (framed === null || inner === null) return text;
  const why = filled(inner.ja, { values: inner.values, language, depth: 0 });
  return filled(framed.ja, { values: { ...framed.values, why }, language, depth: 0 });
}

/** Names and numbers are short; a longer text is none of ours. */
const wordedMax = 1_000;
type Worded = { readonly ja: string; readonly pattern: RegExp };
// Each place takes no more than a name or a number can hold, but {why}, which is another sentence; the empty group is for a text without places.
const toWorded = ({ en, ja }: SentencePair): Worded => {
  const known = new Set<string>();
  const groupOf = (name: string): string => {
    if (known.has(name)) return `\\k<${name}>`;
    known.add(name);
    return name === 'why' ? '(?<why>.+)' : `(?<${name}>[^"\\s,]+)`;
  };
  const text = en
    .replaceAll(/[.()?*+|^$[\]\\]/g, '\\$&')
    .replaceAll(place, (_, name: string) => groupOf(name));
  return { ja, pattern: new RegExp(`^${text}(?<nothing>)$`, 'u') };
};
const worded = [...Object.values(waitSentences), ...refusalsByText].map(toWorded);
const frames = refusalFrames.map(toWorded);

function firstWorded(
  all: readonly Worded[],
  text: string,
): { readonly ja: string; readonly values: Readonly<Record<string, string>> } | null {
  for (const { ja, pattern } of all) {
    const values = pattern.exec(text)?.groups;
    if (values !== undefined) return { ja, values };
  }
  return null;
}

/**
 * What another process has said, or an issue, as a sentence to be said inside ours. Its text where it has no code, or one of another release
 * in it: nobody here could say that.
 */
export function sentenceFrom(said: {
  readonly message: string;
  readonly code?: string | undefined;
  readonly values?: unknown;
}): Sentence {
  const sentence = { code: said.code, values: said.values };
  return isSentence(sentence, 0) ? sentence : { code: 'as_told', values: { text: said.message } };
}

function isSentence(value: unknown, depth: number): value is Sentence {
  if (typeof value !== 'object' || value === null || depth > depthMax) return false;
  const { code, values } = value as { readonly code?: unknown; readonly values?: unknown };
  if (!isSentenceCode(code)) return false;
  const places = placesOf(sentences[code].ja);
  if (values === undefined) return places.length === 0;
  return (
    typeof values === 'object' &&
    values !== null &&
    places.every((name) => Object.hasOwn(values, name)) &&
    Object.values(values).every((each) => isSentenceValue(each, depth + 1))
  );
}

function isSentenceValue(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'number') return true;
  return Array.isArray(value)
    ? depth <= depthMax && value.every((each) => isSentenceValue(each, depth + 1))
    : isSentence(value, depth);
}

function placesOf(text: string): string[] {
  return [...text.matchAll(place)].map(([, name = '']) => name);
}

function isSentenceCode(code: unknown): code is SentenceCode {
  return typeof code === 'string' && Object.hasOwn(sentences, code);
}

type Filling = { readonly values: unknown; readonly language: SentenceLanguage; readonly depth: number };

function filled(text: string, { values, ...how }: Filling): string {
  const given = typeof values === 'object' && values !== null ? (values as Record<string, unknown>) : {};
  return text.replaceAll(place, (whole, name: string) => {
    if (!Object.hasOwn(given, name)) return whole;
    const said = valueText(given[name], how);
    // `{Said}` begins a sentence with what is a half of one elsewhere.
    return how.language === 'en' && /^[A-Z]/u.test(name) ? withCapital(said) : said;
  });
}

function withCapital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function valueText(value: unknown, how: Omit<Filling, 'values'>): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null || how.depth >= depthMax) return '';
  const deeper = { ...how, depth: how.depth + 1 };
  if (Array.isArray(value))
    return value.map((each) => valueText(each, deeper)).join(how.language === 'ja' ? '、' : ', ');
  const { code, values } = value as { readonly code?: unknown; readonly values?: unknown };
  return isSentenceCode(code) ? filled(sentences[code][how.language], { ...deeper, values }) : '';
}

/** The English text of an inner sentence is said by the outer one. */
function withoutTexts(values: SentenceValues): SentenceValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, withoutText(value)]));
}

function withoutText(value: SentenceValue): SentenceValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (isList(value)) return value.map(withoutText);
  return value.values === undefined
    ? { code: value.code }
    : { code: value.code, values: withoutTexts(value.values) };
}

function isList(value: SentenceValue): value is readonly SentenceValue[] {
  return Array.isArray(value);
}
