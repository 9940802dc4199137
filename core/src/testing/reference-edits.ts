// Another definition for a session of the reference engine (`reference-session.ts`), told as simply as it can be: what has begun stays as it is,
// the rest is as the new definition has it. Shares no code with the real one.
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { above, beginAgain, reconsider, type World } from './reference-operations.ts';
import { activeStates, isSettled, subtree, type ReferenceUnit } from './reference-units.ts';

type Placed = { readonly path: string; readonly around: string; readonly definition: UnitDefinition };

/** All units of a definition, each before those inside it. */
function placed(units: readonly UnitDefinition[], around = ''): Placed[] {
  return units.flatMap((definition) => {
    const path = around === '' ? definition.name : `${around}/${definition.name}`;
    const inner = definition.type === 'net' ? placed(definition.units, path) : [];
    return [{ path, around, definition }, ...inner];
  });
}

export function mayTake(units: readonly ReferenceUnit[], { units: wanted }: JobNetDefinition): boolean {
  const [root] = units;
  if (root?.state !== 'running' || root.paused !== 'suspended') return false;
  const next = new Map(placed(wanted).map((each) => [each.path, each]));
  const old = new Map(units.map((unit) => [unit.path, unit]));
  for (const unit of units.slice(1)) {
    const other = next.get(unit.path);
    if (other === undefined) {
      if (wasTouched(unit) || isClosing(unit.parent)) return false;
      continue;
    }
    const { definition } = unit;
    if (definition === null) continue;
    if (definition.type !== other.definition.type && wasTouched(unit)) return false;
    if (activeStates.includes(unit.state) && workOf(definition) !== workOf(other.definition)) return false;
    if (!hasBegun(unit)) continue;
    const known = new Set(edgesOf(definition).map((edge) => edge.unit));
    for (const { unit: name } of edgesOf(other.definition)) {
      const before = old.get(other.around === '' ? name : `${other.around}/${name}`);
      if (!known.has(name) && (before === undefined || !isSettled(before))) return false;
    }
  }
  for (const { path, around } of next.values())
    if (!old.has(path) && isClosing(old.get(around) ?? null)) return false;
  return true;
}

/** Plants the units anew; those that stay keep what they are. `make`: a new unit as its definition begins it. */
export function take(
  units: ReferenceUnit[],
  { units: wanted }: JobNetDefinition,
  {
    world,
    make,
  }: {
    readonly world: World;
    readonly make: (definition: UnitDefinition, parent: ReferenceUnit, path: string) => ReferenceUnit;
  },
): void {
  const old = new Map(units.map((unit) => [unit.path, unit]));
  const [root] = units;
  if (root === undefined) return;
  const changed: ReferenceUnit[] = [];
  units.length = 1;
  for (const unit of old.values()) unit.kids = [];
  const planted = new Map([['', root]]);
  for (const { path, around, definition } of placed(wanted)) {
    const net = planted.get(around) ?? root;
    const known = old.get(path);
    const unit = known ?? make(definition, net, path);
    if (known === undefined) {
      if (isSettled(net) && net.state !== 'ended') Object.assign(unit, { state: net.state, end: net.end });
    } else {
      const before = known.definition;
      if (isUntouched(known)) known.state = definition.hold === true ? 'held' : 'waiting';
      const isOther =
        before === null || conditionOf(before) !== conditionOf(definition) || before.type !== definition.type;
      if (isOther) changed.push(known);
      known.wasRecovery = isRecovery(before);
      Object.assign(known, { definition, parent: net });
    }
    net.kids.push(unit);
    units.push(unit);
    planted.set(path, unit);
  }
  for (const unit of changed) {
    const { state, end, skippedByHand, wasRecovery } = unit;
    const passedOver = state === 'skipped' && end !== null && !skippedByHand;
    const ruledOut = state === 'not_run' || (passedOver && (wasRecovery || isRecovery(unit.definition)));
    const goesOn = above(unit).every(
      (net, index) => net.state === 'running' || (index > 0 && net.state === 'ended'),
    );
    const condition = world.condition(unit);
    if (!ruledOut || !goesOn || condition === false || condition === 'unneeded') continue;
    for (const each of subtree(unit)) beginAgain(each);
    reconsider(world, unit);
  }
}

/** As its definition has begun it, and nobody has laid a hand on it. */
function isUntouched({ state, definition, run, heldByHand, begun }: ReferenceUnit): boolean {
  const first = definition?.hold === true ? 'held' : 'waiting';
  return !begun && run === 1 && state === first && !heldByHand;
}

function hasBegun({ begun, state }: ReferenceUnit): boolean {
  return begun || state === 'ended' || activeStates.includes(state);
}

function wasTouched(unit: ReferenceUnit): boolean {
  return hasBegun(unit) || unit.run > 1;
}

function isClosing(net: ReferenceUnit | null): boolean {
  return net?.state === 'ended' || net?.state === 'stopping';
}

function edgesOf({ after }: UnitDefinition) {
  return after === undefined ? [] : 'any' in after ? after.any : after.all;
}

function isRecovery(definition: UnitDefinition | null): boolean {
  return definition?.recovery !== undefined && definition.recovery !== false;
}

/** What it waits for and how, as a text. */
function conditionOf(definition: UnitDefinition): string {
  const { after, recovery } = definition;
  const edges = edgesOf(definition);
  const any = after !== undefined && 'any' in after && edges.length > 1;
  const failures = isRecovery(definition) ? (recovery === true ? ['abnormal'] : recovery) : null;
  const says = edges.map(({ unit, on }) => {
    const judged = definition.type === 'judgment' && 'unit' in definition.if && definition.if.unit === unit;
    if (failures !== null) return [unit, failures].flat().map(String).toSorted().join();
    return judged && on.map(String).toSorted().join() === 'normal,warning'
      ? [unit, 'abnormal', 'normal', 'unknown', 'warning'].toSorted().join()
      : [unit, ...on.map(String)].toSorted().join();
  });
  return JSON.stringify([any, failures !== null, says.toSorted()]);
}

function workOf(definition: UnitDefinition): string {
  const {
    after: _after,
    recovery: _recovery,
    hold: _hold,
    title: _title,
    position: _position,
    ...work
  } = definition;
  return work.type === 'net' ? 'net' : JSON.stringify(work);
}
