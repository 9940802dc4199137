// Reads the bytes of a body as text or JSON.
// Responsible for saying where bytes are not UTF-8 and where JSON breaks off. Pure. Called by the server's content type parsers.
import { say } from '@nezuban/protocol/sentences/sentence';
import { isUtf8 } from 'node:buffer';
import { CodedError } from '@nezuban/protocol/errors';
import type { Issue } from '@nezuban/protocol/errors';

const NEWLINE = 0x0a;
/** As for YAML (core's `nestingMax`): a net of the greatest allowed depth has about 40. */
const JSON_NESTING_MAX = 100;

/**
 * The text of a body. `code` is what broken bytes are called: a definition has errors, a request is invalid. `file`: the name that places
 * carry, if the sender has given one.
 */
export const decodeBody = (
  bytes: Buffer,
  code: 'invalid_request' | 'invalid_definition',
  file?: string,
): string => {
  if (isUtf8(bytes)) return stripByteOrderMark(bytes.toString('utf8'));
  const issue = { ...locateInvalidUtf8(bytes), ...(file === undefined ? {} : { file }) };
  throw new CodedError(
    code,
    say('problem_the_text_is_not_utf_8_line', { value: issue.line ?? 1, value2: issue.column ?? 1 }),
    {
      issues: [issue],
    },
  );
};

export const parseJson = (bytes: Buffer): unknown => {
  if (bytes.length === 0) return undefined;
  const text = decodeBody(bytes, 'invalid_request');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'cannot be parsed';
    throw new CodedError('invalid_request', say('problem_the_body_is_not_json', { reason }), {
      issues: [{ path: 'body', message: `is not JSON: ${reason}` }],
      cause,
    });
  }
  const issue = findUnreadable(value, 'body', 0);
  if (issue !== null)
    throw new CodedError('invalid_request', `${issue.path}: ${issue.message}`, { issues: [issue] });
  return value;
};

/** What the readers behind would stumble over: nesting without end breaks their recursion, and this key they would drop in silence. */
const findUnreadable = (value: unknown, path: string, depth: number): Issue | null => {
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= JSON_NESTING_MAX) return { path, message: `is nested deeper than ${JSON_NESTING_MAX} levels` };
  if (Object.hasOwn(value, '__proto__'))
    return { path: `${path}.__proto__`, message: 'is not a key that can be used' };
  for (const [key, item] of Object.entries(value)) {
    const issue = findUnreadable(
      item,
      Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`,
      depth + 1,
    );
    if (issue !== null) return issue;
  }
  return null;
};

/** Line and column (from 1) of the first byte that belongs to no character. A newline is never part of a longer character. */
export const locateInvalidUtf8 = (bytes: Buffer): Issue => {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(NEWLINE, start);
    const piece = bytes.subarray(start, end === -1 ? bytes.length : end);
    if (!isUtf8(piece)) {
      const column = firstBrokenColumn(piece);
      return { path: '', message: 'is not UTF-8', line, column };
    }
    if (end === -1) return { path: '', message: 'is not UTF-8', line, column: 1 };
    start = end + 1;
    line += 1;
  }
};

const firstBrokenColumn = (piece: Buffer): number => {
  // A line may hold the replacement character itself, spelled correctly; so prefixes are asked, by halves.
  let good = 0;
  let bad = piece.length;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    // A prefix that ends inside a character is broken only by its end; up to three bytes are forgiven.
    if (isPrefixOfUtf8(piece.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  // Streaming holds back the character that is not whole.
  return (
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(piece.subarray(0, good), { stream: true }).length + 1
  );
};

const isPrefixOfUtf8 = (bytes: Buffer): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    // Broken before its end: exactly what was asked.
    return false;
  }
};

const stripByteOrderMark = (text: string): string => (text.startsWith('\u{feff}') ? text.slice(1) : text);
