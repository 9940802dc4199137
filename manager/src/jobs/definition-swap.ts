// Gives a suspended session in memory another revision of its definition, within the batch that commits it.
// The session is made anew and takes the place of the old one, with everything that the batch has already brought about for it. If the
// commit fails it is thrown away and read back as it was. Called by `engine-batch.ts`.
import { judgeDefinition, takeDefinition } from '@nezuban/core/jobs/operate/take-definition';
import { nextWakeAt } from '@nezuban/core/jobs/apply-session';
import type { NetPlan } from '@nezuban/core/jobs/net-plan';
import { CodedError } from '@nezuban/protocol/errors';
import type { Transaction } from '../ports.ts';
import type { Batch, BatchPorts } from './engine-batch.ts';
import { newLiveSession, type LiveSession } from './live-session.ts';

/** The definition that a session is to be given. */
export type NewDefinition = { readonly plan: NetPlan; readonly revision: number };

/** The session that takes the place of `live`; or why it cannot be. */
export const swapDefinition = (
  live: LiveSession,
  {
    definition: { plan, revision },
    actor,
    reason,
  }: { readonly definition: NewDefinition; readonly actor: string; readonly reason: string | null },
  { batch, ports }: { readonly batch: Batch; readonly ports: BatchPorts },
): LiveSession | CodedError => {
  const { session, netRevision } = live;
  const change = judgeDefinition(session, plan);
  if ('refused' in change) return new CodedError('operation_refused', change.refused);
  const by = { by: actor, at: ports.context.now, reason };
  const { context } = ports;
  const taken = takeDefinition(session, plan, { change, by, from: netRevision, to: revision, context });
  const next: LiveSession = {
    ...newLiveSession(taken.session, revision),
    stored: live.stored,
    storedAttempts: live.storedAttempts,
    droppedBytes: live.droppedBytes,
    secrets: live.secrets,
    secretBox: live.secretBox,
    // The revisions of the nets that the new one refers to, and the numbers of its units, take the place of the old ones.
    hasNewExtras: true,
    removed: change.removed,
  };
  // Units keep their numbers, so that a row is that of the same unit.
  next.storedUnits.set(live.storedUnits);
  ports.sessions.set(session.id, next);
  ports.book.forget(session.id);
  ports.book.take(next.session, ports.context.inventory);
  batch.touched.delete(live);
  batch.touched.add(next);
  for (const [index, effect] of batch.effects.entries())
    if (effect.live === live) batch.effects[index] = { ...effect, live: next };
  live.wakeup?.cancel();
  for (const effect of taken.effects) batch.effects.push({ live: next, effect });
  const at = nextWakeAt(next.session);
  if (at !== null) batch.effects.push({ live: next, effect: { type: 'wakeAt', at } });
  // The revision and the parameters of a session are otherwise written once.
  batch.alsoWrite.push(async (transaction: Transaction) =>
    transaction.query('UPDATE session SET net_revision = $2, parameters = $3 WHERE id = $1', [
      session.id,
      revision,
      JSON.stringify(next.session.parameters),
    ]),
  );
  if (taken.removed.length > 0)
    batch.alsoWrite.push(async (transaction: Transaction) =>
      transaction.query('DELETE FROM session_unit WHERE session_id = $1 AND unit = ANY ($2)', [
        session.id,
        taken.removed,
      ]),
    );
  return next;
};
