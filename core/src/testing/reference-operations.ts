// Operations of the reference engine (`reference-session.ts`): reruns, pauses and results set by hand, told as simply as they can be, by
// looking at every unit again and again. Shares no code with the real ones.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { OperationOptions } from '@nezuban/protocol/jobs/operate';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { isAsked, activeStates, isSettled, subtree, worst } from './reference-units.ts';
import type { ReferenceUnit } from './reference-units.ts';

/** What an operation asks of the reference engine. */
export type World = {
  readonly units: readonly ReferenceUnit[];
  readonly condition: (unit: ReferenceUnit) => boolean | null | 'unneeded';
};

const failures: (EndStatus | null)[] = ['abnormal', 'unknown'];

export function mayOperate(world: World, unit: ReferenceUnit, operation: OperationName): boolean {
  const isRoot = unit.parent === null;
  const isNet = isRoot || unit.kids.length > 0;
  const toBeSkipped = unit.state === 'skipped' && unit.end === null;
  const active = ['starting', 'running', 'retry_wait'].includes(unit.state);
  const paused = unit.state === 'running' ? unit.paused : null;
  switch (operation) {
    case 'stop':
      return active;
    case 'kill':
      return active || unit.state === 'stopping';
    case 'interrupt':
      return isRoot && unit.state === 'running' && paused !== 'interrupted';
    case 'suspend':
      return isNet && unit.state === 'running' && paused === null;
    case 'hold':
      return !isRoot && unit.state === 'waiting';
    case 'release':
      return paused !== null || (!isRoot && (unit.state === 'held' || toBeSkipped));
    case 'skip':
      if (isRoot) return false;
      if (['waiting', 'held', 'retry_wait'].includes(unit.state) || waitsForTime(unit)) return true;
      return (
        ((unit.state === 'ended' && unit.end !== 'normal') || unit.state === 'stopped') &&
        mayBeginAgain(unit) &&
        world.condition(unit) !== false
      );
    case 'take_definition':
      return isRoot && paused === 'suspended';
    case 'to_front':
      return unit.state === 'queued';
    case 'set_status':
      return !isNet && mayBeSet(unit);
    case 'rerun':
      return isSettled(unit) && mayBeginAgain(unit);
    case 'rerun_only':
      return !isRoot && isSettled(unit) && mayBeginAgain(unit);
    case 'rerun_next':
      return !isRoot && isSettled(unit) && mayBeginAgain(unit) && hasNext(unit);
    case 'rerun_failed':
    case 'rerun_failed_nets':
    case 'rerun_after_failed':
    case 'rerun_warnings': {
      if (!isRoot || !(unit.state === 'ended' || (unit.state === 'running' && paused !== 'interrupted')))
        return false;
      const { named, passed } = again(world, operation, unit);
      return (
        named.length + passed.length > 0 &&
        [...named, ...passed].every((each) => isSettled(each) && mayBeginAgain(each))
      );
    }
  }
}

function mayBeSet(unit: ReferenceUnit): boolean {
  if (unit.state === 'retry_wait' || waitsForTime(unit)) return true;
  if (['starting', 'running', 'stopping'].includes(unit.state)) {
    const open = [...unit.attempts].filter(([, attempt]) => attempt.end === null);
    // Of the two nodes the second is never connected.
    return open.length > 0 && open.every(([node]) => node === 1);
  }
  return (
    isSettled(unit) && above(unit).every((net) => !['not_run', 'stopped', 'skipped'].includes(net.state))
  );
}

function mayBeginAgain(unit: ReferenceUnit): boolean {
  for (const net of above(unit))
    if (net.state !== 'ended' && (net.state !== 'running' || net.paused === 'interrupted')) return false;
  const behindIt = [...behind(unit), ...endedAbove(unit).flatMap(behind)];
  return !behindIt.some((each) => activeStates.includes(each.state));
}

function hasNext(unit: ReferenceUnit): boolean {
  return [unit, ...endedAbove(unit)].some((each) => behind(each).length > 0);
}

type Again = {
  readonly again: readonly ReferenceUnit[];
  readonly named: readonly ReferenceUnit[];
  readonly passed: readonly ReferenceUnit[];
  readonly nets: readonly ReferenceUnit[];
};

function again({ units }: World, operation: OperationName, unit: ReferenceUnit): Again {
  const leaves = units.filter((each) => each.parent !== null && each.kids.length === 0);
  const failed = leaves.filter((each) => each.state === 'ended' && failures.includes(each.end));
  const kept = units.filter((each) => each.state === 'stopped' && each.parent?.state !== 'stopped');
  const both = units.filter((each) => failed.includes(each) || kept.includes(each));
  let from: ReferenceUnit[] = [];
  let only: ReferenceUnit[] = [];
  let next: ReferenceUnit[] = [];
  if (operation === 'rerun') from = [unit];
  if (operation === 'rerun_only') only = [unit];
  if (operation === 'rerun_next') next = [unit];
  if (operation === 'rerun_failed') from = both;
  if (operation === 'rerun_failed_nets')
    from = both.map((each) =>
      each.kids.length > 0 || each.parent === null || each.parent.parent === null ? each : each.parent,
    );
  if (operation === 'rerun_after_failed') [from, next] = [kept, failed];
  if (operation === 'rerun_warnings')
    only = leaves.filter((each) => each.state === 'ended' && each.end === 'warning');
  const all = new Set([...from, ...only]);
  const nets = new Set<ReferenceUnit>();
  for (const each of [...from, ...next]) {
    for (const follower of [...behind(each), ...endedAbove(each).flatMap(behind)]) all.add(follower);
  }
  for (const each of [...from, ...only, ...next]) for (const net of endedAbove(each)) nets.add(net);
  const inside = (each: ReferenceUnit): boolean => above(each).some((net) => all.has(net));
  const stays = (each: ReferenceUnit): boolean => !all.has(each) && !inside(each);
  return {
    again: [...all],
    named: [...new Set([...from, ...only])].filter((each) => !inside(each)),
    passed: next.filter(stays),
    nets: [...nets].filter(stays),
  };
}

export function rerun(
  world: World,
  unit: ReferenceUnit,
  { operation, hold = false, oldAsWarning = false }: { readonly operation: OperationName } & OperationOptions,
): void {
  const plan = again(world, operation, unit);
  for (const net of plan.nets)
    Object.assign(net, { state: 'running', end: null, stopped: false, paused: null, countsAs: null });
  for (const each of plan.again.flatMap(subtree)) beginAgain(each);
  for (const each of plan.passed) each.countsAs = 'normal';
  for (const each of plan.named) {
    if (each.parent === null) {
      if (hold) each.paused = 'suspended';
      continue;
    }
    const condition = world.condition(each);
    if (condition === false || condition === 'unneeded') each.forced = true;
    if (!hold && each.state === 'held') each.state = 'waiting';
    if (hold && (each.state === 'waiting' || each.state === 'held'))
      Object.assign(each, { state: 'held', heldByHand: true });
  }
  if (hold)
    for (const each of plan.passed)
      for (const follower of after(each))
        if (follower.state === 'waiting' || follower.state === 'held')
          Object.assign(follower, { state: 'held', heldByHand: true });
  if (oldAsWarning)
    for (const each of world.units)
      if (each.kids.length === 0 && each.state === 'ended' && failures.includes(each.end)) {
        each.end = 'warning';
        for (const net of endedAbove(each)) net.end = worstInside(net);
      }
}

/** Of a unit that has settled: those get their turn that had been ruled out because of it. */
export function reconsider(world: World, unit: ReferenceUnit): void {
  for (const follower of after(unit)) {
    const ruledOut =
      follower.state === 'not_run' ||
      (follower.state === 'skipped' &&
        follower.end !== null &&
        isRecovery(follower) &&
        !follower.skippedByHand);
    const goesOn = above(follower).every(({ state }) => state === 'running' || state === 'ended');
    const condition = world.condition(follower);
    if (!ruledOut || !goesOn) continue;
    if (condition === false || condition === 'unneeded') continue;
    for (const each of subtree(follower)) beginAgain(each);
    reconsider(world, follower);
  }
  const net = unit.parent;
  if (net?.state !== 'ended') return;
  if (net.kids.every(isSettled)) {
    const end = worstInside(net);
    if (end === net.end) return;
    net.end = end;
  } else Object.assign(net, { state: 'running', end: null, stopped: false, paused: null, countsAs: null });
  reconsider(world, net);
}

export function beginAgain(unit: ReferenceUnit): void {
  if (!isSettled(unit)) return;
  Object.assign(unit, {
    state: unit.definition?.hold === true ? 'held' : 'waiting',
    run: unit.run + 1,
    end: null,
    attempts: new Map(),
    tries: new Map(),
    stopped: false,
    answer: null,
    paused: null,
    forced: false,
    countsAs: null,
    skippedByHand: false,
    heldByHand: false,
    begun: false,
  });
}

function isRecovery({ definition }: ReferenceUnit): boolean {
  return definition?.recovery !== undefined && definition.recovery !== false;
}

export function waitsForTime(unit: ReferenceUnit): boolean {
  return unit.state === 'running' && (unit.definition?.type === 'wait' || isAsked(unit));
}

export function worstInside(net: ReferenceUnit): EndStatus {
  const counted = net.kids.map((kid) => (kid.state === 'stopped' ? 'abnormal' : kid.end));
  return worst(counted.filter((end) => end !== null)) ?? 'normal';
}

/** Nets around the unit, innermost first. */
export function above(unit: ReferenceUnit): ReferenceUnit[] {
  return unit.parent === null ? [] : [unit.parent, ...above(unit.parent)];
}

function endedAbove(unit: ReferenceUnit): ReferenceUnit[] {
  const nets = above(unit);
  const open = nets.findIndex((net) => net.state !== 'ended');
  return open === -1 ? nets : nets.slice(0, open);
}

/** Siblings that wait for the unit. */
function after(unit: ReferenceUnit): ReferenceUnit[] {
  return (unit.parent?.kids ?? []).filter((sibling) => {
    const condition = sibling.definition?.after;
    if (condition === undefined) return false;
    const edges = 'any' in condition ? condition.any : condition.all;
    return edges.some((edge) => edge.unit === unit.definition?.name);
  });
}

/** The same, and those that wait for them. */
function behind(unit: ReferenceUnit): ReferenceUnit[] {
  const found = new Set<ReferenceUnit>();
  const follow = (before: ReferenceUnit): void => {
    for (const sibling of after(before)) {
      if (found.has(sibling)) continue;
      found.add(sibling);
      follow(sibling);
    }
  };
  follow(unit);
  return [...found];
}
