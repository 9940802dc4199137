/**
 * Regular expressions that people write and devices feed: matched in time that grows with the length of the text and no faster.
 *
 * Responsible for the one engine that patterns of trap monitors run on (RE2's, in JavaScript: docs/internals/decisions/0010), for the bounds of
 * pattern and text that make even its worst case short, and for saying what is wrong with a pattern and where. Not responsible for which
 * text is looked at (`compile-rule.ts`).
 */
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

export type PatternProblem = {
  /** What is wrong, as the end of a sentence that begins with the pattern's place. */
  readonly message: string;
};

export type CompiledPattern =
  | { readonly ok: true; readonly pattern: BoundedPattern }
  | { readonly ok: false; readonly problem: PatternProblem };

export function compilePattern(source: string, ignoreCase: boolean): CompiledPattern {
  let engine: RE2JS;
  try {
    engine = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { ok: false, problem: { message: explain(source, error) } };
  }
  const size = engine.programSize();
  if (size > patternSizeMax)
    return {
      ok: false,
      problem: {
        message: `is too large: repeats such as {1,500} count as often as they repeat, which makes ${size} steps of it; at most ${patternSizeMax} are allowed`,
      },
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
const sentences: Readonly<Record<string, string>> = {
  'missing closing )': 'lacks a closing ")"',
  'unexpected )': 'has a ")" that nothing opened; write "\\)" for the character itself',
  'missing closing ]': 'lacks a closing "]"',
  'missing argument to repetition operator': 'repeats nothing; write a backslash before the character itself',
  'invalid nested repetition operator': 'repeats a repeat',
  'invalid repeat count': 'repeats more than 1,000 times, or from more to less',
  'invalid escape sequence':
    'has an escape that is not known (back references such as \\1 are not possible, since they can take endless time)',
  'trailing backslash at end of expression': 'ends with a backslash',
  'invalid character class range': 'has a character class that is not known or runs backwards',
  'invalid named capture': 'has a group whose name is not letters, digits and "_"',
  'duplicate capture group name': 'has two groups of the same name',
  'expression too large': 'is too large',
  'expression nests too deeply': 'is nested too deeply',
};

function explain(source: string, error: RE2JSException): string {
  if (!(error instanceof RE2JSSyntaxException)) return `is no regular expression: ${error.message}`;
  const fragment = error.getPattern();
  const what = isLookAround(fragment)
    ? 'looks ahead or behind, which is not possible, since it can take endless time'
    : (sentences[error.getDescription()] ?? `is no regular expression: ${error.getDescription()}`);
  const at = fragment === null || fragment === '' ? -1 : source.indexOf(fragment);
  if (at === -1 || fragment === null || fragment === source) return what;
  return `${what}: at character ${at + 1}, "${shorten(fragment)}"`;
}

function isLookAround(fragment: string | null): boolean {
  return fragment !== null && /^\(\?<?[=!]/.test(fragment);
}

const FRAGMENT_CHARS_MAX = 30;

function shorten(text: string): string {
  return text.length > FRAGMENT_CHARS_MAX ? `${text.slice(0, FRAGMENT_CHARS_MAX)}...` : text;
}
