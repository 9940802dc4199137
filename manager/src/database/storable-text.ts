// Texts that the database cannot hold, found before they get there.
// PostgreSQL stores neither NUL nor half a surrogate pair. What people send is refused, for a silent replacement would change what
// somebody wrote; what machines report is mended, for a report that cannot be stored would be sent again for ever. Pure.
import type { Issue } from '@nezuban/protocol/errors';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';

/** One issue for each text of a plain value that cannot be stored, with its path. */
export const findUnstorable = (value: unknown, path = ''): Issue[] => {
  if (typeof value === 'string') {
    const problem = problemOf(value);
    return problem === null ? [] : [{ path, ...problem }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => findUnstorable(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const place = path === '' ? key : `${path}.${key}`;
    return problemOf(key) === null ? findUnstorable(item, place) : [{ path, ...say('key_not_storable') }];
  });
};

const problemOf = (text: string): Said | null => {
  if (text.includes('\0')) return say('text_without_nul');
  return text.isWellFormed() ? null : say('half_surrogate');
};

const MENDED = '\u{fffd}';

export const toStorableText = (text: string): string => text.replaceAll('\0', MENDED).toWellFormed();

/** Escapes in JSON that stand for a character that cannot be stored: a quick look, so that honest frames cost nothing more. */
export const mayHoldUnstorable = (json: string): boolean => /\\u(?:0000|d[89a-f])/i.test(json);

/** A copy of a plain value in which every text, keys too, can be stored. */
export const toStorable = (value: unknown): unknown => {
  if (typeof value === 'string') return toStorableText(value);
  if (Array.isArray(value)) return value.map(toStorable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [toStorableText(key), toStorable(item)]),
  );
};

/** As JSON for a column of type json or jsonb: what cannot be stored is mended. Costs a look where there is nothing to mend. */
export const toStorableJson = (value: unknown): string => {
  const json = JSON.stringify(value);
  return mayHoldUnstorable(json)
    ? json
        .replaceAll(/(?<!\\)((?:\\\\)*)\\u0000/g, `$1${MENDED}`)
        .replaceAll(/(?<!\\)((?:\\\\)*)\\ud[89a-f][\da-f]{2}/gi, `$1${MENDED}`)
    : json;
};
