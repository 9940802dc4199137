// Judges what units say of variables: places in their texts, what they take out of outputs, and questions about that.
// Called once for a whole definition by `judgeJobNetPaths`. That a referenced net and a kept secret exist is seen where there is a database.
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { parseJsonPath } from '@nezuban/protocol/jobs/json-path';
import type { CommandUnit } from '@nezuban/protocol/jobs/units/command';
import type { UnitOutput } from '@nezuban/protocol/jobs/units/unit-output';
import { say, type Said, type Sentence } from '@nezuban/protocol/sentences/sentence';
import { declaredOutputs } from '../jobs/declared-outputs.ts';
import { placesOf, readPlaces, type Place, type Reading } from '../jobs/variables/places.ts';
import { outputVariable } from '../jobs/variables/place-values.ts';
import { nearestHint } from '../text/did-you-mean.ts';
import { compilePattern } from '../traps/rules/bounded-pattern.ts';
import { duplicateNames } from './duplicate-names.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';
import { issuesMax } from './reading-bounds.ts';
import { shellTextsOf, textsOf } from './texts-of-unit.ts';

type Path = readonly PathSegment[];
/** A net on the way to the unit: its units, and which of them the way leads through. */
type Level = { readonly units: ReadonlyMap<string, UnitDefinition>; readonly name: string };

export function judgeVariables(definition: JobNetDefinition): PathIssue[] {
  const walk = new VariableWalk(definition);
  walk.net(definition.units, ['units'], []);
  return walk.issues;
}

class VariableWalk {
  readonly issues: PathIssue[] = [];
  readonly #declared: ReadonlyMap<string, { readonly type?: string | undefined }>;

  readonly #hasBusinessDate: boolean;

  constructor({ parameters, business_date: businessDate }: JobNetDefinition) {
    this.#hasBusinessDate = businessDate !== undefined;
    this.#declared = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  }

  net(units: readonly UnitDefinition[], path: Path, around: readonly Level[]): void {
    const byName = new Map(units.map((unit) => [unit.name, unit]));
    for (const [index, unit] of units.entries()) {
      if (this.issues.length >= issuesMax) return;
      const at = [...path, index];
      const levels = [{ units: byName, name: unit.name }, ...around];
      if (unit.type === 'net') this.net(unit.units, [...at, 'units'], levels);
      else this.#unit(unit, at, levels);
    }
  }

  #unit(unit: UnitDefinition, path: Path, levels: readonly Level[]): void {
    for (const { key, text, reading, secrets } of textsOf(unit))
      for (const said of this.#problems(text, { reading, secrets }, levels))
        this.#report([...path, ...key], said);
    for (const { key, text } of shellTextsOf(unit)) {
      const [place] = placesOf(text, 'program');
      if (place !== undefined) this.#report([...path, ...key], shellAdvice(place));
    }
    if (unit.type === 'command') this.issues.push(...judgeCommandInput(unit, path));
    if ('outputs' in unit && unit.outputs !== undefined)
      this.issues.push(...judgeOutputs(unit.outputs, path));
    if (
      unit.type === 'judgment' &&
      'parameter' in unit.if &&
      this.#isSecret({ kind: 'parameter', name: unit.if.parameter }, levels)
    )
      this.#report([...path, 'if', 'parameter'], say('is_secret_answer'));
    if (unit.type === 'judgment' && 'output' in unit.if) {
      const { unit: name, output } = unit.if;
      const problem = this.#unitProblem(name, output, levels);
      if (problem !== null) this.#report([...path, 'if', 'unit'], problem);
      else if (this.#isSecret({ kind: 'unit_output', unit: name, name: output }, levels))
        this.#report([...path, 'if', 'output'], say('is_secret_answer'));
    }
  }

  #report(path: Path, said: Said): void {
    this.issues.push({ path, ...said });
  }

  #problems(
    text: string,
    { reading, secrets }: { readonly reading: Reading; readonly secrets: boolean },
    levels: readonly Level[],
  ): Said[] {
    const { parts, problems } = readPlaces(text, reading);
    const found = [...problems];
    for (const place of parts) {
      if (typeof place === 'string') continue;
      const problem = this.#placeProblem(place, levels);
      if (problem !== null) found.push(problem);
      else if (!secrets && this.#isSecret(place, levels)) found.push(say('secret_would_show'));
    }
    return found;
  }

  #placeProblem(place: Place, levels: readonly Level[]): Said | null {
    switch (place.kind) {
      case 'parameter':
        return this.#declared.has(place.name)
          ? null
          : say('place_no_parameter', {
              place: `{{parameter.${place.name}}}`,
              name: place.name,
              hint: nearestHint(place.name, this.#declared.keys()),
            });
      case 'unit_exit_code':
      case 'unit_status':
        return this.#unitProblem(place.unit, null, levels);
      case 'unit_output':
        return this.#unitProblem(place.unit, place.name, levels);
      case 'business_date':
        return this.#hasBusinessDate ? null : say('place_business_date_none', { place: '{{business_date}}' });
      default:
        return null;
    }
  }

  #isSecret(place: Place, levels: readonly Level[]): boolean {
    if (place.kind === 'secret') return true;
    if (place.kind === 'parameter') return this.#declared.get(place.name)?.type === 'secret';
    if (place.kind !== 'unit_output') return false;
    const found = findUnit(place.unit, levels);
    return outputsOf(found?.unit)?.find(({ name }) => name === place.name)?.secret === true;
  }

  /** It must be there, have ended for sure, and take such an output. */
  #unitProblem(name: string, output: string | null, levels: readonly Level[]): Said | null {
    const found = findUnit(name, levels);
    if (found === null) {
      const near = levels.flatMap(({ units }) => [...units.keys()]);
      return say('unit_not_near', { unit: name, hint: nearestHint(name, near) });
    }
    if (!comesBefore(found.first, found.level))
      return say('unit_not_before', { unit: name, first: found.first });
    if (output === null) return null;
    const outputs = outputsOf(found.unit);
    if (outputs === null) return say('unit_without_outputs', { unit: name, type: found.unit.type });
    const names = outputs.map((each) => each.name);
    return names.includes(output)
      ? null
      : say('output_not_declared', { output, unit: name, hint: nearestHint(output, names) });
  }
}

function shellAdvice(place: Place): Said {
  const instead: Sentence =
    place.kind === 'parameter'
      ? { code: 'write_parameter', values: { name: place.name } }
      : place.kind === 'unit_output'
        ? { code: 'write_output', values: { name: outputVariable(place.unit, place.name) } }
        : { code: 'write_environment' };
  return say('place_in_shell', { instead });
}

function outputsOf(unit: UnitDefinition | undefined): readonly UnitOutput[] | null {
  return unit === undefined ? null : declaredOutputs(unit);
}

type Found = { readonly unit: UnitDefinition; readonly first: string; readonly level: Level };

/** By its name or path, from the nearest net outwards. */
function findUnit(path: string, levels: readonly Level[]): Found | null {
  const [first = '', ...rest] = path.split('/');
  for (const level of levels) {
    let unit = level.units.get(first);
    if (unit === undefined) continue;
    for (const name of rest) {
      const inner: UnitDefinition | undefined =
        unit?.type === 'net' ? unit.units.find((each) => each.name === name) : undefined;
      unit = inner;
    }
    // A referenced net keeps what is inside to itself.
    return unit === undefined ? null : { unit, first, level };
  }
  return null;
}

/** Whether the level's own unit waits for that one, directly or through others. */
function comesBefore(name: string, { units, name: own }: Level): boolean {
  const seen = new Set<string>();
  const open = [own];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const before of namesBefore(units.get(at))) {
      if (before === name) return true;
      if (seen.has(before)) continue;
      seen.add(before);
      open.push(before);
    }
  }
  return false;
}

function namesBefore(unit: UnitDefinition | undefined): string[] {
  const after = unit?.after;
  if (after === undefined) return [];
  return ('any' in after ? after.any : after.all).map((edge) => edge.unit);
}

function judgeCommandInput(unit: CommandUnit, path: Path): PathIssue[] {
  const issues: PathIssue[] = [];
  if ((unit.command === undefined) === (unit.script === undefined))
    issues.push({
      path: [...path, 'command'],
      ...(unit.script === undefined ? say('command_missing') : say('command_beside_script')),
    });
  if (unit.arguments !== undefined && unit.script === undefined)
    issues.push({
      path: [...path, 'arguments'],
      ...say('arguments_belong_to_script'),
    });
  if (unit.stdin !== undefined && unit.stdin_file !== undefined)
    issues.push({ path: [...path, 'stdin'], ...say('stdin_beside_file') });
  const files = Object.keys(unit.files ?? {});
  if (files.length > filesMax)
    issues.push({
      path: [...path, 'files'],
      ...say('too_many_files', { count: files.length, max: filesMax }),
    });
  for (const name of files)
    if (unit.environment !== undefined && Object.hasOwn(unit.environment, name))
      issues.push({
        path: [...path, 'files', name],
        ...say('file_is_variable'),
      });
  return issues;
}

/** As the link to agents allows. */
const filesMax = 32;

function judgeOutputs(outputs: readonly UnitOutput[], path: Path): PathIssue[] {
  const issues = [...duplicateNames(outputs, [...path, 'outputs'], 'output')];
  for (const [index, output] of outputs.entries()) {
    const at = [...path, 'outputs', index];
    const problem = outputProblem(output);
    if (problem !== null) issues.push({ path: [...at, ...problem.key], ...problem.said });
  }
  return issues;
}

function outputProblem(output: UnitOutput): { readonly key: Path; readonly said: Said } | null {
  const { regex, json, take, ignore_case: ignoreCase } = output;
  if ((regex === undefined) === (json === undefined)) return { key: [], said: say('output_needs_one') };
  if (json !== undefined) {
    if (parseJsonPath(json) === null) return { key: ['json'], said: say('output_json_path') };
    if (take !== undefined || ignoreCase !== undefined)
      return {
        key: [take === undefined ? 'ignore_case' : 'take'],
        said: say('belongs_to_regex'),
      };
    return null;
  }
  const compiled = compilePattern(regex ?? '', ignoreCase === true);
  if (!compiled.ok) return { key: ['regex'], said: compiled.problem };
  return compiled.pattern.groups > 1
    ? {
        key: ['regex'],
        said: say('output_groups', { groups: compiled.pattern.groups }),
      }
    : null;
}
