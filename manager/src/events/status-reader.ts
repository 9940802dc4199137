// The status view as people read and change it, and what time does to it.
// Responsible for the list, the counts that are rolled up, changes by hand, and expiry. Events change it in `status-store.ts`. Called by the
// status domain.
import type { StatusEntry, StatusPlace } from '@nezuban/protocol/events/status';
import type { Priority } from '@nezuban/protocol/priority';
import type { Database } from '../database/database.ts';
import { createWhere, textIn, type Condition } from '../database/where.ts';
import type { Transaction } from '../ports.ts';

type StatusRow = {
  readonly node: string;
  readonly monitor: string;
  readonly key: string;
  readonly net: string | null;
  readonly priority: Priority;
  readonly code: StatusEntry['code'];
  readonly message: string;
  readonly details: StatusEntry['details'];
  readonly since: Date;
  readonly last_at: Date;
  readonly event_id: number;
  readonly count: number;
  readonly cleared_at: Date | null;
  readonly raised_from: Date | null;
  readonly expires_at: Date | null;
  readonly expired_at: Date | null;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
};

export type StatusFilter = {
  readonly priority?: readonly string[] | undefined;
  readonly node?: string | undefined;
  readonly nodes?: readonly string[] | undefined;
  readonly monitor?: string | undefined;
  readonly key?: string | undefined;
  readonly cleared?: 'yes' | 'no' | undefined;
  readonly acknowledged?: 'yes' | 'no' | undefined;
  readonly q?: string | undefined;
  readonly visible?: readonly (Condition | undefined)[];
  readonly after?: StatusPosition | undefined;
  readonly limit: number;
};
export type StatusPosition = readonly [rank: number, node: string, monitor: string, key: string];

/** The worst first. */
export const RANK = `array_position(ARRAY['critical', 'warning', 'unknown', 'info'], priority)`;
const rankOf: Readonly<Record<Priority, number>> = { critical: 1, warning: 2, unknown: 3, info: 4 };

export const listStatus = async (database: Database, filter: StatusFilter): Promise<StatusEntry[]> => {
  const where = createWhere();
  where.addIf(filter.priority, (priorities, place) => `priority = ANY(${place(priorities)}::text[])`);
  where.addIf(filter.node, (node, place) => `node = ${place(node)}`);
  where.addIf(filter.nodes, (nodes, place) => `node = ANY(${place(nodes)}::text[])`);
  where.addIf(filter.monitor, (monitor, place) => `monitor = ${place(monitor)}`);
  where.addIf(filter.key, (key, place) => `key = ${place(key)}`);
  where.addIf(filter.cleared, (is) => `cleared_at IS ${is === 'yes' ? 'NOT NULL' : 'NULL'}`);
  where.addIf(filter.acknowledged, (is) => `acknowledged_at IS ${is === 'yes' ? 'NOT NULL' : 'NULL'}`);
  if (filter.q !== undefined && filter.q.trim() !== '')
    where.add(textIn(['message', 'node', 'monitor', 'key'], filter.q));
  where.addIf(
    filter.after,
    ([rank, node, monitor, key], place) =>
      `(${RANK}, node, monitor, key) > (${place(rank)}::integer, ${place(node)}, ${place(monitor)}, ${place(key)})`,
  );
  for (const condition of filter.visible ?? []) where.add(condition);
  const rows = await database.query<StatusRow>({
    text: `SELECT * FROM status ${where.sql()} ORDER BY ${RANK}, node, monitor, key LIMIT ${where.place(filter.limit)}`,
    values: where.values,
  });
  return rows.map(toEntry);
};

export const positionOf = ({ priority, ...entry }: StatusEntry): StatusPosition => [
  rankOf[priority],
  entry.node ?? '',
  entry.monitor ?? '',
  entry.key ?? '',
];

/** Entries of each node and priority. */
export const countStatus = async (
  database: Database,
  visible: readonly (Condition | undefined)[],
): Promise<readonly { readonly node: string; readonly priority: Priority; readonly count: number }[]> => {
  const where = createWhere();
  for (const condition of visible) where.add(condition);
  return await database.query({
    text: `SELECT node, priority, count(*) AS count FROM status ${where.sql()} GROUP BY node, priority`,
    values: where.values,
  });
};

export type FoundStatus = { readonly entry: StatusEntry; readonly raisedFrom: Date | null };

/** Locks them. */
export const findStatus = async (
  transaction: Transaction,
  places: readonly StatusPlace[],
): Promise<FoundStatus[]> => {
  const { rows } = await transaction.query<StatusRow>(
    `SELECT s.* FROM status s JOIN unnest($1::text[], $2::text[], $3::text[]) AS v (node, monitor, key) USING (node, monitor, key)
     ORDER BY s.node, s.monitor, s.key FOR UPDATE OF s`,
    columnsOf(places),
  );
  return rows.map((row) => ({ entry: toEntry(row), raisedFrom: row.raised_from }));
};

export const removeStatus = async (
  transaction: Transaction,
  places: readonly StatusPlace[],
): Promise<void> => {
  await transaction.query(
    `DELETE FROM status s USING unnest($1::text[], $2::text[], $3::text[]) AS v (node, monitor, key)
     WHERE s.node = v.node AND s.monitor = v.monitor AND s.key = v.key`,
    columnsOf(places),
  );
};

/** By null: takes it back. */
export const acknowledgeStatus = async (
  transaction: Transaction,
  places: readonly StatusPlace[],
  by: string | null,
): Promise<void> => {
  await transaction.query(
    `UPDATE status s SET acknowledged_at = CASE WHEN $4::text IS NULL THEN NULL ELSE now() END, acknowledged_by = $4
     FROM unnest($1::text[], $2::text[], $3::text[]) AS v (node, monitor, key)
     WHERE s.node = v.node AND s.monitor = v.monitor AND s.key = v.key`,
    [...columnsOf(places), by],
  );
};

/** Removes what has run out, or turns it to unknown; at most `limit` of each. Gives how many. */
export const expireStatus = async (
  database: Database,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<number> => {
  const [row] = await database.query<{ count: number }>({
    text: `WITH due AS (
             SELECT ctid, on_expiry FROM status WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED),
           removed AS (
             DELETE FROM status s USING due WHERE s.ctid = due.ctid AND due.on_expiry = 'remove' RETURNING 1),
           turned AS (
             UPDATE status s SET priority = 'unknown', expired_at = $1, since = $1, expires_at = NULL, acknowledged_at = NULL, acknowledged_by = NULL
             FROM due WHERE s.ctid = due.ctid AND due.on_expiry = 'unknown' RETURNING 1)
           SELECT (SELECT count(*) FROM removed) + (SELECT count(*) FROM turned) AS count`,
    values: [now, limit],
  });
  return row?.count ?? 0;
};

/** A rule whose keys never recur would fill the table: the oldest entries beyond the bound go. Gives how many. */
export const trimStatus = async (
  database: Database,
  { rowsMax, limit }: { readonly rowsMax: number; readonly limit: number },
): Promise<number> => {
  const rows = await database.query({
    text: `DELETE FROM status WHERE ctid = ANY (ARRAY (
             SELECT ctid FROM status WHERE monitor <> '' ORDER BY last_at
             LIMIT least(greatest((SELECT count(*) FROM status) - $1, 0), $2)))
           RETURNING 1`,
    values: [rowsMax, limit],
  });
  return rows.length;
};

const columnsOf = (places: readonly StatusPlace[]): string[][] => [
  places.map(({ node }) => node ?? ''),
  places.map(({ monitor }) => monitor ?? ''),
  places.map(({ key }) => key ?? ''),
];

const orNull = (text: string): string | null => (text === '' ? null : text);
const toEntry = (row: StatusRow): StatusEntry => ({
  node: orNull(row.node),
  monitor: orNull(row.monitor),
  key: orNull(row.key),
  net: row.net,
  priority: row.priority,
  code: row.code,
  message: row.message,
  details: row.details,
  since: row.since.toISOString(),
  lastAt: row.last_at.toISOString(),
  eventId: row.event_id,
  count: row.count,
  clearedAt: row.cleared_at?.toISOString() ?? null,
  expiresAt: row.expires_at?.toISOString() ?? null,
  expiredAt: row.expired_at?.toISOString() ?? null,
  acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
  acknowledgedBy: row.acknowledged_by,
});
