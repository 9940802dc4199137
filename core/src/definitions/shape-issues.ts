// What the schema library finds wrong, said so that a person can mend it: one message for one mistake, what stands there and what
// would be right; of alternatives only the one that was probably meant.
import type { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import {
  saidBySchema,
  say,
  type Said,
  type Sentence,
  type SentenceValue,
} from '@nezuban/protocol/sentences/sentence';
import { nearest, nearestHint } from '../text/did-you-mean.ts';
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
          ...say('key_wrong', { key: quote(path.at(-1)), why: ofSchema(issue.issues[0]?.message) }),
        },
      ];
    case 'invalid_type':
      return [wrongType(about, path, issue.expected)];
    case 'invalid_value': {
      const found = valueAt(about.root, path);
      const allowed = issue.values.map(String);
      if (found === undefined) return [{ path, ...say('missing_must_be', { wanted: oneOf(allowed) }) }];
      return [
        {
          path,
          ...say('must_be_but_is', {
            wanted: oneOf(allowed),
            found: quote(found),
            hint: typeof found === 'string' ? nearestHint(found, allowed) : '',
          }),
        },
      ];
    }
    case 'too_small':
      return [
        {
          path,
          ...say('must_have_size', { bound: bound('min', issue.minimum, issue), but: butIs(about, path) }),
        },
      ];
    case 'too_big':
      return [
        {
          path,
          ...say('must_have_size', { bound: bound('max', issue.maximum, issue), but: butIs(about, path) }),
        },
      ];
    case 'invalid_format':
      return [
        {
          path,
          ...wrongFormat(issue, butIs(about, path)),
        },
      ];
    case 'not_multiple_of':
      return [
        { path, ...say('must_be_multiple', { divisor: Number(issue.divisor), but: butIs(about, path) }) },
      ];
    case 'custom':
    case 'invalid_element':
      return [{ path, ...say('says_but_is', { what: ofSchema(issue.message), but: butIs(about, path) }) }];
  }
}

function unknownKey(about: About, path: readonly PathSegment[], key: string): PathIssue {
  const holder = valueAt(about.root, path);
  const known = knownKeysAt(about.kind, path, holder);
  const missing = known.filter((name) => !hasKey(holder, name));
  const near = nearestHint(key, missing);
  const hint: Sentence | '' =
    near === '' && known.length > 0 ? { code: 'known_are', values: { known } } : near;
  return { path: [...path, key], atKey: true, ...say('unknown_key', { key: quote(key), hint }) };
}

function wrongFormat(
  { format, message }: { readonly format: string; readonly message: string },
  but: Sentence | '',
): Said {
  if (format === 'url') return say('must_be_web_address', { but });
  const known = saidBySchema(message);
  return known === null
    ? say('wrong_format', { text: message, but })
    : say('says_but_is', { what: known, but });
}

/** A text of ours names its sentence; one of the library stays as it is. */
function ofSchema(text: string | undefined): Sentence | string {
  if (text === undefined) return { code: 'key_not_allowed_here' };
  return saidBySchema(text) ?? text;
}

function wrongType(about: About, path: readonly PathSegment[], expected: string): PathIssue {
  const found = valueAt(about.root, path);
  const wanted = typeNames[expected] ?? expected;
  if (found === undefined) return { path, ...say('missing_must_be', { wanted }) };
  if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean' || found === null)) {
    return {
      path,
      ...say('must_be_quoted_text', {
        found: typeOf(found),
        value: quote(found),
        quoted: `"${String(found)}"`,
      }),
    };
  }
  return {
    path,
    ...(typeof found === 'object'
      ? say('must_be_but_is', { wanted, found: typeOf(found), hint: '' })
      : say('must_be_type', { wanted, found: typeOf(found), value: quote(found) })),
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
  const right: Sentence = saidBySchema(issue.message) ?? {
    code: 'must_be',
    values: { wanted: expectedTypes(issue) },
  };
  if (stands === undefined) return [{ path, ...say('missing_says', { what: right }) }];
  return [
    {
      path,
      ...(best.length > 1
        ? say('not_several', { what: right })
        : say('says_but_is_type', { what: right, found: typeOf(stands) })),
    },
  ];
}

function expectedTypes(issue: UnionIssue): SentenceValue {
  const expected = issue.errors.flatMap((errors) =>
    errors.flatMap((error) =>
      error.code === 'invalid_type' ? [typeNames[error.expected] ?? error.expected] : [],
    ),
  );
  const seen = new Set<string>();
  return oneOf(
    expected.filter((type) => {
      const key = typeof type === 'string' ? type : type.code;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    }),
  );
}

/** A mistyped key also makes the right one missing; one of the two messages is enough. */
function withoutEchoes(issues: readonly PathIssue[]): PathIssue[] {
  const unknown = issues.filter((issue) => issue.atKey === true);
  if (unknown.length === 0) return [...issues];
  return issues.filter((issue) => {
    const name = issue.path.at(-1);
    if (typeof name !== 'string' || !isMissing(issue)) return true;
    return !unknown.some(
      (other) => sameParent(other.path, issue.path) && nearest(String(other.path.at(-1)), [name]) === name,
    );
  });
}

function isMissing({ code }: PathIssue): boolean {
  return code === 'is_missing' || code === 'missing_must_be' || code === 'missing_says';
}

function sameParent(a: readonly PathSegment[], b: readonly PathSegment[]): boolean {
  return a.length === b.length && a.every((segment, i) => i === a.length - 1 || segment === b[i]);
}

const typeNames: Readonly<Record<string, Sentence>> = {
  string: { code: 'type_text' },
  number: { code: 'type_number' },
  int: { code: 'type_whole_number' },
  boolean: { code: 'type_true_or_false' },
  array: { code: 'type_list' },
  object: { code: 'type_keys_with_values' },
  record: { code: 'type_keys_with_values' },
};

function typeOf(value: unknown): Sentence {
  if (value === null) return { code: 'type_empty' };
  if (Array.isArray(value)) return { code: 'type_list' };
  switch (typeof value) {
    case 'string':
      return { code: 'type_text' };
    case 'number':
      return { code: 'type_number' };
    case 'boolean':
      return { code: 'type_truth_value' };
    case 'object':
      return { code: 'type_group_of_keys' };
    default:
      return { code: 'type_no_value' };
  }
}

function bound(
  side: 'min' | 'max',
  limit: number | bigint,
  { origin, inclusive }: { readonly origin: string; readonly inclusive?: boolean | undefined },
): Sentence {
  const values = { limit: Number(limit) };
  if (origin === 'string' || origin === 'array') {
    const what = origin === 'string' ? 'characters' : 'entries';
    return values.limit === 1
      ? { code: `size_${what}_${side}_one` }
      : { code: `size_${what}_${side}`, values };
  }
  if (inclusive === false) return { code: side === 'min' ? 'size_above' : 'size_below', values };
  return { code: `size_${side}`, values };
}

function butIs(about: About, path: readonly PathSegment[]): Sentence | '' {
  const value = valueAt(about.root, path);
  return typeof value === 'string' || typeof value === 'number'
    ? { code: 'but_is', values: { found: quote(value) } }
    : '';
}

function oneOf(words: readonly SentenceValue[]): SentenceValue {
  const [only] = words;
  if (words.length <= 1) return only ?? '';
  return { code: 'or_list', values: { first: words.slice(0, -1), last: words.at(-1) ?? '' } };
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
