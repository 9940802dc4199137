// Judges what a schema cannot: names that must be unique, edges that must lead somewhere and never in a circle, zones, cron expressions,
// exit codes, schedules' parameters. A definition without issues here can be planned and run.
// Called for every definition before it is stored, by `parseDefinitionFile` for YAML and `parseDefinitionValue` for the API.
import type { Issue } from '@nezuban/protocol/errors';
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import { isAttemptUnit, type AttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { say } from '@nezuban/protocol/sentences/sentence';
import { duplicateNames } from './duplicate-names.ts';
import { judgeControlUnit } from './judge-control-unit.ts';
import { judgeEdges } from './judge-edges.ts';
import { judgeUnitLimits } from './judge-unit-limits.ts';
import { judgeAttemptUnit } from './judge-attempt-unit.ts';
import { judgeInsideUnits } from './judge-inside-units.ts';
import { judgeDelays } from './judge-delays.ts';
import { judgeBusinessDate } from './judge-business-date.ts';
import { judgePlaces } from './judge-places.ts';
import { judgeParameters } from './judge-parameters.ts';
import { judgeSchedules } from './judge-schedules.ts';
import { judgeStartConditions } from './judge-start-conditions.ts';
import { judgeTimeZone } from './judge-time-zone.ts';
import { judgeVariables } from './judge-variables.ts';
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
  issues.push(...judgeParameters(definition.parameters), ...judgeSchedules(definition));
  const walk = new UnitWalk(issues, new Set(definition.parameters.map(({ name }) => name)));
  walk.net(definition.units, {
    path: ['units'],
    depth: 1,
    nameLength: 0,
    hasTarget: definition.target !== undefined,
  });
  walk.finish();
  issues.push(...judgeVariables(definition), ...judgeBusinessDate(definition));
  issues.push(...judgeInsideUnits(definition), ...judgePlaces(definition), ...judgeDelays(definition));
  issues.push(...judgeStartConditions(definition), ...judgeUnitLimits(definition.limits, []));
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
  readonly #parameters: ReadonlySet<string>;
  #units = 0;
  #withoutTarget = 0;
  #firstWithoutTarget: readonly PathSegment[] | null = null;

  constructor(issues: PathIssue[], parameters: ReadonlySet<string>) {
    this.#issues = issues;
    this.#parameters = parameters;
  }

  net(units: readonly UnitDefinition[], place: NetPlace): void {
    if (place.depth > definitionLimits.depthMax) {
      this.#issues.push({
        path: place.path,
        ...say('net_too_deep', { depth: place.depth, max: definitionLimits.depthMax }),
      });
      return;
    }
    this.#units += units.length;
    this.#issues.push(...duplicateNames(units, place.path, 'unit'), ...judgeEdges(units, place.path));
    for (const [index, unit] of units.entries()) {
      if (this.#issues.length >= issuesMax) return;
      this.#issues.push(
        ...judgeControlUnit(unit, {
          path: [...place.path, index],
          siblings: units,
          parameters: this.#parameters,
        }),
      );
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
        ...say('net_too_many_units', { units: this.#units, max: definitionLimits.unitsMax }),
      });
    }
    if (this.#firstWithoutTarget === null) return;
    const others = this.#withoutTarget - 1;
    this.#issues.push({
      path: this.#firstWithoutTarget,
      ...say('no_target', {
        more: others === 0 ? '' : { code: 'no_target_more', values: { count: others } },
      }),
    });
  }

  #unit(unit: UnitDefinition, place: NetPlace): void {
    if (place.nameLength > pathLengthMax)
      this.#issues.push({
        path: [...place.path, 'name'],
        ...say('unit_path_too_long', { max: pathLengthMax }),
      });
    if (unit.type !== 'net' && !isAttemptUnit(unit)) return;
    const hasTarget = place.hasTarget || unit.target !== undefined;
    if (unit.type === 'net')
      this.net(unit.units, { ...place, path: [...place.path, 'units'], depth: place.depth + 1, hasTarget });
    else this.#attempts(unit, { ...place, hasTarget });
  }

  #attempts(unit: AttemptUnit, place: NetPlace): void {
    if (!place.hasTarget) {
      this.#withoutTarget += 1;
      this.#firstWithoutTarget ??= place.path;
    }
    this.#issues.push(...judgeAttemptUnit(unit, place.path));
  }
}
