/**
 * Regular expressions that people write and devices feed: matched in time that grows with the length of the text and no faster.
 *
 * Responsible for the one engine that patterns of trap monitors run on (RE2's, in JavaScript: docs/internals/decisions/0010), for the bounds of
 * pattern and text that make even its worst case short, and for saying what is wrong with a pattern and where. Not responsible for which
 * text is looked at (`compile-rule.ts`).
 */
import {
  saidOf,
  say,
  type Said,
  type Sentence,
  type SentenceCode,
} from '@nezuban/protocol/sentences/sentence';
import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';

/**
 * Instructions of a compiled pattern. The engine's worst case is instructions times characters: a pattern of this size on a text of
 * `patternTextCharsMax` takes some tenths of a second; honest ones have less than a hundred.
 */
export const patternSizeMax = 1_000;

/** Characters of a text that a pattern looks at; devices do not send more in one line (RFC 5424, 6.1 asks for 2,048 octets). */
export const patternTextCharsMax = 16_384;

/**
 * Bytes that the engine may keep of what it has learned about one pattern (its own default is 8 MB): hundreds of patterns that learn much
 * must not fill the memory. What does not fit is worked out again.
 */
const PATTERN_MEMORY_BYTES = 512 * 1024;

/** Where a group stands in the text; null: it took no part. The first is the whole match. */
export type PatternSpan = { readonly start: number; readonly end: number } | null;

export type BoundedPattern = {
  /** Without the bracketed whole. */
  readonly groups: number;
  /** Numbers of the groups that have a name. */
  readonly names: Readonly<Record<string, number>>;
  /** Whether it is found anywhere in the text. Far cheaper than `find`. */
  readonly test: (text: string) => boolean;
  /** The first place in the text, with its groups. */
  readonly find: (text: string) => readonly PatternSpan[] | null;
};

/** What is wrong, as the end of a sentence that begins with the pattern's place. */
export type PatternProblem = Said;

export type CompiledPattern =
  | { readonly ok: true; readonly pattern: BoundedPattern }
  | { readonly ok: false; readonly problem: PatternProblem };

export function compilePattern(source: string, ignoreCase: boolean): CompiledPattern {
  let engine: RE2JS;
  try {
    engine = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { ok: false, problem: explain(source, error) };
  }
  const size = engine.programSize();
  if (size > patternSizeMax)
    return {
      ok: false,
      problem: say('pattern_too_large', { size, max: patternSizeMax }),
    };
  const { dfa } = engine.re2();
  dfa.stateBudget = PATTERN_MEMORY_BYTES;
  dfa.memBudget = PATTERN_MEMORY_BYTES;
  const groups = engine.groupCount();
  return {
    ok: true,
    pattern: {
      groups,
      names: { ...engine.namedGroups() },
      test: (text) => engine.test(cut(text)),
      find(text) {
        const matcher = engine.matcher(cut(text));
        if (!matcher.find()) return null;
        return Array.from({ length: groups + 1 }, (_, group) => {
          const start = matcher.start(group);
          return start < 0 ? null : { start, end: matcher.end(group) };
        });
      },
    },
  };
}

const cut = (text: string): string =>
  text.length > patternTextCharsMax ? text.slice(0, patternTextCharsMax) : text;

/** What the engine says in its own words, in ours. */
const sentences: Readonly<Record<string, SentenceCode>> = {
  'missing closing )': 'pattern_no_closing_bracket',
  'unexpected )': 'pattern_extra_bracket',
  'missing closing ]': 'pattern_no_closing_class',
  'missing argument to repetition operator': 'pattern_repeats_nothing',
  'invalid nested repetition operator': 'pattern_repeats_repeat',
  'invalid repeat count': 'pattern_repeats_too_often',
  'invalid escape sequence': 'pattern_escape',
  'trailing backslash at end of expression': 'pattern_trailing_backslash',
  'invalid character class range': 'pattern_class',
  'invalid named capture': 'pattern_group_name',
  'duplicate capture group name': 'pattern_group_twice',
  'expression too large': 'pattern_large',
  'expression nests too deeply': 'pattern_deep',
};

function explain(source: string, error: RE2JSException): Said {
  if (!(error instanceof RE2JSSyntaxException)) return say('pattern_none', { detail: error.message });
  const fragment = error.getPattern();
  const what = describe(error.getDescription(), fragment);
  const at = fragment === null || fragment === '' ? -1 : source.indexOf(fragment);
  if (at === -1 || fragment === null || fragment === source) return saidOf(what);
  return say('pattern_at', { what, number: at + 1, fragment: shorten(fragment) });
}

function describe(description: string, fragment: string | null): Sentence {
  if (isLookAround(fragment)) return { code: 'pattern_looks_around' };
  const code = sentences[description];
  return code === undefined ? { code: 'pattern_none', values: { detail: description } } : { code };
}

function isLookAround(fragment: string | null): boolean {
  return fragment !== null && /^\(\?<?[=!]/.test(fragment);
}

const FRAGMENT_CHARS_MAX = 30;

function shorten(text: string): string {
  return text.length > FRAGMENT_CHARS_MAX ? `${text.slice(0, FRAGMENT_CHARS_MAX)}...` : text;
}
