// The one interface of all types of units. A new type is one file beside this one, a member of `PlannedUnit`, and a line in
// `unit-types.ts`. The engine around it does conditions, hold, skip, propagation and rerun for all types alike.
import type { Said } from '@nezuban/protocol/sentences/sentence';
import type { Step } from '../step.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import type { UnitWork, WorkAnswer } from '../unit-work.ts';

export type UnitType = {
  /** Its condition holds and its net runs. Leaves the unit active or settled. */
  readonly start: (step: Step, record: UnitRecord) => void;
  /** It was in the queue for places of another try, or reopened, and its turn has come. */
  readonly goOn?: (step: Step, record: UnitRecord) => void;
  /**
   * An operator's stop while it is active. Leaves it stopping, or settled if nothing of it is open. For a type that holds other
   * units, the engine stops these by their own types. Left out by types that settle where they start: they are never active.
   */
  readonly stop?: (step: Step, record: UnitRecord, actor: string) => void;
  /** An operator's kill of what `stop` has left stopping. Left out by types of which nothing goes on elsewhere but attempts. */
  readonly kill?: (step: Step, record: UnitRecord, actor: string) => void;
  /** The first of the attempts under way runs: the unit has become `running`. */
  readonly attemptsRun?: (step: Step, record: UnitRecord) => void;
  /** The last open attempt of this run has been closed. */
  readonly attemptsClosed?: (step: Step, record: UnitRecord) => void;
  /** The last open child has been settled. */
  readonly childrenSettled?: (step: Step, record: UnitRecord) => void;
  /** The time that `wakeUnitAt` has set has come. */
  readonly timeReached?: (step: Step, record: UnitRecord) => void;
  /**
   * What the manager has to do for it while it is running or stopping and has a memo: from definition, session and record alone, so that it can
   * be had again when a session has been loaded. A unit that has a memo can be skipped while it runs.
   */
  readonly workOf?: (session: Session, record: UnitRecord) => UnitWork | null;
  /**
   * An answer for this run, while it is running or stopping. False: it changes nothing. A sentence: it is refused, and why; it completes
   * "cannot be decided: ".
   */
  readonly workAnswered?: (step: Step, record: UnitRecord, answer: WorkAnswer) => boolean | Said;
};
