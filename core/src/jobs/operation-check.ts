// Whether an operation is possible now, and if not, why, in a sentence. The table first, then what depends on the units around.
import { operationNames } from '@nezuban/protocol/jobs/session';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { conditionOf, firstImpossible } from './conditions.ts';
import { operationTable, sessionOperations, situationOf } from './operation-table.ts';
import { downstreamOf } from './rerun-scope.ts';
import type { Session, UnitRecord } from './session-state.ts';
import { isActive, parentOf, recordAt } from './step.ts';

/** Tells of a unit whether something that follows it is active; null if nothing is. */
export type ActiveBehind = (record: UnitRecord) => UnitRecord | null;

/** null if the operation is possible. The root record stands for the session. */
export function refusalOf(
  session: Session,
  { record, operation }: { readonly record: UnitRecord; readonly operation: OperationName },
  activeBehind: ActiveBehind = searchActiveBehind(session),
): string | null {
  if (record.unit.parent === -1 && !sessionOperations.includes(operation))
    return 'this operation needs a unit';
  const byState = operationTable[operation][situationOf(record)];
  if (byState !== null) return byState;
  if (operation === 'skip' && record.state === 'ended' && record.endStatus === 'normal')
    return 'it ended normally; there is nothing to pass over';
  const beginsAgain =
    operation === 'rerun' ||
    (operation === 'skip' && (record.state === 'ended' || record.state === 'stopped'));
  return beginsAgain ? refusalToBeginAgain(session, record, activeBehind) : null;
}

/** Operations allowed now, of one unit, or of the session (`unit` left out or unknown to be the root). For a whole view use `allOperations`. */
export function allowedOperations(session: Session, unit?: string): OperationName[] {
  const index = unit === undefined ? 0 : session.plan.indexByPath.get(unit);
  if (index === undefined) return [];
  const record = recordAt(session, index);
  return operationNames.filter((operation) => refusalOf(session, { record, operation }) === null);
}

/** Operations allowed now for every unit of the plan, in one pass over the graph. */
export function allOperations(session: Session): OperationName[][] {
  const known = activeBehindEach(session);
  const activeBehind: ActiveBehind = (record) => known[record.unit.index] ?? null;
  return session.units.map((record) =>
    operationNames.filter((operation) => refusalOf(session, { record, operation }, activeBehind) === null),
  );
}

function refusalToBeginAgain(
  session: Session,
  record: UnitRecord,
  activeBehind: ActiveBehind,
): string | null {
  for (let net = parentOf(session, record); net !== null; net = parentOf(session, net)) {
    if (net.state === 'running' || net.state === 'ended') continue;
    const name = net.unit.parent === -1 ? 'the session' : `its net "${net.unit.path}"`;
    return net.state === 'stopping'
      ? `${name} is being stopped; wait for its end`
      : `${name} did not run; rerun that`;
  }
  if (conditionOf(record) === 'impossible') {
    const cause = firstImpossible(session, record);
    return `its condition cannot hold; rerun or skip "${cause?.unit.path ?? ''}" instead, it follows then`;
  }
  const active = activeBehind(record);
  return active === null
    ? null
    : `"${active.unit.path}" that follows it is active; stop that, or wait for its end`;
}

/** For one unit: walks what follows it. */
function searchActiveBehind(session: Session): ActiveBehind {
  return (record) => {
    for (let current: UnitRecord | null = record; current !== null; current = parentOf(session, current)) {
      if (current !== record && current.state !== 'ended') return null;
      for (const index of downstreamOf(session.plan, current.unit.index)) {
        const follower = recordAt(session, index);
        if (isActive(follower)) return follower;
      }
    }
    return null;
  };
}

/** For all units: what follows a unit is known once it is known for its successors, so the plan's order is gone through backwards. */
function activeBehindEach(session: Session): (UnitRecord | null)[] {
  const behind: (UnitRecord | null)[] = session.units.map(() => null);
  for (const index of session.plan.order.toReversed()) {
    for (const { unit } of recordAt(session, index).unit.successors) {
      const successor = recordAt(session, unit);
      behind[index] ??= isActive(successor) ? successor : (behind[unit] ?? null);
    }
  }
  // A rerun inside an ended net also touches what follows the net. Nets come before their units in the plan's order.
  for (const index of session.plan.order) {
    const net = parentOf(session, recordAt(session, index));
    if (net?.state === 'ended') behind[index] ??= behind[net.unit.index] ?? null;
  }
  return behind;
}
