// All types of units that do their work on nodes (commands, and the tools of agents): one attempt on each target node, tried again on the
// nodes where it failed as far as `retry` allows. What differs by type is in `../attempt-kinds`.
// Hard timeouts are the agent's; this part only reads their outcome.
import type { AttemptId } from '@nezuban/protocol/ids';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { enqueue, mustAsk } from '../admission/ask.ts';
import { kindOf } from '../attempt-kinds/attempt-kinds.ts';
import { attemptOrder } from '../attempt-order.ts';
import { latestAttempts, reasonOfAttempts } from '../attempt-outcome.ts';
import { worseStatus } from '../end-status.ts';
import { closedAround } from '../marks.ts';
import { killAfterMsOf } from '../attempt-rules.ts';
import { holds } from '../exit-codes.ts';
import { isPlannedAttempt, type PlannedAttempt } from '../net-plan.ts';
import { newAttempt } from '../new-attempt.ts';
import { byWord, giveReason } from '../reasons.ts';
import { unitEnded, unitSlow } from '../session-events.ts';
import type { AttemptRecord, Session, UnitRecord } from '../session-state.ts';
import {
  countBegun,
  emit,
  moveTo,
  settle,
  sleepOn,
  touchAttempt,
  waitForNodes,
  wakeUnitAt,
} from '../step.ts';
import type { Step } from '../step.ts';
import { choosesOne, fallOverNode, frozenReason, nextNodeOf, nodeInScope, nodesOf } from '../targets.ts';
import type { TargetNode, TargetNodes } from '../targets.ts';
import { programTextCharsMax } from '../variables/unit-texts.ts';
import { askedNodes, awaitAnswer, mayFallOver, placeInTry, withdrawUnanswered } from './fall-over.ts';
import type { UnitType } from './unit-type.ts';

/** A repeatable attempt whose result nobody knows is begun again so often in a run: a host that restarts more often needs a person. */
const repeatsMax = 20;

function attemptUnitOf(record: UnitRecord): PlannedAttempt {
  if (!isPlannedAttempt(record.unit)) throw new Error(`unit "${record.unit.path}" makes no attempts`);
  return record.unit;
}

function start(step: Step, record: UnitRecord): void {
  const nodes = placesFound(step, record) ?? nodesOf(attemptUnitOf(record).target, step.inventory);
  if (!nodes.ok && nodes.frozen) {
    // It stays as it was, `waiting`, and is considered again by `nodesChanged`.
    if (record.state !== 'waiting') moveTo(step.session, record, 'waiting');
    waitForNodes(step.session, record, nodes.reason);
    return;
  }
  record.startedAt = step.now;
  const tooLong = textTooLong(step.session, attemptUnitOf(record));
  if (tooLong !== null) end(step, record, { endStatus: 'abnormal', reason: tooLong });
  else if (nodes.ok) beginTry(step, record, { nodes: nodes.nodes, number: 1 });
  else end(step, record, { endStatus: 'abnormal', reason: nodes.reason });
}

function textTooLong(session: Session, { definition, index }: PlannedAttempt): Said | null {
  const what = kindOf(definition).problemOf?.(definition, { session, attempt: { unit: index } }) ?? null;
  if (what === null) return null;
  return say('reason_text_too_long', { What: what, max: programTextCharsMax });
}

/** The node that was found with its place, where one of several is chosen. */
function placesFound({ admitted, inventory }: Step, record: UnitRecord): TargetNodes | null {
  if (admitted?.record !== record || admitted.node === null) return null;
  const node = nodeInScope(attemptUnitOf(record).target, admitted.node, inventory);
  return node === null ? null : { ok: true, nodes: [node] };
}

function beginTry(
  step: Step,
  record: UnitRecord,
  tryOf: { readonly nodes: readonly TargetNode[]; readonly number: number },
): void {
  const { session } = step;
  const unit = attemptUnitOf(record);
  giveReason(
    record,
    frozenReason(
      tryOf.nodes.map(({ node }) => node),
      step.inventory,
    ),
  );
  moveTo(session, record, 'starting');
  awaitAnswer(step, record, unit);
  for (const { node, nodeIndex } of tryOf.nodes) {
    const id =
      `${session.id}-${session.nonce}-${unit.number}.${record.run}.${nodeIndex}.${tryOf.number}` as AttemptId;
    const attempt = newAttempt({
      id,
      unit: unit.index,
      run: record.run,
      nodeIndex,
      try: tryOf.number,
      node,
      createdAt: step.now,
    });
    record.attempts.push(attempt);
    record.openAttempts += 1;
    session.attempts.set(id, attempt);
    touchAttempt(session, attempt);
    countBegun(step, node);
    step.effects.push({ type: 'dispatch', attemptId: id, node, order: attemptOrder(session, unit, attempt) });
  }
}

function attemptsClosed(step: Step, record: UnitRecord): void {
  if (record.state === 'stopping') {
    endAsAttempted(step, record);
    return;
  }
  if (mayFallOver(record, attemptUnitOf(record)) && fallOver(step, record)) return;
  const latest = latestAttempts(record);
  const again = attemptsOfNextTry(record, latest);
  if (again.length > 0) waitForRetry(step, record, { failed: again, reason: resultOf(latest).reason });
  else endAsAttempted(step, record);
}

/** With the worst of its latest attempts. */
function endAsAttempted(step: Step, record: UnitRecord): void {
  const { endStatus, reason } = resultOf(latestAttempts(record));
  const stopped = record.state === 'stopping' && reason !== null;
  end(step, record, {
    endStatus,
    reason: stopped ? say('reason_stopped_with', { by: byWord(record.stoppedBy), reason }) : reason,
  });
}

function resultOf(latest: readonly AttemptRecord[]): {
  readonly endStatus: EndStatus;
  readonly reason: Said | null;
} {
  let worst: EndStatus | null = null;
  for (const attempt of latest) worst = worseStatus(worst, attempt.endStatus);
  const endStatus = worst ?? 'abnormal';
  return { endStatus, reason: endStatus === 'normal' ? null : reasonOfAttempts(latest) };
}

function attemptsOfNextTry(record: UnitRecord, latest: readonly AttemptRecord[]): readonly AttemptRecord[] {
  const failed = attemptsToRetry(record, latest);
  return failed.length > 0 ? failed : attemptsToRepeat(record, latest);
}

/** Attempts whose node is to be tried again: those that failed so, and beside them those of unknown result that may be repeated. */
function attemptsToRetry(record: UnitRecord, latest: readonly AttemptRecord[]): readonly AttemptRecord[] {
  const { definition, rules } = attemptUnitOf(record);
  const { retry } = definition;
  if (retry === undefined) return [];
  const failed = latest.filter(
    ({ endStatus, exitCode }) =>
      (endStatus === 'abnormal' || endStatus === 'warning') &&
      retry.on.includes(endStatus) &&
      (rules.retryCodes === null || (exitCode !== null && holds(rules.retryCodes, exitCode))),
  );
  if (!rules.repeatable) return failed.filter(({ try: number }) => number <= retry.count);
  const allowed = failed.filter((attempt) => triesOf(record, attempt, isKnown) <= retry.count);
  return allowed.length === 0 ? [] : [...allowed, ...attemptsToRepeat(record, latest)];
}

/**
 * Attempts whose result nobody knows and that may be begun again by themselves, as `attempt-rules.ts` says. Those of other types
 * never are: the command may still run, or have done its work.
 */
function attemptsToRepeat(record: UnitRecord, latest: readonly AttemptRecord[]): readonly AttemptRecord[] {
  if (!attemptUnitOf(record).rules.repeatable) return [];
  return latest.filter(
    (attempt) => !isKnown(attempt) && triesOf(record, attempt, (each) => !isKnown(each)) <= repeatsMax,
  );
}

function isKnown({ endStatus }: AttemptRecord): boolean {
  return endStatus !== 'unknown';
}

/** Tries of this run at the attempt's place in its target that ended so. */
function triesOf(
  record: UnitRecord,
  { run, nodeIndex }: AttemptRecord,
  counts: (attempt: AttemptRecord) => boolean,
): number {
  const single = isSingle(attemptUnitOf(record));
  return record.attempts.filter(
    (each) => each.run === run && (single || each.nodeIndex === nodeIndex) && counts(each),
  ).length;
}

/** One node at a time, though another one at each try. */
function isSingle({ target }: PlannedAttempt): boolean {
  return choosesOne(target);
}

function waitForRetry(
  step: Step,
  record: UnitRecord,
  why: { readonly failed: readonly AttemptRecord[]; readonly reason: Said | null },
): void {
  const retry = attemptUnitOf(record).definition.retry;
  // What is only begun again, because nobody knows how it ended, is begun again at once.
  const delayMs = why.failed.every((attempt) => !isKnown(attempt))
    ? 0
    : Math.round((retry?.delay_s ?? 0) * 1000);
  // A pause keeps the next try back as it does every start.
  if (delayMs === 0 && closedAround(step.session, record) === null) {
    retryOn(step, record, why.failed);
    return;
  }
  const number = why.failed[0]?.try ?? 1;
  const at = step.now + delayMs;
  moveTo(step.session, record, 'retry_wait');
  const count = (retry?.count ?? 0) + 1;
  giveReason(record, say('reason_try_failed', { number, count, reason: why.reason ?? '' }));
  wakeUnitAt(step, record, at);
}

/** Of a unit that runs: it takes long, which is said once a try. */
function timeReached(step: Step, record: UnitRecord): void {
  if (record.state === 'retry_wait') {
    goOn(step, record);
    return;
  }
  sleepOn(step.session, record);
  if (record.state === 'starting') withdrawUnanswered(step, record, attemptUnitOf(record));
  const seconds = attemptUnitOf(record).definition.warn_after_s;
  if (record.state === 'running' && seconds !== undefined)
    emit(step, unitSlow(step.session, record, seconds));
}

/** Gives the order to a node that has not been asked in this try; false if there is none. */
function fallOver(step: Step, record: UnitRecord): boolean {
  const { target } = attemptUnitOf(record);
  const found = placesFound(step, record);
  const node = found?.ok === true ? found.nodes[0] : fallOverNode(target, askedNodes(record), step.inventory);
  if (node === undefined || node === null) return false;
  if (mustAsk(step, record)) enqueue(step, record);
  else
    beginTry(step, record, { nodes: [placeInTry(record, node)], number: record.attempts.at(-1)?.try ?? 1 });
  return true;
}

/** Its time has come, or it has the places of another try. */
function goOn(step: Step, record: UnitRecord): void {
  const fallsOver = mayFallOver(record, attemptUnitOf(record));
  if (record.state === 'queued' && fallsOver && fallOver(step, record)) return;
  const again = attemptsOfNextTry(record, latestAttempts(record));
  if (again.length > 0) retryOn(step, record, again);
  // It was queued for another node: that has gone meanwhile, or a pause has come in between.
  else if (!fallsOver || !fallOver(step, record)) endAsAttempted(step, record);
}

function attemptsRun(step: Step, record: UnitRecord): void {
  const seconds = attemptUnitOf(record).definition.warn_after_s;
  if (seconds !== undefined) wakeUnitAt(step, record, step.now + Math.ceil(seconds * 1000));
}

function retryOn(step: Step, record: UnitRecord, failed: readonly AttemptRecord[]): void {
  if (mustAsk(step, record)) {
    enqueue(step, record);
    return;
  }
  const { target, rules } = attemptUnitOf(record);
  const found = placesFound(step, record);
  const keepsPlace =
    rules.repeatable && failed.some((attempt) => !isKnown(attempt) || attempt.signal !== null);
  const nodes =
    found?.ok === true && !keepsPlace
      ? found.nodes
      : // By their places, as they are read back from what is stored.
        failed
          .toSorted((one, other) => one.nodeIndex - other.nodeIndex)
          .map((attempt) =>
            // What it has begun is there, and is to be found again.
            keepsPlace ? attempt : nextNodeOf(target, attempt, step.inventory),
          );
  beginTry(step, record, { nodes, number: Math.max(...failed.map((attempt) => attempt.try)) + 1 });
}

function stop(step: Step, record: UnitRecord, actor: string): void {
  record.stoppedBy = actor;
  if (record.state === 'retry_wait' || record.state === 'queued') {
    end(step, record, {
      endStatus: 'abnormal',
      reason: say('reason_stopped_before_retry', { by: byWord(actor) }),
    });
    return;
  }
  const killAfterMs = killAfterMsOf(attemptUnitOf(record));
  for (const attempt of record.attempts) {
    if (attempt.run !== record.run || attempt.endStatus !== null) continue;
    attempt.cancelRequested = true;
    touchAttempt(step.session, attempt);
    step.effects.push({ type: 'cancel', attemptId: attempt.id, node: attempt.node, killAfterMs });
  }
  giveReason(record, say('reason_stop_requested', { by: byWord(actor) }));
  moveTo(step.session, record, 'stopping');
}

function end(
  step: Step,
  record: UnitRecord,
  result: { readonly endStatus: EndStatus; readonly reason: Said | null },
): void {
  settle(step, record, { state: 'ended', ...result });
  if (result.endStatus !== 'normal') emit(step, unitEnded(step.session, record, result.endStatus));
}

export const attemptUnitType: UnitType = { start, goOn, stop, attemptsRun, attemptsClosed, timeReached };
