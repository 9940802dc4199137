// The order that an agent gets for an attempt. Made from the session's definition and the attempt's record alone, so that the same
// order can be made again after a restart. What differs by type is in `attempt-kinds/`.
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import type { AttemptPlace } from './attempt-kinds/attempt-kind.ts';
import { kindOf } from './attempt-kinds/attempt-kinds.ts';
import { killAfterMsOf } from './attempt-rules.ts';
import type { PlannedAttempt } from './net-plan.ts';
import type { AttemptRecord, Session } from './session-state.ts';
import { recordAt } from './step.ts';

export function attemptOrder(session: Session, unit: PlannedAttempt, attempt: AttemptRecord): AttemptOrder {
  const { definition } = unit;
  const own = kindOf(definition).orderOf(definition, {
    session,
    attempt,
    unitPath: unit.path,
    ...beforeOf(session, attempt),
  });
  const order: AttemptOrder = {
    attemptId: attempt.id,
    killAfterMs: killAfterMsOf(unit),
    outputBytesMax: definition.output_bytes_max,
    ...own,
  };
  if (definition.user !== undefined) order.user = definition.user;
  if (definition.group !== undefined) order.group = definition.group;
  if (order.timeoutMs === undefined && definition.timeout_s !== undefined)
    order.timeoutMs = definition.timeout_s * 1000;
  return order;
}

/** Of the tries on this node before. */
function beforeOf(
  session: Session,
  attempt: AttemptRecord,
): Pick<AttemptPlace, 'firstStart' | 'afterUnknown'> {
  if (attempt.try === 1) return { firstStart: null, afterUnknown: false };
  const before = recordAt(session, attempt.unit).attempts.filter(
    ({ run, nodeIndex, try: number }) =>
      run === attempt.run && nodeIndex === attempt.nodeIndex && number < attempt.try,
  );
  const [first] = before;
  const last = before.at(-1);
  return {
    firstStart: first === undefined ? null : (first.startedAt ?? first.createdAt),
    // One that was killed from outside may have left behind what it had begun.
    afterUnknown: last !== undefined && (last.endStatus === 'unknown' || last.signal !== null),
  };
}
