/**
 * Texts that must stand in whatever a pattern fits: looked for before the pattern runs.
 *
 * Responsible for finding them in the pattern's own text, and for nothing but what is certain: where a construct is not plainly understood,
 * nothing is required. A property test holds that to random patterns. Called by `compile-rule.ts`.
 */

/** One of `anyOf` must stand in the text, or in its folded form (`foldCase`). */
export type RequiredLiterals = {
  readonly anyOf: readonly string[];
  readonly folded: boolean;
};

/** More alternatives than these cost more to look for than the pattern itself. */
const ALTERNATIVES_MAX = 16;
/** A single character stands in nearly every text. */
const LITERAL_CHARS_MIN = 2;

/**
 * Text with upper and lower case made one: whatever a pattern takes for equal without regard to case is equal here too, as far as the
 * characters are those of `isSafelyFolded`.
 */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  // The long s is an "s" to Unicode's folding, but is lower case already.
  return lower.includes('\u017f') ? lower.replaceAll('\u017f', 's') : lower;
}

/** Null: nothing is certain. The pattern is one that compiles. */
export function requiredLiterals(source: string, ignoreCase: boolean): RequiredLiterals | null {
  // Quoted text, octal numbers, and flags that begin in the middle (a repeat behind them means what stands before) are rare, and easily misread.
  if (/\\Q|\\[0-9]|.\(\?[a-zA-Z-]*\)/s.test(source)) return null;
  const folded = ignoreCase || /\(\?[a-zA-Z-]*i/.test(source);
  const reader: Reader = { source, at: 0, folded };
  const anyOf = readAlternatives(reader);
  if (anyOf === null || reader.at < source.length) return null;
  return { anyOf: anyOf.map((literal) => (folded ? foldCase(literal) : literal)), folded };
}

type Reader = { readonly source: string; at: number; readonly folded: boolean };
type AnyOf = readonly string[] | null;

function readAlternatives(reader: Reader): AnyOf {
  const all: string[] = [];
  let isCertain = true;
  for (;;) {
    const required = readSequence(reader);
    if (required === null || all.length + required.length > ALTERNATIVES_MAX) isCertain = false;
    else all.push(...required);
    if (reader.source[reader.at] !== '|') return isCertain ? all : null;
    reader.at += 1;
  }
}

/** Up to the end, `|` or `)`. */
function readSequence(reader: Reader): AnyOf {
  let best: AnyOf = null;
  let run = '';
  const offer = (candidate: AnyOf): void => {
    if (candidate !== null && shortest(candidate) > (best === null ? LITERAL_CHARS_MIN - 1 : shortest(best)))
      best = candidate;
  };
  const endRun = (): void => {
    if (run !== '') offer([run]);
    run = '';
  };
  while (reader.at < reader.source.length) {
    const next = reader.source[reader.at];
    if (next === '|' || next === ')') break;
    const atom = readAtom(reader);
    const repeat = readRepeat(reader);
    if (atom.type === 'character' && isUsable(atom.text, reader.folded)) {
      if (repeat === 'mayBeAbsent') endRun();
      else {
        run += atom.text;
        if (repeat === 'atLeastOnce') endRun();
      }
      continue;
    }
    endRun();
    if (atom.type === 'group' && repeat !== 'mayBeAbsent') offer(atom.required);
  }
  endRun();
  return best;
}

type Atom =
  | { readonly type: 'character'; readonly text: string }
  | { readonly type: 'group'; readonly required: AnyOf }
  | { readonly type: 'other' };

function readAtom(reader: Reader): Atom {
  const { source } = reader;
  const text = String.fromCodePoint(source.codePointAt(reader.at) ?? 0);
  reader.at += text.length;
  switch (text) {
    case '.':
    case '^':
    case '$':
      return { type: 'other' };
    case '[':
      skipClass(reader);
      return { type: 'other' };
    case '(':
      return readGroup(reader);
    case '\\':
      return readEscape(reader);
    default:
      return { type: 'character', text };
  }
}

function readGroup(reader: Reader): Atom {
  const header = /^\?(?:P?<[^>]*>|[a-zA-Z-]*(:|\)))/.exec(reader.source.slice(reader.at, reader.at + 200));
  if (header !== null) reader.at += header[0].length;
  if (header?.[1] === ')') return { type: 'other' };
  const required = readAlternatives(reader);
  if (reader.source[reader.at] === ')') reader.at += 1;
  return { type: 'group', required };
}

/** After the backslash. */
function readEscape(reader: Reader): Atom {
  const rest = reader.source.slice(reader.at, reader.at + 100);
  const text = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  if (/^[^\p{L}\p{N}]/u.test(rest)) {
    reader.at += text.length;
    return { type: 'character', text };
  }
  reader.at += /^(?:x\{[^}]*\}|x..|[pP]\{[^}]*\}|[pP].|.)/u.exec(rest)?.[0].length ?? text.length;
  return { type: 'other' };
}

/** After the bracket. */
function skipClass(reader: Reader): void {
  const { source } = reader;
  if (source[reader.at] === '^') reader.at += 1;
  if (source[reader.at] === ']') reader.at += 1;
  while (reader.at < source.length && source[reader.at] !== ']') {
    const named = source.startsWith('[:', reader.at) ? source.indexOf(':]', reader.at + 2) : -1;
    if (named !== -1) reader.at = named + 2;
    else reader.at += source[reader.at] === '\\' ? 2 : 1;
  }
  reader.at += 1;
}

type Repeat = 'once' | 'atLeastOnce' | 'mayBeAbsent';

function readRepeat(reader: Reader): Repeat {
  const repeat = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})/.exec(reader.source.slice(reader.at, reader.at + 20));
  if (repeat === null) return 'once';
  reader.at += repeat[0].length;
  if (reader.source[reader.at] === '?') reader.at += 1;
  if (repeat[0] === '+') return 'atLeastOnce';
  return repeat[1] !== undefined && Number(repeat[1]) > 0 ? 'atLeastOnce' : 'mayBeAbsent';
}

function shortest(anyOf: readonly string[]): number {
  return Math.min(...anyOf.map(({ length }) => length));
}

function isUsable(text: string, folded: boolean): boolean {
  return !folded || isSafelyFolded(text.charCodeAt(0));
}

/** ASCII, and scripts of East Asia with their full-width letters: `foldCase` and the engine agree on them. */
function isSafelyFolded(code: number): boolean {
  return code < 0x80 || (code >= 0x3000 && code <= 0x9fff) || (code >= 0xff00 && code <= 0xffef);
}
