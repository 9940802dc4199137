// The one interface of all types of units. A new type is one file beside this one, a member of `PlannedUnit`, and a line in
// `unit-types.ts`. The engine around it does conditions, hold, skip, propagation and rerun for all types alike.
import type { Step } from '../step.ts';
import type { UnitRecord } from '../session-state.ts';

export type UnitType = {
  /** Its condition holds and its net runs. Leaves the unit active or settled. */
  readonly start: (step: Step, record: UnitRecord) => void;
  /**
   * An operator's stop while it is active. Leaves it stopping, or settled if nothing of it is open. For a type that holds other
   * units, the engine stops these by their own types. Left out by types that settle where they start: they are never active.
   */
  readonly stop?: (step: Step, record: UnitRecord, actor: string) => void;
  /** The first of the attempts under way runs: the unit has become `running`. */
  readonly attemptsRun?: (step: Step, record: UnitRecord) => void;
  /** The last open attempt of this run has been closed. */
  readonly attemptsClosed?: (step: Step, record: UnitRecord) => void;
  /** The last open child has been settled. */
  readonly childrenSettled?: (step: Step, record: UnitRecord) => void;
  /** The time that `wakeUnitAt` has set has come. */
  readonly timeReached?: (step: Step, record: UnitRecord) => void;
};
