// Units that wait for a frozen node: which they are, why they wait, and when they go on.
// A unit none of whose nodes is free has no attempt and stays `waiting`, with a reason; one that has attempts on frozen nodes says so while
// they are pending. In these states a unit has no other reason, so the reason alone tells, also after it has been stored and read back.
// Called when nodes have changed, and for each report of an agent. Not responsible for keeping orders back: the manager's dispatcher does.
import { isPlannedAttempt } from './net-plan.ts';
import type { UnitRecord } from './session-state.ts';
import { waitForNodes } from './step.ts';
import type { Step } from './step.ts';
import { frozenReason } from './targets.ts';

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

/** Gives a unit with open attempts the reason why some of them wait, or takes it back. */
export function sayWhatWaits(step: Step, record: UnitRecord): void {
  if (record.state !== 'starting' && record.state !== 'running') return;
  if (record.reason === null && (step.inventory.frozen?.size ?? 0) === 0) return;
  const pending = record.attempts.filter(({ run, state }) => run === record.run && state === 'pending');
  waitForNodes(
    step.session,
    record,
    frozenReason(
      pending.map(({ node }) => node),
      step.inventory,
    ),
  );
}
