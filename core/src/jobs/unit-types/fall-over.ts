// Where one node of several is chosen and its agent does not take the order in time: the order is withdrawn, and once that is certain the next
// node gets it. Certain is a receipt that the agent will never run it, or that it never left the manager. An agent that has started it in the
// meantime keeps it: work is not ended half-way because its agent was slow, and nothing runs twice because of this.
// Decides nothing about retries: those begin when no node is left. Called by `attempt.ts`.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { PlannedAttempt } from '../net-plan.ts';
import { attemptWithdrawn } from '../session-events.ts';
import type { AttemptRecord, UnitRecord } from '../session-state.ts';
import { emit, touchAttempt, wakeUnitAt, waitForNodes } from '../step.ts';
import type { Step } from '../step.ts';
import { choosesOne, type TargetNode } from '../targets.ts';

function answerWithin({ target }: PlannedAttempt): number | null {
  return choosesOne(target) ? (target.answer_within_s ?? null) : null;
}

/** A try has begun: it is looked at again when its agent should have answered. */
export function awaitAnswer(step: Step, record: UnitRecord, unit: PlannedAttempt): void {
  const seconds = answerWithin(unit);
  if (seconds !== null) wakeUnitAt(step, record, step.now + Math.ceil(seconds * 1000));
}

/** The time is over: an order that no agent has confirmed is withdrawn. */
export function withdrawUnanswered(step: Step, record: UnitRecord, unit: PlannedAttempt): void {
  const seconds = answerWithin(unit);
  const attempt = record.attempts.at(-1);
  if (seconds === null || attempt === undefined || attempt.run !== record.run) return;
  if (attempt.state !== 'pending' || attempt.cancelRequested) return;
  attempt.cancelRequested = true;
  touchAttempt(step.session, attempt);
  const { id: attemptId, node } = attempt;
  const killAfterMs = unit.definition.kill_after_s * 1000;
  step.effects.push({ type: 'cancel', attemptId, node, killAfterMs, unlessStarted: true });
  waitForNodes(step.session, record, say('reason_withdrawn', { node, seconds }));
  emit(step, attemptWithdrawn(step.session, record, { attempt, seconds }));
}

/** Its cancel is a withdrawal: nobody has asked for the end of the unit, which would not be starting any more then. */
export function isBeingWithdrawn(record: UnitRecord, attempt: AttemptRecord): boolean {
  return attempt.cancelRequested && record.state === 'starting' && attempt.run === record.run;
}

/** It has started: it keeps its node. */
export function keepStarted(step: Step, record: UnitRecord, attempt: AttemptRecord): void {
  if (!isBeingWithdrawn(record, attempt)) return;
  attempt.cancelRequested = false;
  waitForNodes(step.session, record, null);
}

/** Whether the attempts of the newest try came to nothing because they were withdrawn, so that another node may have it. */
export function mayFallOver(record: UnitRecord, unit: PlannedAttempt): boolean {
  const { attempts, run } = record;
  if (attempts.at(-1)?.run !== run || answerWithin(unit) === null) return false;
  return newestTry(record).every(
    (attempt) => mayBeGivenUp(attempt) && (attempt.state === 'refused' || runsElsewhere(unit)),
  );
}

/** What has been withdrawn and did not run, or of which nobody knows. */
export function mayBeGivenUp({
  state,
  cancelRequested,
}: Pick<AttemptRecord, 'state' | 'cancelRequested'>): boolean {
  return cancelRequested && (state === 'refused' || state === 'unknown');
}

function runsElsewhere({ target }: PlannedAttempt): boolean {
  return choosesOne(target) && target.if_unknown === 'run_elsewhere';
}

/** Nodes that were asked in the newest try. */
export function askedNodes(record: UnitRecord): ReadonlySet<string> {
  return new Set(newestTry(record).map(({ node }) => node));
}

/** Its place for the id, which holds no name: that in the scope, unless the scope has changed and another has had it in this try. */
export function placeInTry(record: UnitRecord, { node, nodeIndex }: TargetNode): TargetNode {
  const taken = newestTry(record).map((attempt) => attempt.nodeIndex);
  return { node, nodeIndex: taken.includes(nodeIndex) ? Math.max(...taken) + 1 : nodeIndex };
}

function newestTry({ attempts }: UnitRecord): readonly AttemptRecord[] {
  const newest = attempts.at(-1);
  return attempts.filter((each) => each.run === newest?.run && each.try === newest.try);
}
