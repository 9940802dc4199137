// What is wrong with a draft, by the same judge that the manager asks, with the unit and the field of each place. Pure; loaded with the editor only.
// Called a moment after each change, and with what the manager answers to a save.
import { parseDefinitionPaths } from '@nezuban/core/definitions/parse-definition-value';
import { pathText, type PathSegment } from '@nezuban/core/definitions/path-issue';
import type { Issue } from '@nezuban/protocol/errors';
import { pathIn } from '../../layout/graph-unit.ts';
import type { DraftNet, DraftUnit } from './draft-net.ts';

/** `message` is English; whoever shows it says it by `sentenceIn`. */
export type DraftIssue = Pick<Issue, 'message' | 'code' | 'values'> & {
  /** Path of the unit; null: the net itself. */
  readonly unit: string | null;
  /** The way from there: `retry.count`; empty for the whole. */
  readonly field: string;
};

export const judgeDraft = (net: DraftNet): DraftIssue[] => {
  const parsed = parseDefinitionPaths(net);
  return parsed.ok
    ? []
    : parsed.issues.map(({ path, atKey: _atKey, ...said }) => ({ ...placeOf(net, path), ...said }));
};

/** An issue whose path is text, as the manager answers it: `units[3].units[0].retry.count`. */
export const draftIssueOf = (
  net: DraftNet,
  { path, line: _line, column: _column, file: _file, ...said }: Issue,
): DraftIssue => {
  const segments = [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(
    ([, index, quoted, word]): PathSegment => (index === undefined ? (quoted ?? word ?? '') : Number(index)),
  );
  return { ...placeOf(net, segments), ...said };
};

const placeOf = (net: DraftNet, path: readonly PathSegment[]): Pick<DraftIssue, 'unit' | 'field'> => {
  let units: readonly DraftUnit[] | undefined = net.units;
  let place: string | null = null;
  let at = 0;
  while (path[at] === 'units') {
    const index = path[at + 1];
    const unit: DraftUnit | undefined = typeof index === 'number' ? units?.[index] : undefined;
    if (unit === undefined) break;
    place = pathIn(place, unit.name);
    ({ units } = unit);
    at += 2;
  }
  return { unit: place, field: pathText(path.slice(at)) };
};

/** By unit, the net's own under `null`. */
export const issuesByUnit = (
  issues: readonly DraftIssue[],
): ReadonlyMap<string | null, readonly DraftIssue[]> => Map.groupBy(issues, ({ unit }) => unit);
