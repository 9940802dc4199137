// How a unit of one plan differs from the unit with its path in another plan: by its type, by what it does, by what it waits for, by the places
// that it asks for, and by the times that are watched. How it is called and where it is drawn is no difference. Pure.
// Called by `definition-change.ts` and `take-definition.ts`.
import type { NetPlan, PlannedEdge, PlannedUnit } from '../net-plan.ts';
import { sameValue } from '../same-value.ts';

export type UnitDifference = {
  readonly type: boolean;
  readonly work: boolean;
  readonly condition: boolean;
  readonly hold: boolean;
  readonly places: boolean;
  readonly times: boolean;
};

export type UnitOfPlan = { readonly plan: NetPlan; readonly unit: PlannedUnit };

/** Of two that are the same in all of it null. */
export function differenceOf(before: UnitOfPlan, after: UnitOfPlan): UnitDifference | null {
  const type = before.unit.type !== after.unit.type;
  const difference = {
    type,
    work: type || !sameWork(before, after),
    condition: !sameCondition(before, after),
    hold: before.unit.hold !== after.unit.hold,
    places: !sameValue(before.unit.places, after.unit.places),
    times: !sameValue(before.unit.control, after.unit.control),
  };
  return Object.values(difference).includes(true) ? difference : null;
}

/** Keys of a unit's definition that are no part of what it does. */
const notWork: ReadonlySet<string> = new Set([
  'position',
  'title',
  'after',
  'recovery',
  'hold',
  'priority',
  'queue',
  'locks',
  'delays',
]);

function sameWork(before: UnitOfPlan, after: UnitOfPlan): boolean {
  const [one, other] = [before.unit, after.unit];
  if (one.type === 'net' || other.type === 'net') return sameNet(before, after);
  const target = 'target' in one ? one.target : null;
  return (
    sameValue(target, 'target' in other ? other.target : null) && sameButFor(one.definition, other.definition)
  );
}

function sameButFor(one: object, other: object): boolean {
  if (one === other) return true;
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => notWork.has(key) || sameValue(a[key], b[key]));
}

/** A net does what its units do; a reference gives values to the parameters of its net. */
function sameNet({ plan, unit }: UnitOfPlan, after: UnitOfPlan): boolean {
  const other = after.unit;
  if (unit.type !== 'net' || other.type !== 'net') return false;
  if (unit.reference === null || other.reference === null) return unit.reference === other.reference;
  return (
    unit.reference.net === other.reference.net &&
    sameValue(unit.reference.given, other.reference.given) &&
    sameValue(plan.scopes.get(unit.index)?.parameters, after.plan.scopes.get(other.index)?.parameters)
  );
}

function sameCondition(before: UnitOfPlan, after: UnitOfPlan): boolean {
  const [one, other] = [before.unit, after.unit];
  if (one.recovery !== other.recovery || one.edges.length !== other.edges.length) return false;
  if (one.mode !== other.mode && one.edges.length > 1) return false;
  if (one.edges.every((edge, at) => sameEdge(before.plan, edge, { plan: after.plan, edge: other.edges[at] })))
    return true;
  const known = edgesOf(before);
  for (const [path, on] of edgesOf(after)) if (known.get(path) !== on) return false;
  return true;
}

/** Written in the same order, as nearly all are. */
function sameEdge(
  { units }: NetPlan,
  edge: PlannedEdge,
  other: { readonly plan: NetPlan; readonly edge: PlannedEdge | undefined },
): boolean {
  if (other.edge === undefined || edge.on !== other.edge.on) return false;
  return units[edge.unit]?.path === other.plan.units[other.edge.unit]?.path;
}

/** What each edge of the unit holds on, by the path of the unit that it comes from. */
export function edgesOf({ plan, unit }: UnitOfPlan): Map<string, number> {
  return new Map(unit.edges.map(({ unit: from, on }) => [plan.units[from]?.path ?? '', on]));
}
