// Units that wait for a frozen node: which they are, why they wait, and when they go on.
// A unit none of whose nodes is free has no attempt and stays `waiting`, with a reason; one that has attempts on frozen nodes says so while
// they are pending. In these states a unit has no other reason (but while an order is withdrawn), so the reason alone tells, also after it has been stored and read back.
// Called when nodes have changed, and for each report of an agent. Not responsible for keeping orders back: the manager's dispatcher does.
import { isPlannedAttempt } from './net-plan.ts';
import { waitSentence } from '../operations/frozen-places.ts';
import type { AttemptRecord, UnitRecord } from './session-state.ts';
import { waitForNodes } from './step.ts';
import type { Step } from './step.ts';
import { frozenReason } from './targets.ts';
import { isBeingWithdrawn } from './unit-types/fall-over.ts';

/** Looks at what waits for nodes, in the light of nodes as they are now. True if something may have changed. */
export function lookAtWaiting(step: Step): boolean {
  const { session } = step;
  let changed = false;
  for (const record of session.units) {
    if (!isPlannedAttempt(record.unit)) continue;
    if (record.state === 'waiting' && record.reason !== null) {
      // If its node is still frozen it comes to rest here again, with the reason of now.
      step.ready.push(record);
      changed = true;
    } else if (record.state === 'starting' || record.state === 'running') {
      const before = record.reason;
      sayWhatWaits(step, record);
      changed ||= record.reason !== before;
    }
  }
  return changed;
}

/**
 * An agent has told of an attempt that was pending: it does not wait any more. The unit's reason is looked for anew only if it may have been this
 * node's, so that a scope of thousands costs what it changes.
 */
export function sayHeard(step: Step, record: UnitRecord, { node }: AttemptRecord): void {
  // The reason of a freeze that is over is taken back by the look that follows its end.
  const frozen = step.inventory.frozen?.get(node);
  if (frozen !== undefined && record.reason === waitSentence(frozen)) sayWhatWaits(step, record);
}

/** Gives a unit with open attempts the reason why some of them wait, or takes it back. */
export function sayWhatWaits(step: Step, record: UnitRecord): void {
  if (record.state !== 'starting' && record.state !== 'running') return;
  if (record.reason === null && (step.inventory.frozen?.size ?? 0) === 0) return;
  const newest = record.attempts.at(-1);
  if (newest !== undefined && isBeingWithdrawn(record, newest)) return;
  waitForNodes(step.session, record, frozenReason(pendingNodes(record), step.inventory));
}

/** One after the other: the first that is frozen is enough. */
function* pendingNodes(record: UnitRecord): Generator<string> {
  for (const { run, state, node } of record.attempts)
    if (run === record.run && state === 'pending') yield node;
}
