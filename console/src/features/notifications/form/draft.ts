// A definition while it is edited: a plain tree that need not be valid yet, read and changed by paths such as `channel.smtp.host`, and what
// its schema finds wrong, by path. Pure. Called by the forms of notifications.
import type { z } from 'zod';

export type Draft = Readonly<Record<string, unknown>>;
export type Faults = ReadonlyMap<string, Fault>;
export type Fault = { readonly issue: Issue; readonly missing: boolean };
/** What a schema says, or a judgement in words alone. */
export type Issue = { readonly code: string; readonly message: string; readonly [key: string]: unknown };

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What has no content: a key with it is left out. */
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** Keys stay in their place when their value is taken out, so that a value that is put back is no change. */
export const hasContent = (tree: Draft): boolean => Object.values(tree).some((value) => value !== undefined);

export const valueAt = (draft: unknown, path: string): unknown => {
  let at = draft;
  for (const key of path.split('.'))
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  return at;
};

/**
 * The draft with another value. Without content the value is taken out, and so is an object that has nothing left in it: what is left out is no
 * condition. Items of lists stay, empty or not.
 */
export const withValueAt = (draft: Draft, path: string, value: unknown): Draft =>
  changed(draft, path.split('.'), value) as Draft;

const changed = (tree: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown => {
  if (Array.isArray(tree)) {
    const index = Number(key);
    return tree.map((item: unknown, at) =>
      at === index ? (rest.length === 0 ? value : changed(item, rest, value)) : item,
    );
  }
  const before = isTree(tree) ? tree : {};
  const next = rest.length === 0 ? value : changed(before[key], rest, value);
  const isGone = isEmpty(next) || (rest.length > 0 && isTree(next) && !hasContent(next));
  return { ...before, [key]: isGone ? undefined : next };
};

type Schema = {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true }
    | { readonly success: false; readonly error: { readonly issues: readonly z.core.$ZodIssue[] } };
};

/** The first fault of each place. */
export const faultsOf = (schema: Schema, draft: Draft): Faults => {
  const parsed = schema.safeParse(draft);
  const faults = new Map<string, Fault>();
  if (parsed.success) return faults;
  for (const issue of parsed.error.issues) {
    const path = issue.path.map(String).join('.');
    if (!faults.has(path))
      faults.set(path, { issue: issue as unknown as Issue, missing: isEmpty(valueAt(draft, path)) });
  }
  return faults;
};

/** The fault of a place, or of something in it. */
export const faultWithin = (faults: Faults, path: string): Fault | undefined => {
  const own = faults.get(path);
  if (own !== undefined) return own;
  for (const [at, fault] of faults) if (at.startsWith(`${path}.`)) return fault;
  return undefined;
};

export const hasAny = (draft: Draft, paths: readonly string[]): boolean =>
  paths.some((path) => !isEmpty(valueAt(draft, path)));
