// What operators do to a session: each operation with its effect, found possible by `operation-check.ts` before.
// Reruns, pauses and results set by hand are files of their own in `operate/`.
import type { OperationOptions } from '@nezuban/protocol/jobs/operate';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { say } from '@nezuban/protocol/sentences/sentence';
import { killAfterMsOf } from './attempt-rules.ts';
import { isPlannedAttempt } from './net-plan.ts';
import { inside } from './advance.ts';
import { byWhom, mark } from './marks.ts';
import type { Mark } from './marks.ts';
import { toFront } from './admission/to-front.ts';
import { pause, releasePause } from './operate/pause.ts';
import { beginAgainToSkip, holdUnit, rerun } from './operate/rerun.ts';
import { setStatus } from './operate/set-status.ts';
import { situationOf } from './operation-table.ts';
import { byWord, giveReason } from './reasons.ts';
import type { SessionEffect } from './session-inputs.ts';
import type { UnitRecord } from './session-state.ts';
import { isActive, isSettled, moveTo, recordAt, settle, touchAttempt } from './step.ts';
import type { Settlement, Step } from './step.ts';
import { unitTypes } from './unit-types/unit-types.ts';

type Request = {
  readonly operation: OperationName;
  readonly actor: string;
  readonly queueKey?: number | undefined;
} & OperationOptions;

export function applyOperation(step: Step, record: UnitRecord, request: Request): void {
  const { operation, actor } = request;
  const by: Mark = { by: actor, at: step.now, reason: request.reason ?? null };
  switch (operation) {
    case 'stop':
      stop(step, record, by);
      return;
    case 'kill':
      kill(step, record, by);
      return;
    case 'interrupt':
      pause(step, record, { kind: 'interrupted', by });
      return;
    case 'suspend':
      pause(step, record, { kind: 'suspended', by });
      return;
    case 'hold':
      holdUnit(step, record, by);
      return;
    case 'release':
      release(step, record, by);
      return;
    case 'skip':
      skip(step, record, by);
      return;
    case 'to_front':
      toFront(step, record, { by, key: request.queueKey });
      return;
    case 'set_status':
      setStatus(step, record, { by, status: request.status, exitCode: request.exitCode });
      return;
    case 'take_definition':
      throw new Error('a new definition is taken by making the session anew');
    case 'rerun':
    case 'rerun_only':
    case 'rerun_next':
    case 'rerun_failed':
    case 'rerun_failed_nets':
    case 'rerun_after_failed':
    case 'rerun_warnings':
      rerun(step, record, {
        operation,
        by,
        hold: request.hold ?? false,
        oldAsWarning: request.oldAsWarning ?? false,
      });
  }
}

/** What has begun is ended by its own type, what has not begun never will. Units that have ended stay as they are. */
export function stop(step: Step, record: UnitRecord, { by, reason }: Mark): void {
  const actor = byWhom(by, reason);
  const notRun: Settlement = {
    state: 'stopped',
    reason: say('reason_stopped_before', { by: byWord(actor) }),
  };
  // A session that queues as a whole has its units settled below, and ends with them.
  if (isActive(record) || record.unit.parent === -1) stopActive(step, record, actor);
  else settle(step, record, notRun);
  for (const inner of inside(step, record)) {
    if (isActive(inner)) stopActive(step, inner, actor);
    else settle(step, inner, notRun);
  }
}

function stopActive(step: Step, record: UnitRecord, actor: string): void {
  const type = unitTypes[record.unit.type];
  mark(step.session, record, { paused: undefined });
  type.stop?.(step, record, actor);
  // A suspended net may have nothing left that could end it.
  if (record.unit.type === 'net' && record.openChildren === 0) type.childrenSettled?.(step, record);
}

/** A stop without grace; also of what is being stopped already. */
function kill(step: Step, record: UnitRecord, by: Mark): void {
  const { session, effects } = step;
  const actor = byWhom(by.by, by.reason);
  if (record.state !== 'stopping') stop(step, record, by);
  else
    for (const inner of inside(step, record))
      if (inner.state !== 'stopping' && isActive(inner)) stopActive(step, inner, actor);
  for (let index = record.unit.index; index < record.unit.subtreeEnd; index += 1) {
    const inner = recordAt(session, index);
    if (inner.state === 'stopping') unitTypes[inner.unit.type].kill?.(step, inner, actor);
  }
  const killed = new Map<string, SessionEffect>();
  for (let index = record.unit.index; index < record.unit.subtreeEnd; index += 1) {
    const inner = recordAt(session, index);
    if (inner.openAttempts === 0) continue;
    for (const attempt of inner.attempts) {
      if (attempt.run !== inner.run || attempt.endStatus !== null) continue;
      attempt.cancelRequested = true;
      attempt.killRequested = true;
      touchAttempt(session, attempt);
      const killAfterMs = isPlannedAttempt(inner.unit) ? killAfterMsOf(inner.unit, true) : 0;
      killed.set(attempt.id, { type: 'cancel', attemptId: attempt.id, node: attempt.node, killAfterMs });
    }
  }
  // In the place of the cancels with grace that the stop has made.
  const kept = effects.filter((effect) => effect.type !== 'cancel' || !killed.has(effect.attemptId));
  effects.splice(0, effects.length, ...kept, ...killed.values());
}

function release(step: Step, record: UnitRecord, by: Mark): void {
  const situation = situationOf(record);
  if (situation === 'suspended' || situation === 'interrupted') {
    releasePause(step, record, by);
    return;
  }
  moveTo(step.session, record, 'waiting');
  giveReason(record, null);
  mark(step.session, record, { held: undefined, skipped: undefined });
  step.ready.push(record);
}

function skip(step: Step, record: UnitRecord, by: Mark): void {
  const reason = say('reason_skipped', { by: byWhom(by.by, by.reason) });
  if (situationOf(record) === 'retry_wait') {
    mark(step.session, record, { skipped: by });
    settle(step, record, { state: 'skipped', endStatus: 'normal', reason });
    return;
  }
  if (isSettled(record)) beginAgainToSkip(step, record, by);
  moveTo(step.session, record, 'skipped');
  giveReason(record, reason);
  mark(step.session, record, { held: undefined, skipped: by });
  step.ready.push(record);
}
