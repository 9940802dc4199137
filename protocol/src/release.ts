// Numbers of releases: how they are written and which is older. Pure. For schemas that name the oldest release that may run on them, and
// for what an upgrade may jump over.

export type Release = { readonly major: number; readonly minor: number; readonly patch: number };

/** `1.4.2`, with or without a word behind it (`1.4.2-rc.1`, which counts as 1.4.2). Null: it is none. */
export const parseRelease = (text: string): Release | null => {
  const match = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-+][0-9A-Za-z.+-]*)?$/.exec(text);
  return match === null
    ? null
    : { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) };
};

/** Below zero: `a` is older. What is no release is older than any. */
export const compareReleases = (a: string, b: string): number => {
  const [left, right] = [parseRelease(a), parseRelease(b)];
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  return left.major - right.major || left.minor - right.minor || left.patch - right.patch;
};

/** The newest of them; undefined of none. */
export const newestRelease = (releases: readonly string[]): string | undefined =>
  releases.toSorted(compareReleases).at(-1);
