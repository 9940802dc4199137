// Flattens the issues of a failed schema into places and sentences. Pure.
// Called by request parsing; the path reads as a person would write it: `units[3].after`.
import type { Issue } from '@nezuban/protocol/errors';
import { saidBySchema, say } from '@nezuban/protocol/sentences/sentence';
import type * as z from 'zod';

/** A body with ten thousand wrong places is one mistake; the first ones tell it. */
const ISSUES_MAX = 100;

type ZodIssue = z.core.$ZodIssue;

export const toIssues = (error: z.ZodError, root: string): Issue[] => {
  const issues: Issue[] = [];
  for (const issue of error.issues) collect(issue, root === '' ? [] : [root], issues);
  return issues.slice(0, ISSUES_MAX);
};

const collect = (issue: ZodIssue, prefix: readonly PropertyKey[], into: Issue[]): void => {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys)
      into.push({ path: formatPath([...path, key]), ...say('request_key_unknown') });
    return;
  }
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    // Without a message of its own, the branch that came furthest says the most.
    const best = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a))[0];
    if (best !== undefined && best.length > 0) {
      for (const inner of best) collect(inner, path, into);
      return;
    }
  }
  into.push({ path: formatPath(path), ...(saidBySchema(issue.message) ?? { message: issue.message }) });
};

const depthOf = (issues: readonly ZodIssue[]): number =>
  Math.max(0, ...issues.map((issue) => issue.path.length));

export const formatPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
