// Judges what a schema cannot: names that must be unique, edges that must lead somewhere and never in a circle, zones, cron expressions,
// exit codes, schedules' parameters. A definition without issues here can be planned and run.
// Called for every definition before it is stored, by `parseDefinitionFile` for YAML and `parseDefinitionValue` for the API.
import type { Issue } from '@nezuban/protocol/errors';
import { definitionLimits } from '@nezuban/protocol/jobs/definition';
import type { CommandUnit, JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { parseExitCodeRanges } from '../jobs/exit-codes.ts';
import type { ExitCodeRange } from '../jobs/exit-codes.ts';
import { duplicateNames } from './duplicate-names.ts';
import { judgeEdges } from './judge-edges.ts';
import { judgeSchedules } from './judge-schedules.ts';
import { judgeTimeZone } from './judge-time-zone.ts';
import { issueOf } from './path-issue.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';
import { issuesMax } from './reading-bounds.ts';

/** Characters of a unit's path; the schema of unit paths ends there. */
const pathLengthMax = 1000;

export function judgeJobNet(definition: JobNetDefinition): Issue[] {
  return judgeJobNetPaths(definition).map(issueOf);
}

/** The same with paths as segments, for whoever knows their lines. */
export function judgeJobNetPaths(definition: JobNetDefinition): PathIssue[] {
  const issues: PathIssue[] = [];
  const zone = judgeTimeZone(definition.timezone, ['timezone']);
  if (zone !== null) issues.push(zone);
  issues.push(...duplicateNames(definition.parameters, ['parameters'], 'parameter'));
  issues.push(...judgeSchedules(definition));
  const walk = new UnitWalk(issues);
  walk.net(definition.units, {
    path: ['units'],
    depth: 1,
    nameLength: 0,
    hasTarget: definition.target !== undefined,
  });
  walk.finish();
  return issues.slice(0, issuesMax);
}

type NetPlace = {
  readonly path: readonly PathSegment[];
  readonly depth: number;
  readonly nameLength: number;
  readonly hasTarget: boolean;
};

class UnitWalk {
  readonly #issues: PathIssue[];
  #units = 0;
  #withoutTarget = 0;
  #firstWithoutTarget: readonly PathSegment[] | null = null;

  constructor(issues: PathIssue[]) {
    this.#issues = issues;
  }

  net(units: readonly UnitDefinition[], place: NetPlace): void {
    if (place.depth > definitionLimits.depthMax) {
      this.#issues.push({
        path: place.path,
        message: `nets are nested ${place.depth} deep here; at most ${definitionLimits.depthMax} are allowed`,
      });
      return;
    }
    this.#units += units.length;
    this.#issues.push(...duplicateNames(units, place.path, 'unit'), ...judgeEdges(units, place.path));
    for (const [index, unit] of units.entries()) {
      if (this.#issues.length >= issuesMax) return;
      this.#unit(unit, {
        ...place,
        path: [...place.path, index],
        nameLength: place.nameLength + unit.name.length + 1,
      });
    }
  }

  finish(): void {
    if (this.#units > definitionLimits.unitsMax) {
      this.#issues.unshift({
        path: ['units'],
        message: `the net has ${this.#units} units, nested ones included; at most ${definitionLimits.unitsMax} are allowed`,
      });
    }
    if (this.#firstWithoutTarget === null) return;
    const others = this.#withoutTarget - 1;
    const more = others === 0 ? '' : `; the same goes for ${others} more`;
    this.#issues.push({
      path: this.#firstWithoutTarget,
      message: `has no target: give { node: NAME } or { scope: NAME } here, at a net around it, or at the top of the file${more}`,
    });
  }

  #unit(unit: UnitDefinition, place: NetPlace): void {
    if (place.nameLength > pathLengthMax)
      this.#issues.push({
        path: [...place.path, 'name'],
        message: `the unit's path is longer than ${pathLengthMax} characters`,
      });
    const hasTarget = place.hasTarget || unit.target !== undefined;
    if (unit.type === 'net')
      this.net(unit.units, { ...place, path: [...place.path, 'units'], depth: place.depth + 1, hasTarget });
    else this.#command(unit, { ...place, hasTarget });
  }

  #command(unit: CommandUnit, place: NetPlace): void {
    if (!place.hasTarget) {
      this.#withoutTarget += 1;
      this.#firstWithoutTarget ??= place.path;
    }
    this.#issues.push(...judgeExitCodes(unit, place.path));
    const entries = Object.keys(unit.environment ?? {}).length;
    if (entries > definitionLimits.environmentEntriesMax) {
      this.#issues.push({
        path: [...place.path, 'environment'],
        message: `has ${entries} variables; at most ${definitionLimits.environmentEntriesMax} are allowed`,
      });
    }
  }
}

function judgeExitCodes(unit: CommandUnit, path: readonly PathSegment[]): PathIssue[] {
  const codes = unit.exit_codes;
  if (codes === undefined) return [];
  const issues: PathIssue[] = [];
  const seen: (ExitCodeRange & { readonly key: string })[] = [];
  for (const key of ['normal', 'warning'] as const) {
    const text = codes[key];
    if (text === undefined) continue;
    for (const range of parseExitCodeRanges(text)) {
      const wrong = wrongRange(range, seen);
      if (wrong !== null) issues.push({ path: [...path, 'exit_codes', key], message: wrong });
      seen.push({ ...range, key });
    }
  }
  return issues;
}

function wrongRange(
  { from, to }: ExitCodeRange,
  seen: readonly (ExitCodeRange & { readonly key: string })[],
): string | null {
  const text = from === to ? String(from) : `${from}-${to}`;
  if (to > 255 || from > 255) return `exit codes go from 0 to 255; "${text}" does not fit`;
  if (from > to) return `the range "${text}" is upside down; write "${to}-${from}"`;
  const other = seen.find((range) => from <= range.to && to >= range.from);
  if (other === undefined) return null;
  return `"${text}" overlaps with "${other.from === other.to ? other.from : `${other.from}-${other.to}`}" of "${other.key}"; each exit code may stand once`;
}
