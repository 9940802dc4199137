// Job nets that wait for each other in a circle, as their definitions say: told when one of them is saved, for it need not be a mistake
// (a wait may name one unit, and the circle need not close at run time), but mostly is one. Called when a definition is saved.
import type { Transaction } from '../ports.ts';

/** Nets of a circle that are looked for; longer ones show at run time. */
const STEPS_MAX = 20;

/** The circle over the net, the net at both ends; null: there is none. Who contains another net waits for all that the units of that one wait for. */
export const findDefinedCircle = async (
  transaction: Transaction,
  net: string,
): Promise<readonly string[] | null> => {
  const { rows } = await transaction.query<{ way: string[] }>(
    `WITH RECURSIVE step (net, way) AS (
       SELECT other, ARRAY[$1, other] FROM net_relation WHERE net = $1 AND kind IN ('waits_for', 'starts', 'contains')
       UNION ALL
       SELECT r.other, s.way || r.other FROM step s JOIN net_relation r ON r.net = s.net AND r.kind IN ('waits_for', 'starts', 'contains')
       WHERE s.net <> $1 AND cardinality(s.way) <= $2 AND (r.other = $1 OR r.other <> ALL (s.way))
     ) SELECT way FROM step WHERE net = $1 ORDER BY cardinality(way) LIMIT 1`,
    [net, STEPS_MAX],
  );
  return rows[0]?.way ?? null;
};
