// Gives a suspended session another revision of its definition: the units that it holds keep what they are and have done, new ones wait for
// their turn. The rule is simple, so that it can be told in advance: every unit stays where it is in the order of the definition, new units
// stand behind all others, and what is under way keeps its own definition. What does not fit is refused with names.
// The session is made anew from its rows; the manager puts it in the place of the old one and commits it. Pure.
import type { NetPlan, PlannedUnit } from '../net-plan.ts';
import type { Mark } from '../marks.ts';
import { refusalOf } from '../operation-check.ts';
import { dehydrateSession, rehydrateSession } from '../session-rows.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { isActive, recordAt, touch, touchAttempt } from '../step.ts';

/** Units that a refusal names. */
const namedMax = 5;

export type DefinitionChange = {
  /** Sentences; empty: it can be taken. */
  readonly refusals: readonly string[];
  readonly added: readonly string[];
  /** Whose own definition or condition is another one. */
  readonly redefined: readonly string[];
};

export function compareDefinitions(session: Session, plan: NetPlan): DefinitionChange {
  const refusals: string[] = [];
  const known = session.plan.units;
  const removed = known.filter(({ path }) => path !== '' && !plan.indexByPath.has(path));
  const added = plan.units.slice(1).filter(({ path }) => !session.plan.indexByPath.has(path));
  const moved = known.filter(
    (unit, index) => plan.units[index]?.path !== unit.path && !removed.includes(unit),
  );
  if (removed.length > 0)
    refusals.push(
      `it holds ${names(removed)}, which the new definition does not have; skip instead of removing`,
    );
  else if (moved.length > 0)
    refusals.push(
      `${names(moved)} would stand elsewhere in the order of the units; put new units (${names(added)}) behind all others, at the end of the net`,
    );
  const retyped = known.filter(({ path, type }) => {
    const index = plan.indexByPath.get(path);
    return index !== undefined && plan.units[index]?.type !== type;
  });
  if (retyped.length > 0) refusals.push(`${names(retyped)} would be of another type`);
  const redefined = known.slice(1).filter((unit) => {
    const next = plan.units[plan.indexByPath.get(unit.path) ?? -1];
    return (
      next !== undefined &&
      (workOf(unit) !== workOf(next) || conditionOf(session.plan, unit) !== conditionOf(plan, next))
    );
  });
  const busy = redefined.filter((unit) => {
    const next = plan.units[plan.indexByPath.get(unit.path) ?? -1];
    return next !== undefined && isActive(recordAt(session, unit.index)) && workOf(unit) !== workOf(next);
  });
  // What is under way has not asked for them, and others may hold them.
  const relocked = known.filter((unit) => {
    const next = plan.units[unit.parent === -1 ? 0 : (plan.indexByPath.get(unit.path) ?? -1)];
    return (
      next !== undefined &&
      isActive(recordAt(session, unit.index)) &&
      JSON.stringify(next.places.locks) !== JSON.stringify(unit.places.locks)
    );
  });
  const [first] = relocked;
  if (first !== undefined)
    refusals.push(
      `${first.parent === -1 ? 'the session' : names(relocked)} would hold other locks while it is under way; wait for its end`,
    );
  refusals.push(...newSecrets(session, plan));
  if (busy.length > 0) refusals.push(`${names(busy)} is under way with the old definition; wait for its end`);
  return {
    refusals,
    added: added.map(({ path }) => path),
    redefined: redefined.map(({ path }) => path),
  };
}

/** Whoever gave a text may have written the name of a kept secret: only a definition names one. */
function newSecrets({ plan, parameters }: Session, next: NetPlan): string[] {
  const isSecret = (definition: NetPlan['definition'], name: string): boolean =>
    definition.parameters.some((each) => each.name === name && each.type === 'secret');
  return Object.keys(parameters)
    .filter((name) => isSecret(next.definition, name) && !isSecret(plan.definition, name))
    .slice(0, namedMax)
    .map(
      (name) =>
        `the parameter ${name} would be a secret, and its value was not given as one; run the net again`,
    );
}

/** Why the session cannot take this definition now, in a sentence; null if it can. */
export function definitionRefusal(session: Session, plan: NetPlan): string | null {
  const record = recordAt(session, 0);
  const because =
    refusalOf(session, { record, operation: 'take_definition' }) ??
    compareDefinitions(session, plan).refusals.join('; ');
  return because === '' ? null : `Session ${session.id} cannot be given another definition: ${because}.`;
}

/** The session with its new definition; all of it waits to be written. `compareDefinitions` has refused nothing. */
export function takeDefinition(
  session: Session,
  plan: NetPlan,
  { by, from, to }: { readonly by: Mark; readonly from: number; readonly to: number },
): Session {
  const rows = dehydrateSession(session);
  // What nothing has happened to is as the new definition begins it.
  const units = rows.units.filter(({ unit }) => !isPristine(recordAt(session, unit)));
  const next = rehydrateSession(plan.definition, { ...rows, units }, plan);
  const root = recordAt(next, 0);
  root.marks = {
    ...root.marks,
    definitions: [...(root.marks?.definitions ?? []), { ...by, from, to }],
  };
  for (const record of next.units) touch(next, record);
  for (const attempt of session.dirtyAttempts) {
    const same = next.attempts.get(attempt.id);
    if (same !== undefined) touchAttempt(next, same);
  }
  return next;
}

function isPristine(record: UnitRecord): boolean {
  const { unit, state, run, startedAt, reason, marks, attempts } = record;
  return (
    run === 1 &&
    startedAt === null &&
    reason === null &&
    marks === null &&
    attempts.length === 0 &&
    state === (unit.hold ? 'held' : 'waiting')
  );
}

/** What a unit does, without where it is drawn, how it is called and what it waits for. */
function workOf(unit: PlannedUnit): string {
  if (!('definition' in unit)) return unit.type;
  const {
    position: _position,
    title: _title,
    after: _after,
    hold: _hold,
    ...work
  } = unit.definition as Record<string, unknown> & typeof unit.definition;
  const target = 'target' in unit ? unit.target : null;
  return JSON.stringify([work, target]);
}

function conditionOf(plan: NetPlan, unit: PlannedUnit): string {
  return JSON.stringify([
    unit.mode,
    unit.hold,
    unit.edges.map(({ unit: from, on }) => [plan.units[from]?.path, on]),
  ]);
}

function names(units: readonly PlannedUnit[]): string {
  const some = units.slice(0, namedMax).map(({ path }) => `"${path}"`);
  return units.length > some.length
    ? `${some.join(', ')} and ${units.length - some.length} more`
    : some.join(', ');
}
