// A definition file as text: bounds, encoding and characters, checked before anything reads it; and offsets turned into lines.
import type { Issue } from '@nezuban/protocol/errors';
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';

export type SourceText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly issue: Issue };

export function readSourceText(source: string | Uint8Array): SourceText {
  const bytes = typeof source === 'string' ? utf8Length(source) : source.length;
  if (bytes > definitionLimits.fileBytesMax) {
    return refuse(say('file_too_large', { bytes, max: definitionLimits.fileBytesMax }));
  }
  const decoded = typeof source === 'string' ? ({ ok: true, text: source } as const) : decodeUtf8(source);
  if (!decoded.ok) return decoded;
  const text = decoded.text.startsWith('\u{FEFF}') ? decoded.text.slice(1) : decoded.text;
  const control = findForbidden(text);
  if (control === -1) return { ok: true, text };
  const code = (text.codePointAt(control) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return refuse(say('file_control_character', { character: code }), new LinePositions(text).at(control));
}

/**
 * Offset of the first character that YAML 1.2 (section 5.1) does not allow: control characters other than tab, line feed and carriage
 * return, and halves of surrogate pairs; -1 if there is none.
 */
function findForbidden(text: string): number {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 ? unit !== 0x09 && unit !== 0x0a && unit !== 0x0d : unit === 0x7f) return i;
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(i + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return i;
    i += 1;
  }
  return -1;
}

function decodeUtf8(bytes: Uint8Array): SourceText {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return refuse(say('file_is_utf16'));
  const bad = firstInvalidUtf8(bytes);
  if (bad === -1) return { ok: true, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) };
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < bad; i += 1) {
    if (bytes[i] !== 0x0a) continue;
    line += 1;
    lineStart = i + 1;
  }
  const before = new TextDecoder('utf-8').decode(bytes.subarray(lineStart, bad));
  const byte = (bytes[bad] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  return refuse(say('file_not_utf8', { offset: bad, byte }), {
    line,
    column: before.length + 1,
  });
}

/** Offset of the first byte that does not belong to a valid sequence (Unicode 15, table 3-7); -1 if there is none. */
export function firstInvalidUtf8(bytes: Uint8Array): number {
  let i = 0;
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i);
    if (length === 0) return i;
    i += length;
  }
  return -1;
}

/** Length of the well-formed sequence at an offset; 0 if it is not well-formed. */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const lead = bytes[i] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const second = bytes[i + 1] ?? 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let k = 2; k < length; k += 1) if (((bytes[i + k] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

function utf8Length(text: string): number {
  if (text.length > definitionLimits.fileBytesMax) return text.length;
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    // A surrogate pair is four bytes for two units: one more for each of them.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

function refuse(said: Said, position = { line: 1, column: 1 }): SourceText {
  return { ok: false, issue: { path: '', ...said, ...position } };
}

/** Offsets of a text as lines and columns, both from 1. Built when the first issue needs it. */
export class LinePositions {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  at(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}
