// What is open on a node, for the page of the node. Reads only, on the index of unfinished sessions.
import { indexOfNumber } from '@nezuban/core/jobs/unit-numbers';
import type { Database } from '../database/database.ts';
import { createWhere } from '../database/where.ts';
import type { Handlers } from '../ports.ts';
import type { DefinitionCache } from './definition-cache.ts';
import { viewListed } from './session-lists.ts';
import type { StoredAttempt, StoredSession } from './session-statements.ts';

type Row = StoredAttempt &
  Pick<StoredSession, 'nonce' | 'net' | 'net_revision' | 'net_references' | 'unit_numbers'>;

export const createNodeAttemptRoutes = ({
  database,
  definitions,
}: {
  readonly database: Database;
  readonly definitions: DefinitionCache;
}): Pick<Handlers, 'listNodeAttempts'> => ({
  async listNodeAttempts({ params, query, actor }) {
    const where = createWhere();
    where.add(
      (place) =>
        `s.state IN ('running', 'stopping') AND a.node = ${place(params.name)} AND a.end_status IS NULL`,
    );
    where.add(actor.permissions.netsIn('nets.read', 's.net'));
    const rows = await database.query<Row>({
      text: `SELECT a.*, s.nonce, s.net, s.net_revision, s.net_references, s.unit_numbers FROM session s JOIN attempt a ON a.session_id = s.id
             ${where.sql()} ORDER BY s.id DESC, a.unit, a.run, a.node_index, a.try LIMIT ${where.place(query.limit + 1)}`,
      values: where.values,
    });
    const items = await Promise.all(
      rows.slice(0, query.limit).map(async (row) => {
        const plan = await definitions.loadPlan({
          net: row.net,
          revision: row.net_revision,
          references: row.net_references,
          numbers: row.unit_numbers,
        });
        const unit = plan.units[indexOfNumber(plan, row.unit) ?? -1]?.path;
        if (unit === undefined) throw new Error(`session ${row.session_id} has no unit ${row.unit}`);
        return { sessionId: row.session_id, net: row.net, unit, attempt: viewListed(row) };
      }),
    );
    return { body: { items, more: rows.length > query.limit } };
  },
});
