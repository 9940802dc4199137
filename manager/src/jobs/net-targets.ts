// Which job nets run on a scope, as the definitions of now say. Called by the inventory before a scope goes.
import type { Transaction } from '../ports.ts';

/** Names in order, at most so many. Opens every definition: for what people do now and then. */
export const findNetsOnScope = async (
  transaction: Transaction,
  scope: string,
  limit: number,
): Promise<readonly string[]> => {
  const { rows } = await transaction.query<{ name: string }>(
    `SELECT net.name FROM net JOIN net_revision r ON r.net = net.name AND r.revision = net.revision
     WHERE jsonb_path_exists(r.definition, '$.**.target.scope ? (@ == $scope)', jsonb_build_object('scope', $1::text))
     ORDER BY net.name LIMIT $2`,
    [scope, limit],
  );
  return rows.map(({ name }) => name);
};
