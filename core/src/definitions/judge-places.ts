// Judges what units and nets ask for before they start, and how a target chooses among nodes: what contradicts itself, and locks inside locks,
// by which two sessions could wait for each other for ever.
import { isAttemptType } from '@nezuban/protocol/jobs/units/attempt-units';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { Target } from '@nezuban/protocol/jobs/units/unit-base';
import { say, type Sentence } from '@nezuban/protocol/sentences/sentence';
import type { PathIssue, PathSegment } from './path-issue.ts';

type Path = readonly PathSegment[];
type Keys = Pick<UnitDefinition, 'locks' | 'queue' | 'name'> & { readonly target?: Target | undefined };

export function judgePlaces(definition: JobNetDefinition): PathIssue[] {
  const issues = [...judgeOverlap(definition), ...judgeKeys(definition, [])];
  judgeInside(definition.units, {
    path: ['units'],
    lockedBy: definition.locks === undefined ? null : netOf(definition),
    issues,
  });
  return issues;
}

function judgeOverlap({
  name,
  overlap,
  overlap_max: max,
  exclusive_with: others,
}: JobNetDefinition): PathIssue[] {
  const issues: PathIssue[] = [];
  if (max !== undefined && (overlap === undefined || overlap === 'parallel'))
    issues.push({
      path: ['overlap_max'],
      ...say('overlap_max_needs_overlap'),
    });
  const itself = others?.indexOf(name) ?? -1;
  if (itself !== -1)
    issues.push({
      path: ['exclusive_with', itself],
      ...say('exclusive_with_itself'),
    });
  return issues;
}

function judgeInside(
  units: readonly UnitDefinition[],
  place: { readonly path: Path; readonly lockedBy: Sentence | null; readonly issues: PathIssue[] },
): void {
  for (const [index, unit] of units.entries()) {
    const path = [...place.path, index];
    place.issues.push(...judgeKeys(unit, path));
    if (unit.locks !== undefined && place.lockedBy !== null)
      place.issues.push({
        path: [...path, 'locks'],
        ...say('locks_inside_locks', { around: place.lockedBy }),
      });
    if (
      unit.queue !== undefined &&
      unit.type !== 'net' &&
      unit.type !== 'net_ref' &&
      !isAttemptType(unit.type)
    )
      place.issues.push({
        path: [...path, 'queue'],
        ...say('queue_without_node', { type: unit.type }),
      });
    if (unit.type !== 'net') continue;
    const lockedBy = unit.locks === undefined ? place.lockedBy : netOf(unit);
    judgeInside(unit.units, { ...place, path: [...path, 'units'], lockedBy });
  }
}

function netOf({ name }: { readonly name: string }): Sentence {
  return { code: 'place_the_net', values: { name } };
}

function judgeKeys({ locks, target }: Keys, path: Path): PathIssue[] {
  const issues: PathIssue[] = [];
  const seen = new Set<string>();
  for (const [index, { name }] of (locks ?? []).entries()) {
    if (seen.has(name)) issues.push({ path: [...path, 'locks', index], ...say('lock_twice', { name }) });
    seen.add(name);
  }
  return [...issues, ...judgeTarget(target, [...path, 'target'])];
}

function judgeTarget(target: Target | undefined, path: Path): PathIssue[] {
  if (target === undefined || 'node' in target) return [];
  const { mode, order, answer_within_s: answer, if_unknown: unknown } = target;
  const issues: PathIssue[] = [];
  if (mode === 'all') {
    for (const [key, value] of Object.entries({ order, answer_within_s: answer, if_unknown: unknown }))
      if (value !== undefined)
        issues.push({
          path: [...path, key],
          ...say('target_all_chooses_none'),
        });
  } else if (unknown !== undefined && answer === undefined)
    issues.push({
      path: [...path, 'if_unknown'],
      ...say('if_unknown_needs_answer'),
    });
  return issues;
}
