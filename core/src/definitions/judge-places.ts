// Judges what units and nets ask for before they start, and how a target chooses among nodes: what contradicts itself, and locks inside locks,
// by which two sessions could wait for each other for ever.
import { isAttemptType } from '@nezuban/protocol/jobs/units/attempt-units';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { Target } from '@nezuban/protocol/jobs/units/unit-base';
import type { PathIssue, PathSegment } from './path-issue.ts';

type Path = readonly PathSegment[];
type Keys = Pick<UnitDefinition, 'locks' | 'queue' | 'name'> & { readonly target?: Target | undefined };

export function judgePlaces(definition: JobNetDefinition): PathIssue[] {
  const issues = [...judgeOverlap(definition), ...judgeKeys(definition, [])];
  judgeInside(definition.units, {
    path: ['units'],
    lockedBy: definition.locks === undefined ? null : `the net "${definition.name}"`,
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
      message: 'needs "overlap: queue" or "overlap: skip": it says from how many sessions on that counts',
    });
  const itself = others?.indexOf(name) ?? -1;
  if (itself !== -1)
    issues.push({
      path: ['exclusive_with', itself],
      message: 'names the net itself; for one session at a time write "overlap: queue"',
    });
  return issues;
}

function judgeInside(
  units: readonly UnitDefinition[],
  place: { readonly path: Path; readonly lockedBy: string | null; readonly issues: PathIssue[] },
): void {
  for (const [index, unit] of units.entries()) {
    const path = [...place.path, index];
    place.issues.push(...judgeKeys(unit, path));
    if (unit.locks !== undefined && place.lockedBy !== null)
      place.issues.push({
        path: [...path, 'locks'],
        message: `lie inside ${place.lockedBy}, which has locks itself; name all of them there, so that they are taken together`,
      });
    if (
      unit.queue !== undefined &&
      unit.type !== 'net' &&
      unit.type !== 'net_ref' &&
      !isAttemptType(unit.type)
    )
      place.issues.push({
        path: [...path, 'queue'],
        message: `a unit of type ${unit.type} runs nothing on a node, so it needs no queue`,
      });
    if (unit.type !== 'net') continue;
    const lockedBy = unit.locks === undefined ? place.lockedBy : `the net "${unit.name}"`;
    judgeInside(unit.units, { ...place, path: [...path, 'units'], lockedBy });
  }
}

function judgeKeys({ locks, target }: Keys, path: Path): PathIssue[] {
  const issues: PathIssue[] = [];
  const seen = new Set<string>();
  for (const [index, { name }] of (locks ?? []).entries()) {
    if (seen.has(name))
      issues.push({ path: [...path, 'locks', index], message: `names the lock "${name}" twice` });
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
          message: 'needs "mode: any", "least_loaded" or "by_priority": with "all" no node is chosen',
        });
  } else if (unknown !== undefined && answer === undefined)
    issues.push({
      path: [...path, 'if_unknown'],
      message: 'needs "answer_within_s": without it no agent loses an order',
    });
  return issues;
}
