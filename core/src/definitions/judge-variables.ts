// Judges what units say of variables: places in their texts, what they take out of outputs, and questions about that.
// Called once for a whole definition by `judgeJobNetPaths`. That a referenced net and a kept secret exist is seen where there is a database.
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { parseJsonPath } from '@nezuban/protocol/jobs/json-path';
import type { CommandUnit } from '@nezuban/protocol/jobs/units/command';
import type { UnitOutput } from '@nezuban/protocol/jobs/units/unit-output';
import { declaredOutputs } from '../jobs/declared-outputs.ts';
import { placesOf, readPlaces, type Place, type Reading } from '../jobs/variables/places.ts';
import { outputVariable } from '../jobs/variables/place-values.ts';
import { didYouMean } from '../text/did-you-mean.ts';
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

  constructor({ parameters }: JobNetDefinition) {
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
      for (const message of this.#problems(text, { reading, secrets }, levels))
        this.#say([...path, ...key], message);
    for (const { key, text } of shellTextsOf(unit)) {
      const [place] = placesOf(text, 'program');
      if (place !== undefined) this.#say([...path, ...key], shellAdvice(place));
    }
    if (unit.type === 'command') this.issues.push(...judgeCommandInput(unit, path));
    if ('outputs' in unit && unit.outputs !== undefined)
      this.issues.push(...judgeOutputs(unit.outputs, path));
    if (
      unit.type === 'judgment' &&
      'parameter' in unit.if &&
      this.#isSecret({ kind: 'parameter', name: unit.if.parameter }, levels)
    )
      this.#say([...path, 'if', 'parameter'], 'is secret: an answer would tell of it');
    if (unit.type === 'judgment' && 'output' in unit.if) {
      const { unit: name, output } = unit.if;
      const problem = this.#unitProblem(name, output, levels);
      if (problem !== null) this.#say([...path, 'if', 'unit'], problem);
      else if (this.#isSecret({ kind: 'unit_output', unit: name, name: output }, levels))
        this.#say([...path, 'if', 'output'], 'is secret: an answer would tell of it');
    }
  }

  #say(path: Path, message: string): void {
    this.issues.push({ path, message });
  }

  #problems(
    text: string,
    { reading, secrets }: { readonly reading: Reading; readonly secrets: boolean },
    levels: readonly Level[],
  ): string[] {
    const { parts, problems } = readPlaces(text, reading);
    const found = [...problems];
    for (const place of parts) {
      if (typeof place === 'string') continue;
      const problem = this.#placeProblem(place, levels);
      if (problem !== null) found.push(problem);
      else if (!secrets && this.#isSecret(place, levels)) found.push(secretAdvice);
    }
    return found;
  }

  #placeProblem(place: Place, levels: readonly Level[]): string | null {
    switch (place.kind) {
      case 'parameter':
        return this.#declared.has(place.name)
          ? null
          : `has the place {{parameter.${place.name}}}, but the net declares no parameter "${place.name}"${didYouMean(place.name, this.#declared.keys())}`;
      case 'unit_exit_code':
      case 'unit_status':
        return this.#unitProblem(place.unit, null, levels);
      case 'unit_output':
        return this.#unitProblem(place.unit, place.name, levels);
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
  #unitProblem(name: string, output: string | null, levels: readonly Level[]): string | null {
    const found = findUnit(name, levels);
    if (found === null) {
      const near = levels.flatMap(({ units }) => [...units.keys()]);
      return `names the unit "${name}", which is neither beside this one nor beside a net around it${didYouMean(name, near)}`;
    }
    if (!comesBefore(found.first, found.level))
      return `names the unit "${name}", which need not have ended by then; name "${found.first}" under "after"`;
    if (output === null) return null;
    const outputs = outputsOf(found.unit);
    if (outputs === null) return `names the unit "${name}" of type ${found.unit.type}, which has no outputs`;
    const names = outputs.map((each) => each.name);
    return names.includes(output)
      ? null
      : `names the output "${output}", which "${name}" does not declare under "outputs"${didYouMean(output, names)}`;
  }
}

const secretAdvice =
  'would show a secret where people or other programs can read it; secrets are for "environment", "stdin" and "files" alone';

function shellAdvice(place: Place): string {
  const instead =
    place.kind === 'parameter'
      ? `write "$${place.name}": parameters are environment variables`
      : place.kind === 'unit_output'
        ? `write "$${outputVariable(place.unit, place.name)}", or give it a name under "environment"`
        : 'give it a name under "environment", and write that as "$NAME"';
  return `holds a place; text that is put into a shell line or a script could be run as a command of its own. Instead ${instead}`;
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
      message:
        unit.script === undefined
          ? 'is missing: a command has "command" or "script"'
          : 'must not be there beside "script": one of the two is run',
    });
  if (unit.arguments !== undefined && unit.script === undefined)
    issues.push({
      path: [...path, 'arguments'],
      message: 'belongs to "script"; arguments of a command stand in its list',
    });
  if (unit.stdin !== undefined && unit.stdin_file !== undefined)
    issues.push({ path: [...path, 'stdin'], message: 'must not be there beside "stdin_file"' });
  const files = Object.keys(unit.files ?? {});
  if (files.length > filesMax)
    issues.push({
      path: [...path, 'files'],
      message: `has ${files.length} files; at most ${filesMax} are given`,
    });
  for (const name of files)
    if (unit.environment !== undefined && Object.hasOwn(unit.environment, name))
      issues.push({
        path: [...path, 'files', name],
        message: 'is a variable under "environment" already, and would hold the path of the file',
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
    if (problem !== null) issues.push({ path: [...at, ...problem.key], message: problem.message });
  }
  return issues;
}

function outputProblem(output: UnitOutput): { readonly key: Path; readonly message: string } | null {
  const { regex, json, take, ignore_case: ignoreCase } = output;
  if ((regex === undefined) === (json === undefined))
    return { key: [], message: 'must have either "regex" or "json"' };
  if (json !== undefined) {
    if (parseJsonPath(json) === null)
      return { key: ['json'], message: 'must be a path to one value, such as "$.result.files[0].name"' };
    if (take !== undefined || ignoreCase !== undefined)
      return {
        key: [take === undefined ? 'ignore_case' : 'take'],
        message: 'belongs to "regex"; leave it out',
      };
    return null;
  }
  const compiled = compilePattern(regex ?? '', ignoreCase === true);
  if (!compiled.ok) return { key: ['regex'], message: compiled.problem.message };
  return compiled.pattern.groups > 1
    ? {
        key: ['regex'],
        message: `has ${compiled.pattern.groups} groups; write (?:...) for those that are not the value`,
      }
    : null;
}
