// The small part of JSONPath (RFC 9535) that names one value: `$.name`, `['name']`, `[0]`, and `[-1]` for the last.
// Pure. Read by the judge of definitions and by agents, which take values out of outputs with it.

export type JsonPath = readonly (string | number)[];

const step = /^(?:\.([\p{L}_$][\p{L}\p{N}_$-]*)|\[(-?\d{1,9})\]|\[(?:'([^']*)'|"([^"]*)")\])/u;

/** Null if the text is no such path. */
export function parseJsonPath(text: string): JsonPath | null {
  if (!text.startsWith('$')) return null;
  const path: (string | number)[] = [];
  let rest = text.slice(1);
  while (rest !== '') {
    const match = step.exec(rest);
    if (match === null) return null;
    const [whole, name, index, single, double] = match;
    path.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index));
    rest = rest.slice(whole.length);
  }
  return path;
}

/** What stands at the path; undefined: nothing. */
export function valueAtPath(value: unknown, path: JsonPath): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    if (typeof key === 'number') at = Array.isArray(at) ? (at as unknown[]).at(key) : undefined;
    else at = !Array.isArray(at) && Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined;
  }
  return at;
}
