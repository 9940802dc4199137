// Whether a unit or session has to ask for places before it starts, and the queue that it stands in then.
// It is queued as a state of its own, committed like any other; the manager's admission book (admission-book.ts) says who comes next, and
// its answer is an input. A unit that asks for nothing, nearly every one, starts as if there were no such thing.
import { workPriorities } from '@nezuban/protocol/jobs/control/places';
import { isPlannedAttempt, type PlannedUnit } from '../net-plan.ts';
import { giveReason } from '../reasons.ts';
import type { Inventory } from '../session-inputs.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { isActive, moveTo } from '../step.ts';
import type { Step } from '../step.ts';

/** So much waiting is a level of priority worth: of two that wait for the same, the one with the lower priority goes first only if it has waited longer by this, for each level between them. So nobody waits for ever. */
export const priorityWorthMs = 30 * 60_000;

export function queueKeyOf(since: number, priority: number): number {
  return since - (priority - workPriorities.lowest) * priorityWorthMs;
}

/** Of a session whose start was given another priority, for all in it that has none of its own. */
export function workPriorityOf(
  { trigger, units }: Pick<Session, 'trigger' | 'units'>,
  { unit }: UnitRecord,
): number {
  const { priority } = unit.places;
  const given = trigger.type === 'schedule' ? trigger.prepared?.priority : undefined;
  return given !== undefined && priority === units[0]?.unit.places.priority ? given : priority;
}

/** Before its first start, or before another try of it. */
export function mustAsk(step: Step, record: UnitRecord): boolean {
  // Asked for and given in this very step.
  if (step.admitted?.record === record) return false;
  const { unit } = record;
  if (unit.parent === -1)
    return unit.places.asks || step.inventory.excludedNet?.(step.session.plan.definition.name) === true;
  if (unit.places.locks.length > 0 && !isActive(record)) return true;
  return isPlannedAttempt(unit) && (unit.places.queue !== null || isLimited(unit, step.inventory));
}

function isLimited(unit: PlannedUnit, { limitedNodes, scopes }: Inventory): boolean {
  if (limitedNodes === undefined || limitedNodes.size === 0) return false;
  if (!isPlannedAttempt(unit) || unit.target === null) return false;
  const { target } = unit;
  if ('node' in target) return limitedNodes.has(target.node);
  return scopes.get(target.scope)?.some((node) => limitedNodes.has(node)) === true;
}

/** Puts it into the queue; one that was there before and had to leave it without starting keeps its turn. */
export function enqueue(step: Step, record: UnitRecord, again = false): void {
  const queued = record.control?.queued ?? {
    since: step.now,
    key: queueKeyOf(step.now, workPriorityOf(step.session, record)),
    ...(again ? { again: true as const } : {}),
  };
  record.control = { ...record.control, queued };
  giveReason(record, null);
  moveTo(step.session, record, 'queued');
}
