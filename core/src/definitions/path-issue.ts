// An issue before it has been given its place in a text: the path as segments instead of a string.
import type { Issue } from '@nezuban/protocol/errors';
import type { Said } from '@nezuban/protocol/sentences/sentence';

export type PathSegment = string | number;
export type PathIssue = Said & {
  readonly path: readonly PathSegment[];
  /** The key is wrong, not its value: point at the key. */
  readonly atKey?: boolean;
};

/** A path as people read it: `units[3].after.all[0].unit`; keys that are no plain words in brackets and quotes. */
export function pathText(path: readonly PathSegment[]): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(segment)) text += text === '' ? segment : `.${segment}`;
    else text += `[${quote(segment)}]`;
  }
  return text;
}

export function issueOf({ path, atKey: _atKey, ...said }: PathIssue): Issue & Said {
  return { path: pathText(path), ...said };
}

/** A value as it is repeated in a message: short, on one line. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
