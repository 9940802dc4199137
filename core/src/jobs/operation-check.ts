// Whether an operation is possible now, and if not, why, in a sentence. The table first, then what depends on the units around.
import type { OperationOptions } from '@nezuban/protocol/jobs/operate';
import { operationNames } from '@nezuban/protocol/jobs/session';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { conditionOf, firstImpossible } from './conditions.ts';
import { isRerun, rerunPlan } from './operate/rerun-scopes.ts';
import { requestedStatus } from './operate/set-status.ts';
import { operationPlaces, operationTable, situationOf } from './operation-table.ts';
import { downstreamOf } from './downstream.ts';
import type { Inventory } from './session-inputs.ts';
import type { Session, UnitRecord } from './session-state.ts';
import { hasBegunBefore, isActive, parentOf, recordAt } from './step.ts';

/** Tells of a unit whether something that follows it is active; null if nothing is. */
export type ActiveBehind = (record: UnitRecord) => UnitRecord | null;
/** What a check looks at besides the session. Without an inventory every agent counts as connected. */
export type CheckMeans = {
  readonly inventory?: Pick<Inventory, 'nodes'> | undefined;
  readonly activeBehind?: ActiveBehind;
};

/** null if the operation is possible. The root record stands for the session. */
export function refusalOf(
  session: Session,
  { record, operation }: { readonly record: UnitRecord; readonly operation: OperationName },
  { inventory, activeBehind = searchActiveBehind(session) }: CheckMeans = {},
): string | null {
  const place = operationPlaces[operation];
  const isSession = record.unit.parent === -1;
  if (isSession && place === 'unit') return 'this operation needs a unit';
  if (!isSession && place === 'session') return 'this operation is for the whole session';
  const byState = operationTable[operation][situationOf(record)];
  if (byState !== null) return byState;
  if (isRerun(operation)) return refusalOfRerun(session, { record, operation }, activeBehind);
  switch (operation) {
    case 'skip':
      if (record.state === 'ended' && record.endStatus === 'normal')
        return 'it ended normally; there is nothing to pass over';
      return record.state === 'ended' || record.state === 'stopped'
        ? (refusalByNets(session, record) ??
            refusalByCondition(session, record) ??
            refusalByFollowers(activeBehind(record)))
        : null;
    case 'suspend':
      return record.unit.type === 'net' ? null : 'only a net or a session can be; hold it before it starts';
    case 'set_status':
      return refusalOfStatus(session, record, inventory);
    case 'stop':
    case 'kill':
    case 'interrupt':
    case 'take_definition':
    case 'release':
    case 'to_front':
      return null;
    case 'hold':
      // Held, it would begin as from its start, and what waits behind units that have ended would never be looked at.
      return hasBegunBefore(record)
        ? 'it has begun already and waits for its places again; stop it, or wait until it goes on'
        : null;
  }
}

/** Whether the options fit the operation; null if they do. */
export function refusalOfOptions(
  record: UnitRecord,
  operation: OperationName,
  options: OperationOptions,
): string | null {
  const { hold, oldAsWarning, status, exitCode } = options;
  if (!isRerun(operation) && (hold === true || oldAsWarning === true))
    return '"hold" and "oldAsWarning" are options of a rerun';
  if (operation !== 'set_status')
    return status === undefined && exitCode === undefined
      ? null
      : '"status" and "exitCode" are options of "set_status"';
  if (requestedStatus(record, { status, exitCode }) !== null) return null;
  return exitCode === undefined
    ? 'it needs a status'
    : 'it is no command that an exit code could judge; give a status';
}

/** Operations allowed now, of one unit, or of the session (`unit` left out or unknown to be the root). For a whole view use `allOperations`. */
export function allowedOperations(
  session: Session,
  unit?: string,
  inventory?: Pick<Inventory, 'nodes'>,
): OperationName[] {
  const index = unit === undefined ? 0 : session.plan.indexByPath.get(unit);
  if (index === undefined) return [];
  const record = recordAt(session, index);
  return operationNames.filter(
    (operation) => refusalOf(session, { record, operation }, { inventory }) === null,
  );
}

/** Operations allowed now for every unit of the plan, in one pass over the graph. */
export function allOperations(session: Session, inventory?: Pick<Inventory, 'nodes'>): OperationName[][] {
  const known = activeBehindEach(session);
  const means: CheckMeans = { inventory, activeBehind: (record) => known[record.unit.index] ?? null };
  return session.units.map((record) =>
    operationNames.filter((operation) => refusalOf(session, { record, operation }, means) === null),
  );
}

function refusalOfRerun(
  session: Session,
  { record, operation }: { readonly record: UnitRecord; readonly operation: OperationName },
  activeBehind: ActiveBehind,
): string | null {
  if (!isRerun(operation)) return null;
  if (operation === 'rerun' || operation === 'rerun_only' || operation === 'rerun_next') {
    const refusal = refusalByNets(session, record) ?? refusalByFollowers(activeBehind(record));
    if (refusal !== null || operation !== 'rerun_next') return refusal;
    return hasFollowers(session, record) ? null : 'nothing follows it';
  }
  const { named, passed } = rerunPlan(session, operation, record);
  if (named.length + passed.length === 0)
    return operation === 'rerun_warnings' ? 'no unit of it ended with a warning' : 'no unit of it failed';
  for (const index of [...named, ...passed]) {
    const unit = recordAt(session, index);
    // A net in which a unit failed may still run.
    const refusal =
      operationTable.rerun[situationOf(unit)] ??
      refusalByNets(session, unit) ??
      refusalByFollowers(activeBehind(unit));
    if (refusal !== null) return `of its unit "${unit.unit.path}": ${refusal}`;
  }
  return null;
}

function hasFollowers(session: Session, record: UnitRecord): boolean {
  if (record.unit.successors.length > 0) return true;
  const net = parentOf(session, record);
  return net?.state === 'ended' && hasFollowers(session, net);
}

/** Nothing begins again in a net that did not run, or that is on its way to its end. */
function refusalByNets(session: Session, record: UnitRecord): string | null {
  for (let net = parentOf(session, record); net !== null; net = parentOf(session, net)) {
    const situation = situationOf(net);
    if (situation === 'running' || situation === 'suspended' || situation === 'ended') continue;
    const name = net.unit.parent === -1 ? 'the session' : `its net "${net.unit.path}"`;
    if (situation === 'interrupted') return `${name} is interrupted; release it first`;
    return situation === 'stopping'
      ? `${name} is being stopped; wait for its end`
      : `${name} did not run; rerun that`;
  }
  return null;
}

function refusalByCondition(session: Session, record: UnitRecord): string | null {
  if (conditionOf(record) !== 'impossible') return null;
  const cause = firstImpossible(session, record);
  return `its condition cannot hold; rerun or skip "${cause?.unit.path ?? ''}" instead, it follows then`;
}

function refusalByFollowers(active: UnitRecord | null): string | null {
  return active === null
    ? null
    : `"${active.unit.path}" that follows it is active; stop that, or wait for its end`;
}

/** A result is set where nothing can still bring one: after the end, between two tries, or when no agent of its open attempts is there. */
function refusalOfStatus(
  session: Session,
  record: UnitRecord,
  inventory: Pick<Inventory, 'nodes'> | undefined,
): string | null {
  if (record.unit.type === 'net') return 'the result of a net follows from its units; set that of a unit';
  if (record.state === 'starting' || record.state === 'running' || record.state === 'stopping') {
    if (situationOf(record) === 'retry_wait') return null;
    const open = record.attempts.filter(({ run, endStatus }) => run === record.run && endStatus === null);
    const there = open.find(({ node }) => inventory === undefined || isConnected(inventory, node));
    if (there !== undefined)
      return `its command is with the agent of "${there.node}", which is connected; stop or kill it`;
    return open.length === 0 ? 'it is under way; stop it, or wait for its end' : null;
  }
  // Where nothing begins any more its result is its own affair.
  for (let net = parentOf(session, record); net !== null; net = parentOf(session, net))
    if (net.state === 'not_run' || net.state === 'stopped' || net.state === 'skipped')
      return `its net "${net.unit.path}" did not run; rerun that`;
  return null;
}

function isConnected({ nodes }: Pick<Inventory, 'nodes'>, node: string): boolean {
  return nodes.get(node)?.connected === true;
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
