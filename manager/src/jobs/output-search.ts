// Looks for a text in what a command wrote.
// Responsible for lines, hits and the bounds of one request: bytes, time, hits. What is longer is asked for again from where it came. Memory is one
// look and one line. Not responsible for who may read (output-reader.ts, which calls it).
import { say } from '@nezuban/protocol/sentences/sentence';
import { decodeOutput, type DecodedOutput } from '@nezuban/core/output/decode';
import { compilePattern } from '@nezuban/core/traps/rules/bounded-pattern';
import type { Clock } from '@nezuban/platform/clock';
import type { OutputHit } from '@nezuban/protocol/api/output-operations';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import { jobsLimits } from './jobs-limits.ts';
import { bytesToSkip, wholeBytes } from './output-page.ts';
import { readPart, type OutputPlace } from './output-pieces.ts';

type Encoding = DecodedOutput['encoding'];
export type SearchRequest = OutputPlace & {
  readonly text: string;
  readonly mode: 'plain' | 'pattern';
  readonly ignoreCase: boolean;
  /** Where to begin; a hit is told by where its line begins. */
  readonly offset: number;
  readonly hitsMax: number;
  readonly encoding: Encoding;
  /** Position behind the last byte that is there. */
  readonly end: number;
};
export type SearchResult = {
  readonly hits: OutputHit[];
  /** Where the next request goes on; null: there is nothing behind it now. */
  readonly nextOffset: number | null;
  readonly searchedBytes: number;
};

const LINE_FEED = 0x0a;
/** Of a line that is shown with a hit: so much, from a little before the hit on. */
const HIT_TEXT_CHARS = 300;
const BEFORE_HIT_CHARS = 80;

export const searchOutput = async (
  { database, clock }: { readonly database: Database; readonly clock: Pick<Clock, 'monotonicMs'> },
  request: SearchRequest,
): Promise<SearchResult> => {
  const find = finderOf(request);
  const { encoding, hitsMax } = request;
  const begin = Math.min(Math.max(0, request.offset), request.end);
  const deadline = clock.monotonicMs() + jobsLimits.outputSearchMs;
  const hits: OutputHit[] = [];
  let at = begin;
  /** Without ranges that were not kept. */
  let searchedBytes = 0;
  while (at < request.end) {
    const isEnough =
      hits.length >= hitsMax ||
      searchedBytes >= jobsLimits.outputSearchBytesMax ||
      clock.monotonicMs() > deadline;
    if (isEnough) return { hits, nextOffset: at, searchedBytes };
    const part = await readPart(database, request, { from: at, length: jobsLimits.outputSearchStepBytes });
    if (part.type === 'hole') {
      at = part.end;
      continue;
    }
    if (part.bytes.length === 0) break;
    const isFull = part.bytes.length === jobsLimits.outputSearchStepBytes;
    const skip = at === begin ? bytesToSkip(part.bytes, encoding, at) : 0;
    const whole = skip + wholeLines(part.bytes.subarray(skip), encoding, !isFull);
    const from = at;
    at = lookThrough(part.bytes.subarray(skip, whole), { find, encoding, start: at + skip, hits, hitsMax });
    searchedBytes += at - from;
  }
  return { hits, nextOffset: null, searchedBytes };
};

type Look = {
  readonly find: Finder;
  readonly encoding: Encoding;
  readonly start: number;
  readonly hits: OutputHit[];
  readonly hitsMax: number;
};
/** Returns how far it looked: to the end, or behind the line of the last hit that is wanted. */
const lookThrough = (bytes: Buffer, { find, encoding, start, hits, hitsMax }: Look): number => {
  // Most looks find nothing: all lines at once are decoded and tried quicker than one by one.
  if (find.maybe !== null && !find.maybe(decodeOutput(bytes, encoding).text)) return start + bytes.length;
  for (let from = 0; from < bytes.length;) {
    const end = lineEnd(bytes, from, encoding);
    const text = decodeOutput(bytes.subarray(from, end), encoding).text.replace(/\r?\n$/, '');
    const found = find.inLine(text);
    if (found !== null) {
      const shown = Math.max(0, found.start - BEFORE_HIT_CHARS);
      hits.push({
        offset: start + from,
        text: text.slice(shown, shown + HIT_TEXT_CHARS),
        start: found.start - shown,
        end: Math.min(found.end - shown, HIT_TEXT_CHARS),
      });
    }
    from = end;
    if (hits.length >= hitsMax) return start + from;
  }
  return start + bytes.length;
};

type Finder = {
  /** False: it is in no line of this text. Null: only line by line. */
  readonly maybe: ((text: string) => boolean) | null;
  readonly inLine: (line: string) => { readonly start: number; readonly end: number } | null;
};
const finderOf = ({ text, mode, ignoreCase }: SearchRequest): Finder => {
  if (mode === 'plain' && !ignoreCase) {
    return {
      maybe: (all) => all.includes(text),
      inLine(line) {
        const start = line.indexOf(text);
        return start < 0 ? null : { start, end: start + text.length };
      },
    };
  }
  const compiled = compilePattern(mode === 'plain' ? quote(text) : text, ignoreCase);
  if (!compiled.ok)
    throw new CodedError(
      'invalid_request',
      say('problem_query_text_the_pattern', { message: compiled.problem.message }),
    );
  const { pattern } = compiled;
  return { maybe: null, inLine: (line) => (pattern.test(line) ? (pattern.find(line)?.[0] ?? null) : null) };
};
const quote = (text: string): string => text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');

/** Behind the next line feed, or the end. */
const lineEnd = (bytes: Buffer, from: number, encoding: Encoding): number => {
  if (encoding !== 'utf-16le') return bytes.indexOf(LINE_FEED, from) + 1 || bytes.length;
  for (let at = bytes.indexOf(LINE_FEED, from); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1))
    if ((at - from) % 2 === 0 && bytes[at + 1] === 0) return at + 2;
  return bytes.length;
};

/** How many bytes are whole lines; all if they hold none, or none follows, then up to the last whole character. */
const wholeLines = (bytes: Buffer, encoding: Encoding, isLast: boolean): number => {
  if (isLast) return bytes.length;
  let last = bytes.lastIndexOf(LINE_FEED);
  if (encoding === 'utf-16le') {
    while (last >= 0 && !(last % 2 === 0 && bytes[last + 1] === 0))
      last = last === 0 ? -1 : bytes.lastIndexOf(LINE_FEED, last - 1);
    if (last >= 0) return last + 2;
  }
  return last >= 0 ? last + 1 : wholeBytes(bytes, encoding) || bytes.length;
};
