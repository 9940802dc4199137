// Where in a YAML text a path of a value stands. A path that the text does not hold (a missing key, a place that the schema has
// written out longer) is answered with the nearest place around it.
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Node, Pair } from 'yaml';
import type { PathIssue } from './path-issue.ts';
import type { YamlDocument } from './yaml-documents.ts';
import { offsetOf } from './yaml-value.ts';

type Place = { readonly key: Node | null; readonly value: Node | null };

export function offsetOfIssue(
  document: YamlDocument,
  { path, atKey }: Pick<PathIssue, 'path' | 'atKey'>,
): number {
  let place: Place = { key: null, value: document.contents };
  let complete = true;
  for (const segment of path) {
    const value: Node | null = isAlias(place.value) ? (place.value.resolve(document) ?? null) : place.value;
    const next = step(value, segment);
    if (next === 'here') continue;
    if (next === null) {
      complete = false;
      break;
    }
    place = next;
  }
  const atKeyOfPlace = complete && (atKey === true || place.value === null || !isScalar(place.value));
  const node = atKeyOfPlace ? (place.key ?? place.value) : (place.value ?? place.key);
  return node === null ? (document.range[0] ?? 0) : offsetOf(node);
}

function step(node: Node | null, segment: string | number): Place | 'here' | null {
  if (isMap(node)) {
    const pair = (node.items as Pair<Node, Node | null>[]).find(
      ({ key }) => isScalar(key) && String(key.value) === String(segment),
    );
    return pair === undefined ? null : { key: pair.key, value: pair.value };
  }
  if (isSeq(node)) {
    // A bare list under "after" means { all: list }.
    if (segment === 'all') return 'here';
    const item = typeof segment === 'number' ? node.items[segment] : undefined;
    return item === undefined ? null : { key: null, value: item as Node | null };
  }
  // A bare name as an edge means { unit: name }.
  return segment === 'unit' ? 'here' : null;
}
