// Unit type "command": one attempt on each target node, tried again on the nodes where it failed as far as `retry` allows.
// Timeouts are the agent's; this part only reads their outcome.
import type { AttemptId } from '@nezuban/protocol/ids';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import { attemptOrder } from '../attempt-order.ts';
import { latestAttempts, reasonOfAttempts } from '../attempt-outcome.ts';
import { worseStatus } from '../end-status.ts';
import type { PlannedCommand } from '../net-plan.ts';
import { unitEnded } from '../session-events.ts';
import type { AttemptRecord, UnitRecord } from '../session-state.ts';
import { emit, moveTo, settle, touchAttempt, waitForNodes, wakeUnitAt } from '../step.ts';
import type { Step } from '../step.ts';
import { frozenReason, nextNodeOf, nodesOf } from '../targets.ts';
import type { TargetNode } from '../targets.ts';
import type { UnitType } from './unit-type.ts';

function commandOf(record: UnitRecord): PlannedCommand {
  if (record.unit.type !== 'command') throw new Error(`unit "${record.unit.path}" is not a command`);
  return record.unit;
}

function start(step: Step, record: UnitRecord): void {
  const nodes = nodesOf(commandOf(record).target, step.inventory);
  if (!nodes.ok && nodes.frozen) {
    // It stays as it was, `waiting`, and is considered again by `nodesChanged`.
    waitForNodes(step.session, record, nodes.reason);
    return;
  }
  record.startedAt = step.now;
  if (nodes.ok) beginTry(step, record, { nodes: nodes.nodes, number: 1 });
  else end(step, record, { endStatus: 'abnormal', reason: nodes.reason });
}

function beginTry(
  step: Step,
  record: UnitRecord,
  tryOf: { readonly nodes: readonly TargetNode[]; readonly number: number },
): void {
  const { session } = step;
  const unit = commandOf(record);
  record.reason = frozenReason(
    tryOf.nodes.map(({ node }) => node),
    step.inventory,
  );
  moveTo(session, record, 'starting');
  for (const { node, nodeIndex } of tryOf.nodes) {
    const id =
      `${session.id}-${session.nonce}-${unit.index}.${record.run}.${nodeIndex}.${tryOf.number}` as AttemptId;
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
    step.effects.push({ type: 'dispatch', attemptId: id, node, order: attemptOrder(session, unit, attempt) });
  }
}

function newAttempt(
  identity: Pick<AttemptRecord, 'id' | 'unit' | 'run' | 'nodeIndex' | 'try' | 'node' | 'createdAt'>,
): AttemptRecord {
  return {
    ...identity,
    state: 'pending',
    cancelRequested: false,
    endStatus: null,
    pid: null,
    exitCode: null,
    signal: null,
    reason: null,
    timedOut: false,
    startedAt: null,
    endedAt: null,
    stdoutBytes: 0,
    stderrBytes: 0,
    outputCut: false,
  };
}

function attemptsClosed(step: Step, record: UnitRecord): void {
  const latest = latestAttempts(record);
  let worst: EndStatus | null = null;
  for (const attempt of latest) worst = worseStatus(worst, attempt.endStatus);
  const endStatus = worst ?? 'abnormal';
  const reason = endStatus === 'normal' ? null : reasonOfAttempts(latest);
  if (record.state === 'stopping') {
    end(step, record, {
      endStatus,
      reason: reason === null ? null : `Stopped by ${record.stoppedBy ?? 'somebody'}. ${reason}`,
    });
    return;
  }
  const failed = attemptsToRetry(commandOf(record), latest);
  if (failed.length === 0) end(step, record, { endStatus, reason });
  else waitForRetry(step, record, { failed, reason });
}

/** Attempts whose node is to be tried again. A node of unknown result never is: its command may still run, or have done its work. */
function attemptsToRetry(unit: PlannedCommand, latest: readonly AttemptRecord[]): readonly AttemptRecord[] {
  const retry = unit.definition.retry;
  if (retry === undefined) return [];
  return latest.filter(
    ({ endStatus, try: number }) =>
      number <= retry.count &&
      (endStatus === 'abnormal' || endStatus === 'warning') &&
      retry.on.includes(endStatus),
  );
}

function waitForRetry(
  step: Step,
  record: UnitRecord,
  why: { readonly failed: readonly AttemptRecord[]; readonly reason: string | null },
): void {
  const retry = commandOf(record).definition.retry;
  const delayMs = Math.round((retry?.delay_s ?? 0) * 1000);
  if (delayMs === 0) {
    retryOn(step, record, why.failed);
    return;
  }
  const number = why.failed[0]?.try ?? 1;
  const at = step.now + delayMs;
  moveTo(step.session, record, 'retry_wait');
  record.reason = `Try ${number} of ${(retry?.count ?? 0) + 1} failed: ${why.reason ?? ''}`;
  wakeUnitAt(step, record, at);
}

function timeReached(step: Step, record: UnitRecord): void {
  retryOn(step, record, attemptsToRetry(commandOf(record), latestAttempts(record)));
}

function retryOn(step: Step, record: UnitRecord, failed: readonly AttemptRecord[]): void {
  const target = commandOf(record).target;
  const nodes = failed.map((attempt) => nextNodeOf(target, attempt, step.inventory));
  beginTry(step, record, { nodes, number: Math.max(...failed.map((attempt) => attempt.try)) + 1 });
}

function stop(step: Step, record: UnitRecord, actor: string): void {
  record.stoppedBy = actor;
  if (record.state === 'retry_wait') {
    end(step, record, {
      endStatus: 'abnormal',
      reason: `Stopped by ${actor} while it waited to be tried again.`,
    });
    return;
  }
  const killAfterMs = commandOf(record).definition.kill_after_s * 1000;
  for (const attempt of record.attempts) {
    if (attempt.run !== record.run || attempt.endStatus !== null) continue;
    attempt.cancelRequested = true;
    touchAttempt(step.session, attempt);
    step.effects.push({ type: 'cancel', attemptId: attempt.id, node: attempt.node, killAfterMs });
  }
  record.reason = `Stop requested by ${actor}.`;
  moveTo(step.session, record, 'stopping');
}

function end(
  step: Step,
  record: UnitRecord,
  result: { readonly endStatus: EndStatus; readonly reason: string | null },
): void {
  settle(step, record, { state: 'ended', ...result });
  if (result.endStatus !== 'normal') emit(step, unitEnded(step.session, record, result.endStatus));
}

export const commandUnitType: UnitType = { start, stop, attemptsClosed, timeReached };
