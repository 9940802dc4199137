// What an operator has said of a start beforehand, held against the definition: when he says it, and again when the start comes, by the
// definition that is in force then. Pure. Called by the manager, which stores preparations, and by `planSession`.
import type { Issue } from '@nezuban/protocol/errors';
import type { ParameterDefinition } from '@nezuban/protocol/jobs/parameter';
import type { PreparedUnitChange } from '@nezuban/protocol/jobs/start-preparation';
import { say } from '@nezuban/protocol/sentences/sentence';
import { nearestHint } from '../../text/did-you-mean.ts';
import type { NetPlan, PlannedUnit } from '../net-plan.ts';
import {
  asksBusinessDate,
  judgeBusinessValues,
  judgeValues,
  namedSecretOf,
  type Given,
  type Start,
} from '../variables/parameter-values.ts';

/** As it is stored, with the values of its secrets. */
export type Preparation = {
  readonly by: string;
  /** When he has said it. */
  readonly at: number;
  readonly reason: string | null;
  /** The session begins suspended. */
  readonly hold: boolean;
  readonly units: Readonly<Record<string, PreparedUnitChange>>;
  readonly parameters: Given;
  /** Names of those whose values were given as secrets. */
  readonly secrets: readonly string[];
  /** Secret parameters whose value was given and cannot be had any more. */
  readonly unreadable: readonly string[];
  readonly priority: number | null;
  /** Whoever has prepared it may not run the job net any more: nothing of it is done. */
  readonly lacksRight: boolean;
};

export type FittedPreparation = {
  readonly preparation: Preparation;
  readonly units: readonly { readonly index: number; readonly change: PreparedUnitChange }[];
  /** Parameters that it gives, and that the session takes. */
  readonly names: readonly string[];
  /** Those of the schedule, and instead of them those of the preparation. */
  readonly given: Given;
  /** Units and parameters that it names in vain. */
  readonly misfits: readonly string[];
};

/** For whoever says it: what of it cannot be. `given`: what the schedule gives. */
export function judgePreparation(
  plan: NetPlan,
  given: Given,
  { units, parameters }: Pick<Preparation, 'units' | 'parameters'>,
): Issue[] {
  const issues: Issue[] = [];
  for (const [path, change] of Object.entries(units)) {
    const unit = unitAt(plan, path);
    if (unit === null)
      issues.push({
        path: `units.${path}`,
        ...say('prepared_no_unit', { unit: path, hint: nearestHint(path, plan.indexByPath.keys()) }),
      });
    else if (change === 'release' && !isHeldByDefinition(unit))
      issues.push({ path: `units.${path}`, ...say('prepared_not_held', { unit: path }) });
  }
  const declared = plan.definition.parameters;
  issues.push(...judgeValues(declared, { ...given, ...parameters }));
  for (const parameter of declared) {
    const { name, type } = parameter;
    const value = parameters[name];
    if (value === undefined) continue;
    if (type === 'secret' && namedSecretOf(value) !== null)
      issues.push({ path: `parameters.${name}`, ...say('prepared_names_secret') });
    if (asksBusinessDate(parameter, value) && !hasBusinessDate(plan))
      issues.push({ path: `parameters.${name}`, ...say('value_business_date_none', { value }) });
  }
  return issues;
}

/** When the start comes: what of it can be done. Whatever cannot be is named, and nothing is guessed in its place. */
export function fitPreparation(
  plan: NetPlan,
  { given, start }: { readonly given: Given; readonly start: Start },
  preparation: Preparation,
): FittedPreparation {
  if (preparation.lacksRight) return { preparation, units: [], names: [], given, misfits: [] };
  const units: { index: number; change: PreparedUnitChange }[] = [];
  const misfits: string[] = [];
  for (const [path, change] of Object.entries(preparation.units)) {
    const unit = unitAt(plan, path);
    if (unit === null) misfits.push(path);
    else units.push({ index: unit.index, change });
  }
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(preparation.parameters)) {
    const parameter = plan.definition.parameters.find((each) => each.name === name);
    // A value that was given as a secret is shown to nobody, though the definition would show it by now.
    const isShown = parameter?.type !== 'secret' && preparation.secrets.includes(name);
    if (parameter !== undefined && !isShown && fits(parameter, value, start)) own[name] = value;
    else misfits.push(name);
  }
  return {
    preparation,
    units,
    names: Object.keys(own),
    given: { ...given, ...own },
    misfits: [...misfits, ...preparation.unreadable],
  };
}

function fits(parameter: ParameterDefinition, value: string, start: Start): boolean {
  const given = { [parameter.name]: value };
  return (
    judgeValues([parameter], given).length === 0 &&
    judgeBusinessValues([parameter], given, start).length === 0 &&
    // By a definition alone; it was a plain text when it was said.
    (parameter.type !== 'secret' || namedSecretOf(value) === null)
  );
}

/** Not the root, which has no path. */
function unitAt(plan: NetPlan, path: string): PlannedUnit | null {
  const index = plan.indexByPath.get(path);
  return index === undefined ? null : (plan.units[index] ?? null);
}

function isHeldByDefinition({ hold, control }: PlannedUnit): boolean {
  return hold || (control !== null && control.holdIf !== null);
}

function hasBusinessDate({ scopes }: NetPlan): boolean {
  return [...scopes.values()].some(({ businessDate }) => businessDate !== undefined);
}
