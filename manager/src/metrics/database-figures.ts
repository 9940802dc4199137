// Figures that only the database can tell, for metrics and the self-watch.
// Responsible for asking it at most every few seconds, however often somebody looks, and for questions that stay cheap however much is
// stored: nothing here counts what has ended. Made by master.ts.
import type { Clock } from '@nezuban/platform/clock';
import type { Database } from '../database/database.ts';

export type DatabaseFigures = {
  readonly sessions: Readonly<Record<string, number>>;
  /** Open attempts, by state. */
  readonly attempts: Readonly<Record<string, number>>;
  readonly deliveriesPending: number;
  readonly deliveriesFailed: number;
  readonly databaseBytes: number;
  /** Partitions of all partitioned tables, and rows that the catch-all of events holds: it should be empty. */
  readonly partitions: number;
  readonly strayEvents: number;
  /** The agent whose certificate expires first. Null: no agents. */
  readonly agentCertificate: { readonly node: string; readonly expiresAt: Date } | null;
};

export type DatabaseFigureSource = {
  /** Null: the database has not told yet. */
  readonly latest: () => DatabaseFigures | null;
  /** Asks unless what is there is fresh. Rejects if the database does not answer; `latest` stays. */
  readonly refresh: () => Promise<void>;
};

/** Collectors come every 15 s or so; two of them must not cost twice. */
const FRESH_MS = 10_000;
/** Beyond it, "many" is all that anybody needs to know. */
export const DELIVERIES_COUNTED_MAX = 10_000;

type Row = {
  readonly sessions: Record<string, number> | null;
  readonly attempts: Record<string, number> | null;
  readonly pending: number;
  readonly failed: number;
  readonly bytes: number;
  readonly partitions: number;
  readonly stray: number;
  readonly node: string | null;
  readonly expires_at: Date | null;
};

const QUESTION = {
  name: 'database_figures',
  text: `WITH open_session AS (SELECT id, state FROM session WHERE state IN ('running', 'stopping')),
    open_attempt AS (SELECT a.state FROM attempt a JOIN open_session s ON s.id = a.session_id WHERE a.end_status IS NULL),
    newest_certificate AS (
      SELECT DISTINCT ON (c.node_id) n.name, c.expires_at FROM node_certificate c JOIN node n ON n.id = c.node_id
      WHERE c.revoked_at IS NULL ORDER BY c.node_id, c.issued_at DESC),
    first_to_expire AS (SELECT name, expires_at FROM newest_certificate ORDER BY expires_at LIMIT 1)
    SELECT (SELECT jsonb_object_agg(state, count) FROM (SELECT state, count(*) FROM open_session GROUP BY state) x) AS sessions,
      (SELECT jsonb_object_agg(state, count) FROM (SELECT state, count(*) FROM open_attempt GROUP BY state) x) AS attempts,
      (SELECT count(*) FROM (SELECT FROM delivery WHERE state = 'pending' LIMIT ${DELIVERIES_COUNTED_MAX}) x) AS pending,
      (SELECT count(*) FROM (SELECT FROM delivery WHERE state = 'failed' LIMIT ${DELIVERIES_COUNTED_MAX}) x) AS failed,
      pg_database_size(current_database()) AS bytes,
      (SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r') AS partitions,
      (SELECT count(*) FROM (SELECT FROM event_other LIMIT 1000) x) AS stray,
      (SELECT name FROM first_to_expire) AS node, (SELECT expires_at FROM first_to_expire) AS expires_at`,
} as const;

export const createDatabaseFigures = ({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): DatabaseFigureSource => {
  let latest: DatabaseFigures | null = null;
  let askedAtMs = -Infinity;
  let asking: Promise<void> | undefined;

  const ask = async (): Promise<void> => {
    const [row] = await database.query<Row>(QUESTION);
    if (row === undefined) return;
    const {
      sessions,
      attempts,
      pending,
      failed,
      bytes,
      partitions,
      stray,
      node,
      expires_at: expiresAt,
    } = row;
    latest = {
      sessions: sessions ?? {},
      attempts: attempts ?? {},
      deliveriesPending: pending,
      deliveriesFailed: failed,
      databaseBytes: bytes,
      partitions,
      strayEvents: stray,
      agentCertificate: node === null || expiresAt === null ? null : { node, expiresAt },
    };
    askedAtMs = clock.monotonicMs();
  };

  return {
    latest: () => latest,
    async refresh() {
      if (clock.monotonicMs() - askedAtMs < FRESH_MS) return;
      asking ??= ask().finally(() => (asking = undefined));
      await asking;
    },
  };
};
