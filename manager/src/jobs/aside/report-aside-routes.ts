// Routes of reports that were put aside. Everybody sees those of the nodes that he may see; what a report says only who may see its net.
// Called by the API.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import type { Receipt } from '@nezuban/protocol/agent/link';
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import type { Database } from '../../database/database.ts';
import { createWhere } from '../../database/where.ts';
import type { AuditLog, Handlers, RequestActor, Transaction } from '../../ports.ts';
import { quoted } from '../engine-poison.ts';
import { removeReport, type ReportsAside, type StoredReport } from './reports-aside.ts';

type Row = StoredReport & {
  readonly session_id: SessionId;
  readonly attempt_id: AttemptId;
  readonly net: string | null;
  readonly state: string;
  readonly reason: string;
  readonly put_aside_at: Date;
  readonly attempt_closed: boolean;
};

export const createReportAsideRoutes = ({
  reports,
  database,
  audit,
}: {
  readonly reports: Pick<ReportsAside, 'open' | 'take'>;
  readonly database: Database;
  readonly audit: AuditLog;
}): Pick<Handlers, 'listReportsAside' | 'takeReportAside' | 'removeReportAside'> => {
  const find = async (key: string, actor: RequestActor): Promise<Row> => {
    const missing = say('aside_not_there', { key });
    const [row] = await database.query<Row>({
      text: 'SELECT * FROM report_aside WHERE key = $1',
      values: [key],
    });
    if (row === undefined) throw new CodedError('not_found', missing);
    actor.permissions.requireOnNode('nodes.write', row.node, missing);
    return row;
  };
  const record = async (
    transaction: Transaction,
    { action, row, actor }: { readonly action: string; readonly row: Row; readonly actor: RequestActor },
  ): Promise<void> => {
    const { key, node, attempt_id: attempt, state } = row;
    await audit.record(transaction, { actor, action, target: attempt, details: { key, node, state } });
  };

  return {
    async listReportsAside({ query: { node, limit }, actor }) {
      const where = createWhere();
      if (node !== undefined) where.add((place) => `r.node = ${place(node)}`);
      // Whose node may be seen is not asked in SQL; only what is shown is read with its report, which may be long.
      const all = await database.query<Pick<Row, 'key' | 'node'>>({
        text: `SELECT r.key, r.node FROM report_aside r ${where.sql()} ORDER BY r.put_aside_at DESC, r.key`,
        values: where.values,
      });
      const seen = all.filter((row) => actor.permissions.onNode('nodes.read', row.node));
      const rows = await database.query<Row>({
        text: `SELECT r.*, s.net FROM report_aside r LEFT JOIN session s ON s.id = r.session_id WHERE r.key = ANY($1) ORDER BY r.put_aside_at DESC, r.key`,
        values: [seen.slice(0, limit).map(({ key }) => key)],
      });
      return {
        body: { items: rows.map((row) => view(row, actor, reports)), more: seen.length > limit },
      };
    },
    async takeReportAside({ params: { key }, actor }) {
      const row = await find(key, actor);
      if (row.attempt_closed)
        throw new CodedError('operation_refused', say('aside_attempt_closed', { attempt: row.attempt_id }));
      try {
        await reports.take(
          row,
          async (transaction) => await record(transaction, { action: 'takeReportAside', row, actor }),
        );
      } catch (error) {
        if (error instanceof CodedError) throw error;
        throw new CodedError('operation_refused', say('aside_still_not', { why: quoted(error) }), {
          cause: error,
        });
      }
      return { body: undefined };
    },
    async removeReportAside({ params: { key }, actor }) {
      const row = await find(key, actor);
      await database.inTransaction(async (transaction) => {
        if (!(await removeReport(transaction, key)))
          throw new CodedError('not_found', say('aside_not_there', { key }));
        await record(transaction, { action: 'removeReportAside', row, actor });
      });
      return { body: undefined };
    },
  };
};

const view = (row: Row, { permissions }: RequestActor, { open }: Pick<ReportsAside, 'open'>) => {
  // Of a session that is gone nobody knows the net.
  const maySee =
    row.net === null ? permissions.onNode('nodes.write', row.node) : permissions.onNet('nets.read', row.net);
  const receipt = maySee ? open(row.key, row.secret_box) : null;
  return {
    key: row.key,
    node: row.node,
    attemptId: row.attempt_id,
    session: row.session_id,
    net: maySee ? row.net : null,
    state: row.state,
    // It may quote what the report says.
    reason: maySee ? row.reason : '',
    putAsideAt: row.put_aside_at.toISOString(),
    attemptClosed: row.attempt_closed,
    report: receipt === null ? null : JSON.stringify(withoutValues(receipt)),
  };
};

/** Values of outputs may be secret. */
const withoutValues = (receipt: Receipt): unknown =>
  receipt.state !== 'ended' || receipt.captured === undefined
    ? receipt
    : { ...receipt, captured: receipt.captured.map(({ name, secret }) => ({ name, secret })) };
