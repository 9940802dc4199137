// The order that an agent gets for an attempt. Made from the session's definition and the attempt's record alone, so that the same
// order can be made again after a restart.
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import type { CommandUnit } from '@nezuban/protocol/jobs/units/command';
import type { PlannedCommand } from './net-plan.ts';
import type { AttemptRecord, Session } from './session-state.ts';

export function attemptOrder(session: Session, unit: PlannedCommand, attempt: AttemptRecord): AttemptOrder {
  const definition = unit.definition;
  const order: AttemptOrder = {
    attemptId: attempt.id,
    command: definition.command,
    environment: environmentOf(session, unit, attempt),
    killAfterMs: definition.kill_after_s * 1000,
    outputBytesMax: definition.output_bytes_max,
  };
  addOptional(order, definition);
  return order;
}

function addOptional(order: AttemptOrder, definition: CommandUnit): void {
  if (definition.working_directory !== undefined) order.workingDirectory = definition.working_directory;
  if (definition.user !== undefined) order.user = definition.user;
  if (definition.group !== undefined) order.group = definition.group;
  if (definition.supplementary_groups !== undefined)
    order.supplementaryGroups = definition.supplementary_groups;
  if (definition.stdin_file !== undefined) order.stdinFile = definition.stdin_file;
  if (definition.umask !== undefined) order.umask = definition.umask;
  if (definition.timeout_s !== undefined) order.timeoutMs = definition.timeout_s * 1000;
}

/** Parameters of the session, then what Nezuban tells every command about itself, then the unit's own environment, which wins. */
function environmentOf(
  session: Session,
  unit: PlannedCommand,
  attempt: AttemptRecord,
): Record<string, string> {
  return {
    ...session.parameters,
    NEZUBAN_SESSION_ID: String(session.id),
    NEZUBAN_NET: session.plan.definition.name,
    NEZUBAN_UNIT: unit.path,
    NEZUBAN_RUN: String(attempt.run),
    NEZUBAN_TRY: String(attempt.try),
    ...unit.definition.environment,
  };
}
