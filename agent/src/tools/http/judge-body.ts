// Whether the body of a response is as a unit demands. Pure. Regular expressions are RE2's, as everywhere: no body can make one take for ever.
import { RE2JS } from 're2js';
import { parseJsonPath, valueAtPath } from '@nezuban/protocol/jobs/json-path';
import type { BodyCheckInput } from '@nezuban/protocol/agent/tool-inputs';

/** Of longer bodies only the beginning is looked at by patterns. */
const patternCharsMax = 1024 * 1024;
const shownMax = 100;

/** Null: it is as it should be. Else why not, as the rest of a sentence. */
export function judgeBody(check: BodyCheckInput, body: Buffer): string | null {
  if (check.regex !== undefined) {
    const found = finds(check.regex, body.toString('utf8'));
    return found ? null : `nothing in it fits ${check.regex}`;
  }
  const json = parsed(body);
  if (!json.ok) return 'it is no JSON';
  const path = check.json ?? '$';
  const value = valueAtPath(json.value, parseJsonPath(path) ?? []);
  if (value === undefined) return `there is nothing at ${path}`;
  if (check.equals !== undefined) {
    // A text in the definition stands for the number or the word of the same look, too.
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text === String(check.equals) ? null : `${path} is ${shown(value)}`;
  }
  if (check.matches !== undefined)
    return finds(check.matches, typeof value === 'string' ? value : JSON.stringify(value))
      ? null
      : `${path} is ${shown(value)}`;
  return null;
}

/** A text or number at a path; null: there is none. */
export function jsonTextAt(body: Buffer, path: string): string | null {
  const json = parsed(body);
  const value = json.ok ? valueAtPath(json.value, parseJsonPath(path) ?? []) : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function parsed(body: Buffer): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(body.toString('utf8')) as unknown };
  } catch {
    return { ok: false };
  }
}

function finds(pattern: string, text: string): boolean {
  return RE2JS.compile(pattern).matcher(text.slice(0, patternCharsMax)).find();
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > shownMax ? `${text.slice(0, shownMax)}...` : text;
}
