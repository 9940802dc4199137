// Routes of what manager and agents know differently of attempts. Everybody sees the nodes that he may see.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type { AuditLog, Handlers } from '../ports.ts';
import type { Reconciliation } from './reconciliation.ts';

export const createReconciliationRoutes = ({
  reconciliation,
  database,
  audit,
}: {
  readonly reconciliation: Pick<Reconciliation, 'view' | 'endStray' | 'strayNode'>;
  readonly database: Database;
  readonly audit: AuditLog;
}): Pick<Handlers, 'getReconciliation' | 'endStrayAttempt'> => ({
  async getReconciliation({ actor }) {
    const { comparedAt, silent, strays, straysLeftOut } = reconciliation.view();
    const sees = ({ node }: { readonly node: string }): boolean =>
      actor.permissions.onNode('nodes.read', node);
    const mayRead = (net: string | null): boolean =>
      net === null || actor.permissions.onNet('nets.read', net);
    return {
      body: {
        comparedAt,
        silent: silent.filter(sees),
        straysLeftOut: straysLeftOut.filter(sees),
        // What it belonged to is the net's affair.
        strays: strays
          .filter(sees)
          .map((stray) => (mayRead(stray.net) ? stray : { ...stray, net: null, unit: null })),
      },
    };
  },
  async endStrayAttempt({ params: { attemptId }, body, actor }) {
    const missing = say('refused_no_stray_attempt', { attempt: attemptId });
    const node = reconciliation.strayNode(attemptId);
    if (node === null) throw new CodedError('not_found', missing);
    actor.permissions.requireOnNode('nodes.write', node, missing);
    await database.inTransaction(
      async (transaction) =>
        await audit.record(transaction, {
          actor,
          action: 'endStrayAttempt',
          target: attemptId,
          details: { node, ...body },
        }),
    );
    // After it is on record; it is told again if it is still there at the next comparison.
    reconciliation.endStray(attemptId, body.killAfterSeconds * 1000);
    return { body: undefined };
  },
});
