// Judges the edges among the units of one net: each leads to another sibling, once, and no unit waits for itself by way of others.
import type { Edge } from '@nezuban/protocol/jobs/units/unit-base';
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { nearestHint } from '../text/did-you-mean.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';
import { issuesMax } from './reading-bounds.ts';

/** Units named in the message about a circle; longer ones are cut in the middle. */
const cycleNamesMax = 12;

type Arrow = { readonly to: number; readonly path: readonly PathSegment[] };

export function judgeEdges(units: readonly UnitDefinition[], path: readonly PathSegment[]): PathIssue[] {
  const indexOf = new Map<string, number>();
  for (const [index, unit] of units.entries()) if (!indexOf.has(unit.name)) indexOf.set(unit.name, index);
  const issues: PathIssue[] = [];
  const arrows = units.map((unit, index): Arrow[] => {
    const seen = new Set<string>();
    return edgesOf(unit).flatMap(({ edge, at }) => {
      const place = [...path, index, 'after', ...at, 'unit'];
      const to = indexOf.get(edge.unit);
      if (to !== undefined && edge.unit !== unit.name && !seen.has(edge.unit)) {
        seen.add(edge.unit);
        return [{ to, path: place }];
      }
      // Suggestions are searched only for what is reported: a file may hold a hundred thousand wrong edges.
      if (issues.length < issuesMax) issues.push({ path: place, ...wrongEdge(unit, edge, indexOf) });
      return [];
    });
  });
  const cycle = findCycle(arrows);
  if (cycle !== null)
    issues.push({
      path: cycle.path,
      ...say('edge_circle', { circle: cycleText(cycle.units.map((index) => units[index]?.name ?? '')) }),
    });
  return issues;
}

function edgesOf(unit: UnitDefinition): { readonly edge: Edge; readonly at: readonly PathSegment[] }[] {
  const { after } = unit;
  if (after === undefined) return [];
  const [mode, edges] = 'any' in after ? (['any', after.any] as const) : (['all', after.all] as const);
  return edges.map((edge, index) => ({ edge, at: [mode, index] }));
}

function wrongEdge(unit: UnitDefinition, edge: Edge, names: ReadonlyMap<string, number>): Said {
  if (edge.unit === unit.name) return say('edge_to_itself', { unit: unit.name });
  if (!names.has(edge.unit))
    return say('edge_no_unit', { unit: edge.unit, hint: nearestHint(edge.unit, names.keys()) });
  return say('edge_twice', { unit: edge.unit });
}

/** The first circle found, in the order in which its units run, and the place of the edge that closes it. Without recursion: chains are long. */
function findCycle(
  arrows: readonly (readonly Arrow[])[],
): { readonly units: readonly number[]; readonly path: readonly PathSegment[] } | null {
  const done = new Uint8Array(arrows.length);
  const onTrail = new Uint8Array(arrows.length);
  for (let start = 0; start < arrows.length; start += 1) {
    if (done[start] === 1) continue;
    const trail = [{ unit: start, next: 0 }];
    onTrail[start] = 1;
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const arrow = arrows[top.unit]?.[top.next];
      top.next += 1;
      if (arrow === undefined) {
        done[top.unit] = 1;
        onTrail[top.unit] = 0;
        trail.pop();
      } else if (onTrail[arrow.to] === 1) {
        const from = trail.findIndex(({ unit }) => unit === arrow.to);
        return {
          units: [
            arrow.to,
            ...trail
              .slice(from)
              .map(({ unit }) => unit)
              .toReversed(),
          ],
          path: arrow.path,
        };
      } else if (done[arrow.to] === 0) {
        onTrail[arrow.to] = 1;
        trail.push({ unit: arrow.to, next: 0 });
      }
    }
  }
  return null;
}

function cycleText(names: readonly string[]): string {
  if (names.length <= cycleNamesMax) return names.join(' -> ');
  const half = cycleNamesMax / 2;
  return [
    ...names.slice(0, half),
    `... ${names.length - cycleNamesMax} more ...`,
    ...names.slice(-half),
  ].join(' -> ');
}
