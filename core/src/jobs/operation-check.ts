// Whether an operation is possible now, and if not, why, in a sentence. The table first, then what depends on the units around.
import type { OperationOptions } from '@nezuban/protocol/jobs/operate';
import { operationNames } from '@nezuban/protocol/jobs/session';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { say, type Said, type Sentence } from '@nezuban/protocol/sentences/sentence';
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
): Said | null {
  const place = operationPlaces[operation];
  const isSession = record.unit.parent === -1;
  if (isSession && place === 'unit') return say('op_needs_unit');
  if (!isSession && place === 'session') return say('op_for_session');
  const byState = operationTable[operation][situationOf(record)];
  if (byState !== null) return say(byState);
  if (isRerun(operation)) return refusalOfRerun(session, { record, operation }, activeBehind);
  switch (operation) {
    case 'skip':
      if (record.state === 'ended' && record.endStatus === 'normal') return say('op_ended_normally');
      return record.state === 'ended' || record.state === 'stopped'
        ? (refusalByNets(session, record) ??
            refusalByCondition(session, record) ??
            refusalByFollowers(activeBehind(record)))
        : null;
    case 'suspend':
      return record.unit.type === 'net' ? null : say('op_only_net');
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
      return hasBegunBefore(record) ? say('op_begun_waits_again') : null;
  }
}

/** Whether the options fit the operation; null if they do. */
export function refusalOfOptions(
  record: UnitRecord,
  operation: OperationName,
  options: OperationOptions,
): Said | null {
  const { hold, oldAsWarning, status, exitCode } = options;
  if (!isRerun(operation) && (hold === true || oldAsWarning === true)) return say('op_rerun_options');
  if (operation !== 'set_status')
    return status === undefined && exitCode === undefined ? null : say('op_status_options');
  if (requestedStatus(record, { status, exitCode }) !== null) return null;
  return exitCode === undefined ? say('op_needs_status') : say('op_no_command');
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
): Said | null {
  if (!isRerun(operation)) return null;
  if (operation === 'rerun' || operation === 'rerun_only' || operation === 'rerun_next') {
    const refusal = refusalByNets(session, record) ?? refusalByFollowers(activeBehind(record));
    if (refusal !== null || operation !== 'rerun_next') return refusal;
    return hasFollowers(session, record) ? null : say('op_nothing_follows');
  }
  const { named, passed } = rerunPlan(session, operation, record);
  if (named.length + passed.length === 0)
    return operation === 'rerun_warnings' ? say('op_no_warning') : say('op_no_failure');
  for (const index of [...named, ...passed]) {
    const unit = recordAt(session, index);
    // A net in which a unit failed may still run.
    const byState = operationTable.rerun[situationOf(unit)];
    const why =
      (byState === null ? null : say(byState)) ??
      refusalByNets(session, unit) ??
      refusalByFollowers(activeBehind(unit));
    if (why !== null) return say('op_of_its_unit', { unit: unit.unit.path, why });
  }
  return null;
}

function hasFollowers(session: Session, record: UnitRecord): boolean {
  if (record.unit.successors.length > 0) return true;
  const net = parentOf(session, record);
  return net?.state === 'ended' && hasFollowers(session, net);
}

/** Nothing begins again in a net that did not run, or that is on its way to its end. */
function refusalByNets(session: Session, record: UnitRecord): Said | null {
  for (let net = parentOf(session, record); net !== null; net = parentOf(session, net)) {
    const situation = situationOf(net);
    if (situation === 'running' || situation === 'suspended' || situation === 'ended') continue;
    const values = { net: netWord(net) };
    if (situation === 'interrupted') return say('op_net_interrupted', values);
    return situation === 'stopping' ? say('op_net_stopping', values) : say('op_net_not_run', values);
  }
  return null;
}

function netWord({ unit }: UnitRecord): Sentence {
  return unit.parent === -1 ? { code: 'op_the_session' } : { code: 'op_its_net', values: { net: unit.path } };
}

function refusalByCondition(session: Session, record: UnitRecord): Said | null {
  if (conditionOf(record) !== 'impossible') return null;
  const cause = firstImpossible(session, record);
  return say('op_cannot_hold_unit', { unit: cause?.unit.path ?? '' });
}

function refusalByFollowers(active: UnitRecord | null): Said | null {
  return active === null ? null : say('op_follower_active', { unit: active.unit.path });
}

/** A result is set where nothing can still bring one: after the end, between two tries, or when no agent of its open attempts is there. */
function refusalOfStatus(
  session: Session,
  record: UnitRecord,
  inventory: Pick<Inventory, 'nodes'> | undefined,
): Said | null {
  if (record.unit.type === 'net') return say('op_net_result');
  if (record.state === 'starting' || record.state === 'running' || record.state === 'stopping') {
    if (situationOf(record) === 'retry_wait') return null;
    const open = record.attempts.filter(({ run, endStatus }) => run === record.run && endStatus === null);
    const there = open.find(({ node }) => inventory === undefined || isConnected(inventory, node));
    if (there !== undefined) return say('op_agent_connected', { node: there.node });
    return open.length === 0 ? say('op_under_way') : null;
  }
  // Where nothing begins any more its result is its own affair.
  for (let net = parentOf(session, record); net !== null; net = parentOf(session, net))
    if (net.state === 'not_run' || net.state === 'stopped' || net.state === 'skipped')
      return say('op_net_not_run', { net: netWord(net) });
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
