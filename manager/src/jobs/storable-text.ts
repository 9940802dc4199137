// Texts that the database cannot hold, found before they get there.
// PostgreSQL stores neither NUL nor half a surrogate pair; a silent replacement would change what somebody wrote. Pure.
import type { Issue } from '@nezuban/protocol/errors';

/** One issue for each text of a plain value that cannot be stored, with its path. */
export const findUnstorable = (value: unknown, path = ''): Issue[] => {
  if (typeof value === 'string') {
    const message = problemOf(value);
    return message === null ? [] : [{ path, message }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => findUnstorable(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const place = path === '' ? key : `${path}.${key}`;
    return problemOf(key) === null
      ? findUnstorable(item, place)
      : [{ path, message: 'has a key with a character that cannot be stored' }];
  });
};

const problemOf = (text: string): string | null => {
  if (text.includes('\0')) return 'must not hold a NUL character';
  return text.isWellFormed() ? null : 'must not hold half of a surrogate pair';
};
