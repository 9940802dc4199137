// What another definition would change in a session, and why the session cannot take it: the one table of what is refused. Pure.
// The rule behind it: what has not begun may be added, removed, connected and changed as anybody likes; of what has begun nothing is taken
// back. Called by `take-definition.ts`, the preview and the manager. Not responsible for carrying it out, nor for who may take which revision.
import type { UnitPath } from '@nezuban/protocol/ids';
import { say, type Said, type Sentence, type SentenceValue } from '@nezuban/protocol/sentences/sentence';
import type { NetPlan, PlannedUnit } from '../net-plan.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { hasBegunBefore, isActive, isSettled, parentOf, recordAt } from '../step.ts';
import {
  isRequired,
  namedSecretOf,
  sealedValue,
  valueProblem,
  valuesToKeep,
} from '../variables/parameter-values.ts';
import { momentOf } from '../variables/place-values.ts';
import { hasMark, joinMarks } from '../variables/secret-marks.ts';
import type { UnitVariables } from '../variables/unit-variables.ts';
import { differenceOf, edgesOf, type UnitDifference, type UnitOfPlan } from './unit-difference.ts';

/** Units that a refusal names. */
const namedMax = 5;

/** Why a definition is refused because of some of its units. Each sentence says what, and what would be right. */
const refusals = {
  removed: 'take_removed',
  overNet: 'take_over_net',
  retyped: 'take_retyped',
  work: 'take_work',
  locks: 'take_locks',
  queue: 'take_queue',
  edges: 'take_edges',
} as const;
type Reason = keyof typeof refusals;

export type DefinitionChange = {
  /** Empty: it can be taken. */
  readonly refusals: readonly Said[];
  readonly added: readonly UnitPath[];
  readonly removed: readonly UnitPath[];
  /** Whose work, condition, places or times are others. */
  readonly redefined: readonly UnitPath[];
  /** By index in the session's plan, of all units that differ. */
  readonly differences: ReadonlyMap<number, UnitDifference>;
};

export function compareDefinitions(session: Session, plan: NetPlan): DefinitionChange {
  const against = new Map<Reason, PlannedUnit[]>();
  const refuse = (reason: Reason, unit: PlannedUnit): void => {
    const units = against.get(reason);
    if (units === undefined) against.set(reason, [unit]);
    else units.push(unit);
  };
  const removed: UnitPath[] = [];
  const differences = new Map<number, UnitDifference>();
  for (const record of session.units) {
    const { unit } = record;
    const next = counterpartOf(plan, unit);
    if (next === undefined) {
      removed.push(unit.path);
      if (hasRun(record)) refuse('removed', unit);
      else if (isOver(parentOf(session, record))) refuse('overNet', unit);
      continue;
    }
    const [was, will] = [
      { plan: session.plan, unit },
      { plan, unit: next },
    ];
    const difference = differenceOf(was, will);
    if (difference === null) continue;
    differences.set(unit.index, difference);
    for (const reason of reasonsAgainst(session, { difference, was, will })) refuse(reason, unit);
  }
  const added = plan.units.slice(1).filter(({ path }) => !session.plan.indexByPath.has(path));
  for (const unit of added) if (isOver(netAroundNew(session, plan, unit))) refuse('overNet', unit);
  return {
    refusals: [
      ...[...against].map(([reason, units]) => say(refusals[reason], { units: names(units) })),
      ...refusedParameters(session, plan),
    ],
    added: added.map(({ path }) => path),
    removed,
    redefined: [...differences.keys()].flatMap((index) => session.plan.units[index]?.path || []),
    differences,
  };
}

/** The unit with its path, or the root; undefined: there is none. */
export function counterpartOf(plan: NetPlan, unit: PlannedUnit): PlannedUnit | undefined {
  return unit.parent === -1 ? plan.units[0] : plan.units[plan.indexByPath.get(unit.path) ?? -1];
}

/** In this run. What was ruled out or stopped before it ran has not. */
export function hasBegun(record: UnitRecord): boolean {
  return record.startedAt !== null || record.state === 'ended' || isActive(record) || hasBegunBefore(record);
}

/** Something of it, of this run or an earlier one, belongs to the session. */
function hasRun(record: UnitRecord): boolean {
  return hasBegun(record) || record.run > 1;
}

type Changed = {
  readonly difference: UnitDifference;
  readonly was: UnitOfPlan;
  readonly will: UnitOfPlan;
};

function reasonsAgainst(session: Session, { difference, was, will }: Changed): Reason[] {
  const record = recordAt(session, was.unit.index);
  const found: Reason[] = [];
  const underWay = isActive(record) || hasBegunBefore(record);
  if (difference.type && hasRun(record)) found.push('retyped');
  else if (difference.work && underWay) found.push('work');
  const [places, next] = [was.unit.places, will.unit.places];
  // What is under way has not asked for them, and others may hold them.
  if (underWay && !sameLocks(places, next)) found.push('locks');
  if (underWay && places.queue !== next.queue) found.push('queue');
  if (difference.condition && hasBegun(record) && waitsForMore(session, was, will)) found.push('edges');
  return found;
}

function sameLocks(one: PlannedUnit['places'], other: PlannedUnit['places']): boolean {
  return JSON.stringify(one.locks) === JSON.stringify(other.locks);
}

/** For a unit that it has not waited for so far, and that has not settled. */
function waitsForMore(session: Session, was: UnitOfPlan, will: UnitOfPlan): boolean {
  const known = edgesOf(was);
  return [...edgesOf(will).keys()].some((path) => {
    if (known.has(path)) return false;
    const index = session.plan.indexByPath.get(path);
    return index === undefined || !isSettled(recordAt(session, index));
  });
}

/** Nothing can be put into it any more, nor taken out, without its end becoming another one. */
function isOver(net: UnitRecord | null): boolean {
  return net !== null && (net.state === 'ended' || net.state === 'stopping');
}

/** The net around a new unit, as it is in the session; null: it is new, too. */
function netAroundNew(session: Session, plan: NetPlan, { parent }: PlannedUnit): UnitRecord | null {
  const net = plan.units[parent];
  if (net === undefined) return null;
  const index = net.index === 0 ? 0 : session.plan.indexByPath.get(net.path);
  return index === undefined ? null : recordAt(session, index);
}

/** Values that the session has and that the definition would read otherwise, or would need and the session has not. */
function refusedParameters(session: Session, { definition }: NetPlan): Said[] {
  const { parameters, plan } = session;
  const found: Said[] = [];
  for (const parameter of definition.parameters) {
    const { name, type } = parameter;
    const before = plan.definition.parameters.find((each) => each.name === name);
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) {
      if (before === undefined && isRequired(parameter)) found.push(say('take_parameter_new', { name }));
    } else if (type === 'secret' && before?.type !== 'secret')
      // Whoever gave a text may have written the name of a kept secret: only a definition names one.
      found.push(say('take_parameter_secret', { name }));
    else if (type === 'secret' && givesItUp(definition, name, value))
      // Whoever names no secret was asked for no right to it, and could send it anywhere.
      found.push(say('take_parameter_kept_secret', { name }));
    else if (
      (before?.type ?? 'text') !== (type ?? 'text') &&
      value !== sealedValue &&
      valueProblem(parameter, value) !== null
    )
      found.push(say('take_parameter_type', { name }));
  }
  return found.slice(0, namedMax);
}

/** The value names a kept secret, and the definition does not do so for this parameter. */
function givesItUp({ parameters, schedules }: NetPlan['definition'], name: string, value: string): boolean {
  const named = namedSecretOf(value);
  if (named === null) return false;
  const texts = [
    parameters.find((each) => each.name === name)?.default,
    ...schedules.map(({ parameters: given }) => given?.[name]),
  ];
  return !texts.some((text) => text !== undefined && namedSecretOf(text) === named);
}

/**
 * Something of the session is secret that its definition does not name: given at its start, taken out of an output, or handed to a net that it
 * refers to. Whoever gives it another definition could send it anywhere.
 */
export function holdsSecrets({ plan, parameters, units }: Session): boolean {
  return (
    plan.definition.parameters.some(
      ({ name, type }) =>
        type === 'secret' && Object.hasOwn(parameters, name) && parameters[name] === sealedValue,
    ) || units.some(({ variables }) => variables !== null && hasSecret(variables))
  );
}

function hasSecret({ outputs, parameters }: UnitVariables): boolean {
  return (
    Object.values(outputs ?? {}).some((values) => values.some(([, value]) => value === null)) ||
    Object.values(parameters ?? {}).some((split) => hasMark(joinMarks(split)))
  );
}

/** Of parameters that the definition has more than the one before. */
export function valuesOfNewParameters(session: Session, { definition }: NetPlan): Record<string, string> {
  const { trigger, parameters } = session;
  const fresh = definition.parameters.filter(({ name }) => !Object.hasOwn(parameters, name));
  return valuesToKeep(
    fresh,
    {},
    { startedAt: momentOf(session), zone: definition.timezone, byDefinition: trigger.type === 'schedule' },
  );
}

function names(units: readonly PlannedUnit[]): SentenceValue {
  const some = units
    .slice(0, namedMax)
    .map(({ path, parent }): Sentence =>
      parent === -1 ? { code: 'take_session' } : { code: 'take_unit', values: { path } },
    );
  return units.length > some.length
    ? { code: 'take_units_more', values: { units: some, count: units.length - some.length } }
    : some;
}
