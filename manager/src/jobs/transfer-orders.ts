// What the order of a file transfer says, while its attempt is open: whom the manager asks for the files, and who gets them.
// Called by the transfers domain, for each connection of an agent that writes.
import { attemptOrder } from '@nezuban/core/jobs/attempt-order';
import { isPlannedAttempt } from '@nezuban/core/jobs/net-plan';
import type { Session } from '@nezuban/core/jobs/session-state';
import { recordAt } from '@nezuban/core/jobs/step';
import { fileTransferInputSchema } from '@nezuban/protocol/agent/tool-inputs';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { TransferOrder } from '../transfers/transfer-relay.ts';
import { sessionOfAttempt } from './attempt-key.ts';
import type { Engine } from './engine.ts';

export const findTransferOrder = async (
  engine: Pick<Engine, 'inspect'>,
  id: AttemptId,
): Promise<TransferOrder | null> =>
  (await engine.inspect(sessionOfAttempt(id), (session) => orderIn(session, id)))?.result ?? null;

const orderIn = (session: Session, id: AttemptId): TransferOrder | null => {
  const attempt = session.attempts.get(id);
  if (attempt === undefined || attempt.endStatus !== null) return null;
  const { unit } = recordAt(session, attempt.unit);
  if (!isPlannedAttempt(unit)) return null;
  const { tool } = attemptOrder(session, unit, attempt);
  if (tool?.name !== 'file_transfer') return null;
  return {
    sessionId: session.id,
    net: session.plan.definition.name,
    unit: unit.path,
    node: attempt.node,
    input: fileTransferInputSchema.parse(tool.input),
  };
};
