// What a unit of a plan asks for before it starts: its own keys, and those of the nets around it that are handed on.
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { workPriorities, type LockClaim } from '@nezuban/protocol/jobs/control/places';
import type { Claim } from './claims.ts';

export type PlannedPlaces = {
  readonly priority: number;
  /** Of the units that make attempts. */
  readonly queue: string | null;
  readonly locks: readonly Claim[];
  /** Locks that a net around it holds while it runs: it need not ask for them again. */
  readonly heldAround: readonly Claim[];
  /** It may have to ask, whatever the limits in force. */
  readonly asks: boolean;
};

type Keys = Pick<UnitDefinition, 'priority' | 'queue' | 'locks'>;

const noLocks: readonly Claim[] = [];
const plain: PlannedPlaces = {
  priority: workPriorities.default,
  queue: null,
  locks: noLocks,
  heldAround: noLocks,
  asks: false,
};

/** `around`: of the net around it. */
export function placesOfUnit(unit: Keys, around: PlannedPlaces): PlannedPlaces {
  const { queue = around.queue, locks } = unit;
  // Of an event it is the event's.
  const priority = typeof unit.priority === 'number' ? unit.priority : around.priority;
  // Nearly all units of a net are alike, and share what they ask for.
  if (
    locks === undefined &&
    priority === around.priority &&
    queue === around.queue &&
    around.locks.length === 0 &&
    // A session asks for other reasons than the units inside.
    around.asks === (queue !== null)
  )
    return around;
  // Only of referenced nets: within one definition locks do not lie inside locks (judge-places.ts).
  const heldAround = [...around.heldAround, ...around.locks];
  const claims =
    locks?.map(claimOf).filter(({ resource }) => !heldAround.some((held) => held.resource === resource)) ??
    noLocks;
  return { priority, queue, locks: claims, heldAround, asks: claims.length > 0 || queue !== null };
}

export function placesOfRoot(definition: JobNetDefinition): PlannedPlaces {
  const own = placesOfUnit(definition, plain);
  const { overlap = 'parallel', exclusive_with: excluded } = definition;
  const asks = own.locks.length > 0 || overlap !== 'parallel' || excluded !== undefined;
  return { ...own, asks };
}

function claimOf({ name, count }: LockClaim): Claim {
  return { resource: `lock ${name}`, count: count === 'all' ? 'whole' : count };
}
