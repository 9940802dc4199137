// What the schema library finds wrong, said so that a person can mend it: one message for one mistake, what stands there and what
// would be right; of alternatives only the one that was probably meant.
import type { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { didYouMean, nearest } from '../text/did-you-mean.ts';
import { knownKeysAt } from './known-keys.ts';
import type { Kind } from './known-keys.ts';
import { quote } from './path-issue.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';
import { issuesMax } from './reading-bounds.ts';

/** An issue as the schema library makes it. */
export type ShapeIssue = NonNullable<ReturnType<typeof jobNetSchema.safeParse>['error']>['issues'][number];
type UnionIssue = Extract<ShapeIssue, { readonly code: 'invalid_union' }>;

export function describeShapeIssues(kind: Kind, value: unknown, issues: readonly ShapeIssue[]): PathIssue[] {
  const described: PathIssue[] = [];
  for (const issue of issues) {
    described.push(...describe({ kind, root: value }, [], issue));
    // Everything is looked at again below, so a little more than the limit is enough.
    if (described.length >= issuesMax * 2) break;
  }
  return withoutEchoes(described).slice(0, issuesMax);
}

type About = { readonly kind: Kind; readonly root: unknown };

function describe(about: About, base: readonly PathSegment[], issue: ShapeIssue): PathIssue[] {
  const path = [
    ...base,
    ...issue.path.map((segment) => (typeof segment === 'number' ? segment : String(segment))),
  ];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, issuesMax).map((key) => unknownKey(about, path, key));
    case 'invalid_union':
      return describeUnion(about, path, issue);
    case 'invalid_key':
      return [
        {
          path,
          atKey: true,
          message: `the key ${quote(path.at(-1))} ${issue.issues[0]?.message ?? 'is not allowed here'}`,
        },
      ];
    case 'invalid_type':
      return [wrongType(about, path, issue.expected)];
    case 'invalid_value': {
      const found = valueAt(about.root, path);
      const allowed = issue.values.map(String);
      if (found === undefined) return [{ path, message: `is missing; it must be ${oneOf(allowed)}` }];
      return [
        {
          path,
          message: `must be ${oneOf(allowed)}, but is ${quote(found)}${typeof found === 'string' ? didYouMean(found, allowed) : ''}`,
        },
      ];
    }
    case 'too_small':
      return [
        {
          path,
          message: `must ${bound('at least', issue.minimum, issue)}${butIs(about, path)}`,
        },
      ];
    case 'too_big':
      return [
        {
          path,
          message: `must ${bound('at most', issue.maximum, issue)}${butIs(about, path)}`,
        },
      ];
    case 'invalid_format':
      return [
        {
          path,
          message: `${issue.format === 'url' ? 'must be an address that begins with http:// or https://' : issue.message}${butIs(about, path)}`,
        },
      ];
    case 'not_multiple_of':
      return [{ path, message: `must be a multiple of ${issue.divisor}${butIs(about, path)}` }];
    case 'custom':
    case 'invalid_element':
      return [{ path, message: `${issue.message}${butIs(about, path)}` }];
  }
}

function unknownKey(about: About, path: readonly PathSegment[], key: string): PathIssue {
  const holder = valueAt(about.root, path);
  const known = knownKeysAt(about.kind, path, holder);
  const missing = known.filter((name) => !hasKey(holder, name));
  const hint = didYouMean(key, missing);
  const list = hint === '' && known.length > 0 ? `; known are ${known.join(', ')}` : hint;
  return { path: [...path, key], atKey: true, message: `the key ${quote(key)} is not known here${list}` };
}

function wrongType(about: About, path: readonly PathSegment[], expected: string): PathIssue {
  const found = valueAt(about.root, path);
  const wanted = typeNames[expected] ?? expected;
  if (found === undefined) return { path, message: `is missing; it must be ${wanted}` };
  if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean' || found === null)) {
    return {
      path,
      message: `must be text, but is ${typeOf(found)} (${quote(found)}); write it in quotes: "${String(found)}"`,
    };
  }
  return {
    path,
    message: `must be ${wanted}, but is ${typeOf(found)}${typeof found === 'object' ? '' : ` (${quote(found)})`}`,
  };
}

/**
 * Of a union the branch that fits best: not one whose very type is another, then the one with the fewest mistakes. Where none stands
 * out, what the union itself says must be there.
 */
function describeUnion(about: About, path: readonly PathSegment[], issue: UnionIssue): PathIssue[] {
  if (issue.discriminator !== undefined) {
    return describe(about, path, {
      code: 'invalid_value',
      values: 'options' in issue ? [...(issue.options ?? [])] : [],
      path: [],
      message: '',
    });
  }
  const branches = issue.errors
    .filter((errors) => !errors.some((error) => error.code === 'invalid_type' && error.path.length === 0))
    .map((errors) => withoutEchoes(errors.flatMap((error) => describe(about, path, error))));
  const fewest = Math.min(...branches.map((branch) => branch.length));
  const best = branches.filter((branch) => branch.length === fewest);
  const [only] = best;
  if (only !== undefined && best.length === 1) return only;
  const stands = valueAt(about.root, path);
  const right = issue.message.startsWith('must') ? issue.message : `must be ${expectedTypes(issue)}`;
  if (stands === undefined) return [{ path, message: right.replace(/^must/, 'is missing; it must') }];
  return [
    {
      path,
      message: best.length > 1 ? `${right}, and not several of these` : `${right}, but is ${typeOf(stands)}`,
    },
  ];
}

function expectedTypes(issue: UnionIssue): string {
  const expected = issue.errors.flatMap((errors) =>
    errors.flatMap((error) =>
      error.code === 'invalid_type' ? [typeNames[error.expected] ?? error.expected] : [],
    ),
  );
  return oneOf([...new Set(expected)]);
}

/** A mistyped key also makes the right one missing; one of the two messages is enough. */
function withoutEchoes(issues: readonly PathIssue[]): PathIssue[] {
  const unknown = issues.filter((issue) => issue.atKey === true);
  if (unknown.length === 0) return [...issues];
  return issues.filter((issue) => {
    const name = issue.path.at(-1);
    if (typeof name !== 'string' || !issue.message.startsWith('is missing')) return true;
    return !unknown.some(
      (other) => sameParent(other.path, issue.path) && nearest(String(other.path.at(-1)), [name]) === name,
    );
  });
}

function sameParent(a: readonly PathSegment[], b: readonly PathSegment[]): boolean {
  return a.length === b.length && a.every((segment, i) => i === a.length - 1 || segment === b[i]);
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
};

function typeOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  const names: Partial<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    boolean: 'a truth value',
    object: 'a group of keys',
  };
  return names[typeof value] ?? 'no value';
}

function bound(
  side: 'at least' | 'at most',
  limit: number | bigint,
  { origin, inclusive }: { readonly origin: string; readonly inclusive?: boolean | undefined },
): string {
  if (origin === 'string') return `have ${side} ${limit} ${limit === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `have ${side} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  if (inclusive === false) return `be ${side === 'at least' ? 'greater' : 'less'} than ${limit}`;
  return `be ${side} ${limit}`;
}

function butIs(about: About, path: readonly PathSegment[]): string {
  const value = valueAt(about.root, path);
  return typeof value === 'string' || typeof value === 'number' ? `, but is ${quote(value)}` : '';
}

function oneOf(words: readonly string[]): string {
  return words.length <= 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

function valueAt(root: unknown, path: readonly PathSegment[]): unknown {
  let value = root;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<PathSegment, unknown>)[segment];
  }
  return value;
}

function hasKey(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}
